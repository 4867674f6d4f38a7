"""What differs between two versions of a question, entry by entry and word by word."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from quizapp.core.fields import keyed_entries
from quizapp.core.question import Field, Question

MAX_TOKENS = 800  # a longer text is compared line by line, a much longer one as a whole
_WORDS = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")

Kind = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that both versions have, or only one of them."""

    kind: Literal["same", "added", "removed"]
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: where (a body path, and in words), and the text with what came and went."""

    path: str
    labels: tuple[str, ...]
    kind: Kind
    pieces: tuple[Piece, ...] = ()


def difference(old: Question, new: Question, fields: Iterable[Field]) -> list[Change]:
    """Return the differences in the order of the form; none where both say the same.

    An entry that is left out counts as its default. Entries of lists are told apart by their ids.
    """
    stem = Field("stem", "Question", "markdown")
    found = list(_value_changes(stem, old.stem, new.stem, "stem", ("Question",)))
    return found + list(_field_changes(fields, old.body, new.body, "", ()))


def word_pieces(old: str, new: str) -> tuple[Piece, ...]:
    """Return both texts as one: what they share, what went, what came."""
    one, other = _tokens(old, new)
    pieces: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(one[i:j])))
            continue
        if i < j:
            pieces.append(Piece("removed", "".join(one[i:j])))
        if k < m:
            pieces.append(Piece("added", "".join(other[k:m])))
    return tuple(pieces)


def _tokens(*told: str) -> list[list[str]]:
    """Cut texts alike: into words with the space behind them, or lines where they are long."""
    for pattern in (_WORDS, _LINES):
        found = [pattern.findall(text) for text in told]
        if max(len(tokens) for tokens in found) <= MAX_TOKENS:
            return found
    return [[text] for text in told]


def _field_changes(
    fields: Iterable[Field],
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    prefix: str,
    labels: tuple[str, ...],
) -> Iterator[Change]:
    for field in fields:
        path, named = f"{prefix}{field.name}", (*labels, field.label)
        values = old.get(field.name), new.get(field.name)
        if field.kind in ("list", "map"):
            yield from _entry_changes(field, *values, path, named)
        else:
            yield from _value_changes(field, *values, path, named)


def _value_changes(
    field: Field, old: Any, new: Any, path: str, labels: tuple[str, ...]
) -> Iterator[Change]:
    before, after = _told(field, old), _told(field, new)
    if before == after:
        return
    kind: Kind = "changed" if before and after else ("added" if after else "removed")
    yield Change(path, labels, kind, word_pieces(before, after))


def _entry_changes(
    field: Field, old: Any, new: Any, path: str, labels: tuple[str, ...]
) -> Iterator[Change]:
    before, after = dict(keyed_entries(old)), dict(keyed_entries(new))
    for place, (key, entry) in enumerate(before.items(), 1):
        if key not in after:
            pieces = (Piece("removed", _summary(field, entry)),)
            yield Change(f"{path}.{key}", _labels(field, key, place, labels), "removed", pieces)
    for place, (key, entry) in enumerate(after.items(), 1):
        named = _labels(field, key, place, labels)
        if key not in before:
            pieces = (Piece("added", _summary(field, entry)),)
            yield Change(f"{path}.{key}", named, "added", pieces)
        elif isinstance(entry, Mapping) and isinstance(before[key], Mapping):
            yield from _field_changes(field.entry, before[key], entry, f"{path}.{key}.", named)
        else:
            yield from _value_changes(field, before[key], entry, f"{path}.{key}", named)
    if [key for key in before if key in after] != [key for key in after if key in before]:
        told = [_summary(field, entry) for key, entry in after.items() if key in before]
        yield Change(path, labels, "moved", (Piece("same", " / ".join(told)),))


def _labels(field: Field, key: str, place: int, labels: tuple[str, ...]) -> tuple[str, ...]:
    return (*labels[:-1], f"{field.one or field.label} {key if field.kind == 'map' else place}")


def _summary(field: Field, entry: Any) -> str:
    """Return an entry in a line: what it says, and its other values that are not the usual ones."""
    if not isinstance(entry, Mapping):
        return _told(field, entry)
    told = []
    for inner in field.entry:
        value = entry.get(inner.name)
        if inner.kind in ("list", "map"):
            told += [_summary(inner, one) for _, one in keyed_entries(value)]
        elif text := _told(inner, value) if value != inner.default else "":
            told.append(text if inner.name in ("text", "value") else f"{inner.label}: {text}")
    return "; ".join(told)


def _told(field: Field, value: Any) -> str:
    """Return a value as a reader sees it."""
    value = field.default if value is None else value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field.kind == "choice" and isinstance(value, str):
        return value.replace("_", " ")
    return "" if value is None else str(value)
