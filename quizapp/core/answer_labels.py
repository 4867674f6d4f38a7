"""The labels of `classify` in words, and what each is worth."""

from collections.abc import Iterable, Mapping
from typing import Any

from quizapp.core.fields import by_id, text_of
from quizapp.core.gaps import gap_of
from quizapp.core.markdown import to_plain
from quizapp.core.options import is_full, share_of
from quizapp.core.question import MAP, Question, Response
from quizapp.core.question_types import QUESTION_TYPES

OTHER = "other"
TYPED = "="  # begins the label of a text that is none of the accepted answers
LONGEST = 120  # characters of a text that stands in a label
_LISTS = {
    "multiple_choice": "options",
    "multiple_response": "options",
    "short_answer": "answers",
    "numeric": "answers",
}
_PARTS = frozenset({"cloze", "matching", "ordering"})


def has_parts(question: Question) -> bool:
    """Say whether a response has several labels, one for each gap, pair or place."""
    return question.type in _PARTS


def listed(question: Question) -> tuple[str, ...]:
    """Return the labels that the question names: options, accepted answers, true and false."""
    if question.type == "true_false":
        return ("true", "false")
    return tuple(by_id(question.body, _LISTS.get(question.type, "")))


def offered(question: Question) -> tuple[str, ...]:
    """Return those of them that a learner could see and choose."""
    return listed(question) if _LISTS.get(question.type) != "answers" else ()


def worths(question: Question) -> dict[str, float]:
    """Return what the labels are worth, -1..1; of questions with parts 1 for what the key has."""
    default = "1" if _LISTS.get(question.type) == "answers" else "0"
    named = by_id(question.body, _LISTS.get(question.type, ""))
    if named:
        shares = {label: share_of(entry, default) for label, entry in named.items()}
        if question.type == "multiple_response":
            return {label: float(share > 0) for label, share in shares.items()}
        return {label: 1.0 if is_full(share) else float(share) for label, share in shares.items()}
    return dict.fromkeys(_key_labels(question), 1.0)


def _key_labels(question: Question) -> Iterable[str]:
    kind = QUESTION_TYPES[question.type]
    key = kind.key(question)
    return kind.classify(question, key) if key is not None else ()


def labels(question: Question, response: Response) -> tuple[str, ...]:
    """Return what was chosen, each once; of typed answers not accepted the text itself."""
    found = QUESTION_TYPES[question.type].classify(question, response)
    return tuple(dict.fromkeys(_with_text(label, response) for label in found))


def _with_text(label: str, response: Response) -> str:
    if label == OTHER and isinstance(response.get("text"), str):
        return TYPED + _short(response["text"])
    gap, _, rest = label.partition(".")
    gaps = response.get("gaps")
    if rest == OTHER and isinstance(gaps, MAP) and isinstance(gaps.get(gap), str):
        return f"{gap}.{TYPED}{_short(gaps[gap])}"
    return label


def _short(text: str) -> str:
    return " ".join(text.split()).casefold()[:LONGEST]


def name(question: Question, label: str) -> str:
    """Return a label in plain words; "" for those that need words of the reader's language.

    These are `other`, no answer, and `true` and `false`.
    """
    if label.startswith(TYPED):
        return label.removeprefix(TYPED)
    if question.type in _LISTS:
        return _text(by_id(question.body, _LISTS[question.type]).get(label))
    if has_parts(question) and "." in label:
        return _part(question, *label.split(".", 1))
    return ""


def _part(question: Question, part: str, label: str) -> str:
    if question.type == "matching":
        left, right = by_id(question.body, "lefts").get(part), by_id(question.body, "rights")
        return f"{_text(left)}: {_text(right.get(label))}"
    if question.type == "ordering":
        return f"{label}. {_text(by_id(question.body, 'items').get(part))}"
    if label.startswith(TYPED):
        return f"[{part}] {label.removeprefix(TYPED)}"
    gap = gap_of(question.body, part)
    known = {**by_id(question.body, "words"), **by_id(gap, "options"), **by_id(gap, "answers")}
    return f"[{part}] {_text(known.get(label)) or label}"


def _text(entry: Mapping[str, Any] | None) -> str:
    """Return the text of an entry; of a numeric answer its number or range."""
    if entry is None:
        return ""
    if text := text_of(entry, "text"):
        return to_plain(text).strip()[:LONGEST]
    bounds = [entry[each] for each in ("value", "min", "max") if entry.get(each) not in (None, "")]
    return " - ".join(str(each) for each in bounds)
