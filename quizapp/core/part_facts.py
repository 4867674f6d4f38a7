"""The facts that single gaps or pairs of a question name, by the id of that part."""

from collections.abc import Mapping
from typing import Any

from quizapp.core.question import LIST, MAP


def part_facts(body: Mapping[str, Any]) -> dict[str, str]:
    """Return the fact of each part that names one; entries have to carry their ids."""
    found: dict[str, str] = {}
    for value in body.values():
        for part, entry in () if isinstance(value, str) else _parts(value):
            if entry.get("fact"):
                found[part] = str(entry["fact"])
    return found


def with_part_facts(body: Mapping[str, Any], facts: Mapping[str, str]) -> dict[str, Any]:
    """Return the body with exactly these facts named by its parts."""
    return {name: _named(value, facts) for name, value in body.items()}


def _parts(value: Any) -> list[tuple[str, Mapping[str, Any]]]:
    if isinstance(value, LIST):
        maps = [one for one in value if not isinstance(one, str) and isinstance(one, MAP)]
        return [(str(one["id"]), one) for one in maps if "id" in one]
    if isinstance(value, MAP):
        return [(str(key), entry) for key, entry in value.items() if isinstance(entry, MAP)]
    return []


def _named(value: Any, facts: Mapping[str, str]) -> Any:
    if isinstance(value, MAP):
        return {key: _entry(entry, facts.get(str(key))) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [
            _entry(one, facts.get(str(one.get("id")))) if isinstance(one, MAP) else one
            for one in value
        ]
    return value


def _entry(entry: Any, fact: str | None) -> Any:
    if not isinstance(entry, MAP) or entry.get("fact") == fact:
        return entry
    bare = {name: value for name, value in entry.items() if name != "fact"}
    return bare | {"fact": fact} if fact else bare
