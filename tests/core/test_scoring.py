"""How options, pairs and places become a score, rule by rule."""

from random import Random
from typing import Any

import pytest

from quizapp.core.question import Question
from quizapp.core.question_types import QUESTION_TYPES


def question(type_name: str, **body: Any) -> Question:
    return Question(type_name, "Stem", body)


def options(*fractions: str) -> list[dict[str, Any]]:
    return [
        {"id": f"o{n}", "text": f"Option {n}", "fraction": fraction}
        for n, fraction in enumerate(fractions, 1)
    ]


def fraction_of(one: Question, response: Any) -> float | None:
    return QUESTION_TYPES[one.type].grade(one, response).fraction


def score_of(one: Question, response: Any) -> float | None:
    return QUESTION_TYPES[one.type].grade(one, response).score


def guess(one: Question) -> float | None:
    return QUESTION_TYPES[one.type].random_guess_score(one)


def codes(one: Question) -> list[str]:
    return [problem.code for problem in QUESTION_TYPES[one.type].problems(one)]


def test_a_chosen_option_is_worth_its_fraction_and_scores_no_less_than_nothing() -> None:
    one = question("multiple_choice", options=options("1", "0.5", "-0.25", "-1"))
    assert [fraction_of(one, {"option": f"o{n}"}) for n in (1, 2, 3, 4)] == [1, 0.5, -0.25, -1]
    assert [score_of(one, {"option": f"o{n}"}) for n in (1, 2, 3, 4)] == [1, 0.5, 0, 0]
    assert QUESTION_TYPES["multiple_choice"].grade(one, {"option": "o4"}).parts == {"o4": 0.0}
    assert guess(one) == pytest.approx(1.5 / 4)


@pytest.mark.parametrize(
    ("chosen", "fraction"),
    [
        (["o1", "o2"], 1.0),
        (["o1"], 0.5),
        (["o1", "o3"], 0.0),
        (["o1", "o2", "o3"], 0.5),
        (["o3", "o4"], -1.0),
        (["o3"], -0.5),
    ],
)
def test_right_minus_wrong_gives_and_takes_one_nth(chosen: list[str], fraction: float) -> None:
    one = question("multiple_response", options=options("1", "1", "0", "0"))
    assert fraction_of(one, {"options": chosen}) == fraction
    assert score_of(one, {"options": chosen}) == max(0.0, fraction)


def test_a_sum_of_shares_ends_at_nothing() -> None:
    one = question("multiple_response", options=options("0.5", "0.5", "-1"), scoring="sum_floor0")
    assert fraction_of(one, {"options": ["o1"]}) == 0.5
    assert fraction_of(one, {"options": ["o1", "o3"]}) == 0
    assert fraction_of(one, {"options": ["o1", "o2"]}) == 1


def test_right_options_without_a_share_get_equal_ones() -> None:
    one = question("multiple_response", options=options("1", "1", "0"), scoring="sum_floor0")
    assert fraction_of(one, {"options": ["o1"]}) == 0.5
    assert codes(one) == []


def test_three_thirds_count_as_one() -> None:
    thirds = options("0.3333333", "0.3333333", "0.3333333", "0")
    one = question("multiple_response", options=thirds, scoring="sum_floor0")
    assert fraction_of(one, {"options": ["o1", "o2", "o3"]}) == 1.0
    coarse = options("0.33333", "0.33333", "0.33333", "0")
    one = question("multiple_response", options=coarse, scoring="sum_floor0")
    assert fraction_of(one, {"options": ["o1", "o2", "o3"]}) == 1.0


def test_all_or_nothing_wants_exactly_the_right_ones() -> None:
    one = question("multiple_response", options=options("1", "1", "0"), scoring="all_or_nothing")
    assert score_of(one, {"options": ["o2", "o1"]}) == 1
    assert score_of(one, {"options": ["o1"]}) == 0
    assert score_of(one, {"options": ["o1", "o2", "o3"]}) == 0
    assert guess(one) == pytest.approx(1 / 7)


def test_a_blind_guess_of_several_options_is_the_mean_over_all_sets() -> None:
    one = question("multiple_response", options=options("1", "0"))
    assert guess(one) == pytest.approx(1 / 3)  # {1} scores 1, {2} and {1, 2} score 0


def test_nothing_chosen_is_right_where_nothing_is() -> None:
    one = question("multiple_response", options=options("0", "0"))
    assert QUESTION_TYPES["multiple_response"].parse(one, {}) == {"options": []}
    assert score_of(one, {"options": []}) == 1
    assert score_of(one, {"options": ["o1"]}) == 0
    assert codes(one) == ["no-right-option"]


def test_true_or_false_tells_what_belongs_to_the_answer_given() -> None:
    one = question("true_false", answer=False, feedback_true="No.", feedback_false=" ")
    grade = QUESTION_TYPES["true_false"].grade(one, {"value": True})
    assert (grade.score, list(grade.feedback)) == (0, ["feedback_true"])
    assert QUESTION_TYPES["true_false"].grade(one, {"value": "false"}).feedback == []


