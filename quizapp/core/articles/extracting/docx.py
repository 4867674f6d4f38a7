"""Word documents: mammoth turns them into HTML, whose blocks are read as those of any page."""

import io
from datetime import date
from typing import Final

from quizapp.core.articles.extracting.bylines import day_in, names_of
from quizapp.core.articles.extracting.found import Found, Source
from quizapp.core.articles.extracting.html_blocks import blocks_of, parsed
from quizapp.core.articles.model import ArticleError
from quizapp.core.formats.model import FormatError
from quizapp.core.formats.shared import source as packages
from quizapp.core.formats.shared import xml
from quizapp.core.formats.shared.zips import zipped

MAIN: Final = "word/document.xml"
_ABOUT = "docProps/core.xml"
_MIB = 1024 * 1024
_LIMITS: Final = packages.Limits(file=32 * _MIB, member=16 * _MIB, total=48 * _MIB, members=5000)
_PARTS = (".xml", ".rels")  # pictures and whatever else is embedded are never unpacked
_STYLES = """p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p.subtitle:fresh
p[style-name='Caption'] => figcaption:fresh
p[style-name='caption'] => figcaption:fresh
comment-reference => """


def opened(data: bytes, filename: str) -> packages.Source:
    """Return the package; FormatError where it is damaged, too big or not safe to unpack."""
    return packages.Source(filename, io.BytesIO(data), limits=_LIMITS)


def read(package: packages.Source) -> Source:
    """Return the blocks of a document, and what its properties say of it.

    ArticleError where it is damaged, not safe, or holds nothing.
    """
    import mammoth  # type: ignore[import-untyped]  # slow: only where documents are read

    try:
        parts = {name: package.read(name) for name in package.names() if name.endswith(_PARTS)}
        for name, part in parts.items():
            xml.parse(part, name)  # refuses entities and nesting that would harm mammoth's parser
    except FormatError as error:
        raise ArticleError(f"This Word document is damaged or not safe: {error.message}") from error
    try:
        markup = mammoth.convert_to_html(
            io.BytesIO(zipped(parts)),
            style_map=_STYLES,
            include_embedded_style_map=False,
            convert_image=mammoth.images.img_element(lambda _: {}),
        ).value
    except Exception as error:  # mammoth raises whatever goes wrong inside it
        raise ArticleError("This Word document is damaged and cannot be read.") from error
    if not markup.strip():
        raise ArticleError("This Word document holds no text.")
    title, authors, published, language = _about(parts.get(_ABOUT, b""))
    blocks = blocks_of(parsed(markup))
    return Source(
        tuple(blocks),
        title=_title(title, blocks),
        authors=authors,
        published=published,
        language=language,
    )


def _about(properties: bytes) -> tuple[str, tuple[str, ...], date | None, str]:
    """Return title, authors, day and language as the document's properties have them."""
    if not properties:
        return "", (), None, ""
    fields: dict[str, str] = {}
    for element in xml.parse(properties, _ABOUT):
        fields.setdefault(str(element.tag).rpartition("}")[2], (element.text or "").strip())
    return (
        fields.get("title", ""),
        names_of(fields.get("creator", "")),
        day_in(fields.get("created", "")[:10]),
        fields.get("language", ""),
    )


def _title(title: str, blocks: list[Found]) -> str:
    """Return the title that stands in the text, else that of the properties."""
    heads = [one.text for one in blocks[:5] if one.level == 1]
    return heads[0] if heads else title
