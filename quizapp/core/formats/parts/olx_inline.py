"""Open edX responses that stand in a line of text, as a cloze."""

import re
from typing import Any

from quizapp.core.formats.parts.olx_responses import (
    INPUTS,
    KINDS,
    NotAskable,
    dropdown_options,
    html_of,
    is_response,
)
from quizapp.core.formats.shared import xml
from quizapp.core.formats.shared.html import gap_mark, with_gaps
from quizapp.core.formats.shared.html_texts import HtmlTexts

MIXED = "It asks several things in ways that one question cannot hold; it is kept as it came."
AS_TEXT = "Numbers in its gaps are compared as text."
MAX_GAPS = 500
_LITERAL = re.compile(r"\\?\[\[(\d{1,4})\]\]")
_PRIVATE = re.compile("[\ue000\ue001]")


def cloze(nodes: list[xml.Element], reading: HtmlTexts) -> tuple[str, dict[str, Any]]:
    """Return stem and body; the nodes are changed."""
    gaps: dict[str, Any] = {}
    for node in nodes:
        for one in node.iter():
            one.text, one.tail = _PRIVATE.sub("", one.text or ""), _PRIVATE.sub("", one.tail or "")
    for response in [one for node in nodes for one in node.iter() if is_response(one)]:
        inputs = [one for one in response.iter() if xml.local(one) in INPUTS]
        if not inputs or len(gaps) + len(inputs) > MAX_GAPS:
            raise NotAskable(MIXED)
        for box in inputs:
            number = str(len(gaps) + 1)
            gaps[number] = _gap(response, box, len(inputs), reading)
            mark = box.makeelement("span")
            mark.text, mark.tail = gap_mark(number), box.tail
            box.getparent().replace(box, mark)
        response.tag = "span"
    made = reading.markdown("".join(html_of(node, whole=True) for node in nodes))
    return with_gaps(_LITERAL.sub(r"[\\[\1]]", made)), {"gaps": gaps}


def _gap(response: xml.Element, box: xml.Element, inputs: int, reading: HtmlTexts) -> Any:
    kind = xml.local(response)
    if kind == "optionresponse":
        return {"kind": "choice", "options": dropdown_options(box, reading), "shuffle": False}
    if inputs > 1 or kind not in ("stringresponse", "numericalresponse"):
        raise NotAskable(MIXED)
    _, body = KINDS[kind](response, reading)
    if kind == "numericalresponse":
        if any("min" in one or "tolerance" in one for one in body["answers"]):
            raise NotAskable(MIXED)
        reading.tell(AS_TEXT)
        body = {"answers": [{"text": one["value"]} for one in body["answers"]]}
    return {"kind": "typed", **body}
