"""How the gaps of a cloze are read, judged and shown."""

from random import Random
from typing import Any

import pytest

from quizapp.core.question import Question
from quizapp.core.question_types import cloze


def typed(*texts: str, **more: Any) -> dict[str, Any]:
    answers = [{"id": f"a{n}", "text": text} for n, text in enumerate(texts, 1)]
    return {"kind": "typed", "answers": answers, **more}


def choice(**more: Any) -> dict[str, Any]:
    options = [
        {"id": "o1", "text": "up", "fraction": "1"},
        {"id": "o2", "text": "down", "fraction": "-0.5", "feedback": "The other way."},
        {"id": "o3", "text": "level", "fraction": "0.25"},
        {"id": "o4", "text": "away"},
    ]
    return {"kind": "choice", "options": options, **more}


def question(stem: str, gaps: dict[str, Any], **body: Any) -> Question:
    return Question("cloze", stem, {"gaps": gaps, **body})


def codes(one: Question) -> list[str]:
    return [problem.code for problem in cloze.problems(one)]


WORDS = [
    {"id": "w1", "text": "red"},
    {"id": "w2", "text": "green"},
    {"id": "w3", "text": "red"},
    {"id": "w4", "text": "blue"},
]


def test_gaps_count_by_their_weight_and_empty_ones_for_nothing() -> None:
    gaps = {"1": typed("thymus", weight="3"), "2": choice(feedback="See above.")}
    one = question("[[1]] and [[2]]", gaps)
    grade = cloze.grade(one, {"gaps": {"1": "Thymus"}})
    assert (grade.score, grade.parts) == (0.75, {"1": 1.0, "2": 0.0})
    assert grade.feedback == ["gaps.2.feedback"]
    minus = cloze.grade(one, {"gaps": {"2": "o2"}})
    assert (minus.fraction, minus.score, minus.parts["2"]) == (-0.125, 0.0, 0.0)
    assert minus.feedback == ["gaps.2.options.o2.feedback", "gaps.2.feedback"]


def test_all_or_nothing_wants_every_gap() -> None:
    gaps = {"1": typed("thymus"), "2": choice()}
    one = question("[[1]] and [[2]]", gaps, scoring="all_or_nothing")
    assert cloze.grade(one, {"gaps": {"1": "thymus", "2": "o3"}}).score == 0
    assert cloze.grade(one, {"gaps": {"1": "thymus", "2": "o1"}}).score == 1


def test_a_word_is_right_by_its_text() -> None:
    one = question("[[1]] [[2]]", {n: {"kind": "word", "word": "w1"} for n in "12"}, words=WORDS)
    assert cloze.grade(one, {"gaps": {"1": "w3", "2": "w1"}}).score == 1
    assert cloze.grade(one, {"gaps": {"1": "w2"}}).score == 0
    assert cloze.random_guess_score(one) == pytest.approx(0.5)
    assert codes(one) == []


def test_a_slip_that_leads_to_another_gap_is_no_slip() -> None:
    gaps = {"1": typed("afferent", typos=1), "2": typed("efferent", typos=1)}
    one = question("[[1]] and [[2]]", gaps)
    swapped = {"gaps": {"1": "efferent", "2": "afferent"}}
    assert cloze.grade(one, swapped).score == 0
    assert cloze.classify(one, swapped) == ["1.other", "2.other"]
    assert cloze.grade(one, {"gaps": {"1": "aferent", "2": "efferemt"}}).score == 1


def test_a_slip_that_leads_to_an_offered_word_is_no_slip() -> None:
    gaps = {"1": typed("greed", typos=1), "2": {"kind": "word", "word": "w1"}}
    one = question("[[1]] [[2]]", gaps, words=WORDS)
    assert cloze.grade(one, {"gaps": {"1": "green"}}).score == 0


def test_a_blind_guess_is_made_gap_by_gap() -> None:
    gaps = {"1": typed("thymus"), "2": choice()}
    assert cloze.random_guess_score(question("[[2]]", gaps)) == pytest.approx(1.25 / 4)
    assert cloze.random_guess_score(question("[[1]]", gaps)) == 0
    both = question("[[1]] [[2]]", gaps)
    assert cloze.random_guess_score(both) == pytest.approx((0.5 + 0.125) / 4)
    whole = question("[[2]] [[3]]", {"2": choice(), "3": choice()}, scoring="all_or_nothing")
    assert cloze.random_guess_score(whole) == pytest.approx(1 / 16)


def test_gaps_are_shown_as_they_appear_and_choices_at_random() -> None:
    gaps = {"1": typed("x"), "2": choice(), "3": choice(shuffle=False)}
    one = question("[[3]] then [[1]] then [[2]]", gaps, words=WORDS)
    shown = [cloze.shown(one, Random(seed)) for seed in range(30)]
    assert all(order["gaps"] == ["3", "1", "2"] for order in shown)
    assert all(order["options"]["3"] == ["o1", "o2", "o3", "o4"] for order in shown)
    assert len({tuple(order["options"]["2"]) for order in shown}) > 5
    assert len({tuple(order["words"]) for order in shown}) > 5


def test_the_key_fills_every_gap() -> None:
    gaps = {"1": typed("*x"), "2": choice(), "3": {"kind": "word", "word": "w4"}}
    one = question("[[1]] [[2]] [[3]]", gaps, words=WORDS)
    assert cloze.key(one) == {"gaps": {"1": "x", "2": "o1", "3": "w4"}}


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (question("[[1]] [[2]]", {"1": typed("x")}), ["gap-without-entry"]),
        (question("[[1]]", {"1": typed("x"), "2": typed("y")}), ["entry-without-gap"]),
        (question("[[1]] [[1]]", {"1": typed("x")}), ["gap-twice"]),
        (question("![a [[1]]](media/a.png)", {"1": typed("x")}), ["gap-hidden"]),
        (question("$x^2 = [[1]]$ and `[[2]]`", {"1": typed("x"), "2": typed("y")}), []),
        (question("[[1]]", {"1": {}}), ["missing"]),
        (question("[[1]]", {"1": {"kind": "numeric"}}), ["unknown-kind"]),
        (question("[[1]]", {"1": {"kind": "typed"}}), ["no-answers"]),
        (question("[[1]]", {"1": {"kind": "choice"}}), ["no-options", "no-right-option"]),
        (question("[[1]]", {"1": {"kind": "word", "word": "w9"}}, words=WORDS), ["unknown-word"]),
        (question("[[1]]", {"1": typed("x", weight="0")}), ["weight-range"]),
        (question("[[1]]", {"1": typed("x")}, scoring="per_pair"), ["unknown-scoring"]),
        (question("No gap.", {}), ["no-gaps"]),
    ],
)
def test_what_is_wrong_has_a_stable_code(one: Question, expected: list[str]) -> None:
    assert codes(one) == expected
