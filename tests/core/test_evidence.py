"""Evidence: what quiz answers, flashcards and hints say of memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.scheduling.evidence import PRIOR_RECALL, Evidence, counts, evidence, p_knew

shares = st.floats(0, 1)


@pytest.mark.parametrize("rating", [1, 2, 3, 4])
def test_a_flashcard_says_what_its_learner_says(rating: int) -> None:
    assert evidence("learner", None, None, 0.9, rating=rating) == Evidence(rating, None)


@pytest.mark.parametrize("rating", [None, 0, 5])
def test_a_flashcard_without_a_rating_is_refused(rating: int | None) -> None:
    with pytest.raises(ValueError, match="rating"):
        evidence("learner", 1.0, None, 0.9, rating=rating)


def test_a_right_typed_answer_is_good_and_was_known() -> None:
    assert evidence("app", 1.0, 0.0, 0.9) == Evidence(3, None)
    assert evidence("app", 1.0, None, 0.9) == Evidence(3, None)


def test_a_right_choice_of_four_may_be_a_guess() -> None:
    found = evidence("app", 1.0, 0.25, 0.9)
    assert found is not None
    assert found.rating == 3
    assert found.p_knew == pytest.approx(0.9 / 0.925)


def test_a_fact_never_met_is_as_likely_known_as_not() -> None:
    found = evidence("app", 1.0, 0.25, None)
    assert PRIOR_RECALL == 0.5
    assert found is not None
    assert found.p_knew == pytest.approx(0.8)


def test_three_thirds_are_a_full_score() -> None:
    assert evidence("app", 3 * 0.3333333, None, 0.9) == Evidence(3, None)


@given(st.floats(0, 0.9999), shares, shares, st.booleans())
def test_partial_credit_is_never_a_pass(
    score: float, guess: float, recall: float, hinted: bool
) -> None:
    assert evidence("app", score, guess, recall, marks={"hint": hinted}) == Evidence(1, None)


def test_right_after_a_hint_is_hard() -> None:
    assert evidence("app", 1.0, None, 0.9, marks={"hint": True}) == Evidence(2, None)


def test_what_awaits_a_person_says_nothing_yet() -> None:
    assert evidence("person", None, None, 0.9) is None
    assert evidence("person", 1.0, None, 0.9) == Evidence(3, None)


def test_what_nobody_grades_says_nothing() -> None:
    assert evidence("nobody", 1.0, None, None) is None


@given(st.floats(0.01, 1), shares, shares)
def test_the_chance_that_it_was_known_grows_with_recall(
    guess: float, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    weaker, stronger = (evidence("app", 1.0, guess, recall) for recall in (low, high))
    assert weaker is not None
    assert stronger is not None
    assert weaker.p_knew is not None
    assert stronger.p_knew is not None
    assert low * 0.999 <= weaker.p_knew <= stronger.p_knew * 1.000001 <= 1.000001


@pytest.mark.parametrize(
    ("score", "guess", "recall"),
    [
        (1.1, 0.25, 0.9),
        (-0.1, 0.25, 0.9),
        (float("nan"), 0.25, 0.9),
        (1.0, 1.5, 0.9),
        (1.0, float("nan"), 0.9),
        (1.0, 0.25, 1.5),
        (1.0, 0.25, float("nan")),
    ],
)
def test_numbers_outside_their_range_are_refused(score: float, guess: float, recall: float) -> None:
    with pytest.raises(ValueError, match="0 to 1"):
        evidence("app", score, guess, recall)


def test_practice_and_later_tries_are_not_heard() -> None:
    assert counts("study")
    assert counts("quiz")
    assert not counts("practice")
    assert not counts("quiz", try_no=2)


def test_who_was_sure_is_likelier_to_have_known() -> None:
    unsure, plain, sure = (p_knew(0.5, 0.8, certainty) for certainty in (1, 2, 3))
    assert plain == p_knew(0.5, 0.8)
    assert (unsure, plain, sure) == (
        pytest.approx(0.8 / 3 / (0.8 / 3 + 0.1)),
        pytest.approx(0.8 / 0.9),
        pytest.approx(2.4 / 2.5),
    )
    found = evidence("app", 1.0, 0.5, 0.8, marks={"certainty": 1})
    assert found == Evidence(3, unsure)


@pytest.mark.parametrize("certainty", [1, 2, 3])
def test_certainty_changes_nothing_where_no_guess_could_hit_or_the_answer_was_wrong(
    certainty: int,
) -> None:
    marks = {"certainty": certainty}
    assert evidence("app", 1.0, None, 0.9, marks=marks) == Evidence(3, None)
    assert evidence("app", 0.0, 0.25, 0.9, marks=marks) == Evidence(1, None)


@given(st.floats(0.01, 1), shares, st.integers(1, 2))
def test_more_certainty_never_says_less(guess: float, recall: float, certainty: int) -> None:
    less, more = p_knew(guess, recall, certainty), p_knew(guess, recall, certainty + 1)
    assert less is not None
    assert more is not None
    assert less <= more


def test_what_its_learner_called_right_is_good_unless_a_guess_could_have_hit_it() -> None:
    said = {"said_right": True}
    assert evidence("app", 0.0, None, 0.9, marks=said) == Evidence(3, None)
    assert evidence("app", 0.5, 0.0, 0.9, marks={**said, "hint": True}) == Evidence(2, None)
    assert evidence("app", 0.0, 0.25, 0.9, marks=said) == Evidence(1, None)


@pytest.mark.parametrize("certainty", [0, 4, 2.5, "3"])
def test_a_certainty_outside_1_to_3_is_refused(certainty: object) -> None:
    with pytest.raises(ValueError, match="certainty"):
        p_knew(0.25, 0.9, certainty)  # type: ignore[arg-type]
