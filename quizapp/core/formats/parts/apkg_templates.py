"""Anki's card templates: fields, filters and conditions, without their styles and scripts."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml.html import defs

MAX_TEMPLATE = 200_000
MAX_OUTPUT = 1_000_000
MAX_DEPTH = 50
UNBALANCED = "conditions that do not end where they should"
CODE = "a script"
_ANY_TAG = re.compile(r"</?([A-Za-z][\w-]*)[^<>]*>")
_TAGS = frozenset(defs.tags) | frozenset("section article header footer main aside figure".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Text:
    """Words and markup of the template itself."""

    html: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A field that is shown, `{{filter:filter:name}}`; the filters as they stand, outermost first.

    The last filter is applied first.
    """

    name: str
    filters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """What is shown only where the field `name` is filled, or (`when` False) only where not."""

    name: str
    when: bool
    inside: list["Node"]


Node = Text | Shown | Section


@dataclass(slots=True)
class Template:
    """One side of a card; `faults`: plain words on what of it could not be followed."""

    nodes: list[Node]
    faults: list[str] = field(default_factory=list)

    def shown(self) -> list[Shown]:
        """Return all fields that it may show."""
        return [node for node in _all(self.nodes) if isinstance(node, Shown)]

    def texts(self) -> set[str]:
        """Return its own pieces of text, trimmed."""
        return {node.html.strip() for node in _all(self.nodes) if isinstance(node, Text)}


def parse(source: str) -> Template:
    """Return a template as a tree, whatever is wrong with it."""
    building = _Building()
    text = building.without_code(source[:MAX_TEMPLATE])
    opening, closing, at = "{{", "}}", 0
    while (start := text.find(opening, at)) >= 0:
        end = text.find(closing, start + len(opening))
        if end < 0:
            break
        start = text.rfind(opening, start, end)
        building.text(text[at:start])
        inside = text[start + len(opening) : end]
        at = end + len(closing)
        if text[start - 1 : start] == "{" and text[at : at + 1] == "}":
            building.trim()
            at += 1
        signs = inside.strip("=").split() if inside[:1] == inside[-1:] == "=" else []
        if len(signs) == 2:
            opening, closing = signs  # {{=<% %>=}}: other signs from here on
        else:
            building.tag(inside.strip())
    building.text(text[at:])
    return building.template()


class _Building:
    """Puts nodes together; sections that are open stand on a stack."""

    def __init__(self) -> None:
        self._root: list[Node] = []
        self._open: list[Section] = []
        self._faults: list[str] = []

    def text(self, html: str) -> None:
        if html:
            self._here().append(Text(_ANY_TAG.sub(_known_tag, html)))

    def trim(self) -> None:
        """Take away the brace before a tag of three braces."""
        here = self._here()
        if here and isinstance(here[-1], Text):
            here[-1] = Text(here[-1].html[:-1])

    def tag(self, inside: str) -> None:
        sign, name = inside[:1], inside[1:].strip()
        if sign in ("#", "^"):
            if len(self._open) < MAX_DEPTH:
                section = Section(name, sign == "#", [])
                self._here().append(section)
                self._open.append(section)
            else:
                self._fault(UNBALANCED)
        elif sign == "/":
            self._close(name)
        elif inside and sign != "!":
            *filters, name = (part.strip() for part in inside.split(":"))
            self._here().append(Shown(name, tuple(filters)))

    def without_code(self, text: str) -> str:
        for name in ("script", "style"):
            text, found = _cut(text, name)
            if found and name == "script":
                self._fault(CODE)
        return text

    def template(self) -> Template:
        if self._open:
            self._fault(UNBALANCED)
        return Template(self._root, self._faults)

    def _here(self) -> list[Node]:
        return self._open[-1].inside if self._open else self._root

    def _close(self, name: str) -> None:
        names = [section.name for section in self._open]
        if not names or names[-1] != name:
            self._fault(UNBALANCED)
        if name in names:
            last = len(names) - 1 - names[::-1].index(name)
            del self._open[last:]

    def _fault(self, words: str) -> None:
        if words not in self._faults:
            self._faults.append(words)


def render(
    template: Template, holds: Callable[[str], bool], show: Callable[[Shown], str | None]
) -> str:
    """Return the HTML of a side; `holds` says whether a field is filled, `show` what is shown.

    It ends where it would grow beyond all measure.
    """
    parts: list[str] = []
    left = MAX_OUTPUT

    def walk(nodes: list[Node]) -> None:
        nonlocal left
        for node in nodes:
            if left <= 0:
                return
            if isinstance(node, Section):
                if holds(node.name) == node.when:
                    walk(node.inside)
                continue
            piece = (node.html if isinstance(node, Text) else show(node)) or ""
            parts.append(piece[:left])
            left -= len(piece)

    walk(template.nodes)
    return "".join(parts)


def without_texts(nodes: list[Node], known: set[str]) -> list[Node]:
    """Return nodes without the pieces of text that are `known`."""
    kept: list[Node] = []
    for node in nodes:
        if isinstance(node, Section):
            kept.append(Section(node.name, node.when, without_texts(node.inside, known)))
        elif not isinstance(node, Text) or node.html.strip() not in known:
            kept.append(node)
    return kept


def _all(nodes: list[Node]) -> list[Node]:
    found: list[Node] = []
    for node in nodes:
        found.append(node)
        if isinstance(node, Section):
            found += _all(node.inside)
    return found


def _known_tag(match: re.Match[str]) -> str:
    """Keep the tags of HTML; templates also hold made-up ones, as a hold for their styles."""
    return match[0] if match[1].lower() in _TAGS else " "


def _cut(text: str, name: str) -> tuple[str, bool]:
    """Return a template without the elements of a name; one that never ends goes to the end."""
    low = text.lower()
    if len(low) != len(text) or f"<{name}" not in low:
        return text, False
    parts, at = [], 0
    while (start := low.find(f"<{name}", at)) >= 0:
        parts.append(text[at:start])
        end = low.find(f"</{name}", start)
        if end < 0:
            return "".join(parts), True
        at = low.find(">", end) + 1 or len(text)
    parts.append(text[at:])
    return "".join(parts), True
