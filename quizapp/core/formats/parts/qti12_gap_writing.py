"""Cloze questions as QTI 1.2 items: blanks, dropdowns and word banks of Canvas."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from quizapp.core.formats.parts.qti12_item_writing import (
    Writing,
    condition,
    equal,
    quoted,
    typed_texts,
)
from quizapp.core.formats.shared import html, plain
from quizapp.core.formats.shared.shares import plain as decimal_text
from quizapp.core.formats.shared.shares import to_percent
from quizapp.core.gaps import GAP

MIXED = (
    "It has gaps of several kinds: Canvas's New Quizzes read that, its older quizzes take all "
    "options for right."
)
_MARK = re.compile("\ue000(\\d{1,4})\ue001")
Entry = Mapping[str, Any]


def cloze(item: Writing) -> str:
    gaps: dict[str, Entry] = item.body["gaps"]
    kinds = {gap.get("kind") for gap in gaps.values()}
    name = "fill_in_multiple_blanks" if "typed" in kinds else "multiple_dropdowns"
    item.meta["question_type"] = f"{name}_question"
    is_named = kinds not in ({"choice"}, {"typed"})  # each gap says of which kind it is
    if is_named and "typed" in kinds:
        item.lost.append(MIXED)
    if item.body.get("scoring") == "all_or_nothing":
        item.keep(item.body, item.settings, "scoring")
    source = item.html(GAP.sub(lambda match: html.gap_mark(match[1]), item.item.stem))
    head = "gap"
    while f"[{head}" in source:
        head += "_"
    parts = [item.html_material(_MARK.sub(rf"[{head}\1]", source))]
    weights = {number: Decimal(str(gap.get("weight", "1"))) for number, gap in gaps.items()}
    whole = sum(weights.values(), Decimal(0)) or Decimal(1)
    for number in sorted(gaps, key=lambda number: (len(number), number)):
        points = Decimal(format(100 * weights[number] / whole, ".2f"))
        parts.append(_gap(item, number, f"{head}{number}", points, is_named))
    return "".join(parts)


def _gap(item: Writing, number: str, name: str, points: Decimal, is_named: bool) -> str:
    gap = item.body["gaps"][number]
    own: dict[str, Any] = {}
    item.keep(gap, own, "weight", "case", "diacritics", "typos", "fillers")
    response = f"response_{name}"
    listed, shares = _GAPS[gap["kind"]](item, gap, own)
    best = next((ident for ident, share in shares.items() if share == "1"), "")
    for entry in listed:
        ident = entry["id"]
        item.show(f"{name}_{ident}_fb", entry.get("feedback"), equal(response, [ident]))
    for ident, share in shares.items():
        if share != "1" or ident == best or gap["kind"] == "choice":
            given = format((points * Decimal(share)).normalize() + 0, "f")
            item.conditions.append(condition(equal(response, [ident]), given, "Add"))
    if gap.get("feedback"):
        item.add_feedback(f"{name}_fb", gap["feedback"])
        denied = f"<not>{equal(response, [best])}</not>"
        item.conditions.append(condition(denied, shows=[f"{name}_fb"]))
    if own:
        item.settings.setdefault("gaps", {})[number] = own
    extra = f' answer_type="{_ANSWER_TYPES[gap["kind"]]}"' if is_named else ""
    labels = item.labels(listed, gap.get("shuffle"), extra)
    return (
        f'<response_lid ident="{quoted(response)}">\n'
        f"<material><mattext>{quoted(name)}</mattext></material>\n{labels}</response_lid>\n"
    )


def _share(fraction: object) -> str:
    """Return a share without zeros at its end; "1" is all."""
    return decimal_text(Decimal(to_percent(str(fraction))) / 100)


Listed = tuple[list[dict[str, Any]], dict[str, str]]  # what is offered, and shares by id


def _typed_gap(item: Writing, gap: Entry, own: dict[str, Any]) -> Listed:
    texts = typed_texts(item, gap, own)
    answers = gap.get("answers") or ()
    entries = [
        {**one, "text": plain.escaped(text)} for one, text in zip(answers, texts, strict=True)
    ]
    return entries, {one["id"]: _share(one.get("fraction", "1")) for one in entries}


def _choice_gap(item: Writing, gap: Entry, own: dict[str, Any]) -> Listed:
    options = [dict(one) for one in gap.get("options") or ()]
    shares = {one["id"]: _share(one.get("fraction") or "0") for one in options}
    return options, {ident: share for ident, share in shares.items() if share != "0"}


def _word_gap(item: Writing, gap: Entry, own: dict[str, Any]) -> Listed:
    words = [
        {"id": one["id"], "text": plain.escaped(str(one["text"]))}
        for one in item.body.get("words") or ()
    ]
    return words, {str(gap["word"]): "1"}


_GAPS: dict[str, Callable[[Writing, Entry, dict[str, Any]], Listed]] = {
    "typed": _typed_gap,
    "choice": _choice_gap,
    "word": _word_gap,
}
_ANSWER_TYPES = {"typed": "openEntry", "choice": "dropdown", "word": "wordbank"}
