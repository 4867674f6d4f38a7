"""YAML's core read into a tree that knows its lines: no anchors, aliases, tags, or keys twice.

Every scalar is text. Nothing is built but tuples of three kinds of node, within fixed limits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from quizapp.core.formats.model import FormatError

MAX_DEPTH = 24
MAX_NODES = 1_000_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, whatever it looks like."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A sequence."""

    line: int
    entries: list["Node"]


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping; `lines` has the line of each key."""

    line: int
    entries: dict[str, "Node"]
    lines: dict[str, int]


Node = Scalar | Listing | Mapped


def parse(data: bytes) -> Node:
    """Return the root of the one document in `data` (UTF-8); FormatError with its line if none."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FormatError("The file is not UTF-8 text.", line) from error
    try:
        return _Tree(yaml.parse(text, Loader=_LOADER)).document()
    except FormatError:  # a ValueError, but one that says what is wrong
        raise
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "it cannot be read"
        raise FormatError(f"Not valid YAML: {problem}.", mark.line + 1 if mark else None) from error
    except (yaml.YAMLError, ValueError, RecursionError, MemoryError) as error:
        message = "Not valid YAML: it holds characters that YAML does not allow."
        raise FormatError(message) from error


class _Tree:
    """Builds the nodes out of YAML events; recursion is bounded by MAX_DEPTH."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._count = 0

    def document(self) -> Node:
        next(self._events)  # the stream's start
        start = next(self._events)
        if not isinstance(start, yaml.DocumentStartEvent):
            raise FormatError("The file is empty.", 1)
        root = self._node(next(self._events), 0)
        next(self._events)  # the document's end
        if not isinstance(next(self._events), yaml.StreamEndEvent):
            raise FormatError("The file holds more than one YAML document.")
        return root

    def _node(self, event: Any, depth: int) -> Node:
        line = event.start_mark.line + 1
        self._count += 1
        if self._count > MAX_NODES:
            raise FormatError(f"The file has more than {MAX_NODES} entries.", line)
        if depth > MAX_DEPTH:
            raise FormatError(f"The file is nested more than {MAX_DEPTH} deep.", line)
        if event.anchor is not None:
            raise FormatError("Anchors (&) and aliases (*) are not allowed.", line)
        if event.tag is not None:
            raise FormatError("Tags (!) are not allowed.", line)
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(line, event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            return Listing(line, list(self._entries(depth)))
        return self._mapping(line, depth)

    def _entries(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            yield self._node(event, depth + 1)

    def _mapping(self, line: int, depth: int) -> Mapped:
        mapped = Mapped(line, {}, {})
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            if not isinstance(key, Scalar):
                raise FormatError("A key has to be a text.", key.line)
            if key.text in mapped.entries:
                raise FormatError(f"The key {key.text[:60]!r} is there twice.", key.line)
            mapped.lines[key.text] = key.line
            mapped.entries[key.text] = self._node(next(self._events), depth + 1)
        return mapped
