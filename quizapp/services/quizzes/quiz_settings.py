"""How a quiz is taken: its settings as they are read, and what of them may be stored."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quizapp.core.formats.bank_document import SCHEMA
from quizapp.services.people.sessions import Person

MOST_SECONDS = 30 * 86400
LONGEST_TITLE = 300
EDITED = "edited_here"  # beside the settings: importing the file again leaves the quiz alone
_QUIZ: Mapping[str, Any] = SCHEMA["$defs"]["quiz"]["properties"]
# The names and bounds of a bank file, so that any quiz exports whole.
RULES: Mapping[str, Mapping[str, Any]] = {
    name: rule for name, rule in _QUIZ.items() if name not in {"key", "title", "slots"}
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How a quiz is taken; an attempt keeps its own copy."""

    feedback: str  # immediate, deferred
    time_limit_s: int | None
    tries: int | None
    shuffle: bool
    pass_percent: float | None
    floor_zero: bool
    description: str
    question_tries: int | None  # None: as many as one likes, of which the first counts
    penalty_percent: int  # of a question's points, for each try before
    hints: bool
    shuffle_options: bool | None  # None: as each question says

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Settings":
        """Read stored settings; what they leave out is the mildest."""
        limit, passing = stored.get("time_limit_s"), stored.get("pass_percent")
        return cls(
            feedback="deferred" if stored.get("feedback") == "deferred" else "immediate",
            time_limit_s=min(int(limit), MOST_SECONDS) if limit else None,
            tries=int(stored.get("tries") or 0) or None,
            shuffle=bool(stored.get("shuffle", False)),
            pass_percent=None if passing is None else float(passing),
            floor_zero=bool(stored.get("floor_zero", False)),
            description=str(stored.get("description") or ""),
            question_tries=int(stored.get("question_tries") or 0) or None,
            penalty_percent=int(stored.get("penalty_percent") or 0),
            hints=bool(stored.get("hints", True)),
            shuffle_options=stored.get("shuffle_options"),
        )

    @property
    def is_exam(self) -> bool:
        """Whether the answers are judged only after handing in."""
        return self.feedback == "deferred"

    @property
    def tries_again(self) -> bool:
        """Whether a question that was missed may be tried again before its key is shown."""
        return not self.is_exam and (self.question_tries or 1) > 1

    def seconds_for(self, person: Person) -> float | None:
        """Return the time that a person has: the limit with the person's own factor counted in."""
        if self.time_limit_s is None:
            return None
        return self.time_limit_s * person.time_factor_pct / 100


class Unfit(ValueError):
    """A value that cannot be stored; `field` names it, the text is plain words."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def title(text: str) -> str:
    """Return a title as it is stored; Unfit where it is none."""
    tidy = " ".join(unicodedata.normalize("NFC", text).split())
    if not tidy:
        raise Unfit("title", "Give the quiz a title.")
    if len(tidy) > LONGEST_TITLE:
        raise Unfit("title", f"A title has at most {LONGEST_TITLE} characters.")
    return storable("title", tidy)


def storable(field: str, text: str) -> str:
    """Return the text; Unfit where it holds what a database or a bank file cannot."""
    if any(
        unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\n\t" for letter in text
    ):
        raise Unfit(field, "It holds characters that cannot be stored.")
    return text


def checked(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings as they are stored: None and empty texts are left out; Unfit for the rest."""
    kept = {name: value for name, value in settings.items() if value is not None and value != ""}
    for name, value in kept.items():
        if name not in RULES or not _fits(value, RULES[name]):
            raise Unfit(name, "This is not one of the values that it can have.")
        if isinstance(value, str):
            storable(name, value)
    return kept


def _fits(value: Any, rule: Mapping[str, Any]) -> bool:
    if rule["type"] == "boolean":
        return isinstance(value, bool)
    if rule["type"] == "integer":
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole and rule["minimum"] <= value <= rule["maximum"]
    if "enum" in rule:
        return value in rule["enum"]
    return isinstance(value, str) and len(value) <= rule["maxLength"]
