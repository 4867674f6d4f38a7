"""The lines of text2qti files, put together to elements by what stands at their beginning."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

NOT_INDENTED = "A line that is not indented was read as part of the text before it."
# What begins an element, at the beginning of a line, in the order in which it is tried.
_BEGINS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("question", r"(\d{1,9})\.(?=[ \t]|$)[ \t]*"),
        ("choice", r"(\*?)[a-z]\)(?=[ \t]|$)[ \t]*"),
        ("box", r"\[([ *]?)\](?=[ \t]|$)[ \t]*"),
        ("short", r"\*[ \t]+"),
        ("number", r"=[ \t]+"),
        ("essay", r"_{3,}[ \t]*$"),
        ("upload", r"\^{3,}[ \t]*$"),
        ("feedback", r"\.\.\.(?=[ \t]|$)[ \t]*"),
        ("right", r"\+[ \t]+"),
        ("wrong", r"-[ \t]+"),
        ("solution", r"![ \t]+"),
        ("title", r"title:[ \t]*"),
        ("points", r"points:[ \t]*"),
        ("text title", r"text title:[ \t]*"),
        ("text", r"text:[ \t]*"),
        ("group", r"GROUP[ \t]*$"),
        ("end group", r"END_GROUP[ \t]*$"),
        ("points", r"points per question:[ \t]*"),
        ("pick", r"pick:[ \t]*"),
        ("ignored", r"solutions pick:[ \t]*"),
        (
            "header",
            r"(quiz title|quiz description|shuffle answers|show correct answers"
            r"|one question at a time|can't go back|feedback is solution"
            r"|solutions sample groups|solutions randomize groups):[ \t]*",
        ),
    )
)
_RUN = re.compile(r"\{[^{}]{0,300}\.run\b[^{}]{0,300}\}")
_FENCE = re.compile(r"`{3,}|~{3,}")
_ONE_LINE = frozenset({"short", "number", "points", "pick", "essay", "upload"})


@dataclass(slots=True)
class Element:
    """An element, its text without what marks it; name: what its mark says further."""

    kind: str
    line: int
    name: str = ""
    lines: list[str] = field(default_factory=list)
    source: list[str] = field(default_factory=list)
    indent: int = 0
    is_ragged: bool = False
    is_closed: bool = True

    def text(self) -> str:
        """Return the lines with their line ends."""
        return "\n".join(self.lines).strip("\n").rstrip()

    def plain(self) -> str:
        """Return the text on one line."""
        return " ".join(self.text().split())


def elements(text: str) -> Iterator[Element]:
    """Yield the elements of a file in order, without its comments."""
    lines = iter(enumerate(text.split("\n"), 1))
    element: Element | None = None
    for number, line in lines:
        if line.startswith("%"):
            continue
        if line.rstrip() == "COMMENT":
            _skip(lines)
            continue
        fence = _FENCE.match(line)
        if fence and _RUN.search(line, fence.end()):
            if element:
                yield element
            element = None
            yield _code(lines, number, line, fence[0])
            continue
        begun = None if fence or line[:1] in (" ", "\t", "") else _begun(number, line)
        if begun is not None:
            if element:
                yield element
            element = begun
            continue
        element = _go_on(element, number, line)
        if fence and element:
            _fenced(lines, element, fence[0])
    if element:
        yield element


def _begun(number: int, line: str) -> Element | None:
    for kind, pattern in _BEGINS:
        if match := pattern.match(line):
            name = (match[1] if pattern.groups else "").lower()
            element = Element(kind, number, name, [line[match.end() :]], [line])
            element.indent = len(line[: match.end()].expandtabs(4))
            return element
    return None


def _go_on(element: Element | None, number: int, line: str) -> Element | None:
    """Add a line to an element; a lone one is an element of its own."""
    if element is None:
        return Element("stray", number, "", [line.strip()], [line]) if line.strip() else None
    if element.kind in _ONE_LINE and not line.strip():
        return element
    wide = line.expandtabs(4)
    if wide.strip() and wide[0] != " ":
        element.is_ragged = True
    blanks = len(wide) - len(wide.lstrip(" "))
    element.lines.append(wide[min(blanks, element.indent) :])
    element.source.append(line)
    return element


def _skip(lines: Iterator[tuple[int, str]]) -> None:
    for _, line in lines:
        if line.rstrip() == "END_COMMENT":
            return


def _code(lines: Iterator[tuple[int, str]], number: int, line: str, fence: str) -> Element:
    element = Element("code", number, line[len(fence) :].strip()[:80], is_closed=False)
    for _, inside in lines:
        if inside.rstrip() == fence:
            element.is_closed = True
            break
    return element


def _fenced(lines: Iterator[tuple[int, str]], element: Element, fence: str) -> None:
    """Add the lines of a code block that is not indented, to its end."""
    for _, line in lines:
        element.lines.append(line)
        element.source.append(line)
        if line.rstrip() == fence:
            return
