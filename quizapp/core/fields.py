"""The entries of a question's body: shared descriptions of them, and a walk over their texts."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from quizapp.core.question import LIST, MAP, Field

# Lists whose entries carry an id, and the letter of the ids that are given to those without one.
ID_LETTERS = {
    "options": "o",
    "answers": "a",
    "lefts": "l",
    "rights": "r",
    "items": "i",
    "words": "w",
}

FEEDBACK = Field("feedback", "Feedback", "markdown")
FRACTION = Field(
    "fraction", "Share of the points", "number", default="0", help="1 is right, 0 is wrong."
)
SHUFFLE = Field("shuffle", "Show in random order", "bool", default=True)
FACT = Field("fact", "Fact", "text", of="facts")
WORDING = Field("text", "Text", "markdown", required=True)
# hints is the one list of bare texts: its entries are Markdown and have a place instead of an id
COMMON = (
    Field("feedback", "General feedback", "markdown"),
    Field("hints", "Hints", "list", one="Hint"),
)
OPTIONS = Field(
    "options",
    "Options",
    "list",
    required=True,
    entry=(WORDING, FRACTION, FEEDBACK),
    one="Option",
)
ANSWERS = Field(
    "answers",
    "Accepted answers",
    "list",
    required=True,
    entry=(
        Field("text", "Text", "text", required=True),
        Field("fraction", "Share of the points", "number", default="1"),
        FEEDBACK,
    ),
    one="Answer",
)
COMPARISON = (
    Field("case", "Upper and lower case matter", "bool", default=False),
    Field("diacritics", "Accents matter", "bool", default=True),
    Field("typos", "Slips forgiven", "number", default=0, whole=True),
    Field("fillers", "Words that make no difference (the, a, by ...)", "text"),
)


def scoring(*names: str) -> Field:
    """Return the entry that says how parts become a score; the first name is the default."""
    return Field("scoring", "Scoring", "choice", choices=names, default=names[0])


def entries(body: Any, name: str) -> list[Mapping[str, Any]]:
    """Return the entries of a list that have an id of their own; what is malformed is left out."""
    found: dict[str, Mapping[str, Any]] = {}
    listed = body.get(name) if isinstance(body, MAP) else None
    for entry in listed if isinstance(listed, LIST) else ():
        if isinstance(entry, MAP) and isinstance(entry.get("id"), str):
            found.setdefault(entry["id"], entry)
    return list(found.values())


def by_id(body: Any, name: str) -> dict[str, Mapping[str, Any]]:
    """Return the entries of a list by id, in order."""
    return {entry["id"]: entry for entry in entries(body, name)}


def text_of(holder: Mapping[str, Any], name: str) -> str:
    """Return the text of an entry, "" where there is none."""
    value = holder.get(name)
    return value if isinstance(value, str) else ""


def filled(texts: Iterable[tuple[str, Mapping[str, Any], str]]) -> list[str]:
    """Return the paths of those of (path, holder, name) whose text is not blank."""
    return [path for path, holder, name in texts if text_of(holder, name).strip()]


def markdown_texts(
    fields: Iterable[Field], holder: Mapping[str, Any], prefix: str = ""
) -> Iterator[tuple[str, str]]:
    """(path, text) of every Markdown text in a body that is not empty, in the order of `fields`."""
    found: list[tuple[str, str]] = []
    _gather(_with_markdown(tuple(fields)), holder, prefix, found)
    return iter(found)


def _gather(
    fields: tuple[Field, ...],
    holder: Mapping[str, Any],
    prefix: str,
    found: list[tuple[str, str]],
) -> None:
    for field in fields:
        value = holder.get(field.name)
        if not value:
            continue
        path = prefix + field.name
        if field.kind == "markdown":
            if isinstance(value, str):
                found.append((path, value))
            continue
        inner = _with_markdown(field.entry)
        for key, entry in keyed_entries(value):
            if isinstance(entry, str):
                if entry and not field.entry:
                    found.append((f"{path}.{key}", entry))
            elif isinstance(entry, MAP):
                _gather(inner, entry, f"{path}.{key}.", found)


@lru_cache(maxsize=512)
def _with_markdown(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Return those fields that are Markdown or may hold some."""
    return tuple(field for field in fields if field.kind in ("markdown", "list", "map"))


def keyed_entries(value: Any) -> list[tuple[str, Any]]:
    """Return the entries of a list or map, each with the end of its path: id, else place."""
    if isinstance(value, LIST):
        return [(_own_id(entry) or str(place), entry) for place, entry in enumerate(value)]
    if isinstance(value, MAP):
        return [(str(key), entry) for key, entry in value.items()]
    return []


def _own_id(entry: Any) -> str:
    own = None if isinstance(entry, str) or not isinstance(entry, MAP) else entry.get("id")
    return own if isinstance(own, str) else ""
