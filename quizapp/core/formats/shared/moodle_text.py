"""Texts in Moodle's text formats (html, markdown, plain, and its own "moodle") as our Markdown."""

import re
from collections.abc import Sequence
from html import escape, unescape

from quizapp.core.formats.shared import html, plain
from quizapp.core.formats.shared.html import Converted, FindMedia
from quizapp.core.markdown import images

HTML_IN_MARKDOWN = "HTML inside Markdown is shown as it is written."

# One line that is the same as text, as HTML and as Markdown: most texts are such.
_SIMPLE = re.compile(r"[^\W\d_](?:[^\W_]|[,.;:?!'\"()%/-]| (?! ))*+")
_CLOSED = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,20})(?=[\s/>])[^<>]*>")
_LONE = re.compile(r"<(?:br|img)\b[^<>]*>|&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z]\w{1,31});")
_AROUND_TAGS = re.compile(r"\n+(?=<)|(?<=>)\n+")
_MATH = re.compile(r"\\[(\[]|\$\$")
_PARAGRAPH = re.compile(r"\n{2,}")


def to_markdown(text: str, format: str, find_media: FindMedia | None = None) -> Converted:
    """Return a text in one of the formats above as Markdown, and what is to be told of it.

    "moodle" is what Moodle guesses about: HTML if it holds any, line ends that count, formulas.
    """
    text = text.strip()
    if _SIMPLE.fullmatch(text):
        return Converted(text)
    if format == "html":
        return html.to_markdown(text, find_media)
    if format == "markdown":
        return Converted(text, [HTML_IN_MARKDOWN] if "</" in text and _has_tags(text) else [])
    if format == "plain":
        return Converted(plain.to_markdown(text))
    if _is_html(text):
        if "<pre" not in text:
            text = _AROUND_TAGS.sub(" ", text).replace("\n", "<br>")
        return html.to_markdown(text, find_media)
    return Converted(plain_with_formulas(text))


def plain_with_formulas(text: str) -> str:
    r"""Return plain text as Markdown, with `\(x\)`, `\[x\]` and `$$x$$` as formulas."""
    if not _MATH.search(text):
        return plain.to_markdown(text)
    lines = "\n".join(line.strip() for line in text.strip().split("\n"))
    paragraphs = (escape(one, quote=False) for one in _PARAGRAPH.split(lines))
    source = "".join(f"<p>{one}</p>" for one in paragraphs).replace("\n", "<br>")
    return html.to_markdown(source).text


def without_markup(text: str) -> str | None:
    r"""Return Markdown as plain text with formulas as `\(x\)`; None where that changes it."""
    if _as_it_is(text):
        return text
    source = html.from_markdown(text, _no_media).replace("<br />\n", "\n")
    written = unescape(source.replace("</p>\n<p>", "\n\n").removeprefix("<p>").removesuffix("</p>"))
    return written if plain_with_formulas(written) == text else None


def from_markdown(text: str, formats: Sequence[str]) -> tuple[str, str]:
    """Return Markdown in the first of the formats that it comes back from as it stands, and which.

    Pictures become the words that describe them. "markdown" fits always and is the last resort.
    """
    if images(text):
        return html.from_markdown(text, _no_media), "html"
    if formats and _SIMPLE.fullmatch(text):
        return text, formats[0]
    for format in formats:
        written = _written(text, format)
        if written is not None and to_markdown(written, format).text == text:
            return written, format
    return text, "markdown"


def _written(text: str, format: str) -> str | None:
    if format == "html":
        return html.from_markdown(text, _no_media)
    return text if format == "markdown" else without_markup(text)


def _as_it_is(text: str) -> bool:
    if _SIMPLE.fullmatch(text):
        return True
    return not _MATH.search(text) and plain.to_markdown(text) == text


def _no_media(name: str) -> str:
    return ""


def _is_html(text: str) -> bool:
    has_signs = "<" in text or "&" in text
    return has_signs and (_LONE.search(text) is not None or _has_tags(text))


def _has_tags(text: str) -> bool:
    """Whether an element is opened and closed; `<body>` alone is a word about HTML."""
    opened: set[str] = set()
    for match in _CLOSED.finditer(text):
        name = match[2].lower()
        if not match[1]:
            opened.add(name)
        elif name in opened:
            return True
    return False
