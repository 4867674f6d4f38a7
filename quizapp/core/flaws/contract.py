"""What a rule for an item-writing flaw is, and what it finds."""

from collections.abc import Callable
from dataclasses import dataclass

from quizapp.core.question import Question


@dataclass(frozen=True, slots=True)
class Flaw:
    """A blemish of a question; `code` is the rule's name, `where` the body path it is about."""

    code: str
    message: str
    where: str = "stem"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what it is called in plain words, and what it finds in one question.

    `find` never raises, also not for a malformed body, and errs on the side of silence. A rule
    that knows the words of a language names it; it has no meaning for questions in another.
    """

    NAME: str
    LABEL: str
    find: Callable[[Question], list[Flaw]]
    language: str | None = None
