"""An item of QTI 1.2 as it stands: its labels, texts, responses and feedback."""

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape

from quizapp.core.formats.shared import html, plain
from quizapp.core.formats.shared.xml import Element, inner, source_of, text_of

RESPONSES = frozenset(
    {"response_lid", "response_str", "response_num", "response_xy", "response_grp"}
)
_CORRECT = frozenset({"correct_fb", "correct"})
_INCORRECT = frozenset({"general_incorrect_fb", "incorrect_fb", "incorrect"})
_MARKS = re.compile("[\ue000\ue001]")  # what gap marks are made of may not come from outside
_SIMPLE = re.compile(r"[A-Za-z](?:[A-Za-z0-9,.?%]| (?! |$))*")  # the same in any kind of text
_TAGS = re.compile(
    r"</?(?:p|div|span|br|img|b|i|u|em|strong|sub|sup|ul|ol|li|table|font|a)\b[^<>]*>",
    re.IGNORECASE,
)
_EDGES = re.compile(r"(?:\s|<br ?/?>)+$")
_TEXTS = (
    *("mattext", "matemtext", "mat_formattedtext"),
    *("matimage", "matapplication", "mataudio", "matvideo"),
)
_ASIDE = frozenset({"RESPONSE_BLOCK", "RIGHT_MATCH_BLOCK"})

FindMedia = Callable[[str], str | None]
Piece = tuple[str, str]  # plain, html or inline, and the text


class Block:
    """One item, its tags without namespaces.

    meta: its labels in small letters. texts become Markdown by `markdown`; what that changed is in
    `told`. Feedback is known by the identifier under which conditions show it.
    """

    def __init__(self, element: Element, find_media: FindMedia) -> None:
        if "}" in element.tag:
            for one in element.iter():
                if isinstance(one.tag, str):
                    one.tag = one.tag.rpartition("}")[2]
        self.element = element
        self.find_media = find_media
        self.told: list[str] = []
        self.lossy: list[str] = []
        self.meta = _meta(element)
        self.presentation = element.find("presentation")
        self.responses: list[Element] = (
            [] if self.presentation is None else list(self.presentation.iter(*RESPONSES))
        )
        self.feedback = {one.get("ident") or "": one for one in element.iterfind("itemfeedback")}

    @property
    def raw(self) -> str:
        """The item as it stands in its file."""
        return source_of(self.element)

    def markdown(self, html_text: str) -> str:
        """Return HTML of this item as Markdown."""
        if not html_text:
            return ""
        converted = html.to_markdown(html_text, self.find_media)
        self.told += converted.told
        return converted.text

    def text(self, *holders: Element) -> str:
        """Return the materials in elements, or materials themselves, as Markdown."""
        pieces = [piece for one in holders for piece in _pieces(one)]
        if len(pieces) == 1 and _SIMPLE.fullmatch(pieces[0][1]):
            return pieces[0][1]
        if all(kind == "plain" for kind, _ in pieces):
            return plain.to_markdown("\n".join(text for _, text in pieces))
        return self.markdown(_joined(pieces))

    def typed(self, holder: Element) -> str:
        """Return the materials inside an element as a plain text of one line."""
        text = self.text(holder)
        return " ".join(plain.from_markdown(text)[0].split()) if text else ""

    def feedback_text(self, ident: str) -> str:
        """Return a feedback as Markdown; "" for none."""
        holder = self.feedback.get(ident)
        return "" if holder is None else self.text(holder)

    def stem(self) -> str:
        """Return the question's text."""
        pieces = self._stem({}, own=len(self.responses) == 1)
        if all(kind == "plain" for kind, _ in pieces):
            return plain.to_markdown("\n".join(text for _, text in pieces))
        return self.markdown(_joined(pieces))

    def stem_html(self, marks: Mapping[Element, str] | None = None) -> str:
        """Return the text around blanks as HTML; each of `marks` stands in it as its mark."""
        return _joined(self._stem(marks or {}, own=False))

    def _stem(self, marks: Mapping[Element, str], own: bool) -> list[Piece]:
        if self.presentation is None:
            return []
        return list(self._stem_pieces(self.presentation, marks, own))

    def _stem_pieces(
        self, holder: Element, marks: Mapping[Element, str], own: bool
    ) -> Iterator[Piece]:
        """Yield the texts that are no part of a response; with `own` what it begins with too."""
        for one in holder:
            tag = one.tag
            if tag == "material":
                yield from _pieces(one)
            elif tag in RESPONSES:
                if one in marks:
                    yield "inline", marks[one]
                elif own:
                    yield from (p for text in one.iterfind("material") for p in _pieces(text))
            elif tag in ("flow", "flow_mat") and (marks or one.get("class") not in _ASIDE):
                yield from self._stem_pieces(one, marks, own)


