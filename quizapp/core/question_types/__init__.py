"""All question types, by name."""

from quizapp.core.question import QuestionType
from quizapp.core.question_types import (
    cloze,
    description,
    essay,
    flashcard,
    matching,
    multiple_choice,
    multiple_response,
    numeric,
    opaque,
    ordering,
    short_answer,
    true_false,
)
from quizapp.core.registry import by_name

QUESTION_TYPES: dict[str, QuestionType] = by_name(
    multiple_choice,
    multiple_response,
    true_false,
    short_answer,
    numeric,
    cloze,
    matching,
    ordering,
    essay,
    flashcard,
    description,
    opaque,
)
ASKABLE = tuple(name for name, kind in QUESTION_TYPES.items() if kind.GRADED_BY != "nobody")
