"""Anki's cloze deletions, `{{c1::text::hint}}`: found in a text, nested ones too, and shown."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

MAX_DEPTH = 8  # as deep as Anki itself nests them
_MARK = re.compile(r"\{\{c([0-9]{1,4}(?:,[0-9]{1,4}){0,20})::|\}\}", re.IGNORECASE)


@dataclass(slots=True)
class Deletion:
    """A part of a text that the cards of `numbers` ask for; `hint` is "" where there is none."""

    numbers: frozenset[int]
    inside: list["str | Deletion"] = field(default_factory=list)
    hint: str = ""

    def text(self) -> str:
        """Return what was deleted, the texts of deletions inside it too."""
        return whole(self.inside)


Show = Callable[[Deletion], str]


def parsed(text: str) -> list[str | Deletion]:
    """Return a text in pieces; what is opened and never closed, or only closed, is text."""
    root: list[str | Deletion] = []
    opened: list[tuple[Deletion, str]] = []
    at = 0
    for match in _MARK.finditer(text):
        here = opened[-1][0].inside if opened else root
        here.append(text[at : match.start()])
        at = match.end()
        if match[1] is None:
            if opened:
                done, _ = opened.pop()
                _take_hint(done)
                (opened[-1][0].inside if opened else root).append(done)
            else:
                root.append(match[0])
        elif len(opened) < MAX_DEPTH:
            numbers = frozenset(int(number) for number in match[1].split(","))
            opened.append((Deletion(numbers), match[0]))
        else:
            here.append(match[0])
    (opened[-1][0].inside if opened else root).append(text[at:])
    while opened:
        left, mark = opened.pop()
        (opened[-1][0].inside if opened else root).extend([mark, *left.inside])
    return root


def numbers_in(text: str) -> list[int]:
    """Return the numbers of all deletions in a text, each once, in order."""
    if "{{c" not in text and "{{C" not in text:
        return []
    found: set[int] = set()
    waiting = parsed(text)
    while waiting:
        piece = waiting.pop()
        if isinstance(piece, Deletion):
            found |= piece.numbers
            waiting += piece.inside
    return sorted(number for number in found if number > 0)


def whole(pieces: list[str | Deletion]) -> str:
    """Return a text with all that was deleted in its place."""
    return "".join(piece if isinstance(piece, str) else piece.text() for piece in pieces)


def shown(pieces: list[str | Deletion], number: int, show: Show) -> str:
    """Return a text in which `show` says what stands for this number's deletions."""
    parts = []
    for piece in pieces:
        if isinstance(piece, str):
            parts.append(piece)
        elif number in piece.numbers:
            parts.append(show(piece))
        else:
            parts.append(shown(piece.inside, number, show))
    return "".join(parts)


def _take_hint(deletion: Deletion) -> None:
    """Part the hint from the text: it follows the first `::` that is not inside another one."""
    for place, piece in enumerate(deletion.inside):
        if isinstance(piece, str) and "::" in piece:
            text, _, hint = piece.partition("::")
            deletion.hint = hint + whole(deletion.inside[place + 1 :])
            deletion.inside[place:] = [text]
            return
