"""What somebody has answered, in one plain line: the words of the options, not their ids."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from quizapp.services.content.questions import Asked

LONGEST = 300
_TAG, _SPACE = re.compile(r"<[^>]*>"), re.compile(r"\s+")


def said(asked: Asked, payload: Mapping[str, Any]) -> str:
    """Return an answer to this version as a person would read it, cut where it is long.

    "" where it says nothing: "I don't know", or the rating of a flashcard.
    """
    answer = {name: value for name, value in payload.items() if name != "rating"}
    words = {**dict(_texts(asked.question.body)), **dict(_rendered(asked.html))}
    text = "; ".join(part for part in (_line(value, words) for value in answer.values()) if part)
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …"


def option(asked: Asked, option_id: str) -> str:
    """Return the words of an option."""
    return dict(_rendered(asked.html)).get(option_id) or dict(_texts(asked.question.body)).get(
        option_id, option_id
    )


def _line(value: Any, words: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        parts = ((words.get(name, name), _line(part, words)) for name, part in value.items())
        return "; ".join(f"{name}: {part}" for name, part in parts if part)
    if isinstance(value, list | tuple):
        return "; ".join(_line(part, words) for part in value)
    return words.get(str(value), _in_line(str(value))) if value is not None else ""


def _rendered(html: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the id and the plain text of what is rendered: "options.o1.text" is that of o1."""
    for path, text in html.items():
        names = path.split(".")
        if len(names) > 2 and names[-1] == "text" and (plain := _plain(text)):
            yield names[-2], plain


def _texts(body: Any) -> Iterator[tuple[str, str]]:
    """Yield the ids and texts that stand anywhere in a body."""
    if isinstance(body, Mapping):
        if isinstance(body.get("id"), str) and isinstance(body.get("text"), str):
            yield body["id"], body["text"]
        body = list(body.values())
    if isinstance(body, list | tuple):
        for part in body:
            yield from _texts(part)


def _plain(html: str) -> str:
    return _in_line(unescape(_TAG.sub("", html)))


def _in_line(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
