"""One QTI 1.2 item as a question of the bank."""

from collections.abc import Callable
from typing import Any

from quizapp.core.formats.model import QuestionIn, RawBlock
from quizapp.core.formats.parts import qti12_settings
from quizapp.core.formats.parts.qti12_choices import (
    is_true_false,
    matching,
    multiple_choice,
    multiple_response,
    ordering,
    true_false,
)
from quizapp.core.formats.parts.qti12_conditions import (
    Conditions,
    UnsupportedError,
    conditions_of,
)
from quizapp.core.formats.parts.qti12_feedback import Feedback, joined
from quizapp.core.formats.parts.qti12_gaps import cloze
from quizapp.core.formats.parts.qti12_item import Block, FindMedia
from quizapp.core.formats.parts.qti12_kinds import kind_of, label_of
from quizapp.core.formats.parts.qti12_typed import essay, numeric, short_answer
from quizapp.core.formats.shared.kept import kept
from quizapp.core.formats.shared.plain import escaped
from quizapp.core.formats.shared.xml import Element

NAME = "qti12"
UNREADABLE = "It is built in a way that cannot be read."
NO_STEM = "It had no text of its own; its title stands there."
MAX_NAME = 300

Body = dict[str, Any]
Reader = Callable[[Block, Conditions, Feedback], Body]


def _description(block: Block, conditions: Conditions, feedback: Feedback) -> Body:
    return {}


_READERS: dict[str, Reader] = {
    "multiple_choice": multiple_choice,
    "multiple_response": multiple_response,
    "true_false": true_false,
    "short_answer": short_answer,
    "numeric": numeric,
    "matching": matching,
    "ordering": ordering,
    "essay": essay,
    "description": _description,
}


def question(
    element: Element,
    position: int,
    find_media: FindMedia,
    *,
    path: str | None = None,
    category: str = "",
) -> QuestionIn:
    """Return the question that an item is, kept as it came where it is of no type of ours."""
    line = element.sourceline
    block = Block(element, find_media)
    try:
        kind, stem, body, lossy = _read(block)
    except UnsupportedError as error:
        return _kept(block, position, str(error), line, path, category)
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        return _kept(block, position, UNREADABLE, line, path, category)
    name = _name(block)
    if not stem and kind != "description":
        stem = escaped(name)
        block.told.append(NO_STEM)
    return QuestionIn(
        position=position,
        type=kind,
        stem=stem,
        body=body,
        key=key_of(block),
        name=name,
        line=line,
        path=path,
        tags=_tags(block),
        category=block.meta.get("cc_question_category") or category or None,
        raw=RawBlock(NAME, block.raw, lossy) if lossy else None,
        warnings=list(dict.fromkeys(block.told)),
        group=block.meta.get("assessment_question_identifierref", ""),
    )


def key_of(block: Block) -> str | None:
    """Return the identifier of an item, Blackboard's own where that is where it stands."""
    return block.element.get("ident") or block.meta.get("bbmd_asi_object_id") or None


def _read(block: Block) -> tuple[str, str, Body, list[str]]:
    kind_of(block, None)  # what is known to be none of ours needs no look at its conditions
    conditions = conditions_of(block)
    kind = kind_of(block, conditions)
    feedback = Feedback(block, conditions)
    if kind == "cloze":
        stem, body = cloze(block, conditions, feedback)
    else:
        stem, body = block.stem(), _READERS[kind](block, conditions, feedback)
    if kind == "multiple_choice" and label_of(block) == "either/or" and is_true_false(body):
        kind, body = "true_false", true_false(block, conditions, feedback)
    general = feedback.for_role("general")
    if kind != "essay":
        general = joined(general, feedback.for_role("solution"))
    if general:
        body["feedback"] = general
    if hints := feedback.hints():
        body["hints"] = hints
    feedback.rest()
    if given := block.meta.get(qti12_settings.LABEL):
        qti12_settings.apply(body, qti12_settings.read(given))
    return kind, stem, body, list(dict.fromkeys(block.lossy))


def _kept(
    block: Block, position: int, why: str, line: int | None, path: str | None, category: str
) -> QuestionIn:
    try:
        stem = block.stem()
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        stem = ""
    return kept(
        position,
        NAME,
        block.raw,
        why,
        stem=stem,
        name=_name(block),
        key=key_of(block),
        line=line,
        path=path,
        category=block.meta.get("cc_question_category") or category or None,
        tags=tuple(_tags(block)),
    )


def _name(block: Block) -> str:
    return " ".join((block.element.get("title") or "").split())[:MAX_NAME]


def _tags(block: Block) -> list[str]:
    words = block.meta.get("qmd_keywords") or block.meta.get("bbmd_keywords") or ""
    return [tag.strip() for tag in words.split(",") if tag.strip()]
