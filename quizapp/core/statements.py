"""A question and its answer as one plain statement: the fact of a question that names none."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from quizapp.core.markdown import to_plain
from quizapp.core.question import LIST, MAP, Question
from quizapp.core.question_types import QUESTION_TYPES

MAX_STATEMENT = 2_000


def statement_of(question: Question) -> str:
    """Return stem and right answer in plain words, gaps filled; never empty, bounded in length."""
    stem = to_plain(question.stem)
    answers = []
    for part, words in _answers(question):
        gap = f"[[{part}]]"
        if part and gap in stem:
            stem = stem.replace(gap, words)
        else:
            answers.append(f"{_part_name(question, part)}: {words}" if part else words)
    told = " ".join(text for text in (stem, "; ".join(filter(None, answers))) if text)
    return told[:MAX_STATEMENT] or question.type


def key_words(question: Question) -> str:
    """Return the right answer in plain words, "" where there is none: for a key on paper."""
    return "; ".join(
        f"{_part_name(question, part)}: {words}" if part else words
        for part, words in _answers(question)
        if words
    )


def _answers(question: Question) -> Iterator[tuple[str, str]]:
    """Yield (gap or pair, words) of the right answer; "" for the answer to the whole question."""
    key = QUESTION_TYPES[question.type].key(question) or {"back": question.body.get("back", "")}
    names = _names(question.body)
    for value in key.values():
        if isinstance(value, MAP):
            yield from ((str(part), _words(answer, names)) for part, answer in value.items())
        else:
            yield "", _words(value, names)


def _part_name(question: Question, part: str) -> str:
    name = _names(question.body).get(part)
    return part if name is None else to_plain(name)


def _words(value: Any, names: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return "True." if value else "False."
    if isinstance(value, list | tuple):
        return "; ".join(_words(one, names) for one in value)
    return to_plain(names.get(str(value), "")) or to_plain(str(value))


def _names(body: Any) -> dict[str, str]:
    """Return id and Markdown of all entries of a body that have both."""
    names: dict[str, str] = {}
    _gather(body, names)
    return names


def _gather(value: Any, names: dict[str, str]) -> None:
    if isinstance(value, LIST):
        inside: Iterable[Any] = value
    elif isinstance(value, MAP):
        own, text = value.get("id"), value.get("text")
        if isinstance(own, str) and isinstance(text, str):
            names[own] = text
        inside = value.values()
    else:
        return
    for entry in inside:
        if not isinstance(entry, str):
            _gather(entry, names)
