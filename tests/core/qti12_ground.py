"""Small QTI 1.2 items for tests, and what the facts on real files say of an item."""

from collections.abc import Sequence
from html import escape
from typing import Any

Fact = dict[str, Any]


def field(label: str, entry: str) -> str:
    return (
        f"<qtimetadatafield><fieldlabel>{label}</fieldlabel>"
        f"<fieldentry>{escape(entry)}</fieldentry></qtimetadatafield>"
    )


def material(text: str, kind: str = "html") -> str:
    return f'<material><mattext texttype="text/{kind}">{escape(text)}</mattext></material>'


def labels(*texts: str, kind: str = "plain") -> str:
    """Return options with the identifiers 1, 2 ..."""
    inside = "".join(
        f'<response_label ident="{place}">{material(text, kind)}</response_label>'
        for place, text in enumerate(texts, 1)
    )
    return f"<render_choice>{inside}</render_choice>"


def choice(*texts: str, cardinality: str = "Single", name: str = "r") -> str:
    return (
        f'<response_lid ident="{name}" rcardinality="{cardinality}">{labels(*texts)}</response_lid>'
    )


def typed(name: str = "r", kind: str = "") -> str:
    return f'<response_str ident="{name}"><render_fib{kind}/></response_str>'


def equal(value: str, name: str = "r") -> str:
    return f'<varequal respident="{name}">{escape(value)}</varequal>'


def rule(when: str, points: str = "", action: str = "Set", shows: Sequence[str] = ()) -> str:
    score = f'<setvar action="{action}" varname="SCORE">{points}</setvar>' if points else ""
    shown = "".join(f'<displayfeedback linkrefid="{one}"/>' for one in shows)
    return f"<respcondition><conditionvar>{when}</conditionvar>{score}{shown}</respcondition>"


def feedback(ident: str, text: str) -> str:
    return f'<itemfeedback ident="{ident}"><flow_mat>{material(text)}</flow_mat></itemfeedback>'


def item(
    kind: str = "",
    presentation: str = "",
    rules: str = "",
    after: str = "",
    *,
    stem: str = "Stem?",
    ident: str = "q1",
    meta: str = "",
) -> str:
    label = field("question_type", kind) if kind else ""
    text = material(stem) if stem else ""
    return (
        f'<item ident="{ident}" title="Name"><itemmetadata><qtimetadata>{label}{meta}</qtimetadata>'
        f"</itemmetadata><presentation>{text}{presentation}</presentation>"
        f"<resprocessing>{rules}</resprocessing>{after}</item>"
    )


def document(*items: str, title: str = "") -> str:
    inside = "".join(items)
    if title:
        inside = f'<assessment ident="a" title="{title}"><section>{inside}</section></assessment>'
    namespace = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
    return f'<?xml version="1.0"?><questestinterop xmlns="{namespace}">{inside}</questestinterop>'


def right_values(fact: Fact) -> list[tuple[str, str]]:
    """Return (response, value) of what a fact's rules for points compare with."""
    return [
        (test[1] or "", (test[3] or "").strip())
        for rule in fact.get("conditions", ())
        if any(_gives(setvar) for setvar in rule["setvar"]) or "correct" in rule["feedback"]
        for test in rule["tests"]
        if test[0] == "varequal"
    ]


def _gives(setvar: list[str]) -> bool:
    try:
        return float(setvar[2]) > 0
    except ValueError:
        return setvar[2] == "SCORE.max"
