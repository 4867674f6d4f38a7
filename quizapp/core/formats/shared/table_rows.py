"""Rows of a table as questions: choices, cards, and what our own export wrote."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from quizapp.core.formats.model import Item, QuestionIn, Refused, Warned
from quizapp.core.formats.shared import plain
from quizapp.core.formats.shared.table_header import CARDS, Columns, columns_of
from quizapp.core.question_types import QUESTION_TYPES

Row = tuple[int, Sequence[str]]  # its line, and its cells

MAX_CELLS = 500
MAX_CELL = 60_000
MAX_KEPT = 20  # characters of a cell whose meaning is kept
HEADER_WITHIN = 20  # rows: Kahoot's template has its header in the eighth
TIME = "The times per question have no place here; they were left out."
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_GUARDED = re.compile(r"'(?='*[=+\-@\t\r])")
_YES = frozenset("true yes t y 1 right wahr".split())  # noqa: SIM905
_NO = frozenset("false no f n 0 wrong falsch".split())  # noqa: SIM905


def questions(rows: Iterable[Row], header: str = "") -> Iterator[Item]:
    """Yield the questions of a table; `header` is yes, no, or "" to see for oneself.

    Without a header each row is a card: front, back, and tags if there is a third cell.
    """
    columns, waiting = None, []
    rows = iter(rows)
    if header != "no":
        for row in rows:
            waiting.append(row)
            columns = columns_of(row[1])
            if columns or len(waiting) >= HEADER_WITHIN:
                break
    if columns:
        if "time" in columns.at:
            yield Warned(None, "", waiting[-1][0], None, TIME)
        waiting = []
    elif header == "yes":
        waiting = waiting[1:]
    reading = _Rows(columns or CARDS)
    for line, cells in waiting:
        yield from reading.read(line, cells)
    for line, cells in rows:
        yield from reading.read(line, cells)


def guarded(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; `unguarded` is the inverse."""
    return f"'{text}" if re.match(r"'*[=+\-@\t\r]", text) else text


def unguarded(text: str) -> str:
    """Return what a guarded cell says."""
    return text[1:] if text[:1] == "'" and _GUARDED.match(text) else text


class _Rows:
    def __init__(self, columns: Columns) -> None:
        self._columns, self._position = columns, 0

    def read(self, line: int, cells: Sequence[str]) -> Iterator[Item]:
        if not any(map(str.strip, cells)):
            return
        self._position += 1
        at, columns = self._position, self._columns
        if len(cells) > MAX_CELLS or (not columns.is_own and self._is_long(cells)):
            message = "The row has too many cells or too long ones; is a quotation mark open?"
            yield Refused(at, cells[0][:80], line, None, message)
            return
        cells = [unguarded(cell) if cell[:1] == "'" else cell for cell in cells]
        key = columns.cell(cells, "key") or None
        try:
            kind, stem, body = self._question(cells)
        except ValueError as error:
            yield Refused(at, columns.cell(cells, "stem")[:80], line, None, str(error), key)
            return
        tags = columns.cell(cells, "tags")
        yield QuestionIn(
            position=at,
            type=kind,
            stem=stem,
            body=body,
            key=key,
            name=columns.cell(cells, "name"),
            line=line,
            tags=_tags(tags),
            category=columns.cell(cells, "category") or None,
        )

    def _is_long(self, cells: Sequence[str]) -> bool:
        return max(map(len, cells)) > MAX_CELL

    def _question(self, cells: Sequence[str]) -> tuple[str, str, dict[str, Any]]:
        columns = self._columns
        if columns.is_own:
            return own_question(columns, cells)
        stem = plain.to_markdown(columns.cell(cells, "stem"))
        if not stem:
            raise ValueError("There is no question in the row.")
        body = self._body(cells)
        for column, name in (("feedback", "feedback"), ("hint", "hints")):
            if text := columns.cell(cells, column):
                shown = plain.to_markdown(text)
                body[1][name] = [shown] if name == "hints" else shown
        return body[0], stem, body[1]

    def _body(self, cells: Sequence[str]) -> tuple[str, dict[str, Any]]:
        columns = self._columns
        choices = columns.choices(cells)
        correct = columns.cell(cells, "correct")
        if any(choices):
            return _choice(choices, correct or columns.cell(cells, "answer"))
        answer = correct or columns.cell(cells, "answer")
        if not answer:
            raise ValueError("There is no answer in the row.")
        if columns.options and answer.casefold() in _YES | _NO:
            return "true_false", {"answer": answer.casefold() in _YES}
        if columns.options or "correct" in columns.at:
            return "short_answer", {"answers": [{"text": answer}]}
        return "flashcard", {"back": plain.to_markdown(answer)}


def _tags(written: str) -> list[str]:
    if not written:
        return []
    found = written.replace(";", ",").split(",")
    return [tag for tag in map(str.strip, found) if tag]


