"""A question and its answer as one plain statement: the fact of a question that names none."""

from collections.abc import Iterator, Mapping
from typing import Any

from quizapp.core.markdown import to_plain
from quizapp.core.question import Question
from quizapp.core.question_types import QUESTION_TYPES

MAX_STATEMENT = 2_000


def statement_of(question: Question) -> str:
    """Return stem and right answer in plain words, gaps filled; never empty, bounded in length."""
    stem = to_plain(question.stem)
    key = QUESTION_TYPES[question.type].key(question) or {"back": question.body.get("back", "")}
    names = dict(_names(question.body))
    answers = []
    for value in key.values():
        if not isinstance(value, Mapping):
            answers.append(_words(value, names))
            continue
        for part, answer in value.items():
            gap, words = f"[[{part}]]", _words(answer, names)
            if gap in stem:
                stem = stem.replace(gap, words)
            else:
                answers.append(f"{names.get(part, part)}: {words}")
    told = " ".join(text for text in (stem, "; ".join(filter(None, answers))) if text)
    return told[:MAX_STATEMENT] or question.type


def _words(value: Any, names: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return "True." if value else "False."
    if isinstance(value, list | tuple):
        return "; ".join(_words(one, names) for one in value)
    return names.get(str(value)) or to_plain(str(value))


def _names(value: Any) -> Iterator[tuple[str, str]]:
    """Yield (id, plain text) of all entries of a body that have both."""
    if isinstance(value, Mapping):
        if isinstance(value.get("id"), str) and isinstance(value.get("text"), str):
            yield value["id"], to_plain(value["text"])
        for entry in value.values():
            yield from _names(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from _names(entry)