PAIRS = {
    "lefts": [
        {"id": "l1", "text": "A", "right": "r1", "feedback": "A goes with 1."},
        {"id": "l2", "text": "B", "right": "r2"},
        {"id": "l3", "text": "C", "right": "r2"},
    ],
    "rights": [{"id": "r1", "text": "1"}, {"id": "r2", "text": "2"}, {"id": "r3", "text": "3"}],
}


def test_matching_counts_pairs_and_a_match_may_serve_twice() -> None:
    one = question("matching", **PAIRS)
    grade = QUESTION_TYPES["matching"].grade(one, {"pairs": {"l2": "r2", "l3": "r2"}})
    assert grade.score == pytest.approx(2 / 3)
    assert grade.parts == {"l1": 0.0, "l2": 1.0, "l3": 1.0}
    assert grade.feedback == ["lefts.l1.feedback"]
    assert guess(one) == pytest.approx(1 / 3)
    whole = question("matching", **PAIRS, scoring="all_or_nothing")
    assert score_of(whole, {"pairs": {"l2": "r2", "l3": "r2"}}) == 0
    assert score_of(whole, {"pairs": {"l1": "r1", "l2": "r2", "l3": "r2"}}) == 1


@pytest.mark.parametrize(
    ("scoring", "order", "score"),
    [
        ("adjacent_order", "1234", 1),
        ("adjacent_order", "4123", 2 / 3),
        ("adjacent_order", "2143", 0),
        ("exact_order", "4123", 0),
        ("exact_order", "1243", 0.5),
        ("all_or_nothing", "1243", 0),
        ("all_or_nothing", "1234", 1),
    ],
)
def test_an_order_scores_by_its_rule(scoring: str, order: str, score: float) -> None:
    items = [{"id": f"i{n}", "text": f"Step {n}"} for n in range(1, 5)]
    one = question("ordering", items=items, scoring=scoring)
    assert score_of(one, {"order": [f"i{n}" for n in order]}) == pytest.approx(score)
    assert guess(one) == (1 / 24 if scoring == "all_or_nothing" else 1 / 4)


def test_two_items_are_never_shown_in_the_right_order() -> None:
    one = question("ordering", items=[{"id": "i1", "text": "A"}, {"id": "i2", "text": "B"}])
    for seed in range(20):
        shown = QUESTION_TYPES["ordering"].shown(one, Random(seed))
        assert shown == {"items": ["i2", "i1"]}


def test_options_keep_their_order_where_it_matters_and_matches_never_do() -> None:
    one = question("multiple_choice", options=options("1", "0", "0", "0"), shuffle=False)
    shown = [QUESTION_TYPES["multiple_choice"].shown(one, Random(seed)) for seed in range(9)]
    assert all(order == {"options": ["o1", "o2", "o3", "o4"]} for order in shown)
    two = question("matching", **PAIRS, shuffle=False)
    orders = [QUESTION_TYPES["matching"].shown(two, Random(seed)) for seed in range(20)]
    assert {tuple(order["lefts"]) for order in orders} == {("l1", "l2", "l3")}
    assert len({tuple(order["rights"]) for order in orders}) > 1


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (question("multiple_choice"), {"missing", "no-options", "no-right-option"}),
        (question("multiple_choice", options=options("0.5", "0")), {"no-right-option"}),
        (question("multiple_choice", options=options("1", "1")), {"several-right-options"}),
        (question("multiple_choice", options=options("1", "-2")), {"fraction-range"}),
        (question("multiple_choice", options=options("1", "half")), {"not-a-number"}),
        (question("multiple_choice", options=options("1")), {"one-option"}),
        (
            question("multiple_choice", options=[*options("1"), *options("0")]),
            {"duplicate-id", "one-option"},
        ),
        (
            question(
                "multiple_choice",
                options=[
                    {"id": "o1", "text": "A", "fraction": 1},
                    {"id": "o.2", "text": "A"},
                ],
            ),
            {"bad-id", "equal-texts"},
        ),
        (
            question("multiple_response", options=options("1", "0"), scoring="best"),
            {"unknown-scoring"},
        ),
        (
            question("multiple_response", options=options("0.5", "0.25"), scoring="sum_floor0"),
            {"shares-below-one"},
        ),
        (question("true_false"), {"missing"}),
        (question("true_false", answer="true"), {"not-a-bool"}),
        (question("ordering", items=[{"id": "i1", "text": "A"}]), {"too-few-items"}),
        (question("flashcard", back=" "), {"missing"}),
        (question("essay", min_words=9, max_words=3), {"words-range"}),
        (question("description", hints="None"), {"not-a-list"}),
        (question("opaque"), {"missing"}),
        (
            question("matching", **PAIRS | {"rights": [{"id": "r1", "text": "1"}]}),
            {"too-few-rights", "unknown-right"},
        ),
    ],
)
def test_what_is_wrong_has_a_stable_code(one: Question, expected: set[str]) -> None:

    assert set(codes(one)) == expected
