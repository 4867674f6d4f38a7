"""How questions that are answered by typing are written as QTI items."""

from collections.abc import Mapping, Sequence

from quizapp.core.answers import key_text, rules_of
from quizapp.core.fields import entries
from quizapp.core.formats.shared.qti_draft import Draft
from quizapp.core.formats.shared.qti_draft_types import MAP, Entry, R, score
from quizapp.core.formats.shared.qti_elements import (
    base,
    element,
    label,
    number,
    scores,
    shown,
    variable,
    written,
)
from quizapp.core.formats.shared.xml import Element
from quizapp.core.text import split_wildcards

PATTERNS = "Other systems do not know * for any text in its answers."


SETTINGS = "Other systems do not know how many slips, accents or words its answers may differ in."


FILLERS = "The words that make no difference to its answers are left out: there are too many."


UNITS = "Other systems do not know the units of its answers."


def short_answer(draft: Draft) -> None:
    draft.stem()
    draft.body.append(element("div", typed(draft, draft.data, R, "")))
    answer_feedback(draft, draft.data, R, "ANSWER_")
    score(draft, MAP)


def typed(draft: Draft, holder: Entry, response: str, notes: str, weight: str = "") -> Element:
    """Declare a typed response; return where it is typed."""
    listed = entries(holder, "answers")
    table, patterns = [], []
    case = "true" if holder.get("case") is True else "false"
    for place, answer in enumerate(listed, 1):
        pieces = split_wildcards(str(answer.get("text", "")))
        if len(pieces) > 1:
            patterns.append(str(place))
            draft.lose(PATTERNS)
        key = str(answer.get("text", "")) if len(pieces) > 1 else pieces[0]
        share = written(number(answer.get("fraction"), "1"))
        table.append({"mapKey": key, "mappedValue": share, "caseSensitive": case})
    right = _example(holder, table, patterns)
    draft.response(response, "single", "string", [right] if right else [], table)
    named = {"kind": notes, "weight": weight, "wildcards": ",".join(patterns)}
    if notes and draft.data.get("scoring"):
        named["scoring"] = str(draft.data["scoring"])
    line = _settings(draft, holder, named)
    return element("textEntryInteraction", responseIdentifier=response, label=line)


def _example(holder: Entry, table: Sequence[Mapping[str, str]], patterns: Sequence[str]) -> str:
    """Return a right answer as one would type it."""
    for place, one in enumerate(table, 1):
        if one["mappedValue"] == "1" and str(place) not in patterns:
            return one["mapKey"]
    return key_text(entries(holder, "answers"), rules_of(holder)) or ""


def _settings(draft: Draft, holder: Entry, named: dict[str, str]) -> str:
    typos = written(number(holder.get("typos")))
    own = {
        "typos": typos if typos != "0" else "",
        "diacritics": "false" if holder.get("diacritics") is False else "",
        "fillers": str(holder.get("fillers") or ""),
    }
    if any(own.values()):
        draft.lose(SETTINGS)
    line = label(**named, **own)
    if len(line) > 256:
        draft.lose(FILLERS)
        line = label(**named, **(own | {"fillers": ""}))
    return line


def answer_feedback(draft: Draft, holder: Entry, response: str, prefix: str) -> None:
    """Show the feedback of the answer that was typed."""
    case = "true" if holder.get("case") is True else "false"
    for place, answer in enumerate(entries(holder, "answers"), 1):
        text = "".join(split_wildcards(str(answer.get("text", ""))))
        same = element("stringMatch", variable(response), base("string", text), caseSensitive=case)
        draft.says(f"{prefix}{place}", answer.get("feedback"), same)


def numeric(draft: Draft) -> None:
    listed = entries(draft.data, "answers")
    units = entries_without_id(draft.data, "units")
    lines = [f"{one.get('unit')}:{written(number(one.get('factor'), '1'))}" for one in units]
    if lines:
        draft.lose(UNITS)
    required = "true" if draft.data.get("unit_required") is True else ""
    notes = label(units="\n".join(lines), unit_required=required)
    draft.stem()
    asked = element("textEntryInteraction", responseIdentifier=R, label=notes)
    draft.body.append(element("div", asked))
    right = [text for one in listed if (text := _middle(one))][:1]
    draft.response(R, "single", "float", right)
    branches: list[Element] = []
    for place, answer in enumerate(listed, 1):
        rules = [scores(base("float", written(number(answer.get("fraction"), "1"))))]
        name = f"NUMBER_{place}"
        if draft.modal("FEEDBACK", name, answer.get("feedback")):
            rules.append(shown(base("identifier", name)))
        tag = "responseElseIf" if branches else "responseIf"
        branches.append(element(tag, _near(answer), *rules))
    if branches:
        draft.rule(element("responseCondition", *branches))


def entries_without_id(body: Entry, name: str) -> list[Entry]:
    """Return the entries of a list whose entries have no id."""
    return [one for one in body.get(name) or [] if isinstance(one, Mapping)]


def _middle(answer: Entry) -> str:
    for name in ("value", "min", "max"):
        if answer.get(name) is not None:
            return str(answer[name])
    return ""


def _near(answer: Entry) -> Element:
    """Return the condition that a number is near enough."""
    if answer.get("value") is None:
        bounds = [
            element(tag, variable(R), base("float", str(answer[name])))
            for tag, name in (("gte", "min"), ("lte", "max"))
            if answer.get(name) is not None
        ]
        return bounds[0] if len(bounds) == 1 else element("and", *bounds)
    parts = variable(R), base("float", str(answer["value"]))
    kind, size = answer.get("tolerance_type"), number(answer.get("tolerance"))
    if kind == "significant":
        figures = {"roundingMode": "significantFigures", "figures": written(size)}
        return element("equalRounded", *parts, **figures)
    if not size:
        return element("equal", *parts, toleranceMode="exact")
    if kind == "relative":
        size, mode = size * 100, "relative"
    else:
        mode = "absolute"
    return element(
        "equal", *parts, toleranceMode=mode, tolerance=f"{written(size)} {written(size)}"
    )


def essay(draft: Draft) -> None:
    draft.stem()
    limits = {
        name: written(number(draft.data[name]))
        for name in ("min_words", "max_words")
        if draft.data.get(name) is not None
    }
    most = limits.get("max_words", "")
    length = str(int(most) * 6) if most.isdecimal() else ""
    draft.response(R, "single", "string")
    draft.body.append(
        element(
            "extendedTextInteraction",
            responseIdentifier=R,
            expectedLength=length,
            label=label(**limits),
        )
    )
    for name in ("rubric", "sample"):
        if text := str(draft.data.get(name) or ""):
            block = element("rubricBlock", view="scorer", class_=name)
            if draft.rich:
                block.set("use", "scoring")
            draft.flow(draft.content(block), text)
            draft.body.append(block)
