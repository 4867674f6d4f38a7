"""The form of any question, built from its type's FIELDS: made from a body, read back to one.

A form is a tree of names: `options.0.text` is {"options": {"0": {"text": ...}}}. Rows of lists have
their place as a name and keep the entry's id in a field `id`; entries of maps have their key.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias, cast

from quizapp.core.fields import ID_LETTERS, keyed_entries
from quizapp.core.question import Field

Tree: TypeAlias = "dict[str, str | Tree]"

MOST_ROWS = 2_000  # of one list
MOST_NAMES = 20_000
DEEPEST = 6
_ROW = re.compile(r"\d{1,4}", re.ASCII)
_WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,8})", re.ASCII)
_LINE_END = re.compile(r"\r\n?")
ON, OFF = "1", "0"  # what a ticked box sends; an unticked one sends the value of a hidden field


class TooMany(ValueError):
    """More fields than any form of ours has: nothing was read, lest some be lost."""


def tree(pairs: Iterable[tuple[str, str]]) -> Tree:
    """Return the posted names and values as a tree; of a name given twice the last one counts.

    Raises TooMany.
    """
    found: Tree = {}
    for number, (name, value) in enumerate(pairs):
        *outer, last = name.split(".")
        if number >= MOST_NAMES:
            raise TooMany
        if len(outer) >= DEEPEST:
            continue
        here = found
        for step in outer:
            inside = here.setdefault(step, {})
            if isinstance(inside, str):
                break
            here = inside
        else:
            if not isinstance(here.get(last), dict):
                here[last] = _LINE_END.sub("\n", value)
    return found


def pairs(tree: Tree, prefix: str = "") -> list[tuple[str, str]]:
    """Return the names and values that a browser would send of this tree."""
    found = []
    for name, value in tree.items():
        if isinstance(value, str):
            found.append((f"{prefix}{name}", value))
        else:
            found += pairs(value, f"{prefix}{name}.")
    return found


def tree_of(fields: Sequence[Field], body: Mapping[str, Any]) -> Tree:
    """Return the form of a body; what it leaves out stays empty, or as its default where ticked."""
    return {field.name: _node_of(field, body.get(field.name)) for field in fields}


def _node_of(field: Field, value: Any) -> "str | Tree":
    if field.kind in ("list", "map"):
        rows = enumerate(value) if isinstance(value, list | tuple) else keyed_entries(value)
        return {str(key): _row_of(field, entry) for key, entry in rows}
    value = field.default if value is None and field.kind in ("bool", "choice") else value
    if field.kind == "bool":
        return "" if value is None else (ON if value is True else OFF)
    return "" if value is None else _LINE_END.sub("\n", str(value))


def _row_of(field: Field, entry: Any) -> "str | Tree":
    if not field.entry:
        return _LINE_END.sub("\n", str(entry))
    held = entry if isinstance(entry, Mapping) else {}
    own: Tree = {"id": str(held["id"])} if held.get("id") else {}
    return own | tree_of(field.entry, held)


def rows(node: "str | Tree | None") -> list[tuple[str, "str | Tree"]]:
    """Return the rows of a list or map of the form in order, no more than MOST_ROWS."""
    if not isinstance(node, dict):
        return []
    named = [(key, row) for key, row in node.items() if _ROW.fullmatch(key)]
    return sorted(named, key=lambda each: (int(each[0]), each[0]))[:MOST_ROWS]


def branch(node: "str | Tree | None") -> Tree:
    """Return a part of the form that holds others; empty where there is none."""
    return node if isinstance(node, dict) else {}


def leaf(node: "str | Tree | None") -> str:
    """Return the text of a field; "" where there is none."""
    return node if isinstance(node, str) else ""


def body_of(
    fields: Sequence[Field], form: Tree, base: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the body that a form describes. Never raises: what it cannot type stays text.

    `base` is the body that the form was made from: whatever says the same keeps its very form
    there (a default written out, a number written as text), so that an untouched form gives the
    same body. What the form does not ask for is kept.
    """
    base = base or {}
    asked = {field.name for field in fields}
    body = {name: value for name, value in base.items() if name not in asked}
    for field in fields:
        if field.when and not wanted(field, form):
            old = base.get(field.name) if not wanted(field, base) else None
            value = old
        elif field.name not in form:
            value = base.get(field.name)
        else:
            value = _value(field, form[field.name], base.get(field.name))
        if value is not None:
            body[field.name] = value
    return body


def wanted(field: Field, beside: Mapping[str, Any]) -> bool:
    """Say whether a field is asked for, given the values beside it."""
    return not field.when or beside.get(field.when[0]) in field.when[1:]


def _value(field: Field, node: "str | Tree", old: Any) -> Any:
    if field.kind in ("list", "map"):
        found = _list(field, node, old) if field.kind == "list" else _map(field, node, old)
        empty = old if isinstance(old, list | tuple | Mapping) else None
        return found or (type(empty)() if empty is not None else None)  # type: ignore[call-arg]
    text = leaf(node)
    if text == _node_of(field, old):
        return old
    return _typed(field, text, old)


def _typed(field: Field, text: str, old: Any) -> Any:
    if field.kind == "bool":
        return text == ON if text in (ON, OFF) else None
    if field.kind == "markdown":
        return text if text.strip() else None
    text = text.strip()
    if field.kind == "number" and (field.whole or isinstance(old, int)) and _WHOLE.fullmatch(text):
        return int(text)
    return text or None


def _list(field: Field, node: "str | Tree", old: Any) -> list[Any]:
    stored = list(old) if isinstance(old, list | tuple) else []
    if not field.entry:
        return [text for _, row in rows(node) if (text := leaf(row)).strip()]
    by_id = {one["id"]: one for one in stored if isinstance(one, Mapping) and one.get("id")}
    found = []
    for place, (_, row) in enumerate(rows(node)):
        held, own = branch(row), leaf(branch(row).get("id"))
        before = by_id.get(own) if field.name in ID_LETTERS else _at(stored, place)
        if before is None and is_blank(field, held):
            continue
        entry = body_of(field.entry, held, before)
        found.append({"id": own, **entry} if own and field.name in ID_LETTERS else entry)
    return found


def _at(stored: Sequence[Any], place: int) -> Mapping[str, Any] | None:
    found = stored[place] if place < len(stored) else None
    return found if isinstance(found, Mapping) else None


def _map(field: Field, node: "str | Tree", old: Any) -> dict[str, Any]:
    stored = old if isinstance(old, Mapping) else {}
    return {
        key: body_of(field.entry, branch(row), cast("Mapping[str, Any]", stored.get(key) or {}))
        for key, row in rows(node)
    }


def is_blank(field: Field, row: "str | Tree") -> bool:
    """Say whether nothing has been put into a row."""
    if not field.entry:
        return not leaf(row).strip()
    held = branch(row)
    return all(
        not rows(held.get(inner.name))
        if inner.kind in ("list", "map")
        else leaf(held.get(inner.name)).strip() in ("", _node_of(inner, None))
        for inner in field.entry
    )
