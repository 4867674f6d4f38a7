"""The Markdown texts of any question with their paths, and ids for entries that have none."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from itertools import count
from typing import Any

from quizapp.core.fields import ID_LETTERS, markdown_texts
from quizapp.core.question import LIST, MAP, Field, Question
from quizapp.core.question_types import QUESTION_TYPES

TELLING = {"items", "rights"}  # their order in the file is the key


def texts(question: Question) -> Iterator[tuple[str, str]]:
    """(path, Markdown) of every text that is not empty: "stem", "options.o1.feedback" and so on."""
    if question.stem:
        yield "stem", question.stem
    yield from markdown_texts(QUESTION_TYPES[question.type].FIELDS, question.body)


def fill_ids(type: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body with an id in each entry that needs one: o1, o2 ... by place in the file.

    Ids that are there stay. The body given is not changed.
    """
    return _with_ids(QUESTION_TYPES[type].FIELDS, body)


def _with_ids(fields: tuple[Field, ...], holder: Mapping[str, Any]) -> dict[str, Any]:
    filled = dict(holder)
    for field in _with_entries(fields):
        value = holder.get(field.name)
        if field.name in ID_LETTERS and isinstance(value, LIST):
            numbered = _numbered(value, ID_LETTERS[field.name])
            filled[field.name] = numbered if field.name not in TELLING else _blind(numbered, value)
        elif field.kind == "map" and isinstance(value, MAP):
            filled[field.name] = {
                key: _with_ids(field.entry, entry) if isinstance(entry, MAP) else entry
                for key, entry in value.items()
            }
    return filled


@lru_cache(maxsize=512)
def _with_entries(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Return those fields in which ids may be missing."""
    return tuple(field for field in fields if field.name in ID_LETTERS or field.kind == "map")


def _blind(numbered: list[Any], listed: Iterable[Any]) -> list[Any]:
    """Deal the new ids out by a hash of the entries: learners see ids, so they must not tell."""
    new = [n for n, entry in enumerate(listed) if isinstance(entry, MAP) and not entry.get("id")]
    by_hash = sorted(new, key=lambda n: sha256(repr(numbered[n].get("text")).encode()).digest())
    ids = [numbered[n]["id"] for n in new]
    for entry_id, n in zip(ids, by_hash, strict=True):
        numbered[n] = {**numbered[n], "id": entry_id}
    return numbered


def _numbered(listed: Sequence[Any], letter: str) -> list[Any]:
    """Give each entry without id the number of its place, or the next that is free."""
    if all(type(entry) is dict and "id" not in entry for entry in listed):  # as most files say it
        return [{"id": f"{letter}{place}", **entry} for place, entry in enumerate(listed, 1)]
    taken = {str(entry.get("id")) for entry in listed if isinstance(entry, MAP)}
    numbered = []
    for place, entry in enumerate(listed, 1):
        if not isinstance(entry, MAP) or entry.get("id") not in (None, ""):
            numbered.append(entry)
            continue
        free = (f"{letter}{number}" for number in count(place))
        own = next(name for name in free if name not in taken)
        taken.add(own)
        numbered.append({"id": own} | {name: entry[name] for name in entry if name != "id"})
    return numbered
