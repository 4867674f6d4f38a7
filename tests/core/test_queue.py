"""What is asked next: due and new mixed, neighbours apart, forms in turn."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.scheduling.queue import (
    APART,
    Candidate,
    FormChoice,
    choose,
    choose_form,
    close,
    wanted_hardness,
)

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
PAST = NOW - timedelta(hours=1)


def new(fact_id: int, sentence: int | None = None) -> Candidate:
    return Candidate(fact_id, None if sentence is None else (1, sentence))


def due(fact_id: int, sentence: int | None = None, at: datetime = PAST) -> Candidate:
    return Candidate(fact_id, None if sentence is None else (1, sentence), at)


def pick(
    due: Sequence[Candidate] = (),
    new: Sequence[Candidate] = (),
    recent: Sequence[Candidate] = (),
    answered: int = 0,
) -> int | None:
    chosen = choose(due, lambda: new, recent, answered, NOW)
    return chosen.fact_id if chosen else None


def test_nothing_is_asked_when_nothing_is_left() -> None:
    assert pick() is None


def test_what_is_due_comes_before_what_is_new() -> None:
    assert pick([due(1)], [new(2)]) == 1


def test_each_fourth_question_is_new_while_reviews_wait() -> None:
    asked = [pick([due(1)], [new(2)], answered=n) for n in range(8)]
    assert asked == [1, 1, 1, 2, 1, 1, 1, 2]


def test_new_facts_come_in_the_order_of_the_bank() -> None:
    assert pick(new=[new(7, 40), new(8, 50)]) == 7


def test_a_fact_on_the_sentence_just_asked_or_beside_it_waits() -> None:
    recent = [due(9, 10)]
    assert pick([due(1, 10), due(2, 11), due(3, 9), due(4, 12)], recent=recent) == 4


def test_after_five_questions_a_neighbour_may_be_asked_again() -> None:
    others = [due(90 + n, 100 + 10 * n) for n in range(APART - 1)]
    assert pick([due(1, 10)], [new(2, 300)], [*others, due(9, 10)]) == 1
    assert pick([due(1, 10)], [new(2, 300)], [*others[1:], due(9, 10)]) == 2


def test_when_all_is_near_the_farthest_back_is_asked() -> None:
    recent = [due(1, 10), due(2, 20), due(3, 30)]
    assert pick([due(1, 10), due(2, 20), due(3, 30)], recent=recent) == 3


def test_a_learning_step_comes_early_only_when_nothing_else_is_left() -> None:
    soon = due(1, at=NOW + timedelta(minutes=9))
    assert pick([soon], [new(2)]) == 2
    assert pick([soon]) == 1


def test_facts_without_a_sentence_are_near_to_themselves_alone() -> None:
    assert close(new(1), new(1, 5))
    assert not close(new(1), new(2))
    assert not close(Candidate(1, (1, 5)), Candidate(2, (2, 5)))


CANDIDATES = st.lists(
    st.builds(new, st.integers(1, 30), st.one_of(st.none(), st.integers(0, 20))), max_size=20
)


@given(CANDIDATES, CANDIDATES, CANDIDATES, st.integers(0, 9))
def test_neighbours_stay_apart_whenever_anything_else_can_be_asked(
    ready: list[Candidate], fresh: list[Candidate], recent: list[Candidate], answered: int
) -> None:
    ready = [Candidate(c.fact_id, c.sentence, PAST) for c in ready]
    chosen = choose(ready, lambda: fresh, recent, answered, NOW)
    near = recent[: APART - 1]
    apart = [c for c in [*ready, *fresh] if not any(close(c, other) for other in near)]
    if not ready and not fresh:
        assert chosen is None
    elif apart:
        assert chosen in apart
    else:
        assert chosen in [*ready, *fresh]


def form(question_id: int, kind: str, hardness: int, last_seq: int = 0) -> FormChoice:
    return FormChoice(question_id, kind, hardness, last_seq)


FORMS = [
    form(1, "multiple_choice", 1),
    form(2, "true_false", 1),
    form(3, "cloze", 2),
    form(4, "short_answer", 3),
]


@pytest.mark.parametrize(
    ("stability_days", "hardness"), [(None, 1), (0.2, 1), (6.9, 1), (7, 2), (20.9, 2), (21, 3)]
)
def test_harder_forms_come_as_memory_grows(stability_days: float | None, hardness: int) -> None:
    assert wanted_hardness(stability_days) == hardness
    assert choose_form(FORMS, stability_days).hardness == hardness


def test_while_a_memory_is_young_arranging_and_choosing_take_turns() -> None:
    seen = [form(1, "multiple_choice", 1, 50), form(2, "true_false", 1, 40), *FORMS[2:]]
    assert choose_form(seen, 2.0).type == "cloze"


def test_the_form_just_seen_is_not_asked_again() -> None:
    seen = [form(1, "multiple_choice", 1, 50), *FORMS[1:]]
    assert choose_form(seen, None).question_id == 2


def test_another_question_of_the_same_type_serves_where_there_is_no_other_type() -> None:
    same = [form(1, "cloze", 2, 9), form(2, "cloze", 2, 3)]
    assert choose_form(same, None).question_id == 2


def test_an_only_form_is_asked_again_and_again() -> None:
    assert choose_form([form(1, "cloze", 2, 9)], 30).question_id == 1


def test_a_fact_without_forms_cannot_be_asked() -> None:
    with pytest.raises(ValueError, match="without questions"):
        choose_form([], None)
