"""A plan to exam day keeps to the time there is, and brings more than capping does."""

from dataclasses import replace
from statistics import fmean, median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import exam_learners
from quizapp.core.scheduling import fsrs
from quizapp.core.scheduling.fsrs import AGAIN, DEFAULT_WEIGHTS, GOOD, REVIEW, Memory
from quizapp.core.scheduling.plan import Plan, PlanFact, Terms, plan, today
from quizapp.core.scheduling.plan_recall import Recall

TODAY = 740_000
memories = st.builds(Memory, st.just(REVIEW), st.none(), st.floats(0.05, 2000), st.floats(1, 10))


@st.composite
def facts(draw: st.DrawFn) -> list[PlanFact]:
    return [
        PlanFact(
            fact_id,
            draw(st.none() | memories),
            TODAY - draw(st.integers(0, 300)),
            TODAY + draw(st.integers(-60, 60)),
            draw(st.sampled_from((0.0, 0.5, 1.0, 3.0))),
            draw(st.sampled_from((5.0, 20.0, 90.0))),
        )
        for fact_id in range(draw(st.integers(0, 14)))
    ]


terms = st.builds(
    Terms,
    st.just(TODAY),
    st.none() | st.integers(TODAY - 2, TODAY + 40),
    st.floats(0, 30),
    st.frozensets(st.integers(TODAY, TODAY + 40), max_size=8),
    st.dictionaries(st.integers(TODAY, TODAY + 40), st.floats(0, 1), max_size=5),
    st.none() | st.integers(0, 3),
)
shifts = st.floats(-2, 2)


def many(count: int, new: int = 0, stability: float = 12.0) -> list[PlanFact]:
    """Facts whose memories spread around a stability, last asked up to that long ago."""
    known = [
        PlanFact(
            n,
            Memory(REVIEW, None, stability * 8 ** ((n * 37 % 100) / 50 - 1), 1 + n * 7 % 9),
            TODAY - 1 - n * 13 % max(round(stability), 1),
            TODAY - n * 13 % 20 + 8,
        )
        for n in range(count)
    ]
    return known + [PlanFact(count + n, None, 0, 0) for n in range(new)]


def minutes_of(found: Plan) -> list[float]:
    return [day.minutes for day in found.days]


def answers_of(found: Plan) -> int:
    return sum(len(day.facts) + len(day.new) for day in found.days)


@settings(max_examples=80, deadline=None)
@given(facts(), terms, shifts)
def test_a_plan_keeps_to_its_days_and_minutes(
    known: list[PlanFact], when: Terms, shift: float
) -> None:
    found = plan(known, when, shift=shift)
    assert [day.day for day in found.days] == list(when.days)
    met: set[int] = set()
    for day in found.days:
        asked = day.facts + day.new
        assert len(asked) == len(set(asked))
        assert day.minutes <= when.seconds_on(day.day) / 60 + 1e-6 or len(asked) == 1
        assert not asked or when.seconds_on(day.day) > 0
        assert when.new_per_day is None or len(day.new) <= when.new_per_day
        assert not met & set(day.new)
        met |= set(day.new)
    assert met <= {one.fact_id for one in known if one.memory is None}
    assert set(found.recall) == {one.fact_id for one in known}
    assert all(0 <= one <= 1 for one in found.recall.values())
    assert found.expected == pytest.approx(
        sum(found.recall[one.fact_id] * one.points for one in known)
    )


@settings(max_examples=30, deadline=None)
@given(facts(), terms, shifts)
def test_the_same_facts_give_the_same_plan_and_today_is_its_first_day(
    known: list[PlanFact], when: Terms, shift: float
) -> None:
    found = plan(known, when, shift=shift)
    assert plan(known, when, shift=shift) == found
    first = today(known, when, shift=shift)
    assert first == found.days[0] if found.days else not first.facts + first.new


@settings(max_examples=25, deadline=None)
@given(facts(), terms)
def test_a_plan_is_worth_more_than_nothing_and_more_time_is_worth_no_less(
    known: list[PlanFact], when: Terms
) -> None:
    when = replace(when, exam_day=when.exam_day or TODAY + 21)
    none, some, more = (
        plan(known, replace(when, minutes_per_day=minutes)).expected
        for minutes in (0.0, when.minutes_per_day, when.minutes_per_day * 2)
    )
    assert none <= some + 1e-9
    # Days are filled one fact after the other, so a wider day may be filled a little worse.
    assert more >= some - 0.02 * sum(one.points for one in known) - 1e-9


@given(st.floats(0.05, 2000), st.floats(1, 10), st.integers(1, 400))
def test_the_short_formulas_are_those_of_the_memory_model(
    stability: float, difficulty: float, days: int
) -> None:
    memory = Memory(REVIEW, None, stability, difficulty)
    right = fsrs.review(memory, GOOD, days).memory
    wrong = fsrs.review(fsrs.review(memory, AGAIN, days).memory, GOOD, 0).memory
    recall = Recall(DEFAULT_WEIGHTS)
    chance, *found = recall.answered(stability, difficulty, days)
    assert chance == pytest.approx(fsrs.retrievability(stability, days))
    assert found == pytest.approx(
        [right.stability, right.difficulty, wrong.stability, wrong.difficulty]
    )


