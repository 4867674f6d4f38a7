"""GIFT files written question by question."""

import re
from collections.abc import Iterable

from quizapp.core.formats.contract import SINGLE, Written
from quizapp.core.formats.model import BankFile, Item, Loss, QuestionIn
from quizapp.core.formats.parts.gift_part import Part, Unwritable, escaped, one_line
from quizapp.core.formats.parts.gift_sections import SECTIONS
from quizapp.core.formats.shared.left_out import LeftOut
from quizapp.core.gaps import gap_numbers

NO_PLACE = "GIFT has no place for this type of question; it is left out."
_META_SIGNS = re.compile(r"[\[\]\\]")
_STARTS_WRONGLY = re.compile(r"//|\$CATEGORY:")
_GAP_ONE = "\ue000gap\ue001"


def write(items: Iterable[Item], filename: str) -> Written:
    """Return the one file; each question is a block of lines, its category stands before it."""
    file = _File()
    for item in items:
        file.add(item)
    return file.written()


class _File:
    def __init__(self) -> None:
        self._blocks: list[str] = []
        self._questions = 0
        self._category: str | None = None
        self._losses: list[Loss] = []
        self._left_out = LeftOut()

    def add(self, item: Item) -> None:
        if isinstance(item, QuestionIn):
            self._question(item)
        elif not isinstance(item, BankFile):
            self._left_out.add(item)

    def written(self) -> Written:
        data = "".join(self._blocks).encode("utf-8", "replace")
        losses = [*self._losses, *self._left_out.losses()]
        return Written({SINGLE: data}, self._questions, losses)

    def _question(self, item: QuestionIn) -> None:
        part = Part(item.stem, item.body)
        try:
            block = _block(item, part)
        except Unwritable as reason:
            self._losses.append(Loss(item.position, item.name, str(reason)))
            return
        if item.category != self._category:
            self._category = item.category
            path = "/".join(["$course$/top", *([one_line(item.category)] if item.category else [])])
            self._blocks.append(f"$CATEGORY: {path}\n\n")
        self._blocks.append(block)
        self._questions += 1
        messages = dict.fromkeys(part.lost)
        self._losses += [Loss(item.position, item.name, message) for message in messages]


def _block(item: QuestionIn, part: Part) -> str:
    """Return the lines of a question, the empty one that ends it included."""
    if item.body.get("raw_format") == "gift":
        return _comment(item) + _without_empty_lines(str(item.body.get("raw", ""))) + "\n\n"
    section = SECTIONS.get(item.type)
    if section is None:
        raise Unwritable(NO_PLACE)
    before, after = _around_gap(part) if item.type == "cloze" else (part.stem_text(item.stem), "")
    answers = section(part)
    part.lose_extras()
    name = f"::{escaped(one_line(item.name))}::" if item.name.strip() else ""
    if not name and _STARTS_WRONGLY.match(before):
        before = f"[{part.format}]{before}"
    return f"{_comment(item)}{name}{before}{answers}{after}\n\n"


def _comment(item: QuestionIn) -> str:
    marks = [("id", item.key or ""), *(("tag", tag) for tag in item.tags)]
    written = [f"[{kind}:{_meta(value)}]" for kind, value in marks if value.strip()]
    return f"// {' '.join(written)}\n" if written else ""


def _around_gap(part: Part) -> tuple[str, str]:
    """Return the text before and after the one gap, which the answers stand between."""
    numbers = gap_numbers(part.stem)
    if len(numbers) != 1:
        raise Unwritable("GIFT has no place for several gaps in one text; it is left out.")
    text = part.stem_text(part.stem.replace(f"[[{numbers[0]}]]", _GAP_ONE))
    before, after = text.split(_GAP_ONE)
    if not after.strip():
        part.lost.append("Its gap stands at the end; GIFT reads it as a question of its own.")
    return before, after


def _meta(value: str) -> str:
    return _META_SIGNS.sub(lambda match: "\\" + match[0], one_line(value))


def _without_empty_lines(raw: str) -> str:
    return "\n".join(line for line in raw.split("\n") if line.strip())
