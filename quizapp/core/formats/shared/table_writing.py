"""Questions as rows of a table: columns that people can edit, and JSON for what is left."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quizapp.core.formats.model import (
    Item,
    Loss,
    QuestionIn,
)
from quizapp.core.formats.shared.left_out import LeftOut
from quizapp.core.formats.shared.table_rows import base_of, details_of, merged

HEAD = ("key", "type", "name", "category", "tags", "stem")
TAIL = ("answer", "feedback", "hint", "details")
KEEPS = frozenset(
    {"key", "name", "category", "tags", "fractions", "feedback", "option_feedback", "hints"}
    | {"markup", "math"}
)
MAX_OPTIONS = 20
IDS = {"options", "answers", "lefts", "rights", "items", "words"}


@dataclass(slots=True)
class Table:
    """A table to be written: its names, its rows, and what it could not carry."""

    header: Sequence[str]
    rows: list[Sequence[str]]
    losses: list[Loss] = field(default_factory=list)


def table_of(items: Iterable[Item]) -> Table:
    """Return the questions as rows, with as many columns for options as any of them needs."""
    questions: list[QuestionIn] = []
    left_out = LeftOut()
    for item in items:
        if isinstance(item, QuestionIn):
            questions.append(item)
        else:
            left_out.add(item)
    rows = [_cells(question) for question in questions]
    width = max((len(options) for _, options, _ in rows), default=0)
    header = [*HEAD, *(f"option {n}" for n in range(1, width + 1)), *TAIL]
    table: list[Sequence[str]] = [
        [*head, *options, *[""] * (width - len(options)), *tail] for head, options, tail in rows
    ]
    return Table(header, table, list(left_out.losses()))


def _cells(item: QuestionIn) -> tuple[list[str], list[str], list[str]]:
    full = _bare(item.body)
    options = _options(item.type, full)
    answer = _answer(item.type, full)
    base = base_of(item.type, options, answer)
    feedback = full.get("feedback") or ""
    hints = "\n\n\n".join(full.get("hints") or [])
    base |= {"feedback": feedback} if feedback else {}
    base |= {"hints": hints.split("\n\n\n")} if hints else {}
    details = details_of(base, full)
    if merged(base, details) != full or any(text != text.strip() for text in (feedback, hints)):
        options, answer, feedback, hints, details = [], "", "", "", full
        if merged(base_of(item.type, [], ""), details) != full:
            details = full
    more = json.dumps(details, ensure_ascii=False, sort_keys=True) if details else ""
    tags = ", ".join(item.tags)
    head = [item.key or "", item.type, item.name, item.category or "", tags, item.stem]
    return head, options, [answer, feedback, hints, more]


def _options(kind: str, body: Mapping[str, Any]) -> list[str]:
    name = {"ordering": "items", "multiple_choice": "options", "multiple_response": "options"}
    entries = body.get(name.get(kind, ""), [])
    texts = [str(entry.get("text", "")) for entry in entries]
    return texts if len(texts) <= MAX_OPTIONS and all(texts) else []


def _answer(kind: str, body: Mapping[str, Any]) -> str:
    if kind in ("multiple_choice", "multiple_response"):
        listed = enumerate(body.get("options", []), 1)
        return ", ".join(str(n) for n, one in listed if str(one.get("fraction", "0")) == "1")
    if kind == "true_false":
        return "true" if body.get("answer") else "false"
    if kind == "flashcard":
        return str(body.get("back", ""))
    name = {"short_answer": "text", "numeric": "value"}.get(kind)
    answers = [str(one.get(name, "")) for one in body.get("answers", [])] if name else []
    return "\n".join(answers) if all(answers) else ""


def _bare(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body without the ids that it gets again when it is read: those by place."""
    bare = dict(body)
    for name in IDS - {"rights", "words", "items"}:
        if isinstance(body.get(name), list):
            bare[name] = [_without_own_id(e, f"{name[0]}{n}") for n, e in enumerate(body[name], 1)]
    return bare


def _without_own_id(entry: Any, own: str) -> Any:
    if isinstance(entry, Mapping) and entry.get("id") == own:
        return {name: value for name, value in entry.items() if name != "id"}
    return entry
