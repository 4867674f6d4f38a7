"""The work ahead: close to a simulation of every card and day, and always the same."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.core.scheduling import fsrs
from quizapp.core.scheduling.fsrs import AGAIN, GOOD, REVIEW, Memory, retrievability
from quizapp.core.scheduling.fuzz import fuzzed
from quizapp.core.scheduling.level import Level
from quizapp.core.scheduling.workload import Held, Load, Terms, simulate

TODAY = 739_000
STEP_PASS = 0.8


def cards_of(count: int, seed: int = 3) -> list[Held]:
    """Cards of many strengths; some are overdue, some not due for long."""
    rng = Random(seed)
    made = []
    for _ in range(count):
        stability = rng.lognormvariate(2.3, 1.0)
        last = TODAY - rng.randrange(int(stability) + 2)
        made.append(Held(stability, rng.uniform(2, 9), last, last + max(round(stability), 1)))
    return made


def brute_force(cards: list[Held], terms: Terms, seed: int) -> Load:
    """Play every card day by day with the model itself, as the app would ask it."""
    rng = Random(seed)
    answers, known = [0.0] * terms.days, 0.0
    rows = [(Memory(REVIEW, None, c.stability, c.difficulty), c.last_day, c.due_day) for c in cards]
    left = terms.new_left
    for n in range(terms.days):
        day = TODAY + n
        for number, (memory, last, due) in enumerate(rows):
            if due <= day:
                recall = retrievability(memory.stability, day - last)
                kept, asked = one_day(memory, rng.random() < recall, day - last, rng)
                answers[n] += asked
                rows[number] = (kept, day, day + wait(kept, terms, rng))
        for _ in range(min(terms.new_per_day, left)):
            left -= 1
            begun, asked = one_day(None, rng.random() < STEP_PASS, 0, rng)
            answers[n] += asked
            rows.append((begun, day, day + wait(begun, terms, rng)))
    end = TODAY + terms.days
    known = sum(retrievability(memory.stability, end - last) for memory, last, _ in rows)
    return Load(tuple(answers), known)


def one_day(memory: Memory | None, right: bool, delta: int, rng: Random) -> tuple[Memory, int]:
    """Answer until no step within the day is left."""
    asked = 0
    while True:
        asked += 1
        memory = fsrs.review(memory, GOOD if right else AGAIN, delta).memory
        if memory.state == REVIEW:
            return memory, asked
        right, delta = rng.random() < STEP_PASS, 0


def wait(memory: Memory, terms: Terms, rng: Random) -> int:
    days = fsrs.interval_for(memory.stability, terms.retention)
    return fuzzed(max(round(days), 1), rng.random())


@pytest.mark.parametrize(
    ("days", "retention", "new"), [(30, 0.9, 0), (30, 0.95, 5), (90, 0.8, 3), (90, 0.9, 5)]
)
def test_the_estimate_is_within_a_tenth_of_playing_every_card(
    days: int, retention: float, new: int
) -> None:
    cards = cards_of(400)
    terms = Terms(TODAY, days, retention, new, 200, step_pass=STEP_PASS)
    played = [brute_force(cards, terms, seed) for seed in range(2)]
    estimate = simulate(cards, terms)
    parts = (slice(0, days), slice(0, days // 2), slice(days // 2, days))
    for part, error in zip(parts, (0.1, 0.1, 0.15), strict=True):
        true = sum(sum(one.answers[part]) for one in played) / len(played)
        assert sum(estimate.answers[part]) == pytest.approx(true, rel=error)
    known = sum(one.known for one in played) / len(played)
    assert estimate.known == pytest.approx(known, rel=0.05)


def test_what_is_due_first_is_counted_card_by_card() -> None:
    cards = [Held(1e6, 5.0, TODAY - 1, TODAY + n) for n in (-9, 0, 1, 1, 4, 99) for _ in range(100)]
    load = simulate(cards, Terms(TODAY, 7, 0.9))
    assert load.answers == pytest.approx((200, 200, 0, 0, 100, 0, 0), rel=0.001)
    assert load.known == pytest.approx(600, rel=0.001)


def test_new_facts_end_when_none_is_left_and_those_of_today_count() -> None:
    assert Terms(TODAY, 4, 0.9, 10, 25).begun == [10, 10, 5, 0]
    assert Terms(TODAY, 4, 0.9, 10, 25, new_done=7).begun == [3, 10, 10, 2]
    assert Terms(TODAY, 2, 0.9, 10, 25, new_done=70).begun == [0, 10]
    load = simulate([], Terms(TODAY, 60, 0.9, 10, 20))
    assert sum(load.answers[:2]) >= 40  # each takes two answers at least
    assert 14 < load.known <= 20
    assert sum(load.answers[40:]) < sum(load.answers[:20])


def test_nothing_to_do_is_no_work() -> None:
    assert simulate([], Terms(TODAY, 3, 0.9, 10, 0)) == Load((0, 0, 0), 0)


def test_the_same_question_has_the_same_answer() -> None:
    cards, terms = cards_of(300), Terms(TODAY, 60, 0.9, 5, 100)
    assert simulate(cards, terms) == simulate(list(reversed(cards)), terms)


def test_to_know_more_takes_more_work() -> None:
    cards = cards_of(300)
    loads = [simulate(cards, Terms(TODAY, 90, share / 100)) for share in (70, 80, 90, 97)]
    sums = [sum(load.answers) for load in loads]
    assert sums == sorted(sums)
    known = [load.known for load in loads]
    assert known == sorted(known)


def test_a_better_learner_forgets_less_and_answers_less() -> None:
    cards, terms = cards_of(300), Terms(TODAY, 90, 0.9)
    worse, better = (simulate(cards, terms, level=Level(one)) for one in (-1, 1))
    assert sum(better.answers) < sum(worse.answers)
    assert better.known > worse.known


def test_who_forgets_faster_over_the_days_answers_more_and_knows_less() -> None:
    cards, terms = cards_of(300), Terms(TODAY, 90, 0.9)
    usual, fading = (simulate(cards, terms, level=Level(fade=one, taught=9)) for one in (0, -0.5))
    assert sum(fading.answers) > sum(usual.answers)
    assert fading.known < usual.known


def test_a_retention_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="retention"):
        simulate([], Terms(TODAY, 3, 1.0))


@settings(max_examples=30)
@given(
    st.integers(0, 40), st.integers(1, 40), st.floats(0.7, 0.97), st.integers(0, 30),
    st.integers(0, 60), st.floats(0, 1), st.floats(-9, 9),
    st.floats(-1, 0.1),
)  # fmt: skip
def test_figures_stay_possible(
    count: int,
    days: int,
    retention: float,
    new: int,
    left: int,
    step: float,
    shift: float,
    fade: float,
) -> None:
    terms = Terms(TODAY, days, retention, new, left, step_pass=step)
    load = simulate(cards_of(count), terms, level=Level(shift, fade=fade, tilt=0.4, taught=2.0))
    assert len(load.answers) == days
    assert all(answers >= -1e-9 for answers in load.answers)
    assert 0 <= load.known <= count + min(left, new * days) + 1e-6
