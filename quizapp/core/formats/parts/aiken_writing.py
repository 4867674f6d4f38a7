"""Aiken files written question by question."""

import re
from collections.abc import Iterable, Mapping
from string import ascii_uppercase
from typing import Any

from quizapp.core.formats.contract import SINGLE, Written
from quizapp.core.formats.model import BankFile, Item, Loss, QuestionIn
from quizapp.core.formats.shared import plain
from quizapp.core.formats.shared.left_out import LeftOut
from quizapp.core.formats.shared.moodle_text import without_markup
from quizapp.core.markdown import images
from quizapp.core.options import is_full, share_of

NO_PLACE = "Aiken has no place for this type of question; it is left out."
_LIKE_SYNTAX = re.compile(r"[A-Za][.)]|(?i:ANSWERS?\s*:)")
_UNKNOWN = ("category", "tags", "key")

Entry = Mapping[str, Any]


class Unwritable(Exception):
    """Why a question cannot be written, in plain words."""


def write(items: Iterable[Item]) -> Written:
    """Return the one file, and what of the questions it does not hold."""
    blocks: list[str] = []
    losses: list[Loss] = []
    left_out = LeftOut()
    has_more: set[str] = set()
    for item in items:
        if isinstance(item, QuestionIn):
            lost: list[str] = []
            try:
                blocks.append(_block(item, lost))
            except Unwritable as reason:
                lost = [str(reason)]
            losses += [Loss(item.position, item.name, message) for message in dict.fromkeys(lost)]
            has_more |= {name for name in _UNKNOWN if getattr(item, name)}
        elif not isinstance(item, BankFile):
            left_out.add(item)
    losses += [Loss(None, "", message) for message in _for_all(has_more)]
    data = "\n".join(blocks).encode("utf-8", "replace")
    return Written({SINGLE: data}, len(blocks), [*losses, *left_out.losses()])


def _for_all(has_more: set[str]) -> list[str]:
    words = {"category": "Categories", "tags": "Tags", "key": "External ids"}
    return [f"{words[name]} are left out." for name in _UNKNOWN if name in has_more]


def _block(item: QuestionIn, lost: list[str]) -> str:
    options, right = _options(item, lost)
    if len(options) > len(ascii_uppercase):
        raise Unwritable("Aiken has letters for 26 options only; it is left out.")
    if len(options) < 2:
        raise Unwritable("Aiken wants at least two options; it is left out.")
    stem = _line(item.stem, lost)
    if _LIKE_SYNTAX.match(stem):
        raise Unwritable("Its text begins like an option in Aiken; it is left out.")
    lines = [f"{letter}) {_line(text, lost)}" for letter, text in zip(ascii_uppercase, options)]  # noqa: B905
    _lose(item, lost)
    return "\n".join([stem, *lines, f"ANSWER: {ascii_uppercase[right]}", ""])


def _options(item: QuestionIn, lost: list[str]) -> tuple[list[str], int]:
    """Return the texts to choose from, and the place of the right one."""
    if item.type == "true_false":
        lost.append("It is written as multiple choice.")
        return ["True", "False"], 0 if item.body.get("answer") is True else 1
    if item.type != "multiple_choice":
        raise Unwritable(NO_PLACE)
    options = item.body.get("options") or []
    full = [place for place, option in enumerate(options) if is_full(share_of(option))]
    if not full:
        raise Unwritable("None of its options is fully right; it is left out.")
    if len(full) > 1 or any(share_of(option) not in (0, 1) for option in options):
        lost.append("Only one right option and no shares of the points are kept.")
    return [str(option.get("text") or "") for option in options], full[0]


def _line(markdown: str, lost: list[str]) -> str:
    text = without_markup(markdown)
    if text is None or images(markdown):
        text, _ = plain.from_markdown(markdown)
        lost.append("Formatting, formulas or pictures in its texts are left out.")
    if "\n" in text:
        lost.append("Line ends in its texts are left out.")
    line = " ".join(text.split())
    if not line:
        raise Unwritable("A text of it has nothing that Aiken can hold; it is left out.")
    return line


def _lose(item: QuestionIn, lost: list[str]) -> None:
    if item.body.get("hints"):
        lost.append("Its hints are left out.")
    if item.body.get("shuffle") is False:
        lost.append("That its parts keep their order is left out.")
    if _has_feedback(item.body):
        lost.append("Its feedback is left out.")


def _has_feedback(body: Entry) -> bool:
    own = [body.get(name) for name in ("feedback", "feedback_true", "feedback_false")]
    listed = [option.get("feedback") for option in body.get("options") or []]
    return any((text or "").strip() for text in [*own, *listed])
