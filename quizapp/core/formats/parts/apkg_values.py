"""Values out of a database or JSON of unknown origin, as what they should have been."""

import json
from typing import Any

MAX_INT = 2**53 - 1


def whole(value: Any) -> int:
    """Return a whole number, 0 for what is none or beyond all measure."""
    if isinstance(value, float) and abs(value) <= MAX_INT:  # never so of what is no number
        value = int(value)
    return int(value) if isinstance(value, int) and abs(value) <= MAX_INT else 0


def text(value: Any) -> str:
    """Return a text, whatever was stored in its place; without the sign that ends texts."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return "" if value is None else str(value).replace("\x00", "")


def blob(value: Any) -> bytes:
    """Return bytes, none where there are none."""
    return value if isinstance(value, bytes) else b""


def loaded(value: Any) -> dict[str, Any]:
    """Return the JSON object in a text; empty where there is none."""
    try:
        found = json.loads(text(value) or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def dicts(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a JSON list; none where it is no list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
