"""Question pools of Blackboard's older kind (POOL), each question as one of the bank."""

from collections.abc import Callable, Iterator
from typing import Any

from quizapp.core.formats.model import QuestionIn, RawBlock
from quizapp.core.formats.parts.qti12_conditions import UnsupportedError
from quizapp.core.formats.parts.qti12_feedback import LOST, joined
from quizapp.core.formats.parts.qti12_item import FindMedia
from quizapp.core.formats.parts.qti12_typed import literal
from quizapp.core.formats.shared import html, plain
from quizapp.core.formats.shared.kept import kept
from quizapp.core.formats.shared.xml import Element, child, children, local, source_of, text_of

NAME = "qti12"
PREFIX = "QUESTION_"

Body = dict[str, Any]
Entry = dict[str, Any]


def questions(
    root: Element, start: int, find_media: FindMedia, path: str | None, category: str
) -> Iterator[QuestionIn]:
    """Yield the questions of a pool, numbered from `start`."""
    blocks = [one for one in root if local(one).startswith(PREFIX)]
    for position, element in enumerate(
        (one for one in blocks if local(one) != "QUESTIONLIST"), start
    ):
        pooled = _Pooled(element, find_media)
        key, line = element.get("id") or None, element.sourceline
        try:
            kind, body = pooled.read()
        except UnsupportedError as error:
            yield kept(
                position,
                NAME,
                source_of(element),
                str(error),
                stem=pooled.stem(),
                key=key,
                line=line,
                path=path,
                category=category or None,
            )
            continue
        stem = pooled.stem()
        yield QuestionIn(
            position=position,
            type=kind,
            stem=stem,
            body=body,
            key=key,
            line=line,
            path=path,
            category=category or None,
            raw=RawBlock(NAME, source_of(element), pooled.lossy) if pooled.lossy else None,
            warnings=list(dict.fromkeys(pooled.told)),
        )


def title_of(root: Element) -> str:
    """Return what a pool is called."""
    title = child(root, "TITLE")
    return "" if title is None else (title.get("value") or text_of(title)).strip()


class _Pooled:
    def __init__(self, element: Element, find_media: FindMedia) -> None:
        self.element = element
        self.find_media = find_media
        self.told: list[str] = []
        self.lossy: list[str] = []
        graded = child(element, "GRADABLE")
        answers = children(graded, "CORRECTANSWER") if graded is not None else []
        self.right = [(one.get("answer_id") or "", one.get("choice_id") or "") for one in answers]
        self.correct = self._plain_or_html(child(graded, "FEEDBACK_WHEN_CORRECT"))
        self.incorrect = self._plain_or_html(child(graded, "FEEDBACK_WHEN_INCORRECT"))

    def read(self) -> tuple[str, Body]:
        kind = local(self.element).removeprefix(PREFIX)
        reader = _READERS.get(kind)
        if reader is None:
            raise UnsupportedError(f"Questions of this kind cannot be asked here ({kind[:40]}).")
        return reader(self)

    def stem(self) -> str:
        return self._plain_or_html(child(child(self.element, "BODY"), "TEXT"))

    def options(self) -> list[Entry]:
        rights = {answer for answer, _ in self.right}
        found = []
        for one in self.listed("ANSWER"):
            is_right = one.get("id") in rights
            entry: Entry = {"text": self.text(one)}
            if is_right:
                entry["fraction"] = "1"
            found.append(entry)
        return found

    def listed(self, name: str) -> list[Element]:
        return children(self.element, name)

    def text(self, one: Element) -> str:
        return self._plain_or_html(child(one, "TEXT"))

    def lose(self, role: str) -> None:
        words = LOST.format(role)
        self.told.append(words)
        self.lossy.append(words)

    def lose_both(self) -> None:
        if self.correct:
            self.lose("right")
        if self.incorrect:
            self.lose("wrong")

    def _plain_or_html(self, holder: Element | None) -> str:
        if holder is None:
            return ""
        flags = child(child(self.element, "BODY"), "FLAGS")
        marked = child(flags, "ISHTML")
        literal_lines = child(flags, "ISNEWLINELITERAL")
        source = text_of(holder).strip()
        if marked is not None and (marked.get("value") or "").lower() == "false":
            return plain.to_markdown(source)
        if literal_lines is not None and (literal_lines.get("value") or "").lower() == "true":
            source = source.replace("\n", "<br>")
        if not source:
            return ""
        converted = html.to_markdown(source, self.find_media)
        self.told += converted.told
        return converted.text


