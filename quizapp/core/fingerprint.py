"""Fingerprints of questions: is the content the same, and is what it asks for the same."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from quizapp.core.question import MAP

# Texts around a question: changing them leaves key and options, and so its statistics, as they are.
WORDING = frozenset(
    {"feedback", "feedback_true", "feedback_false", "feedback_wrong"}
    | {"hints", "sample", "rubric", "fact"}
)


def content_sha256(type: str, stem: str, body: Mapping[str, Any]) -> str:
    """Return a hash of all that a question version holds; the order of maps does not matter."""
    return _sha256([type, stem, body])


def same_key_and_options(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Say whether two bodies differ in wording only, so that their versions count together."""
    return _sha256(_asked(one)) == _sha256(_asked(other))


def keep_ids(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return the new body with ids of the old one's entries of the same text where it has none.

    Lists that others point into by id are left alone: there an id is part of the key.
    """
    return {
        name: value if name in _POINTED_AT else _kept(old.get(name), value)
        for name, value in new.items()
    }


# made once: json.dumps makes one anew for each call
_as_json = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode
_POINTED_AT = frozenset({"rights", "words"})


def _kept(old: Any, new: Any) -> Any:
    if isinstance(new, MAP) and isinstance(old, MAP):
        return keep_ids(old, new)
    if not isinstance(new, list | tuple) or not isinstance(old, list | tuple):
        return new
    taken = {entry.get("id") for entry in new if isinstance(entry, MAP)}
    free = {
        _sign(entry): entry["id"]
        for entry in reversed(old)
        if isinstance(entry, MAP) and entry.get("id") and entry["id"] not in taken
    }
    kept = []
    for entry in new:
        if isinstance(entry, MAP) and not entry.get("id") and _sign(entry) in free:
            kept.append({"id": free.pop(_sign(entry)), **entry})
        else:
            kept.append(entry)
    return kept


def _sign(entry: Mapping[str, Any]) -> str:
    """Return what an entry says: its text, or the number that it accepts."""
    return _sha256([entry.get(name) for name in ("text", "value", "min", "max")])


def _asked(value: Any) -> Any:
    if isinstance(value, MAP):
        return {name: _asked(entry) for name, entry in value.items() if name not in WORDING}
    if isinstance(value, list | tuple):
        return [_asked(entry) for entry in value]
    return value


def _sha256(value: Any) -> str:
    return hashlib.sha256(_as_json(value).encode("ascii")).hexdigest()
