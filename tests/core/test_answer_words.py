"""Responses as text: what a person reads in a spreadsheet."""

import pytest

from quizapp.core.answer_words import readable
from quizapp.core.question import Question, Response
from quizapp.core.question_types import QUESTION_TYPES
from tests.core.samples import SAMPLES

OPTIONS = {"options": [{"id": "o1", "text": "white"}, {"id": "o2", "text": "red"}]}
PAIRS = {
    "lefts": [{"id": "l1", "text": "cell"}, {"id": "l2", "text": "organ"}],
    "rights": [{"id": "r1", "text": "small"}, {"id": "l1", "text": "large"}],
}
GAPS = {
    "gaps": {
        "1": {"kind": "typed"},
        "2": {"kind": "choice", "options": [{"id": "w1", "text": "of the gap"}]},
        "3": {"kind": "word"},
    },
    "words": [{"id": "w1", "text": "of the pool"}],
}


@pytest.mark.parametrize(
    ("body", "response", "text"),
    [
        (OPTIONS, {"option": "o2"}, "red"),
        (OPTIONS, {"option": "gone"}, "gone"),
        (OPTIONS, {"options": ["o2", "o1"]}, "red; white"),
        ({}, {"value": False}, "false"),
        (OPTIONS, {"text": "o1"}, "o1"),
        ({"items": OPTIONS["options"]}, {"order": ["o2", "o1"]}, "red; white"),
        (PAIRS, {"pairs": {"l1": "r1", "l2": "l1"}}, "cell: small; organ: large"),
        (GAPS, {"gaps": {"1": "w1", "2": "w1", "3": "w1"}},
         "1: w1; 2: of the gap; 3: of the pool"),
        ({}, {"rating": 3}, "3"),
        (OPTIONS, {}, ""),
    ],
)  # fmt: skip
def test_ids_become_texts(body: dict[str, object], response: Response, text: str) -> None:
    assert readable(Question("any", "", body), response) == text


@pytest.mark.parametrize("odd", [None, 3, "o1", ["o1"], {"option": {"id": "o1"}}])
def test_what_has_another_shape_does_no_harm(odd: object) -> None:
    for name in ("option", "options", "gaps", "pairs", "order", "value", "text"):
        assert isinstance(readable(Question("any", "", {"options": odd}), {name: odd}), str)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_the_key_of_each_type_can_be_read(name: str) -> None:
    question = SAMPLES[name]
    key = QUESTION_TYPES[question.type].key(question)
    if key is not None:
        assert readable(question, key)
