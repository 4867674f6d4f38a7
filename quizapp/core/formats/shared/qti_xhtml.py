"""Markdown as the XHTML of QTI items, with gaps, formulas as MathML, and sounds as objects."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from lxml import etree

from quizapp.core.formats.shared.media import mime_of
from quizapp.core.formats.shared.qti_elements import element
from quizapp.core.formats.shared.qti_names import MATHML
from quizapp.core.formats.shared.xml import Element
from quizapp.core.tex import mathml

_SPECIAL = re.compile(r"\[\[(\d{1,4})\]\]|\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)


_PLAIN: Any = {None: MATHML}  # no prefix, as HTML has it
_AS_IT_STANDS = frozenset({"pre", "code", "math"})


MakeGap = Callable[[str], Element | None]


MEDIA = "../media/"


def name_of_media(address: str) -> str | None:
    return unquote(address.removeprefix(MEDIA)) if address.startswith(MEDIA) else None


def put_pieces(root: Element, make_gap: MakeGap | None) -> None:
    """Put formulas and gaps in the place of what stands for them in the text."""
    for one in list(root.iter()):
        if not isinstance(one.tag, str):
            continue
        if one.text and one.tag not in _AS_IT_STANDS:
            one.text, made = _split(one.text, make_gap)
            for place, new in enumerate(made):
                one.insert(place, new)
        if one.tail and one is not root:
            one.tail, made = _split(one.tail, make_gap)
            tail = one.tail
            one.tail = None
            at = one
            for new in made:
                at.addnext(new)
                at = new
            one.tail = tail


def _split(text: str, make_gap: MakeGap | None) -> tuple[str, list[Element]]:
    """Return what comes before the first special piece, and the pieces with their tails."""
    pieces: list[Element] = []
    head, at = "", 0
    for match in _SPECIAL.finditer(text):
        made = _special(match, make_gap)
        if made is None:
            continue
        between = text[at : match.start()]
        at = match.end()
        if pieces:
            pieces[-1].tail = between
        else:
            head = between
        pieces.append(made)
    if not pieces:
        return text, []
    pieces[-1].tail = text[at:]
    return head, pieces


def _special(match: re.Match[str], make_gap: MakeGap | None) -> Element | None:
    if match[1]:
        return make_gap(match[1]) if make_gap else None
    source = match[2] or match[3]
    return _formula(source, display=match[3] is not None)


def _formula(source: str, display: bool) -> Element | None:
    """Return a formula as MathML that holds its TeX; None for one that only TeX can say."""
    made = mathml(source, display)
    if not made.startswith("<math"):
        return None
    try:
        math = etree.fromstring(made)
    except etree.XMLSyntaxError:
        return None
    row = etree.Element(f"{{{MATHML}}}mrow")
    row.extend(list(math))
    semantics = etree.SubElement(math, f"{{{MATHML}}}semantics")
    note = etree.Element(f"{{{MATHML}}}annotation", encoding="application/x-tex")
    note.text = source
    semantics.extend([row, note])
    whole = etree.Element(f"{{{MATHML}}}math", nsmap=_PLAIN)
    whole.set("display", "block" if display else "inline")
    whole.append(semantics)
    return whole


def show_media(root: Element) -> None:
    """Turn what is shown but is no picture into objects."""
    for one in list(root.iter("img")):
        address = one.get("src") or ""
        mime = mime_of(name_of_media(address) or "") or "image/"
        if mime.startswith("image/"):
            continue
        made = element("object", text=one.get("alt"), data=address, type=mime)
        made.tail = one.tail
        one.getparent().replace(one, made)
