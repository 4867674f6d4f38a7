"""YAML trees typed and checked by a JSON Schema, with the line of everything that is wrong.

Knows the keywords that bank.schema.json uses and no others: $ref, type, properties, required,
additionalProperties, propertyNames, items, enum, const, pattern, minLength, maxLength, minItems,
maxItems, minimum, maximum, format: date. Whole numbers become int, booleans bool, all else text.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from quizapp.core.formats.shared.yaml_tree import Listing, Mapped, Node, Scalar

Schema = Mapping[str, Any]

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,15})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BOOLEANS = {"true": True, "false": False}
_BAD = re.compile("[\x00\ud800-\udfff]")  # what PostgreSQL cannot store
MAX_INT = 2**53 - 1
SHOWN = 60  # characters of a bad value that a message repeats


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: its line, where it is ("options.2.text"), and plain words."""

    line: int
    path: str
    message: str


@dataclass(slots=True)
class Reading:
    """Types nodes by the definitions of one schema and gathers what is wrong."""

    definitions: Mapping[str, Schema]
    faults: list[Fault] = field(default_factory=list)

    def value(self, node: Node, schema: Schema, path: str = "") -> Any:
        """Return the node's typed value; what cannot be typed is None and a fault."""
        while "$ref" in schema:
            schema = self.definitions[schema["$ref"].rpartition("/")[2]]
        wanted: str = schema["type"]
        if wanted == "object":
            return self._object(node, schema, path)
        if wanted == "array":
            return self._array(node, schema, path)
        if not isinstance(node, Scalar):
            return self._fault(node.line, path, "should be a single value")
        return self._scalar(node, wanted, schema, path)

    def _fault(self, line: int, path: str, message: str) -> None:
        self.faults.append(Fault(line, path, message))

    def _object(self, node: Node, schema: Schema, path: str) -> dict[str, Any] | None:
        if not isinstance(node, Mapped):
            self._fault(node.line, path, "should be a map of names and values")
            return None
        known: Mapping[str, Schema] = schema.get("properties", {})
        others: Schema | None = schema.get("additionalProperties") or None
        names = schema.get("propertyNames", {}).get("pattern")
        values = {}
        for name, entry in node.entries.items():
            inner = known.get(name, others)
            if inner is None or (names and not _fits(names, name)):
                self._fault(node.lines[name], path, f"has no entry called {name[:SHOWN]!r}")
            else:
                values[name] = self.value(entry, inner, f"{path}.{name}" if path else name)
        for name in schema.get("required", ()):
            if name not in node.entries:
                self._fault(node.line, path, f"lacks {name}")
        return values

    def _array(self, node: Node, schema: Schema, path: str) -> list[Any] | None:
        if not isinstance(node, Listing):
            self._fault(node.line, path, "should be a list")
            return None
        count = len(node.entries)
        if not schema.get("minItems", 0) <= count <= schema.get("maxItems", count):
            self._fault(node.line, path, f"has a number of entries ({count}) that is not allowed")
        items = schema["items"]
        return [self.value(one, items, f"{path}.{at}") for at, one in enumerate(node.entries, 1)]

    def _scalar(self, node: Scalar, wanted: str, schema: Schema, path: str) -> Any:
        typed, problem = _SCALARS[wanted](node.text, schema)
        if problem:
            shown = f": {node.text[:SHOWN]!r}" if node.text else ", but is empty"
            return self._fault(node.line, path, problem + shown)
        return typed


def _integer(text: str, schema: Schema) -> tuple[int | None, str]:
    if not _WHOLE.fullmatch(text) or abs(int(text)) > MAX_INT:
        return None, "should be a whole number"
    number = int(text)
    low, high = schema.get("minimum", -MAX_INT), schema.get("maximum", MAX_INT)
    return (number, "") if low <= number <= high else (None, f"should be from {low} to {high}")


def _boolean(text: str, _schema: Schema) -> tuple[bool | None, str]:
    return (_BOOLEANS[text], "") if text in _BOOLEANS else (None, "should be true or false")


def _text(text: str, schema: Schema) -> tuple[str | None, str]:
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if _BAD.search(text):
        return None, "holds characters that cannot be stored"
    allowed = schema.get("enum") or ([schema["const"]] if "const" in schema else None)
    if allowed and text not in allowed:
        return None, f"should be {' or '.join(allowed)}"
    if schema.get("format") == "date" and not _is_date(text):
        return None, "should be a date such as 2026-01-31"
    if "pattern" in schema and not _fits(schema["pattern"], text):
        return None, f"should be {schema.get('title', 'of another form')}"
    if not schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text)):
        return None, "should not be empty" if not text else "is too long"
    return text, ""


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


_SCALARS: Mapping[str, Callable[[str, Schema], tuple[Any, str]]] = {
    "integer": _integer,
    "boolean": _boolean,
    "string": _text,
}


def _fits(pattern: str, text: str) -> bool:
    # whole match: Python's own `$` would let a line end through
    return _compiled(pattern).fullmatch(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(f"(?:{pattern.removeprefix('^').removesuffix('$')})")
