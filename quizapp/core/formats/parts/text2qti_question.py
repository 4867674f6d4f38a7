"""The elements of one text2qti question as a question."""

import re
from dataclasses import dataclass, field
from typing import Any

from quizapp.core.formats.model import QuestionIn, RawBlock, Refused
from quizapp.core.formats.parts.text2qti_lines import NOT_INDENTED, Element
from quizapp.core.formats.shared.html import PICTURE_LEFT_OUT
from quizapp.core.formats.shared.html_texts import typed
from quizapp.core.formats.shared.kept import kept
from quizapp.core.formats.shared.moodle_text import to_markdown
from quizapp.core.formats.shared.plain import escaped
from quizapp.core.formats.shared.shares import plain
from quizapp.core.quantities import decimal_of

NAME = "text2qti"
ANSWERS = ("choice", "box", "short", "number", "essay", "upload")
REMARKS = ("feedback", "right", "wrong", "solution")
UPLOAD = "A file is asked for, which cannot be handed in here; it is kept as it came."
MIXED = "It has answers of several kinds: options, boxes, numbers and texts do not go together."
NOT_A_NUMBER = "“{}” is no number such as 5 or 1.4 +- 0.1, and no range such as [1, 2]."
SEVERAL_RIGHT = "Several options are right; it became a question with several right answers."
NO_ANSWERS = "It has no answers; it was read as a text."
SOLUTION = "A solution (!), which learners do not see, was left out."
RIGHT_WRONG = "Feedback for right or wrong answers (+ or -) was left out."
NO_TEXT = "It has no text."

_IMAGE = re.compile(r"!\[([^\[\]]*)\]\(([^()\n]*)\)(?:\{[^{}\n]*\})?")
_RANGE = re.compile(r"\[\s*([^,\[\]]+?)\s*,\s*([^,\[\]]+?)\s*\]")
_NEAR = re.compile(r"([^+%]+?)\s*\+-\s*([^%]+?)\s*(%?)")
_UNDERSCORE = re.compile(r"(?<=\d)_(?=\d)")

Body = dict[str, Any]


class Fault(Exception):
    """Why a question is refused, in plain words."""


@dataclass(slots=True)
class Draft:
    """A question as its elements stood; head: the question itself or the text of a region."""

    position: int
    head: Element
    name: str
    tags: list[str]
    shuffles: bool
    parts: list[Element] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    lossy: list[str] = field(default_factory=list)

    def tell(self, message: str, lossy: bool = False) -> None:
        if message not in self.told:
            self.told.append(message)
        if lossy and message not in self.lossy:
            self.lossy.append(message)

    def markdown(self, source: str) -> str:
        """Return a text as our Markdown: without comments, and pictures that are elsewhere."""
        text = _without_comments(source)
        if "![" in text:
            text = _IMAGE.sub(self._picture, text)
        made = to_markdown(text, "markdown")
        for message in made.told:
            self.tell(message)
        return made.text

    def _picture(self, match: re.Match[str]) -> str:
        self.tell(PICTURE_LEFT_OUT, lossy=True)
        return match[1]

    def source(self) -> str:
        return "\n".join(line for one in (self.head, *self.parts) for line in one.source)


def question(draft: Draft) -> QuestionIn | Refused:
    """Return a question, or why it is none."""
    head = draft.head
    if any(element.is_ragged for element in (head, *draft.parts)):
        draft.tell(NOT_INDENTED)
    stem = escaped(draft.name) if head.kind == "text title" else draft.markdown(head.text())
    try:
        if not stem:
            raise Fault(NO_TEXT)
        kinds = {one.kind for one in draft.parts if one.kind in ANSWERS}
        if len(kinds) > 1:
            raise Fault(MIXED)
        kind = kinds.pop() if kinds else ""
        if kind == "upload":
            return kept(
                draft.position,
                NAME,
                draft.source(),
                UPLOAD,
                stem=stem,
                name=draft.name,
                line=head.line,
                tags=tuple(draft.tags),
            )
        type_, body = _body(draft, kind)
    except Fault as fault:
        shown = draft.name or head.plain()[:80]
        return Refused(draft.position, shown, head.line, None, str(fault))
    return QuestionIn(
        position=draft.position,
        type=type_,
        stem=stem,
        body=body,
        name=draft.name,
        line=head.line,
        tags=tuple(draft.tags),
        raw=RawBlock(NAME, draft.source(), tuple(draft.lossy)) if draft.lossy else None,
        warnings=tuple(draft.told),
    )


