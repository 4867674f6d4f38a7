"""How questions that are answered by choosing are written as QTI items, and what all share."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from quizapp.core.fields import entries
from quizapp.core.formats.shared.qti_draft import Draft
from quizapp.core.formats.shared.qti_elements import (
    base,
    divided,
    element,
    is_right,
    label,
    mapped,
    number,
    scores,
    shown,
    variable,
    when,
    written,
)
from quizapp.core.formats.shared.xml import Element

Entry = Mapping[str, Any]

MATCH, MAP = "match_correct", "map_response"
R = "RESPONSE"


def options(
    parent: Element, draft: Draft, listed: Sequence[Entry], tag: str, prefix: str
) -> list[str]:
    """Put options into an interaction; return their identifiers."""
    names = []
    for place, option in enumerate(listed, 1):
        name = f"{prefix}{place}"
        made = element(tag, identifier=name)
        text = str(option.get("text", ""))
        parent.append(draft.words(made, text) if tag == "inlineChoice" else draft.flow(made, text))
        names.append(name)
    return names


def shares(names: Sequence[str], listed: Sequence[Entry]) -> list[dict[str, str]]:
    """Return the mapping that gives each option its fraction."""
    worth = [number(option.get("fraction")) for option in listed]
    return [
        {"mapKey": name, "mappedValue": written(share)}
        for name, share in zip(names, worth, strict=True)
        if share
    ]


def option_feedback(
    draft: Draft, names: Sequence[str], listed: Sequence[Entry], response: str
) -> None:
    """Show the feedback of what was chosen."""
    told = [
        draft.modal("FEEDBACK", name, option.get("feedback"))
        for name, option in zip(names, listed, strict=True)
    ]
    if any(told):
        draft.rule(shown(variable(response)))


def score(draft: Draft, how: str, rule: Element | None = None) -> None:
    """Give the points by a template where nothing else has to be worked out."""
    data = draft.data
    if rule is None and not draft.has_rules() and not str(data.get("feedback") or "").strip():
        draft.template = how
        return
    if rule is None and how == MATCH:
        rule = when(is_right(R), scores(base("float", "1")))
    draft.rule(rule if rule is not None else scores(mapped(R)))


def multiple_choice(draft: Draft) -> None:
    listed = entries(draft.data, "options")
    draft.stem()
    asked = _choice(draft, "1", "")
    names = options(asked, draft, listed, "simpleChoice", "C")
    worth = [number(option.get("fraction")) for option in listed]
    best = max(range(len(worth)), key=lambda place: worth[place]) if worth else 0
    right = [names[best]] if worth and worth[best] > 0 else []
    plain = sorted(worth)[-1:] == [Decimal(1)] and set(worth[:best] + worth[best + 1 :]) <= {0}
    draft.response(R, "single", "identifier", right, [] if plain else shares(names, listed))
    option_feedback(draft, names, listed, R)
    score(draft, MATCH if plain else MAP)


def _choice(draft: Draft, most: str, notes: str) -> Element:
    mixed = "false" if draft.data.get("shuffle") is False else "true"
    asked = element(
        "choiceInteraction", responseIdentifier=R, shuffle=mixed, maxChoices=most, label=notes
    )
    draft.body.append(asked)
    return asked


def multiple_response(draft: Draft) -> None:
    listed = entries(draft.data, "options")
    scoring = str(draft.data.get("scoring") or "right_minus_wrong")
    draft.stem()
    asked = _choice(draft, "0", label(scoring=scoring))
    names = options(asked, draft, listed, "simpleChoice", "C")
    worth = [number(option.get("fraction")) for option in listed]
    right = [name for name, share in zip(names, worth, strict=True) if share > 0]
    option_feedback(draft, names, listed, R)
    if scoring == "all_or_nothing":
        table = [] if set(worth) <= {Decimal(0), Decimal(1)} else shares(names, listed)
        draft.response(R, "multiple", "identifier", right, table)
        score(draft, MATCH)
    elif scoring == "sum_floor0":
        parts = _sum_shares(worth, len(right))
        table = shares(names, [{"fraction": written(one)} for one in parts])
        bounds = {"lowerBound": "0", "upperBound": "1"}
        draft.response(R, "multiple", "identifier", right, table, **bounds)
        score(draft, MAP)
    else:
        signs = ["1" if share > 0 else "-1" for share in worth]
        table = shares(names, [{"fraction": sign} for sign in signs])
        draft.response(R, "multiple", "identifier", right, table)
        score(draft, MAP, scores(divided(mapped(R), str(len(right) or 1))))


def _sum_shares(worth: Sequence[Decimal], right: int) -> list[Decimal]:
    """Return what each option adds; a right one that is only marked as such adds its part."""
    if right < 2:
        return list(worth)
    each = (Decimal(1) / right).quantize(Decimal("0.0000001"))
    return [each if share == 1 else share for share in worth]


def true_false(draft: Draft) -> None:
    draft.stem()
    asked = _choice(draft, "1", "")
    asked.set("shuffle", "false")
    for name in ("true", "false"):
        asked.append(element("simpleChoice", text=name.capitalize(), identifier=name))
    answer = "true" if draft.data.get("answer") is True else "false"
    draft.response(R, "single", "identifier", [answer])
    told = [{"feedback": draft.data.get(f"feedback_{name}")} for name in ("true", "false")]
    option_feedback(draft, ["true", "false"], told, R)
    score(draft, MATCH)
