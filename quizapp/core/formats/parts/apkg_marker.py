"""A hidden field that our own notes carry, so that a question comes back just as it went out.

It counts only as long as the fields that people see are as they were written.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from quizapp.core.formats.bank_document import SCHEMA
from quizapp.core.formats.model import QuestionIn, RawBlock
from quizapp.core.formats.parts.apkg_values import text, whole
from quizapp.core.formats.shared.typed import Reading
from quizapp.core.formats.shared.yaml_tree import MAX_DEPTH, Listing, Mapped, Node, Scalar

FIELD = "quizapp"
MAX_MARKER = 2_000_000
_DEFINITIONS: Mapping[str, Any] = SCHEMA["$defs"]
_OWN = frozenset({"key", "type", "name", "fact", "category", "tags", "stem", "raw_block"})
_TYPES = frozenset(
    choice["$ref"].rpartition("/")[2]
    for choice in SCHEMA["properties"]["questions"]["items"]["oneOf"]
)
_BEGINS = f'{{"_":"{FIELD}",'
_PARTS = ("gaps", "lefts")  # whose entries may name a fact


@dataclass(frozen=True, slots=True)
class Marked:
    """What a note says of the question that it was made of; None where it was edited since.

    deck, tags: as they were written. note, place, home: the note that the question came from, which
    of its cards it is, and in which deck.
    """

    key: str
    deck: str
    tags: list[str]
    note: dict[str, Any]
    place: int
    home: str
    question: QuestionIn | None = None


@dataclass(slots=True)
class Marking:
    """What goes into the field besides the question itself."""

    guid: str
    deck: str
    tags: list[str]
    note: Mapping[str, Any] = field(default_factory=dict)
    place: int = 0
    home: str = ""


def written(item: QuestionIn, values: Sequence[str], marking: Marking) -> str:
    """Return the hidden field of a note whose other fields are `values`."""
    entry: dict[str, Any] = {"key": item.key or marking.guid, "type": item.type, "stem": item.stem}
    told = {"name": item.name, "category": item.category, "tags": list(item.tags)}
    entry |= {name: value for name, value in told.items() if value}
    entry |= _without_facts(item.body)
    if item.raw is not None and item.raw.format != "apkg":
        block = {"format": item.raw.format, "raw": item.raw.text, "lossy": list(item.raw.lossy)}
        entry["raw_block"] = {name: value for name, value in block.items() if value}
    told_all = {
        "_": FIELD,
        "guid": marking.guid,
        "seen": _seen(values),
        "deck": marking.deck,
        "tags": marking.tags,
        "note": dict(marking.note),
        "place": marking.place,
        "home": marking.home,
        "question": entry,
    }
    packed = json.dumps(told_all, sort_keys=True, separators=(",", ":"))
    for sign in "<>&":  # so that no editor of HTML changes it
        packed = packed.replace(sign, f"\\u{ord(sign):04x}")
    return packed


def read(names: Sequence[str], values: Sequence[str], guid: str) -> Marked | None:
    """Return what a note's hidden field says; None without one, or where it is another note's."""
    if FIELD not in names or len(values) != len(names):
        return None
    place = names.index(FIELD)
    if not values[place].startswith("{") or len(values[place]) > MAX_MARKER:
        return None
    try:
        found = json.loads(values[place])
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("guid") != guid:
        return None
    entry, tags, note = found.get("question"), found.get("tags"), found.get("note")
    if not isinstance(entry, dict):
        return None
    shown = [value for at, value in enumerate(values) if at != place]
    return Marked(
        text(entry.get("key")),
        text(found.get("deck")),
        [text(tag) for tag in tags] if isinstance(tags, list) else [],
        note if isinstance(note, dict) else {},
        whole(found.get("place")),
        text(found.get("home")),
        _question(entry) if found.get("seen") == _seen(shown) else None,
    )


def place_of(values: Sequence[str]) -> int | None:
    """Return which field is the hidden one, where their names are not known."""
    places = (at for at, value in enumerate(values) if value.startswith(_BEGINS))
    return next(places, None)


def _question(entry: Mapping[str, Any]) -> QuestionIn | None:
    """Return the question of an entry of the bank file's form; None where it is none."""
    kind = entry.get("type")
    if not isinstance(kind, str) or kind not in _TYPES:
        return None
    reading = Reading(_DEFINITIONS)
    node = _node(entry, 0)
    typed = reading.value(node, _DEFINITIONS[kind]) if node else None
    if reading.faults or typed is None:
        return None
    block = typed.get("raw_block")
    return QuestionIn(
        position=0,
        type=kind,
        stem=typed.get("stem", ""),
        body={name: value for name, value in typed.items() if name not in _OWN},
        key=typed["key"],
        name=typed.get("name", ""),
        tags=typed.get("tags", []),
        category=typed.get("category") or None,
        raw=RawBlock(block["format"], block["raw"], block.get("lossy", [])) if block else None,
    )


def _node(value: Any, depth: int) -> Node | None:
    """Return JSON as the tree that a bank file would be; None where it is nested too deep."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(value, dict):
        entries = {name: node for name in value if (node := _node(value[name], depth + 1))}
        return Mapped(1, entries, dict.fromkeys(entries, 1))
    if isinstance(value, list):
        return Listing(1, [node for one in value if (node := _node(one, depth + 1))])
    if isinstance(value, bool):
        return Scalar(1, "true" if value else "false")
    return None if value is None else Scalar(1, str(value))


def _without_facts(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body whose parts name no facts: those are not in the file."""
    kept = dict(body)
    for name in _PARTS:
        parts = kept.get(name)
        if isinstance(parts, Mapping):
            kept[name] = {key: _without_fact(part) for key, part in parts.items()}
        elif isinstance(parts, list | tuple):
            kept[name] = [_without_fact(part) for part in parts]
    return kept


def _without_fact(part: Any) -> Any:
    if not isinstance(part, Mapping):
        return part
    return {name: value for name, value in part.items() if name != "fact"}


def _seen(values: Sequence[str]) -> str:
    return sha256("\x1f".join(values).encode("utf-8", "replace")).hexdigest()[:20]