def _body(draft: Draft, kind: str) -> tuple[str, Body]:
    answers, general = _attached(draft)
    sides = {
        side: draft.markdown("\n\n".join(one.text() for one in draft.parts if one.kind == side))
        for side in ("right", "wrong", "solution")
    }
    body: Body = {"feedback": general} if general else {}
    own: Body = {}
    if not kind:
        if draft.head.kind == "question":
            draft.tell(NO_ANSWERS)
        type_ = "description"
    elif kind in ("choice", "box"):
        type_, own = _choices(draft, kind, answers, sides)
    elif kind == "short":
        type_, own = "short_answer", _short(draft, answers, sides)
    elif kind == "number":
        type_, own = "numeric", _numbers(answers, sides)
    else:
        type_, own = "essay", {"rubric": sides.pop("solution")}
    if sides.get("solution"):
        draft.tell(SOLUTION, lossy=True)
    if sides["right"] or sides["wrong"]:
        draft.tell(RIGHT_WRONG, lossy=True)
    return type_, body | {name: value for name, value in own.items() if value != ""}


def _attached(draft: Draft) -> tuple[list[tuple[Element, str]], str]:
    """Return the answers, each with its own feedback, and the general feedback."""
    answers: list[tuple[Element, str]] = []
    general: list[str] = []
    for one in draft.parts:
        if one.kind in ANSWERS:
            answers.append((one, ""))
        elif one.kind == "feedback" and answers and answers[-1][0].kind in ("choice", "box"):
            answer, before = answers[-1]
            answers[-1] = (answer, _joined(before, draft.markdown(one.text())))
        elif one.kind == "feedback":
            general.append(draft.markdown(one.text()))
    return answers, _joined(*general)


def _choices(
    draft: Draft, kind: str, answers: list[tuple[Element, str]], sides: dict[str, str]
) -> tuple[str, Body]:
    options: list[Body] = []
    right = sum(answer.name == "*" for answer, _ in answers)
    several = kind == "box" or right > 1
    if kind == "choice" and several:
        draft.tell(SEVERAL_RIGHT)
    for answer, feedback in answers:
        is_right = answer.name == "*"
        option: Body = {"text": draft.markdown(answer.text())}
        if is_right:
            option["fraction"] = "1"
        told = feedback if several else _joined(feedback, sides["right" if is_right else "wrong"])
        options.append(option | ({"feedback": told} if told else {}))
    if several:
        return "multiple_response", _shuffled(draft, options)
    sides["right"] = sides["wrong"] = ""
    if sorted(option["text"].lower() for option in options) == ["false", "true"] and right == 1:
        return "true_false", _true_false(options)
    return "multiple_choice", _shuffled(draft, options)


def _shuffled(draft: Draft, options: list[Body]) -> Body:
    return {"options": options} | ({} if draft.shuffles else {"shuffle": False})


def _true_false(options: list[Body]) -> Body:
    body: Body = {}
    for option in options:
        word = option["text"].lower()
        if "fraction" in option:
            body["answer"] = word == "true"
        if "feedback" in option:
            body[f"feedback_{word}"] = option["feedback"]
    return body


def _short(draft: Draft, answers: list[tuple[Element, str]], sides: dict[str, str]) -> Body:
    right = {"feedback": sides["right"]} if sides["right"] else {}
    listed: list[Body] = [
        {"text": typed(answer.plain())} | right for answer, _ in answers if answer.plain()
    ]
    if sides["wrong"]:  # any other text
        listed.append({"text": "*", "fraction": "0", "feedback": sides["wrong"]})
    sides["right"] = sides["wrong"] = ""
    return {"answers": listed}


def _numbers(answers: list[tuple[Element, str]], sides: dict[str, str]) -> Body:
    right = {"feedback": sides["right"]} if sides["right"] else {}
    sides["right"] = ""
    return {"answers": [_number(answer.plain()) | right for answer, _ in answers]}


def _number(text: str) -> Body:
    text = _UNDERSCORE.sub("", text[:500])
    if match := _RANGE.fullmatch(text):
        return {"min": _decimal(match[1], text), "max": _decimal(match[2], text)}
    if match := _NEAR.fullmatch(text):
        value, margin = _decimal(match[1], text), _decimal(match[2], text)
        share = decimal_of(margin)
        if share is None or share < 0:
            raise Fault(NOT_A_NUMBER.format(text[:60]))
        if match[3]:
            return {
                "value": value,
                "tolerance": plain(share / 100),
                "tolerance_type": "relative",
            }
        return {"value": value} | ({"tolerance": margin} if share else {})
    return {"value": _decimal(text, text)}


def _decimal(number: str, text: str) -> str:
    if decimal_of(number) is None:
        raise Fault(NOT_A_NUMBER.format(text[:60]))
    return number.strip()


def _without_comments(text: str) -> str:
    """Return a text without <!-- ... -->; one that is not closed stays."""
    start = text.find("<!--")
    parts, at = [], 0
    while start >= 0 and (end := text.find("-->", start)) >= 0:
        parts.append(text[at:start])
        at = end + len("-->")
        start = text.find("<!--", at)
    return "".join([*parts, text[at:]])


def _joined(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text)
