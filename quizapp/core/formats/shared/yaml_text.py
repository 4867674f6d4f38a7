"""Plain values as canonical YAML: one form for each value, so that same banks are same bytes."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

Value = str | int | float | bool | Mapping[str, "Value"] | Sequence["Value"]

# What can stand without quotes: begins with a letter or number, no ": ", " #" or ending colon.
_ODD = r"\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff"  # not to be seen, or a line end to some
_PLAIN = re.compile(rf"(?:[-.]?[^\W_]|\()(?:(?!: | #)[^\x00-\x1f{_ODD}])*")
_BLOCK_REFUSES = re.compile(rf"[\x00-\x09\x0b-\x1f{_ODD}]|[ ]$", re.MULTILINE)
_ESCAPED = re.compile(f"[{_ODD}]")


def dump(value: Mapping[str, Value]) -> str:
    """Return the YAML of a map; reading it gives the same values, all scalars as text."""
    return "\n".join(_map_lines(value, 0)) + "\n"


def _map_lines(value: Mapping[str, Value], indent: int) -> Iterator[str]:
    for key, entry in value.items():
        head = f"{' ' * indent}{_short(key)}:"
        if isinstance(entry, Mapping) and entry:
            yield head
            yield from _map_lines(entry, indent + 2)
        elif isinstance(entry, Sequence) and not isinstance(entry, str) and entry:
            yield head
            yield from _list_lines(entry, indent + 2)
        else:
            yield f"{head} {_scalar(entry, indent)}"


def _list_lines(value: Sequence[Value], indent: int) -> Iterator[str]:
    dash = f"{' ' * indent}- "
    for entry in value:
        if isinstance(entry, Mapping) and entry:
            first, *others = _map_lines(entry, indent + 2)
            yield dash + first[indent + 2 :]
            yield from others
        elif isinstance(entry, Sequence) and not isinstance(entry, str) and entry:
            first, *others = _list_lines(entry, indent + 2)
            yield dash + first[indent + 2 :]
            yield from others
        else:
            yield dash + _scalar(entry, indent)


def _scalar(value: Value, indent: int) -> str:
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if not isinstance(value, str):
        return "[]"
    if "\n" in value.rstrip("\n") and not _BLOCK_REFUSES.search(value):
        return _block(value, indent)
    return _short(value)


def _short(text: str) -> str:
    if _PLAIN.fullmatch(text) and text[-1] not in " :":
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match.group()):04x}", quoted)


def _block(text: str, indent: int) -> str:
    """Return the text as it is, line by line; its own first blanks need a mark of the indent."""
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    mark = ("2" if text[0] in " \n" else "") + ("-", "", "+")[min(ends, 2)]
    pad = " " * (indent + 2)
    lines = [pad + line if line else "" for line in body.split("\n")]
    return "\n".join([f"|{mark}", *lines, *[""] * max(0, ends - 1)])