def _choice(choices: Sequence[str], correct: str) -> tuple[str, dict[str, Any]]:
    """Return a question with options; `correct` names the right ones by number, letter or text."""
    right = _right_ones(choices, correct)
    texts = {text.casefold() for text in choices if text}
    if len(right) == 1 and texts == {"true", "false"}:
        return "true_false", {"answer": choices[right.copy().pop()].casefold() == "true"}
    options = [
        {"text": plain.to_markdown(text), "fraction": "1" if place in right else "0"}
        for place, text in enumerate(choices)
        if text
    ]
    return ("multiple_response" if len(right) > 1 else "multiple_choice"), {"options": options}


def _right_ones(choices: Sequence[str], correct: str) -> set[int]:
    if not correct:
        return set()
    whole: set[int] = set()
    if correct in choices:
        whole = {place for place, text in enumerate(choices) if text == correct}
        if not correct.isdecimal():
            return whole
    named = (_kept_named if len(correct) <= MAX_KEPT else _named)(correct, len(choices))
    found = {place for place in (whole if named is None else named) if choices[place]}
    if not found:
        raise ValueError(f"“{correct[:60]}” names none of the options.")
    return found


def _named(correct: str, options: int) -> frozenset[int] | None:
    """Return the places that numbers or letters name; None where a sign is neither."""
    found = set()
    for written in re.split(r"[\s,;/&]+", correct.casefold()):
        sign = written.strip("().").removesuffix(".0")
        if sign.isascii() and sign.isdecimal() and 1 <= int(sign) <= options:
            found.add(int(sign) - 1)
        elif len(sign) == 1 and sign in _LETTERS[:options]:
            found.add(_LETTERS.index(sign))
        elif sign:
            return None
    return frozenset(found)


_kept_named = lru_cache(maxsize=1024)(_named)  # a table says the same few things again and again


def own_question(columns: Columns, cells: Sequence[str]) -> tuple[str, str, dict[str, Any]]:
    """Return a question of our own table: what the columns say, and the rest from `details`."""
    kind = columns.cell(cells, "type")
    if kind not in QUESTION_TYPES:
        raise ValueError(f"There is no question type {kind[:60]!r}.")
    try:
        details = json.loads(columns.cell(cells, "details") or "{}")
    except (ValueError, RecursionError) as error:
        raise ValueError("The column details holds no JSON.") from error
    if not isinstance(details, dict):
        raise ValueError("The column details holds no JSON object.")
    base = base_of(kind, columns.choices(cells), columns.cell(cells, "answer"))
    if text := columns.cell(cells, "feedback"):
        base["feedback"] = text
    if text := columns.cell(cells, "hint"):
        base["hints"] = text.split("\n\n\n")
    return kind, columns.cell(cells, "stem"), merged(base, details)


def base_of(kind: str, choices: Sequence[str], answer: str) -> dict[str, Any]:
    """Return what the columns for options and answer say of a question of our own table."""
    texts = [text for text in choices if text]
    if kind in ("multiple_choice", "multiple_response"):
        numbers = {int(sign) for sign in re.findall(r"\d{1,3}", answer, re.ASCII)}
        return {
            "options": [
                {"text": text, "fraction": "1" if number in numbers else "0"}
                for number, text in enumerate(texts, 1)
            ]
        }
    if kind == "true_false" and answer:
        return {"answer": answer.casefold() in _YES}
    if kind == "short_answer":
        return {"answers": [{"text": line} for line in answer.split("\n") if line]}
    if kind == "numeric":
        return {"answers": [{"value": line} for line in answer.split("\n") if line]}
    if kind == "flashcard" and answer:
        return {"back": answer}
    if kind == "ordering":
        return {"items": [{"text": text} for text in texts]}
    return {}


def merged(base: Any, more: Any) -> Any:
    """Return a body with details laid over it, lists by place."""
    if isinstance(base, dict) and isinstance(more, dict):
        return base | {name: merged(base.get(name), value) for name, value in more.items()}
    if isinstance(base, list) and isinstance(more, dict):
        found = list(base)
        for place, value in more.items():
            if place.isdecimal() and int(place) < len(found):
                found[int(place)] = merged(found[int(place)], value)
        return found
    return more


def details_of(base: Any, full: Any) -> Any:
    """Return what `merged` needs to make `full` of `base`; {} where they are the same."""
    if isinstance(base, Mapping) and isinstance(full, Mapping):
        return {
            name: details_of(base[name], value) if name in base else value
            for name, value in full.items()
            if name not in base or base[name] != value
        }
    if isinstance(base, list) and isinstance(full, list) and len(base) == len(full):
        pairs = enumerate(zip(base, full, strict=True))
        return {str(at): details_of(old, new) for at, (old, new) in pairs if old != new}
    return full
