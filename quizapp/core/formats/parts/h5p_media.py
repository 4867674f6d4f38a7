"""The picture, sound or film that stands above an H5P question."""

import re
from collections.abc import Iterator

from quizapp.core.formats.parts.h5p_content import Params, below, maps, text
from quizapp.core.formats.shared.html import PICTURE_LEFT_OUT, PICTURE_UNNAMED, picture
from quizapp.core.formats.shared.html_texts import HtmlTexts, words_of

_ON_THE_WEB = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
WEB_MEDIA = "A picture, sound or film of a web site was left out: {}"


def with_media(holder: Params, source: str, reading: HtmlTexts) -> str:
    """Return a text as Markdown, what is shown with it above."""
    shown = [_shown(path, alt, reading) for path, alt in _files(holder)]
    return "\n\n".join(one for one in (*shown, reading.markdown(source)) if one)


def _files(holder: Params) -> Iterator[tuple[str, str]]:
    """Yield the path of each file and the words for those who cannot see it."""
    media = below(holder, "media")
    inner = below(media, "type") or media
    params = below(inner, "params")
    alt = words_of(text(params, "alt") or text(params, "title"))
    if path := text(below(params, "file"), "path"):
        yield path, alt
    for name in ("sources", "files"):  # of a film, of a sound: the same in several encodings
        if listed := [text(one, "path") for one in maps(params, name) if text(one, "path")]:
            yield listed[0], alt
    if path := text(below(holder, "image"), "path"):
        yield path, words_of(text(holder, "imageAltText"))
    if sounds := [text(one, "path") for one in maps(holder, "audio") if text(one, "path")]:
        yield sounds[0], ""


def _shown(path: str, alt: str, reading: HtmlTexts) -> str:
    if _ON_THE_WEB.match(path):
        reading.lose(WEB_MEDIA.format(path.strip()[:300]))
        return ""
    name = reading.find(path)
    if name is None:
        reading.lose(PICTURE_LEFT_OUT)
        return ""
    if not alt:
        reading.tell(PICTURE_UNNAMED)
    return picture(name, alt or name.rpartition(".")[0] or name)
