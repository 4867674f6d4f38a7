"""A question as somebody has written it: brought into its stored form, and checked."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from quizapp.core.fingerprint import content_sha256
from quizapp.core.formats.shared.checking import MAX_NAME, MAX_TAG, derived_name
from quizapp.core.part_facts import part_facts
from quizapp.core.problems import MINOR
from quizapp.core.question import Problem, Question
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.question_types.texts import fill_ids

MAX_CATEGORY = 500
MAX_TAGS = 50
MAX_REASON = 500
STATUSES = ("draft", "active", "retired")
# What even a draft may not have: it could not be stored, shown, or found again.
UNSTORABLE = frozenset(
    {
        "bad-characters",
        "too-long",
        "too-many",
        "bad-id",
        "duplicate-id",
        "unknown-fact",
        "unknown-status",
        "not-a-list",
        "not-a-map",
    }
)
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """All that the form of a question says. `fact` is a key of the bank, None a fact of its own."""

    type: str
    stem: str
    body: Mapping[str, Any]
    name: str = ""  # "" = made from the stem
    category: str | None = None
    tags: tuple[str, ...] = ()
    fact: str | None = None
    status: str = "draft"
    reason: str | None = field(default=None)

    @property
    def question(self) -> Question:
        """The question alone."""
        return Question(self.type, self.stem, self.body)

    @property
    def sha256(self) -> str:
        """Fingerprint of what a version holds."""
        return content_sha256(self.type, self.stem, self.body)

    @property
    def listed_name(self) -> str:
        """The name given, else one made from the stem."""
        return self.name or derived_name(self.stem)


def tidied(draft: QuestionDraft) -> QuestionDraft:
    """Return the draft in NFC, with ids in all entries that need one, and each tag once.

    Raises KeyError where there is no such question type.
    """
    tags = sorted({tag for each in draft.tags if (tag := _line(each))})
    return replace(
        draft,
        stem=_nfc(draft.stem),
        body=fill_ids(draft.type, _nfc(draft.body)),
        name=_line(draft.name),
        category=_line(draft.category or "") or None,
        tags=tuple(tags),
        fact=draft.fact or None,
        reason=_line(draft.reason or "") or None,
    )


def problems_of(draft: QuestionDraft, fact_keys: Collection[str]) -> list[Problem]:
    """Return everything wrong with a tidied draft; `fact_keys` are those that its bank has."""
    found = QUESTION_TYPES[draft.type].problems(draft.question)
    for part, key in part_facts(draft.body).items():
        if key not in fact_keys:
            words = f"There is no fact {key[:60]}; its part counts for the question's own."
            found.append(Problem("unknown-part-fact", words, _part_path(draft.body, part)))
    if draft.fact is not None and draft.fact not in fact_keys:
        found.append(Problem("unknown-fact", "This bank has no such fact.", "fact"))
    if draft.status not in STATUSES:
        words = f"The status is one of {', '.join(STATUSES)}."
        found.append(Problem("unknown-status", words, "status"))
    return found + _label_problems(draft)


def blocks(problem: Problem) -> bool:
    """Say whether a question with this problem cannot be asked; others are only worth a word."""
    return problem.code not in MINOR and problem.code != "unknown-part-fact"


def may_store(draft: QuestionDraft, problems: Collection[Problem]) -> bool:
    """Say whether it may be stored with these problems; active ones have to be sound."""
    if draft.status == "active":
        return not any(blocks(problem) for problem in problems)
    return not any(problem.code in UNSTORABLE for problem in problems)


def _label_problems(draft: QuestionDraft) -> list[Problem]:
    limits = {
        "name": (draft.name, MAX_NAME),
        "category": (draft.category or "", MAX_CATEGORY),
        "reason": (draft.reason or "", MAX_REASON),
    }
    found = []
    for where, (text, longest) in limits.items():
        if len(text) > longest:
            found.append(Problem("too-long", f"Use {longest} characters at the most.", where))
    if any(len(tag) > MAX_TAG for tag in draft.tags):
        found.append(Problem("too-long", f"A tag has {MAX_TAG} characters at the most.", "tags"))
    if len(draft.tags) > MAX_TAGS:
        found.append(Problem("too-many", f"Use {MAX_TAGS} tags at the most.", "tags"))
    for where, text in [("tags", tag) for tag in draft.tags] + [
        (where, text) for where, (text, _) in limits.items()
    ]:
        if _UNREADABLE.search(text):
            words = "It holds characters that cannot be stored."
            found.append(Problem("bad-characters", words, where))
    return found


def _part_path(body: Mapping[str, Any], part: str) -> str:
    """Return the path of the fact that a gap or pair names."""
    for name, value in body.items():
        if isinstance(value, Mapping) and part in value:
            return f"{name}.{part}.fact"
        if isinstance(value, list | tuple) and any(
            isinstance(entry, Mapping) and entry.get("id") == part and "fact" in entry
            for entry in value
        ):
            return f"{name}.{part}.fact"
    return ""


def _line(text: str) -> str:
    return " ".join(_nfc(text).split())


def _nfc(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {_nfc(key): _nfc(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_nfc(entry) for entry in value]
    return value