def _multiple_choice(pooled: _Pooled) -> tuple[str, Body]:
    options = pooled.options()
    for entry in options:
        text = pooled.correct if "fraction" in entry else pooled.incorrect
        if text:
            entry["feedback"] = text
    return "multiple_choice", {"options": options}


def _true_false(pooled: _Pooled) -> tuple[str, Body]:
    _, body = _multiple_choice(pooled)
    found: Body = {}
    for entry in body["options"]:
        word = entry["text"].strip().lower()
        if word not in ("true", "false"):
            return "multiple_choice", body
        if "fraction" in entry:
            found["answer"] = word == "true"
        if "feedback" in entry:
            found[f"feedback_{word}"] = entry["feedback"]
    return ("true_false", found) if "answer" in found else ("multiple_choice", body)


def _multiple_answer(pooled: _Pooled) -> tuple[str, Body]:
    pooled.lose_both()
    return "multiple_response", {"options": pooled.options(), "scoring": "all_or_nothing"}


def _matching(pooled: _Pooled) -> tuple[str, Body]:
    pooled.lose_both()
    ids = {one.get("id") or "": f"r{n}" for n, one in enumerate(pooled.listed("CHOICE"), 1)}
    matches = {answer: ids[choice] for answer, choice in pooled.right if choice in ids}
    lefts = [
        {"text": pooled.text(one), "right": matches[one.get("id")]}
        for one in pooled.listed("ANSWER")
        if one.get("id") in matches
    ]
    if len(lefts) < len(pooled.listed("ANSWER")):
        raise UnsupportedError("Some of what is to be matched has no match.")
    rights = [
        {"id": ids[one.get("id") or ""], "text": pooled.text(one)}
        for one in pooled.listed("CHOICE")
    ]
    return "matching", {"lefts": lefts, "rights": rights}


def _ordering(pooled: _Pooled) -> tuple[str, Body]:
    listed = {one.get("id") or "": one for one in pooled.listed("ANSWER")}
    graded = child(pooled.element, "GRADABLE")
    places = {
        one.get("answer_id") or "": one.get("order") or ""
        for one in (children(graded, "CORRECTANSWER") if graded is not None else [])
    }
    if set(places) != set(listed) or not all(
        place.isascii() and place.isdigit() and len(place) < 5 for place in places.values()
    ):
        raise UnsupportedError("It does not say which order is right.")
    order = sorted(listed, key=lambda ident: int(places[ident]))
    body: Body = {"items": [{"text": pooled.text(listed[ident])} for ident in order]}
    if pooled.correct:
        pooled.lose("right")
    if pooled.incorrect:
        body["feedback_wrong"] = pooled.incorrect
    return "ordering", body


def _essay(pooled: _Pooled) -> tuple[str, Body]:
    notes = joined(*(pooled.text(one) for one in pooled.listed("ANSWER")))
    feedback = joined(pooled.correct, pooled.incorrect)
    body = {"rubric": notes} if notes else {}
    return "essay", body | ({"feedback": feedback} if feedback else {})


def _blank(pooled: _Pooled) -> tuple[str, Body]:
    answers: list[Entry] = []
    for one in pooled.listed("ANSWER"):
        if text := plain.from_markdown(pooled.text(one))[0]:
            answers.append({"text": literal(text)})
    if pooled.correct:
        answers = [entry | {"feedback": pooled.correct} for entry in answers]
    if pooled.incorrect:
        answers.append({"text": "*", "fraction": "0", "feedback": pooled.incorrect})
    return "short_answer", {"answers": answers}


_READERS: dict[str, Callable[[_Pooled], tuple[str, Body]]] = {
    "TRUEFALSE": _true_false,
    "MULTIPLECHOICE": _multiple_choice,
    "MULTIPLEANSWER": _multiple_answer,
    "MATCH": _matching,
    "ORDER": _ordering,
    "ESSAY": _essay,
    "FILLINBLANK": _blank,
    "SHORTRESPONSE": _essay,
}
