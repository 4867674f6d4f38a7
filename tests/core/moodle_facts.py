"""What Moodle's readers make of GIFT and Aiken, and what ours make, in one form to compare."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from quizapp.core.formats.model import QuestionIn
from quizapp.core.formats.parts.gift_numbers import ANY_NUMBER
from quizapp.core.formats.shared.moodle_text import to_markdown
from quizapp.core.markdown import render

TYPES = {
    "truefalse": "true_false",
    "shortanswer": "short_answer",
    "numerical": "numeric",
    "match": "matching",
    "essay": "essay",
    "description": "description",
}
BLANK = r"\_\_\_\_\_"


def expected(question: Mapping[str, Any]) -> dict[str, Any]:
    """Return one of Moodle's questions in our terms."""
    kind = TYPES.get(question["type"])
    if kind is None:
        kind = "multiple_choice" if question.get("single") else "multiple_response"
    facts: dict[str, Any] = {
        "type": kind,
        "stem": render(_markdown(question["stem"])),
        "key": question.get("idnumber"),
        "tags": question.get("tags", []),
        "feedback": _shown(question.get("general_feedback")),
    }
    if kind == "true_false":
        facts["answer"] = bool(question["correct"])
        facts["feedback_true"] = _shown(question.get("feedback_if_answered_true"))
        facts["feedback_false"] = _shown(question.get("feedback_if_answered_false"))
    if kind == "matching":
        facts["pairs"] = [
            (_shown(pair["prompt"]), render(to_markdown(pair["match"], "moodle").text))
            for pair in question["pairs"]
        ]
    if "answers" in question:
        facts["answers"] = [_expected_answer(kind, answer) for answer in question["answers"]]
    return facts


def _expected_answer(kind: str, answer: Mapping[str, Any]) -> tuple[Any, ...]:
    rest = (round(float(answer.get("fraction") or 0), 6), _shown(answer.get("feedback")))
    if kind == "numeric":
        any_number = answer["text"] == "*"
        value = None if any_number else round(float(answer["text"]), 9)
        return value, round(float(answer.get("tolerance") or 0), 9), *rest
    if kind == "short_answer":
        return " ".join(answer["text"].split()), *rest
    return render(_markdown(answer)), *rest


def _markdown(text: Mapping[str, Any]) -> str:
    return to_markdown(text["text"], text["format"]).text


def _shown(text: Mapping[str, Any] | None) -> str:
    return render(_markdown(text)) if text and text["text"] else ""


def ours(item: QuestionIn) -> dict[str, Any]:
    """Return one of our questions in the same form; a cloze of one gap as Moodle sees it."""
    kind, body, stem = item.type, item.body, item.stem
    if kind == "cloze":
        gap = body["gaps"]["1"]
        kind = "multiple_choice" if gap["kind"] == "choice" else "short_answer"
        body = {**gap, "feedback": body.get("feedback", "")}
        stem = stem.replace("[[1]]", BLANK)
    facts: dict[str, Any] = {
        "type": kind,
        "stem": render(stem),
        "key": item.key,
        "tags": list(item.tags),
        "feedback": render(body.get("feedback", "")),
    }
    if kind == "true_false":
        facts["answer"] = body["answer"]
        facts["feedback_true"] = render(body.get("feedback_true", ""))
        facts["feedback_false"] = render(body.get("feedback_false", ""))
    if kind == "matching":
        facts["pairs"] = _pairs(body)
    if "options" in body:
        facts["answers"] = [(render(one["text"]), *_rest(one, "0")) for one in body["options"]]
    if "answers" in body:
        facts["answers"] = [_answer(kind, one) for one in body["answers"]]
    return facts


def _pairs(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    rights = {right["id"]: render(right["text"]) for right in body["rights"]}
    pairs = [(render(left["text"]), rights[left["right"]]) for left in body["lefts"]]
    used = {left["right"] for left in body["lefts"]}
    return pairs + [("", text) for own, text in rights.items() if own not in used]


def _answer(kind: str, answer: Mapping[str, Any]) -> tuple[Any, ...]:
    rest = _rest(answer, "1")
    if kind != "numeric":
        return answer["text"], *rest
    if answer.get("min") == ANY_NUMBER:
        return None, 0.0, *rest
    if "min" in answer:
        least, most = Decimal(answer["min"]), Decimal(answer["max"])
        return float((least + most) / 2), float((most - least) / 2), *rest
    return float(answer["value"]), float(answer.get("tolerance", 0)), *rest


def _rest(entry: Mapping[str, Any], default: str) -> tuple[float, str]:
    return round(float(entry.get("fraction", default)), 6), render(entry.get("feedback", ""))
