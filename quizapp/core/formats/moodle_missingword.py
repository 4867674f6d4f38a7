"""Moodle's missing-word text: one pair of braces in each paragraph holds the answers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from quizapp.core.formats.contract import Option, Written
from quizapp.core.formats.model import FormatError, Item, QuestionIn, Refused
from quizapp.core.formats.shared import shares
from quizapp.core.formats.shared.decoding import ENCODING, decoded
from quizapp.core.formats.shared.found_media import FoundMedia
from quizapp.core.formats.shared.html import FindMedia, gap_mark, with_gaps
from quizapp.core.formats.shared.moodle_text import to_markdown
from quizapp.core.formats.shared.source import Source

NAME = "moodle_missingword"
LABEL = "Missing word (Moodle)"
SUFFIXES = (".txt",)
READS = True
WRITES = False
TYPES = frozenset({"cloze"})
KEEPS = frozenset({"fractions", "option_feedback", "markup", "math"})
OPTIONS: tuple[Option, ...] = (ENCODING,)

MAX_ANSWERS = 1000
NO_BRACES = "It has no answers between { and }."
MORE_BRACES = "Only the first braces count; what follows them was read as text."

_WEIGHT = re.compile(r"(\d{1,20}(?:\.\d{1,20})?)%")
_PRIVATE = re.compile("[\ue000\ue001]")
_SNIFF = re.compile(rb"\{\s{0,200}=[^{}~]{1,2000}~[^{}]{0,4000}\}")
_SNIFF_WEIGHT = re.compile(rb"~\s{0,20}\d{1,3}(?:\.\d{1,10})?%")


def sniff(head: bytes, filename: str, members: Sequence[str]) -> int:
    """Sure by the file's name or by weights such as ~75%; else GIFT reads the same braces."""
    if members or not head or head[:1] in (b"<", b"["):
        return 0
    named = "missingword" in re.sub(r"[\W_]", "", filename.lower())
    fits = _SNIFF.search(head.replace(b"\x00", b"")) is not None
    if not fits:
        return 12 if named and b"{" in head else 0
    return 90 if named else 70 if _SNIFF_WEIGHT.search(head) and b"::" not in head else 8


def read(source: Source) -> Iterator[Item]:
    """Yield a cloze of one gap for each paragraph."""
    text = decoded(source)
    yield from text.told
    media = FoundMedia(lambda address: None)
    for position, (line, paragraph) in enumerate(_paragraphs(text.text), 1):
        item = _question(position, line, paragraph, media.find)
        yield from media.drain()
        yield item


def write(items: Iterable[Item], filename: str) -> Written:
    """Raise FormatError: this format is only read; GIFT holds the same and more."""
    raise FormatError("Missing-word text is only read here; write GIFT instead.")


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    lines: list[str] = []
    begin = 1
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if line.strip():
            begin = begin if lines else number
            lines.append(line.strip())
        elif lines:
            yield begin, " ".join(lines)
            lines = []


def _question(position: int, line: int, text: str, find: FindMedia) -> QuestionIn | Refused:
    start = text.find("{")
    end = text.find("}", start + 1) if start >= 0 else -1
    if end < 0:
        return Refused(position, text[:80], line, None, NO_BRACES)
    pieces = text[start + 1 : end].split("~", MAX_ANSWERS)
    if not any(piece.strip() for piece in pieces) or len(pieces) > MAX_ANSWERS:
        return Refused(position, text[:80], line, None, NO_BRACES)
    told = [MORE_BRACES] if "{" in text[end:] else []
    answers = [_answer(piece.strip(), find, told) for piece in pieces if piece.strip()]
    before, after = (_PRIVATE.sub("", part) for part in (text[:start], text[end + 1 :]))
    made = to_markdown(before + gap_mark(1) + after, "moodle", find)
    return QuestionIn(
        position=position,
        type="cloze",
        stem=with_gaps(made.text),
        body={"gaps": {"1": _gap(answers, find, told)}},
        line=line,
        warnings=tuple(dict.fromkeys([*made.told, *told])),
    )


def _gap(
    answers: Sequence[tuple[str, str, str]], find: FindMedia, told: list[str]
) -> dict[str, Any]:
    if len(answers) == 1:  # then Moodle has it typed, and right whatever its sign
        text, _, feedback = answers[0]
        return {"kind": "typed", "answers": [_with({"text": text}, feedback)]}
    options = []
    for text, share, feedback in answers:
        made = to_markdown(text, "moodle", find)
        told += made.told
        option = {"text": made.text} | ({"fraction": share} if share != "0" else {})
        options.append(_with(option, feedback))
    return {"kind": "choice", "options": options}


def _with(entry: dict[str, Any], feedback: str) -> dict[str, Any]:
    return {**entry, "feedback": feedback} if feedback else entry


def _answer(piece: str, find: FindMedia, told: list[str]) -> tuple[str, str, str]:
    """Return text, share and feedback: `=right#yes`, `75%nearly#no`, `_5` for a text that is 5."""
    share = "0"
    if match := _WEIGHT.match(piece):
        share = shares.from_percent(match[1]) or "0"
        piece = piece[match.end() :].strip()
        if float(share) > 1:
            told.append(f"A share of {match[1]} % was read as a whole: more is not possible.")
            share = "1"
    if piece.startswith("="):
        share, piece = "1", piece[1:].strip()
    text, _, feedback = piece.removeprefix("_").partition("#")
    made = to_markdown(feedback, "moodle", find)
    told += made.told
    return text.strip(), share, made.text
