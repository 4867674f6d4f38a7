"""Which responses are read, and with which code the others are refused."""

from typing import Any

import pytest

from quizapp.core.question import BadResponse
from quizapp.core.question_types import QUESTION_TYPES
from tests.core.samples import SAMPLES


def test_a_plain_form_can_answer() -> None:
    ordering, order = QUESTION_TYPES["ordering"], {"i1": "4", "i2": 1, "i3": "2", "i4": "3"}
    response = ordering.parse(SAMPLES["ordering"], {"order": order})
    assert response == {"order": ["i2", "i3", "i4", "i1"]}
    value = QUESTION_TYPES["true_false"].parse(SAMPLES["true_false"], {"value": "false"})
    assert value == {"value": False}
    assert QUESTION_TYPES["flashcard"].parse(SAMPLES["flashcard"], {"rating": "3"}) == {"rating": 3}
    pairs = {"l1": "", "l2": "r1"}
    matched = QUESTION_TYPES["matching"].parse(SAMPLES["matching"], {"pairs": pairs})
    assert matched == {"pairs": {"l2": "r1"}}


@pytest.mark.parametrize(
    ("name", "raw", "code"),
    [
        ("multiple_choice", {"option": ""}, "no-answer"),
        ("multiple_choice", {"option": "o9"}, "unknown-option"),
        ("multiple_choice", ["o1"], "wrong-shape"),
        ("multiple_response", {"options": []}, "no-answer"),
        ("multiple_response", {"options": ["o1", "o1"]}, "duplicate"),
        ("multiple_response", {"options": "o1"}, "wrong-shape"),
        ("true_false", {"value": 1}, "wrong-shape"),
        ("short_answer", {"text": " \u200b "}, "no-answer"),
        ("short_answer", {"text": "x" * 1001}, "too-long"),
        ("short_answer", {"text": "a\0"}, "bad-characters"),
        ("essay", {"text": "\ud800"}, "bad-characters"),
        ("essay", {"text": "x" * 20_001}, "too-long"),
        ("cloze", {"gaps": {"1": " ", "2": None}}, "no-answer"),
        ("cloze", {"gaps": {"7": "x"}}, "unknown-part"),
        ("matching", {"pairs": {"l1": "r9"}}, "unknown-option"),
        ("ordering", {"order": ["i1", "i2"]}, "not-a-permutation"),
        ("ordering", {"order": {"i1": 1, "i2": 1, "i3": 2, "i4": 3}}, "not-a-permutation"),
        ("ordering", {"order": {"i1": "", "i2": ""}}, "no-answer"),
        ("flashcard", {"rating": 5}, "bad-rating"),
        ("flashcard", {"rating": True}, "bad-rating"),
        ("description", {}, "not-askable"),
        ("opaque", {"text": "x"}, "not-askable"),
    ],
)
def test_a_bad_response_has_a_stable_code(name: str, raw: Any, code: str) -> None:
    with pytest.raises(BadResponse) as caught:
        QUESTION_TYPES[name].parse(SAMPLES[name], raw)
    assert caught.value.code == code


def test_an_essay_waits_for_a_person_and_a_flashcard_for_none() -> None:
    essay = QUESTION_TYPES["essay"].grade(SAMPLES["essay"], {"text": "Because."})
    assert (essay.score, essay.fraction) == (None, None)
    card = [QUESTION_TYPES["flashcard"].grade(SAMPLES["flashcard"], {"rating": n}) for n in (1, 2)]
    assert [one.score for one in card] == [0.0, 1.0]
