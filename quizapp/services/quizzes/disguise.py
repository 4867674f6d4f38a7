"""The ids on an exam's pages are disguised: the real ones can tell the key.

An ordering's items are numbered in the right order, and many files list the right option first.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from quizapp.core.question import Question, Response
from quizapp.services.content.questions import Asked

LISTS = {"option": "options", "options": "options", "order": "items"}
LENGTH = 12  # hexadecimal digits; no two of one question meet


def disguised(asked: Asked, seed: int) -> Asked:
    """Return the question with other ids in body and HTML, in the same order, only for asking."""
    names = {(path, entry): _name(seed, path, entry) for path, entry in _ids(asked.question.body)}
    question = asked.question
    body = _renamed(question.body, names)
    html = {_path(path, names): text for path, text in asked.html.items()}
    return replace(asked, question=Question(question.type, question.stem, body), html=html)


def hidden(asked: Asked, seed: int, response: Response | None) -> dict[str, Any] | None:
    """Return a response in the disguised ids, to show it on the page."""
    if response is None:
        return None
    body = asked.question.body
    known = set(_ids(body))

    def name(path: str, entry: Any) -> Any:
        if isinstance(entry, list):
            return [name(path, each) for each in entry]
        found = isinstance(entry, str) and (path, entry) in known
        return _name(seed, path, entry) if found else entry

    def inside(key: str, value: Any) -> Any:
        if key == "pairs" and isinstance(value, Mapping):
            return {name("lefts", left): name("rights", right) for left, right in value.items()}
        if key == "gaps" and isinstance(value, Mapping):
            return {gap: name(_of_gap(body, gap), filled) for gap, filled in value.items()}
        return name(LISTS[key], value) if key in LISTS else value

    return {key: inside(key, value) for key, value in response.items()}


def revealed(asked: Asked, seed: int, response: object) -> object:
    """Return a response in the real ids; what is in none of the disguised ones stays as it is."""
    real = {_name(seed, path, entry): entry for path, entry in _ids(asked.question.body)}

    def walk(value: object) -> object:
        if isinstance(value, Mapping):
            return {walk(key): walk(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [walk(inner) for inner in value]
        return real.get(value, value) if isinstance(value, str) else value

    return walk(response)


def _name(seed: int, path: str, entry: str) -> str:
    return "x" + hashlib.sha256(f"{seed}/{path}/{entry}".encode()).hexdigest()[:LENGTH]


def _of_gap(body: Mapping[str, Any], gap: str) -> str:
    """Return the list whose ids a gap is filled with; a typed one has none, so its text stays."""
    kind = body.get("gaps", {}).get(gap, {}).get("kind")
    return {"choice": f"gaps.{gap}.options", "word": "words"}.get(kind, "")


def _ids(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each entry of a body's lists: where the list stands, and the entry's id."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _ids(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for entry in value:
            if isinstance(entry, Mapping) and isinstance(entry.get("id"), str):
                yield path, entry["id"]


def _renamed(value: Any, names: Mapping[tuple[str, str], str], path: str = "") -> Any:
    if isinstance(value, Mapping):
        return {
            key: _renamed(inner, names, f"{path}.{key}" if path else str(key))
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [
            {**entry, "id": names[path, entry["id"]]}
            if isinstance(entry, Mapping) and (path, entry.get("id")) in names
            else entry
            for entry in value
        ]
    return value


def _path(path: str, names: Mapping[tuple[str, str], str]) -> str:
    """Rename the ids in a path such as options.o1.text or gaps.1.options.o2.text."""
    parts = path.split(".")
    found = [names.get((".".join(parts[:place]), part), part) for place, part in enumerate(parts)]
    return ".".join(found)
