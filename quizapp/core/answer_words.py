"""A response as text that a person can read: texts in place of ids."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from quizapp.core.fields import by_id, text_of
from quizapp.core.question import LIST, MAP, Body, Question, Response

BETWEEN = "; "


def readable(question: Question, response: Response) -> str:
    """Return what was answered, "" where nothing was; an id that is gone stands for itself.

    It goes by the shapes that responses have, so that types which share a shape need no code here.
    """
    body = question.body
    for name, value in response.items():
        say = _WAYS.get(name)
        if say is not None and (text := say(body, value)):
            return text
    return ""


def _said(_body: Body, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _chosen(body: Body, value: Any) -> str:
    return _texts(body, "options", value if isinstance(value, LIST) else [value])


def _ordered(body: Body, value: Any) -> str:
    return _texts(body, "items", value)


def _texts(body: Body, name: str, ids: Any) -> str:
    known = by_id(body, name)
    listed = ids if isinstance(ids, LIST) else ()
    return BETWEEN.join(_text(known, each) for each in listed if each not in (None, ""))


def _text(known: Mapping[str, Mapping[str, Any]], id_: Any) -> str:
    return text_of(known.get(str(id_), {}), "text") or str(id_)


def _gaps(body: Body, given: Any) -> str:
    gaps = body.get("gaps")
    words = by_id(body, "words")

    def said(number: str, value: Any) -> str:
        gap = gaps.get(number) if isinstance(gaps, MAP) else None
        kind = text_of(gap, "kind") if isinstance(gap, MAP) else ""
        if kind == "typed":
            return str(value)
        return _text(by_id(gap, "options") if kind == "choice" else words, value)

    return _numbered((number, said(str(number), value)) for number, value in _entries(given))


def _pairs(body: Body, given: Any) -> str:
    lefts, rights = by_id(body, "lefts"), by_id(body, "rights")
    return _numbered((_text(lefts, left), _text(rights, right)) for left, right in _entries(given))


def _entries(given: Any) -> Iterable[tuple[Any, Any]]:
    return given.items() if isinstance(given, MAP) else ()


def _numbered(entries: Iterable[tuple[Any, str]]) -> str:
    return BETWEEN.join(f"{name}: {text}" for name, text in entries if text)


_WAYS: Mapping[str, Callable[[Body, Any], str]] = {
    "option": _chosen,
    "options": _chosen,
    "value": _said,
    "text": _said,
    "gaps": _gaps,
    "pairs": _pairs,
    "order": _ordered,
    "rating": _said,
}
