"""How questions that are answered by pairing or arranging are written as QTI items."""

from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise

from quizapp.core.fields import entries
from quizapp.core.formats.shared.qti_draft import Draft
from quizapp.core.formats.shared.qti_draft_types import MATCH, R, options, score
from quizapp.core.formats.shared.qti_elements import (
    base,
    divided,
    element,
    has_pair,
    is_right,
    label,
    mapped,
    scores,
    variable,
    when,
)
from quizapp.core.formats.shared.xml import Element

MAX_NEIGHBOURS = 25


def matching(draft: Draft) -> None:
    lefts, rights = entries(draft.data, "lefts"), entries(draft.data, "rights")
    scoring = str(draft.data.get("scoring") or "per_pair")
    draft.stem()
    asked = element(
        "matchInteraction",
        responseIdentifier=R,
        shuffle="false" if draft.data.get("shuffle") is False else "true",
        maxAssociations=str(len(lefts)),
        label=label(scoring=scoring),
    )
    for listed, letter, most in ((lefts, "L", "1"), (rights, "R", "0")):
        side = element("simpleMatchSet")
        for name, one in zip(
            options(side, draft, listed, "simpleAssociableChoice", letter), side, strict=True
        ):
            one.set("identifier", name)
            one.set("matchMax", most)
        asked.append(side)
    draft.body.append(asked)
    names = {one["id"]: f"R{place}" for place, one in enumerate(rights, 1)}
    pairs = [
        f"L{place} {names[one['right']]}"
        for place, one in enumerate(lefts, 1)
        if one.get("right") in names
    ]
    table = [{"mapKey": pair, "mappedValue": "1"} for pair in pairs]
    whole = scoring == "all_or_nothing"
    draft.response(R, "multiple", "directedPair", pairs, [] if whole else table)
    for place, (left, pair) in enumerate(zip(lefts, pairs, strict=False), 1):
        missed = element("not", has_pair(pair, R))
        draft.says(f"LEFT_{place}", left.get("feedback"), missed)
    score(draft, MATCH, None if whole else scores(divided(mapped(R), str(len(pairs) or 1))))


def ordering(draft: Draft) -> None:
    items = entries(draft.data, "items")
    scoring = str(draft.data.get("scoring") or "adjacent_order")
    blind = sorted(items, key=lambda one: sha256(str(one.get("text")).encode()).digest())
    names = {one["id"]: f"C{place}" for place, one in enumerate(blind, 1)}
    draft.stem()
    asked = element(
        "orderInteraction", responseIdentifier=R, shuffle="true", label=label(scoring=scoring)
    )
    options(asked, draft, blind, "simpleChoice", "C")
    draft.body.append(asked)
    right = [names[one["id"]] for one in items]
    draft.response(R, "ordered", "identifier", right)
    wrong = element("not", is_right(R))
    draft.says("WRONG", draft.data.get("feedback_wrong"), wrong)
    if scoring == "all_or_nothing" or len(items) < 2:
        score(draft, MATCH)
        return
    rules = _places(right) if scoring == "exact_order" else _neighbours(right)
    for rule in rules:
        draft.rule(rule)


def _add_one() -> Element:
    return scores(element("sum", variable("SCORE"), base("float", "1")))


def _at(place: int, inside: Element) -> Element:
    return element("index", inside, n=str(place))


def _places(right: Sequence[str]) -> list[Element]:
    """Return the rules that give a part for each item in its place."""
    rules = [
        when(
            element("match", _at(n, variable(R)), _at(n, element("correct", identifier=R))),
            _add_one(),
        )
        for n in range(1, len(right) + 1)
    ]
    return [*rules, scores(divided(variable("SCORE"), str(len(right))))]


def _neighbours(right: Sequence[str]) -> list[Element]:
    """Return the rules that give a part for each item that follows the one before it."""
    if len(right) > MAX_NEIGHBOURS:
        return [when(is_right(R), scores(base("float", "1")))]
    rules = []
    for one, other in pairwise(right):
        places = [
            element(
                "and",
                element("match", _at(n, variable(R)), base("identifier", one)),
                element("match", _at(n + 1, variable(R)), base("identifier", other)),
            )
            for n in range(1, len(right))
        ]
        condition = element("or", *places)
        rules.append(when(condition, _add_one()))
    return [*rules, scores(divided(variable("SCORE"), str(len(right) - 1)))]
