"""Aiken: multiple choice in plain text, a question, its lettered options, and ANSWER: B."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase

from quizapp.core.formats.contract import Option, Written
from quizapp.core.formats.model import Item, QuestionIn, Refused
from quizapp.core.formats.parts import aiken_writing
from quizapp.core.formats.shared.decoding import ENCODING, decoded
from quizapp.core.formats.shared.moodle_text import plain_with_formulas
from quizapp.core.formats.shared.source import Source

NAME = "aiken"
LABEL = "Aiken"
SUFFIXES = (".txt", ".aiken")
READS = True
WRITES = True
TYPES = frozenset({"multiple_choice"})
KEEPS = frozenset({"math"})
OPTIONS: tuple[Option, ...] = (ENCODING,)

NOT_STARTED = "Here an option or an answer stands without a question before it."
NOT_COMPLETE = "It has no line such as ANSWER: A before the next question begins."
NO_OPTIONS = "It has no options such as A) or A. before the next question begins."
TOO_FEW = "It has only one option; at least two are needed."
LATE_STEM = "Its text had several lines, which were joined."

_OPTION = re.compile(r"([A-Za-z])[.)](.*)")
_CAPITALS = frozenset(ascii_uppercase)
_BETWEEN = re.compile(r"[\s,;]+")
_ANSWER = re.compile(r"ANSWERS?\s*:\s*(.*)", re.IGNORECASE)
_SNIFF_ANSWER = re.compile(rb"^[ \t]*ANSWER:[ \t]*[A-Za-z][ \t]*\r?$", re.MULTILINE)
_SNIFF_OPTION = re.compile(rb"^[ \t]*[A-Z][.)]", re.MULTILINE)


def sniff(head: bytes, filename: str, members: Sequence[str]) -> int:
    """Sure of lettered options with an ANSWER: line."""
    if members or not head:
        return 0
    head = head.replace(b"\x00", b"")
    if head[:1] not in (b"<", b"{") and _SNIFF_ANSWER.search(head) and _SNIFF_OPTION.search(head):
        return 93
    return 30 if "aiken" in filename.lower() else 0


@dataclass(slots=True)
class _Draft:
    """A question as far as it was read."""

    line: int
    stem: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    has_gap: bool = False  # an empty line came after its text


def read(source: Source) -> Iterator[Item]:
    """Yield the questions; what is not a whole question is refused where it stands."""
    text = decoded(source)
    yield from text.told
    for position, found in enumerate(_drafts(text.text.split("\n")), 1):
        yield _question(position, *found)


def write(items: Iterable[Item], filename: str) -> Written:
    """Return the one file; only multiple choice has a place in it."""
    return aiken_writing.write(items)


Found = tuple[_Draft, str | None, str]


def _drafts(lines: Iterable[str]) -> Iterator[Found]:
    """Yield each question with its ANSWER (None without one), and what is wrong with it or ""."""
    draft: _Draft | None = None
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        option = _option(line, draft)
        answer = _ANSWER.fullmatch(line)
        if not line:
            if draft is not None and not draft.options:
                draft.has_gap = True
        elif answer or (option and draft is None):
            yield _closed(draft, number, line, answer[1] if answer else None)
            draft = None
        elif option and draft is not None:
            draft.options.append(option)
        elif draft is None or draft.options or draft.has_gap:
            if draft is not None:
                yield draft, None, NOT_COMPLETE if draft.options else NO_OPTIONS
            draft = _Draft(number, [line])
        else:
            draft.stem.append(line)
    if draft is not None:
        yield draft, None, NOT_COMPLETE if draft.options else NO_OPTIONS


def _option(line: str, draft: _Draft | None) -> tuple[str, str] | None:
    """Return letter and text of a line that is an option: the first is A, as `I. Kant` is none."""
    match = _OPTION.fullmatch(line)
    if match is None:
        return None
    if draft is None or not draft.options:
        return (match[1], match[2].strip()) if match[1] == "A" else _small(match, "a", draft)
    after = chr(ord(draft.options[-1][0].upper()) + 1)
    if match[1].isupper():
        return match[1], match[2].strip()
    return _small(match, after.lower(), draft)


def _small(match: re.Match[str], expected: str, draft: _Draft | None) -> tuple[str, str] | None:
    fits = draft is not None and match[1] == expected
    return (match[1].upper(), match[2].strip()) if fits else None


def _closed(draft: _Draft | None, number: int, line: str, answer: str | None) -> Found:
    if draft is None:
        return _Draft(number, [line]), None, NOT_STARTED
    if not draft.options:
        return draft, None, NO_OPTIONS
    if len(draft.options) < 2:
        return draft, None, TOO_FEW
    return draft, answer, ""


def _question(position: int, draft: _Draft, answer: str | None, fault: str) -> QuestionIn | Refused:
    name = " ".join(draft.stem)
    letters = _letters(answer or "")
    known = [letter for letter, _ in draft.options]
    if not fault and not letters:
        fault = f"“{(answer or '')[:60]}” is no letter of an option."
    if not fault and (unknown := [letter for letter in letters if letter not in known]):
        fault = f"There is no option {unknown[0]}, which its ANSWER names."
    if fault:
        return Refused(position, name[:80], draft.line, None, fault)
    options: list[dict[str, str]] = []
    for letter, text in draft.options:
        option = {"text": plain_with_formulas(text)}
        if letter in letters:
            option["fraction"] = "1"
            letters = [one for one in letters if one != letter]
        options.append(option)
    several = sum("fraction" in option for option in options) > 1
    return QuestionIn(
        position=position,
        type="multiple_response" if several else "multiple_choice",
        stem=plain_with_formulas(name),
        body={"options": options},
        line=draft.line,
        warnings=(LATE_STEM,) if len(draft.stem) > 1 else (),
    )


def _letters(answer: str) -> list[str]:
    text = answer.strip().rstrip(".)").upper()
    found = [part for part in _BETWEEN.split(text[:200]) if part != "AND"]
    return list(dict.fromkeys(found)) if all(part in _CAPITALS for part in found) else []
