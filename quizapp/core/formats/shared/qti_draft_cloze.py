"""A cloze as a QTI item: its gaps in the text, or the words to be dragged into it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from quizapp.core.fields import entries
from quizapp.core.formats.shared.qti_draft import Draft
from quizapp.core.formats.shared.qti_draft_typed import answer_feedback, typed
from quizapp.core.formats.shared.qti_draft_types import (
    MATCH,
    R,
    option_feedback,
    options,
    score,
    shares,
)
from quizapp.core.formats.shared.qti_elements import (
    base,
    divided,
    element,
    has_pair,
    label,
    mapped,
    number,
    scores,
    when,
    written,
)
from quizapp.core.formats.shared.xml import Element
from quizapp.core.gaps import gap_numbers, gap_of

Gap = Mapping[str, Any]


def cloze(draft: Draft) -> None:
    """Write a cloze; words can only be dragged where all gaps take words."""
    numbers = [n for n in dict.fromkeys(gap_numbers(draft.item.stem)) if gap_of(draft.data, n)]
    gaps = {n: gap_of(draft.data, n) for n in numbers}
    if gaps and all(gap.get("kind") == "word" for gap in gaps.values()):
        _dragged(draft, gaps)
    else:
        _in_line(draft, gaps)


def _weight(gap: Gap) -> Decimal:
    weight = number(gap.get("weight"), "1")
    return weight if weight > 0 else Decimal(1)


def _is_whole(draft: Draft) -> bool:
    return draft.data.get("scoring") == "all_or_nothing"


def _dragged(draft: Draft, gaps: Mapping[str, Gap]) -> None:
    words = entries(draft.data, "words")
    names = {one["id"]: f"W{place}" for place, one in enumerate(words, 1)}
    asked = element(
        "gapMatchInteraction",
        responseIdentifier=R,
        shuffle="true",
        label=label(scoring=str(draft.data.get("scoring") or "")),
    )
    if draft.rich:
        asked.set("maxAssociations", "0")
    for one in words:
        name, text = names[one["id"]], str(one.get("text", ""))
        asked.append(element("gapText", text=text, identifier=name, matchMax="0"))
        asked[-1].set("matchMax", "0")
    pairs = {
        n: f"{names[gap['word']]} GAP_{n}" for n, gap in gaps.items() if gap.get("word") in names
    }
    left = set(gaps)

    def make_gap(number: str) -> Element | None:
        if number not in left:
            return None
        left.discard(number)
        return element("gap", identifier=f"GAP_{number}")

    asked.append(draft.flow(element("div"), draft.item.stem, make_gap))
    draft.body.append(asked)
    weights = {n: _weight(gaps[n]) for n in pairs}
    table = [{"mapKey": pair, "mappedValue": written(weights[n])} for n, pair in pairs.items()]
    whole = _is_whole(draft)
    draft.response(R, "multiple", "directedPair", list(pairs.values()), [] if whole else table)
    for n, pair in pairs.items():
        missed = element("not", has_pair(pair, R))
        draft.says(f"GAP_{n}", gaps[n].get("feedback"), missed)
    total = written(sum(weights.values(), Decimal(0)) or Decimal(1))
    score(draft, MATCH, None if whole else scores(divided(mapped(R), total)))


def _in_line(draft: Draft, gaps: Mapping[str, Gap]) -> None:
    made: dict[str, Element] = {n: _interaction(draft, n, gap) for n, gap in gaps.items()}
    draft.stem(lambda n: made.pop(n, None))
    if _is_whole(draft):
        full = [element("gte", mapped(f"{R}_{n}"), base("float", "1")) for n in gaps]
        draft.rule(when(element("and", *full), scores(base("float", "1"))))
    elif gaps:
        parts = [
            element("product", mapped(f"{R}_{n}"), base("float", written(_weight(gap))))
            for n, gap in gaps.items()
        ]
        total = sum((_weight(gap) for gap in gaps.values()), Decimal(0))
        draft.rule(scores(divided(element("sum", *parts), written(total))))
    for n, gap in gaps.items():
        missed = element("lt", mapped(f"{R}_{n}"), base("float", "1"))
        draft.says(f"GAP_{n}", gap.get("feedback"), missed)


def _interaction(draft: Draft, n: str, gap: Gap) -> Element:
    response, weight = f"{R}_{n}", written(_weight(gap))
    weight = "" if weight == "1" else weight
    if gap.get("kind") == "typed":
        made = typed(draft, gap, response, "gap", weight)
        answer_feedback(draft, gap, response, f"ANSWER_{n}_")
        return made
    is_word = gap.get("kind") == "word"
    listed = entries(draft.data, "words") if is_word else entries(gap, "options")
    notes = {"kind": "word" if is_word else "gap", "weight": weight}
    mixed = is_word or gap.get("shuffle") is not False
    made = element(
        "inlineChoiceInteraction",
        responseIdentifier=response,
        shuffle="true" if mixed else "false",
        label=label(**notes, scoring=str(draft.data.get("scoring") or "")),
    )
    if is_word:
        listed = [
            {"text": one.get("text", ""), "fraction": "1" if one["id"] == gap.get("word") else "0"}
            for one in listed
        ]
        names = []
        for place, one in enumerate(listed, 1):
            names.append(f"G{n}_C{place}")
            text = str(one["text"])
            made.append(element("inlineChoice", text=text, identifier=names[-1]))
    else:
        names = options(made, draft, listed, "inlineChoice", f"G{n}_C")
    worth = [number(one.get("fraction")) for one in listed]
    best = max(worth, default=Decimal(0))
    right = [name for name, one in zip(names, worth, strict=True) if one == best > 0][:1]
    draft.response(response, "single", "identifier", right, shares(names, listed))
    option_feedback(draft, names, listed, response)
    return made
