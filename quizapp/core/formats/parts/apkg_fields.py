"""The fields of Anki's notes: their HTML made ready for templates, and as typed text."""

import re
from html import escape, unescape
from urllib.parse import quote

from quizapp.core.text import visible

MAX_FIELD = 1_000_000
MAX_TYPED = 200  # characters that anybody should have to type
FRONT = "\ue002"  # stands for the front on the back; no field holds it

_OWN_SIGNS = re.compile("[\ue000-\ue002]")
_SOUND = re.compile(r"\[sound:([^\[\]<>]{1,400})\]")
_PLAYER = re.compile(r"\[anki:[^\[\]<>]{1,400}\]")
_TAG = re.compile(r"<[^<>]*>")
_BREAK = re.compile(r"<(?:br|div|p|li|tr)\b[^<>]*>", re.IGNORECASE)
_NOT_TYPED = re.compile(
    r"<(?:img|audio|video|table|ul|ol|svg|math|object|iframe|pre)\b|\\\(|\\\[|\[latex\]|\[\$",
    re.IGNORECASE,
)
_EMPTY = re.compile(r"(?:\s|</?(?:br|div) ?/?>)*", re.IGNORECASE)
_READING = re.compile(r"(\[[^\[\]]*\])")


def prepared(value: str) -> str:
    """Return a field's HTML with its sounds as elements, and without signs that mean us."""
    value = _OWN_SIGNS.sub("", value[:MAX_FIELD])
    if "[" in value:
        value = _PLAYER.sub("", _SOUND.sub(_sound, value))
    return value


def is_filled(value: str) -> bool:
    """Say whether a field counts as filled for the conditions of a template."""
    return _EMPTY.fullmatch(value) is None


def plain(html: str) -> str:
    """Return the words of some HTML, its breaks as line ends."""
    if "<" in html:
        html = _TAG.sub("", _BREAK.sub("\n", _without_comments(html)))
    text = unescape(html).replace("\xa0", " ") if "&" in html or "\xa0" in html else html
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def typed_text(html: str, most: int = MAX_TYPED) -> str | None:
    """Return what somebody would type for some HTML; None for pictures, formulas, long texts."""
    if _NOT_TYPED.search(html):
        return None
    text = plain(html)
    return text if visible(text) and len(text) <= most and "\n" not in text else None


def answer(text: str) -> str:
    """Return a typed text as an accepted answer that stands for just this text."""
    return text.replace("*", "\\*")


def filtered(name: str, html: str) -> str:
    """Return a field after one of the filters that say how it is shown; unknown ones do nothing."""
    if name == "text":
        return escape(plain(html), quote=False)
    if name in ("furigana", "kana", "kanji"):
        return _readings(html, name)
    return "" if name.startswith("tts") else html


def _sound(match: re.Match[str]) -> str:
    address = quote(unescape(match[1]).strip())
    return f'<audio src="{address}"></audio>'


def _without_comments(html: str) -> str:
    begin, *rest = html.split("<!--")
    return begin + "".join(piece.partition("-->")[2] for piece in rest)


def _readings(html: str, wanted: str) -> str:
    """Return Japanese with readings, ` kanji[reading]`, as kanji (reading), or only one of them."""
    parts = _READING.split(html)
    for place in range(1, len(parts), 2):
        before, reading = parts[place - 1], parts[place][1:-1]
        start = max(before.rfind(" ") + 1, before.rfind(">") + 1, before.rfind(";") + 1)
        word, before = before[start:], before[:start].removesuffix(" ")
        shown = {"kana": reading, "kanji": word}.get(wanted, f"{word} ({reading})")
        parts[place - 1], parts[place] = before, shown if word else parts[place]
    return "".join(parts)
