"""HTML of other formats as our Markdown, and our Markdown as their HTML.

What Markdown has no sign for keeps its words; what that changes is told in plain words.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape

from lxml import etree
from lxml import html as lxml_html
from lxml.html import defs

from quizapp.core.formats.shared import plain
from quizapp.core.formats.shared.html_walk import (
    BLOCKS,
    DROPPED,
    EMBEDDED_LOST,
    FORMULA_AS_TEXT,
    LAYOUT_LOST,
    PICTURE_LEFT_OUT,
    PICTURE_UNNAMED,
    SPACE,
    Element,
    FindMedia,
    HtmlWalk,
    signs_in,
)
from quizapp.core.formats.shared.markdown_pieces import picture
from quizapp.core.markdown import outward, to_plain
from quizapp.core.marked import signs_are_taken

__all__ = [
    "EMBEDDED_LOST",
    "FORMULA_AS_TEXT",
    "LAYOUT_LOST",
    "PICTURE_LEFT_OUT",
    "PICTURE_UNNAMED",
    "Converted",
    "FindMedia",
    "from_markdown",
    "gap_mark",
    "picture",
    "to_markdown",
    "with_gaps",
]
MAX_HTML = 1_000_000

_SIMPLE = re.compile(r"\s*(?:<p>)?([^<>&\\`*_\[\]$~|!#=+>-]*)(?:</p>)?\s*")
# Plain words, some of them strong or emphasised, as most editors write them.
_MARKED = re.compile(
    r"(?:<p>)?(?:[^\xa0<>&\\`*_\[\]$~|!#=+>-]|<(strong|em)>[^\W_](?:[\w ,']*[^\W_])?</\1>)*"
    r"(?:</p>)?"
)
_MARKS = re.compile(r"</?(?:(strong)|(em))>")
_LITERAL_GAP = re.compile(r"\\?\[\\?\[(\d{1,4})\]\]")
_MATHS = """math semantics annotation annotation-xml mrow mi mo mn ms mtext mspace msqrt mroot
    mfrac msub msup msubsup munder mover munderover mtable mtr mtd mstyle mpadded mphantom menclose
    mfenced mmultiscripts mprescripts none"""
_TAGS = frozenset(defs.tags) | frozenset(_MATHS.split()) | BLOCKS | {"svg", "ruby", "rt", "rp"}
_TAG = re.compile(r"<!--|</?([A-Za-z][\w:-]*)?([^<>]*>)?")


@dataclass(slots=True)
class Converted:
    """Markdown, and plain words on each thing that is not as it was."""

    text: str
    told: list[str] = field(default_factory=list)


def to_markdown(source: str, find_media: FindMedia | None = None) -> Converted:
    r"""Return HTML as Markdown; `\(x\)`, `\[x\]`, `$$x$$` and MathML with TeX become formulas.

    `find_media` gives the name in the bank of the file that an address stands for, None for none.
    """
    if simple := _SIMPLE.fullmatch(source):
        return Converted(plain.safe_lines(SPACE.sub(" ", simple[1]).strip(" ")))
    if _MARKED.fullmatch(source) and (text := _with_marks(source)):
        return Converted(text)
    if len(source) > MAX_HTML:
        return Converted(plain.to_markdown(source[:MAX_HTML]), [LAYOUT_LOST])
    if "<" not in source and "\\" not in source and "$" not in source and "[" not in source:
        text = SPACE.sub(" ", unescape(source).replace("\xa0", " ")).strip(" ")
        return Converted(plain.escaped(text))
    try:
        root = lxml_html.fragment_fromstring(_readable(source), create_parent="div")
    except (etree.LxmlError, ValueError, AssertionError):
        return Converted(plain.to_markdown(source), [LAYOUT_LOST])
    writing = HtmlWalk(find_media or (lambda address: None))
    text = "\n\n".join(writing.blocks(root, 0))
    is_sure = not writing.literal and signs_are_taken(text)
    if writing.signs and not is_sure and signs_in(to_plain(text)) != writing.literal:
        # a sign that Markdown does not take where it stands, such as in half a word: keep the words
        text = plain.to_markdown(_words(root))
        writing.tell(LAYOUT_LOST)
    return Converted(text, list(dict.fromkeys(writing.told)))


def _with_marks(source: str) -> str:
    """Return plain words and marked ones as Markdown, "" where it is not sure to be taken so."""
    words = source.removeprefix("<p>").removesuffix("</p>")
    text = SPACE.sub(" ", words).strip(" ")
    text = _MARKS.sub(lambda match: "**" if match[1] else "*", text)
    return text if signs_are_taken(text) else ""


def from_markdown(text: str, media_url: Callable[[str], str]) -> str:
    r"""Return Markdown as HTML for other systems: formulas as `\(x\)`, one paragraph without `<p>`.

    `media_url` gives the address of a file of the bank.
    """
    html = outward(text, media_url).strip()
    if html.startswith("<p>") and html.find("</p>") == len(html) - 4:
        return html[3:-4]
    return html


def gap_mark(number: int | str) -> str:
    """Return what stands for a gap in HTML that is to be converted; `with_gaps` ends it."""
    return f"\ue000{number}\ue001"


def with_gaps(text: str) -> str:
    r"""Return converted Markdown with its gap marks as gaps, `[[1]]`; what looked like one is text.

    The converters see to that, but Markdown that a file brought itself may hold `[[1]]`.
    """
    if "\ue000" not in text:
        return text
    text = _LITERAL_GAP.sub(r"\[\[\1]]", text)
    return re.sub("\ue000(\\d{1,4})\ue001", r"[[\1]]", text)


def _readable(text: str) -> str:
    """Return HTML whose `<` begin tags, without characters that no XML can hold."""
    text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", "\ufffd", text)
    return _TAG.sub(_tag_or_text, text)


def _tag_or_text(match: re.Match[str]) -> str:
    """Keep `<p>` and `<a href=...>`; in `a<b` and `List<String>` the sign means itself."""
    name, rest = (match[1] or "").lower(), match[2] or ""
    is_tag = bool(match[2]) and (name in _TAGS or ":" in name)
    if len(name) == 1 and rest.strip(" />\n\t") and "=" not in rest:
        is_tag = False
    return match[0] if is_tag or match[0].startswith("<!--") else "&lt;" + match[0][1:]


def _words(root: Element) -> str:
    """Return the words of a whole text as plain text."""
    parts: list[str] = []
    for element in root.iter():
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in BLOCKS or tag == "br":
            parts.append("\n" if tag == "br" else "\n\n")
        if tag and tag not in DROPPED:
            parts.append(SPACE.sub(" ", element.text or ""))
        if element is not root:
            parts.append(SPACE.sub(" ", element.tail or ""))
    return "".join(parts).strip()