def role_of(ident: str) -> str:
    """Return what a feedback is for by its name: general, correct, incorrect, solution or ""."""
    name = ident.strip().lower()
    if name in ("general_fb", "general"):
        return "general"
    if name in _CORRECT:
        return "correct"
    if name in _INCORRECT:
        return "incorrect"
    return "solution" if name == "solution" else ""


def is_on(value: str | None) -> bool:
    """Say whether an attribute means yes."""
    return (value or "").strip().lower() in ("yes", "true", "1")


def _meta(element: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for field in element.iter("qtimetadatafield"):
        label = (field.findtext("fieldlabel") or "").strip().lower()
        if label:
            found.setdefault(label, (field.findtext("fieldentry") or "").strip())
    for holder in element.iterfind("itemmetadata"):
        for one in holder:
            if isinstance(one.tag, str) and one.text and not len(one):
                found.setdefault(one.tag.lower(), one.text.strip())
    return found


def _pieces(holder: Element) -> Iterator[Piece]:
    for one in holder.iter(*_TEXTS):
        yield from _piece(one)


def _piece(one: Element) -> Iterator[Piece]:
    """Yield what an element of a material shows: plain or html, a block of its own."""
    tag = one.tag
    if tag in ("mattext", "matemtext"):
        yield _mattext(one)
    elif tag == "mat_formattedtext":
        yield _formatted(one)
    elif picture := _picture(one):
        yield "html", picture


def _mattext(one: Element) -> Piece:
    if len(one):
        return "html", _MARKS.sub("\ufffd", inner(one))
    text = _MARKS.sub("\ufffd", one.text or "")
    kind = one.get("texttype")
    if kind is None:
        return ("html" if _TAGS.search(text) else "plain"), text
    return ("html" if "html" in kind.lower() else "plain"), text


def _formatted(one: Element) -> Piece:
    text = _MARKS.sub("\ufffd", one.text or "")
    kind = (one.get("type") or "").upper()
    if kind == "HTML" or (kind != "PLAIN_TEXT" and _TAGS.search(text)):
        return "html", _EDGES.sub("", text)
    return "plain", text


def _picture(one: Element) -> str:
    address = one.get("uri") or ""
    if not address and one.text and one.get("embedded") == "base64":
        kind = one.get("imagtype") or "image/png"
        address = f"data:{kind};base64,{''.join(one.text.split())}"
    alt = one.get("label") or ""
    return f'<img src="{escape(address)}" alt="{escape(alt)}">' if address else ""


def _joined(pieces: list[Piece]) -> str:
    """Return pieces as HTML: texts as blocks, gaps in the line where they stand."""
    if len(pieces) == 1 and pieces[0][0] == "html":
        return pieces[0][1]
    parts = []
    flows = any(kind == "inline" for kind, _ in pieces)
    for kind, text in pieces:
        if kind == "inline":
            parts.append(text)
            continue
        source = text if kind == "html" else escape(text, quote=False).replace("\n", "<br>")
        parts.append(f" {source} " if flows else f"<div>{source}</div>")
    return "".join(parts)


def texts_of(element: Element) -> str:
    """Return the words inside an element in one line."""
    return " ".join(text_of(element).split())