@pytest.mark.parametrize(("rating", "goods"), [(GOOD, 1), (AGAIN, 2)])
def test_the_first_day_of_a_fact_is_that_of_the_memory_model(rating: int, goods: int) -> None:
    memory = fsrs.review(None, rating, 0).memory
    for _ in range(goods):
        memory = fsrs.review(memory, GOOD, 0).memory
    assert memory.state == REVIEW
    found = Recall(DEFAULT_WEIGHTS).new[0 if rating == GOOD else 1]
    assert found == pytest.approx((memory.stability, memory.difficulty))


@pytest.mark.parametrize("days", [21, 56])
def test_nothing_piles_up_before_the_exam(days: int) -> None:
    last = minutes_of(plan(many(300), Terms(TODAY, TODAY + days, 60)))[-14:]
    assert max(last) <= 1.5 * median(last)


def test_what_is_worth_most_comes_first_where_time_is_short() -> None:
    heavy = [replace(one, points=3.0 if one.fact_id % 10 == 0 else 1.0) for one in many(300)]
    found = plan(heavy, Terms(TODAY, TODAY + 14, 3))
    asked = {fact for day in found.days for fact in day.facts}
    assert len(asked) < 200
    dear, usual = (
        fmean(one.fact_id in asked for one in heavy if one.points == points) for points in (3, 1)
    )
    assert dear > usual + 0.2


def test_new_facts_are_met_evenly_and_not_in_the_last_days() -> None:
    found = plan(many(100, new=60), Terms(TODAY, TODAY + 28, 30))
    met = [len(day.new) for day in found.days]
    assert sum(met) == 60
    assert max(met[:21]) <= 4
    assert met[21:] == [0] * 7
    in_order = [fact for day in found.days for fact in day.new]
    assert in_order == sorted(in_order)


def test_days_off_are_made_up_for_on_the_others() -> None:
    off = frozenset(range(TODAY + 5, TODAY + 12))
    free, paused = (
        plan(many(200), Terms(TODAY, TODAY + 21, 15, days)) for days in (frozenset[int](), off)
    )
    assert all(not day.facts for day in paused.days if day.day in off)
    assert paused.expected > free.expected - 2
    assert paused.expected > plan(many(200), Terms(TODAY, TODAY + 21, 0)).expected + 10


def test_a_backlog_is_worked_off_in_the_minutes_given() -> None:
    late = [replace(one, due_day=TODAY - 10) for one in many(200)]
    found = plan(late, Terms(TODAY, None, 10))
    assert max(minutes_of(found)) <= 10 + 1e-9
    assert minutes_of(found)[:5] == pytest.approx([10] * 5, abs=0.7)
    asked = {fact for day in found.days for fact in day.facts}
    assert asked == {one.fact_id for one in late}


def test_what_falls_due_in_a_pause_is_taken_before_it_where_there_is_time() -> None:
    off = frozenset(range(TODAY + 1, TODAY + 8))
    due = [replace(one, due_day=TODAY + 4) for one in many(20)]
    assert len(today(due, Terms(TODAY, None, 30, off)).facts) == 20
    assert not today(due, Terms(TODAY, None, 30)).facts
    some = today(due, Terms(TODAY, None, 2, off))
    assert 0 < len(some.facts) < 20


def test_easy_days_take_their_share() -> None:
    easy = {TODAY + n: 0.5 for n in range(0, 21, 7)}
    found = plan(many(300), Terms(TODAY, TODAY + 21, 8, share=easy))
    assert all(day.minutes <= 4 + 1e-9 for day in found.days if day.day in easy)


def test_a_weaker_learner_is_asked_more() -> None:
    when = Terms(TODAY, TODAY + 21, 60)
    usual, weaker = (plan(many(100, stability=60), when, shift=one) for one in (0.0, -1.0))
    assert answers_of(weaker) > answers_of(usual)
    assert weaker.expected < usual.expected


@pytest.mark.parametrize("is_fsrs", [True, False])
def test_a_plan_beats_capping_in_the_same_time(is_fsrs: bool) -> None:
    planned, capped, answers = [], [], [0, 0]
    for seed in range(2):
        free = exam_learners.cap(exam_learners.with_history(seed, 100, is_fsrs), 16)
        half = sum(free.minutes.values()) / 16 / 2
        ours = exam_learners.follow(exam_learners.with_history(seed, 100, is_fsrs), 16, half)
        theirs = exam_learners.cap(exam_learners.with_history(seed, 100, is_fsrs), 16, half)
        planned.append(ours.score)
        capped.append(theirs.score)
        answers[0] += sum(ours.answers.values())
        answers[1] += sum(free.answers.values())
    assert fmean(planned) > fmean(capped)
    assert answers[0] < 0.6 * answers[1]


def test_a_plan_comes_near_to_capping_without_its_last_day() -> None:
    free = exam_learners.cap(exam_learners.with_history(5, 200, True), 21)
    ours = exam_learners.follow(exam_learners.with_history(5, 200, True), 21, 60)
    assert exam_learners.peak(free) > 10
    assert exam_learners.peak(ours) <= 1.5
    assert sum(ours.answers.values()) <= 1.1 * sum(free.answers.values())
    assert ours.score >= free.score - 0.01


def test_today_keeps_to_its_minutes_where_there_are_many_facts() -> None:
    known = many(500, new=20)
    when = Terms(TODAY, TODAY + 21, 8, new_per_day=1)
    found = today(known, when)
    assert 0.9 * 8 < found.minutes <= 8
    assert len(found.new) <= 1
    assert len({*found.facts, *found.new}) == len(found.facts) + len(found.new)
    assert not today(known, replace(when, off_days=frozenset({TODAY}))).facts
