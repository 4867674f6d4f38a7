"""One Open edX problem as questions: one for each response in it."""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from quizapp.core.formats.model import QuestionIn
from quizapp.core.formats.parts.olx_course import Found
from quizapp.core.formats.parts.olx_inline import cloze
from quizapp.core.formats.parts.olx_responses import (
    INPUTS,
    KINDS,
    NotAskable,
    html_of,
    is_response,
)
from quizapp.core.formats.shared import xml
from quizapp.core.formats.shared.html import FindMedia
from quizapp.core.formats.shared.html_texts import HtmlTexts
from quizapp.core.formats.shared.kept import kept

NAME = "olx"
SEVERAL = "Its problem asks several things; each became a question of its own."
PROGRAM = "The problem is made by a program, which is never run here; it is kept as it came."
PROGRAM_LEFT_OUT = "A program in the problem was left out."
ONLY_MARKDOWN = "The problem is there in Open edX's own Markdown only; it is kept as it came."
UNKNOWN = "{} cannot be asked here; it is kept as it came."
_BOXES = frozenset("div text section span fieldset form problem".split())  # noqa: SIM905
_VARIABLE = re.compile(r"\$\{?[A-Za-z_]")
_PLAIN = frozenset({"multiplechoiceresponse", "choiceresponse"})


@dataclass(slots=True)
class _Part:
    """A stretch of a problem: nodes in order, up to and with what asks something."""

    nodes: list[xml.Element] = field(default_factory=list)
    responses: list[xml.Element] = field(default_factory=list)
    solutions: list[xml.Element] = field(default_factory=list)


def questions(problem: Found, first: int, find: FindMedia) -> Iterator[QuestionIn]:
    """Yield the questions of a problem, numbered from `first`."""
    root = problem.element
    source = xml.source_of(root)
    program = [one for one in xml.descendants(root, "script") if xml.text_of(one).strip()]
    parts = _parts(root)
    made_up = program and _uses_variables(root)
    hints = [
        one for box in xml.descendants(root, "demandhint") for one in xml.children(box, "hint")
    ]
    for number, part in enumerate(parts):
        reading = HtmlTexts(find)
        if program:
            reading.lose(PROGRAM_LEFT_OUT)
        if len(parts) > 1:
            reading.tell(SEVERAL)
        common = _common(problem, number, len(parts))
        try:
            if made_up:
                raise NotAskable(PROGRAM)
            kind, stem, body = _built(part, reading, root)
            if made := [reading.markdown(html_of(one)) for one in hints]:
                body["hints"] = made
            yield QuestionIn(
                position=first + number,
                type=kind,
                stem=stem,
                body=body,
                raw=reading.raw(NAME, source),
                warnings=reading.told,
                group=problem.key or "" if len(parts) > 1 else "",
                **common,
            )
        except NotAskable as reason:
            yield _opaque(part, str(reason), source, reading, first + number, common)


def _common(problem: Found, number: int, parts: int) -> dict[str, Any]:
    named = " ".join((problem.element.get("display_name") or "").split())
    key = f"{problem.key}-{number + 1}" if problem.key and number else problem.key
    return {
        "key": key,
        "name": f"{named} ({number + 1})" if named and parts > 1 else named,
        "path": problem.path,
        "category": problem.category,
    }


def _opaque(
    part: _Part, why: str, source: str, reading: HtmlTexts, position: int, common: dict[str, Any]
) -> QuestionIn:
    stem = reading.markdown(_stem(part))
    common["name"] = common["name"] or "Problem"
    return kept(position, NAME, source, why, stem=stem, **common)


def _uses_variables(root: xml.Element) -> bool:
    """Say whether anything but the program itself holds a variable of a program."""
    for one in root.iter():
        if not xml.local(one):
            continue
        texts = [one.tail or "", *(str(value) for value in one.attrib.values())]
        if xml.local(one) != "script":
            texts.append(one.text or "")
        if any(_VARIABLE.search(text) for text in texts if one is not root):
            return True
    return bool(_VARIABLE.search(root.text or ""))


def _parts(root: xml.Element) -> list[_Part]:
    """Cut a problem after each of its responses; what follows the last one belongs to it."""
    parts = [_Part()]
    for node in _flat(root):
        tag = xml.local(node)
        if tag in ("script", "demandhint"):
            continue
        if tag == "solution":
            is_begun = len(parts) > 1 and not parts[-1].responses
            parts[-2 if is_begun else -1].solutions.append(node)
            continue
        if parts[-1].responses:
            parts.append(_Part())
        parts[-1].nodes.append(node)
        parts[-1].responses += [one for one in node.iter() if is_response(one)]
    if len(parts) > 1 and not parts[-1].responses:
        rest = parts.pop()
        parts[-1].nodes += rest.nodes
        parts[-1].solutions += rest.solutions
    return parts


def _flat(box: xml.Element) -> Iterator[xml.Element]:
    """Yield the nodes of a problem, boxes around responses opened; loose text as spans."""
    yield from _loose(box, box.text)
    for one in list(box):
        if xml.local(one) in _BOXES and any(is_response(inner) for inner in one.iter()):
            yield from _flat(one)
        elif xml.local(one):
            yield one
        yield from _loose(box, one.tail)


def _loose(box: xml.Element, text: str | None) -> Iterator[xml.Element]:
    if text and text.strip():
        span = box.makeelement("span")
        span.text = text
        yield span


def _built(part: _Part, reading: HtmlTexts, root: xml.Element) -> tuple[str, str, dict[str, Any]]:
    if not part.responses:
        stem = reading.markdown(_stem(part))
        if not stem and root.get("markdown") not in (None, "", "null"):
            raise NotAskable(ONLY_MARKDOWN)
        return "description", stem, _feedback(part, reading)
    for one in part.responses:
        if xml.local(one) not in KINDS:
            raise NotAskable(UNKNOWN.format(xml.local(one)))
    first = part.responses[0]
    inputs = [one for one in first.iter() if xml.local(one) in INPUTS]
    if len(part.responses) > 1 or len(inputs) > 1 or _is_inline(part, first):
        stem, body = cloze([copy.deepcopy(node) for node in part.nodes], reading)
        return "cloze", stem, body | _feedback(part, reading)
    kind, body = KINDS[xml.local(first)](first, reading)
    return kind, reading.markdown(_stem(part)), body | _feedback(part, reading)


def _is_inline(part: _Part, response: xml.Element) -> bool:
    """Say whether words stand behind the response in the same block."""
    if response in part.nodes or xml.local(response) in _PLAIN:
        return False
    return bool((response.tail or "").strip())


def _stem(part: _Part) -> str:
    """Return the HTML of all that is no input, hint or solution."""
    return "".join(html_of(node, whole=True) for node in part.nodes)


def _feedback(part: _Part, reading: HtmlTexts) -> dict[str, Any]:
    inner = [one for node in part.nodes for one in xml.descendants(node, "solution")]
    texts = [reading.markdown(html_of(one)) for one in (*inner, *part.solutions)]
    made = "\n\n".join(text for text in texts if text)
    return {"feedback": made} if made else {}
