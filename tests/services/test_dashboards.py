"""The figures of the dashboard on numbers worked out by hand, and the rows that make them up."""

from datetime import datetime, timedelta
from random import Random

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.core.statistics.recall import Share
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import CardMark, Fact, Question, UserDay
from quizapp.services.content.questions import Absent
from quizapp.services.study import (
    answer_rows,
    cards,
    dashboards,
    figure_rows,
    marked_facts,
    retention_rows,
    score_history,
    waiting,
)
from tests.factories import START, create_bank, create_person
from tests.services.learner_makers import (
    day_of,
    facts_of,
    put_attempt,
    put_card,
    put_day,
    put_on_shelf,
    rate,
)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    waiting.forget()


def test_due_per_day_counts_the_overdue_and_leaves_out_what_sleeps(
    app: Flask, now: datetime
) -> None:
    person, bank = create_person(), create_bank(facts=9)
    put_on_shelf(person, bank)
    for fact, due_in in zip(facts_of(bank), (-3, 0, 0, 0, 0, 1, 13, 14, 40), strict=True):
        put_card(person, fact, now, due_in)
    cards.suspend(person, facts_of(bank)[1], now)
    cards.bury(person, facts_of(bank)[2], now)
    due = dashboards.dashboard(person, now).due
    assert due.overdue == 1
    assert due.per_day == (2, 1, *[0] * 11, 1)
    today = day_of(person, now)
    for n, count in enumerate((3, 1, 0)):
        assert len(figure_rows.due(person, now, today + n).rows) == count


def test_known_is_the_sum_of_recall_over_all_facts(app: Flask, now: datetime) -> None:
    person, bank = create_person(), create_bank(facts=5)
    put_on_shelf(person, bank)
    for fact in facts_of(bank)[:3]:
        put_card(person, fact, now, stability=10, days_ago=10)  # recall is 0.9
    known = dashboards.dashboard(person, now).known
    assert known.expected == pytest.approx(2.7)
    # 1.96 times the root of 3 * 0.9 * 0.1 is 1.02; more than were met cannot be known
    assert (known.low, known.high, known.met, known.facts) == (2, 3, 3, 5)


def test_stability_and_the_weakest(app: Flask, now: datetime) -> None:
    person, bank = create_person(), create_bank(facts=5)
    put_on_shelf(person, bank)
    for n, fact in enumerate(facts_of(bank), start=1):
        put_card(person, fact, now, stability=n, days_ago=5)
    board = dashboards.dashboard(person, now)
    assert sorted(board.stabilities) == [1, 2, 3, 4, 5]
    assert [weak.statement for weak in board.weakest] == [f"Fact {n} of Blood." for n in (1, 2, 3)]
    rows = figure_rows.known(person, now, most=2)
    assert [row.stability for row in rows.rows] == [1, 2]
    rest = figure_rows.known(person, now, after=rows.after, most=3)
    assert [row.stability for row in rest.rows] == [3, 4, 5]
    assert rest.after is None
    assert [row.stability for row in figure_rows.known(person, now, (2, 4)).rows] == [2, 3]


def test_true_retention_by_window(app: Flask, now: datetime) -> None:
    person = create_person()
    today = day_of(person, now)
    put_day(person, today, young_pass=3, young_fail=1, learning_pass=50)
    put_day(person, today - 6, young_pass=10, young_fail=2, mature_pass=4, mature_fail=1)
    put_day(person, today - 7, mature_pass=5, mature_fail=5)
    put_day(person, today - 400, young_pass=100)
    windows = {w.days: w.retention for w in dashboards.dashboard(person, now).windows}
    assert windows[1].young == Share(3, 4)
    assert windows[1].mature == Share(0, 0)
    assert windows[7].young == Share(13, 16)
    assert windows[7].mature == Share(4, 5)
    assert windows[30].mature == windows[365].mature == Share(9, 15)
    # centre 10.9207 / 18.8415, half width 1.95996 * root of 4.5604 / 18.8415
    assert windows[30].mature.likely_range == pytest.approx((0.3575, 0.8017), abs=1e-4)
    assert windows[None].young == Share(113, 116)
    assert windows[None].true == Share(122, 131)
    assert retention_rows.figure(person, today - 6, today) == windows[7]


def test_weeks_begin_on_monday(app: Flask, now: datetime) -> None:
    person = create_person()
    today = day_of(person, now)  # a Monday
    put_day(person, today, young_pass=1)
    put_day(person, today - 1, young_pass=1, young_fail=1)
    put_day(person, today - 7, mature_pass=1)
    weeks = dashboards.dashboard(person, now).weeks
    assert len(weeks) == 8
    assert [(monday - today, week.true) for monday, week in weeks[-2:]] == [
        (-7, Share(2, 3)),
        (0, Share(1, 1)),
    ]


def test_the_habit_is_days_of_the_last_25_without_a_streak(app: Flask, now: datetime) -> None:
    person = create_person(created_at=now - timedelta(days=100))
    today = day_of(person, now)
    for day in (today, today - 1, today - 24, today - 25):
        put_day(person, day)
    put_day(person, today - 2, answers=0)
    summary = dashboards.summary_for_home(person, now)
    assert (summary.studied, summary.of_days) == (3, 25)
    fresh = create_person(created_at=now)
    assert dashboards.summary_for_home(fresh, now).of_days == 1


def test_minutes_follow_the_median_of_recent_answers(app: Flask, now: datetime) -> None:
    person, bank = create_person(new_per_day=4), create_bank(facts=10)
    put_on_shelf(person, bank)
    assert dashboards.pace_ms(person) == 20_000  # unknown: 20 s
    for n, took_ms in enumerate((10_000, 25_000, 600_000)):
        rate(person, facts_of(bank)[n], 4, now, n, took_ms)
    assert dashboards.pace_ms(person) == 25_000
    for fact in facts_of(bank)[3:7]:
        put_card(person, fact, now)
    summary = dashboards.summary_for_home(person, now)
    assert (summary.due, summary.new, summary.waiting) == (4, 1, 5)
    assert summary.minutes == 3  # 125 s


def test_what_waits_keeps_to_limits_pauses_and_wishes(app: Flask, now: datetime) -> None:
    guest = create_person(kind="guest", created_at=now)
    person = create_person(new_per_day=3, reviews_per_day=4, created_at=now - timedelta(days=9))
    bank, paused = create_bank(facts=12), create_bank("Bones", facts=3)
    today = day_of(person, now)
    for who in (guest, person):
        put_on_shelf(who, bank)
        put_on_shelf(who, paused, paused_until=today + 1)
        for n, fact in enumerate(facts_of(bank)[:8]):
            put_card(who, fact, now, due_in=n - 5)
        put_card(who, facts_of(paused)[0], now)
        cards.suspend(who, facts_of(bank)[0], now)
        cards.bury(who, facts_of(bank)[9], now)
    with writing() as session:
        session.get_one(Fact, facts_of(bank)[1]).status = "retired"
        session.execute(
            sa.update(Question).where(Question.fact_id == facts_of(bank)[10]).values(status="draft")
        )
    for who in (guest, person):
        counts = waiting.counts(who, now)
        assert counts == waiting.counts(who, now, bank_id=bank.id) == waiting.Counts(4, 2)
        summary = dashboards.dashboard(who, now).summary
        assert (summary.due, summary.new) == (counts.due, counts.new)
    rate(person, facts_of(bank)[11], 3, now, 1)
    assert waiting.counts(person, now) == waiting.Counts(4, 1)


def test_scores_of_attempts_that_are_handed_in(app: Flask, now: datetime) -> None:
    person = create_person()
    put_attempt(person, 1, now - timedelta(days=2), points=4.0)
    put_attempt(person, 2, now - timedelta(days=1), points=9.0, state="expired")
    put_attempt(person, 3, now, points=None)
    put_attempt(person, 4, None)
    (quiz,) = score_history.of_person(person, now)
    assert quiz.title == "The exam"
    assert quiz.pass_share == 0.6
    assert [(score.number, score.share) for score in quiz.scores] == [(1, 0.4), (2, 0.9)]
    assert quiz.scores[0].day == day_of(person, now) - 2
    assert score_history.of_person(create_person(), now) == []


def test_marked_facts_are_listed_until_they_are_taken_up(app: Flask, now: datetime) -> None:
    person, bank = create_person(), create_bank()
    first, second, third = facts_of(bank)
    cards.suspend(person, first, now)
    cards.flag(person, second, 3)
    with writing() as session:
        session.add(CardMark(user_id=person.id, fact_id=third, flag=0, note="mine"))
    marked = marked_facts.of_person(person)
    assert [(m.statement, m.suspended, m.flag) for m in marked] == [
        ("Fact 1 of Blood.", True, 0),
        ("Fact 2 of Blood.", False, 3),
    ]
    cards.suspend(person, first, now, on=False)
    assert [m.flag for m in marked_facts.of_person(person)] == [3]
    assert marked_facts.fact_id(person, marked[0].uid) == first
    with pytest.raises(Absent):
        marked_facts.fact_id(create_person(), marked[0].uid)


def test_the_rows_add_up_to_the_figures_after_weeks_of_study(app: Flask) -> None:
    person, bank = create_person(created_at=START), create_bank(facts=4)
    chance, number, now = Random(5), 0, START
    for day in range(0, 160, 8):
        for fact in facts_of(bank):
            number += 1
            now = START + timedelta(days=day, minutes=number)
            rate(person, fact, chance.choice((1, 3, 3, 3, 4)), now, number)
    cards.undo(person, now)
    today = day_of(person, now)
    for window in dashboards.dashboard(person, now).windows:
        first = today - window.days + 1 if window.days else 1
        for age in ("young", "mature", "true"):
            rows = retention_rows.rows(person, age, first, today, most=1000).rows
            share = getattr(window.retention, age)
            assert Share(sum(row.recalled for row in rows), len(rows)) == share
    assert dashboards.dashboard(person, now).windows[-1].retention.mature.answered > 3
    for day in db.session.scalars(sa.select(UserDay).where(UserDay.user_id == person.id)).all():
        assert len(answer_rows.of_day(person, day.day).rows) == day.answers
    assert len(answer_rows.of_fact(person, facts_of(bank)[0], most=100).rows) == 20
    assert len(answer_rows.of_fact(person, facts_of(bank)[3], most=100).rows) == 19  # one undone


def test_rows_come_in_pages_that_miss_none(app: Flask) -> None:
    person, bank = create_person(), create_bank(facts=1)
    (fact,) = facts_of(bank)
    for n in range(7):
        rate(person, fact, 3, START + timedelta(days=40 * n), n)
    last = day_of(person, START + timedelta(days=400))
    seen, after = [], None
    for _ in range(4):
        page = retention_rows.rows(person, "true", 1, last, before=after and int(after), most=2)
        seen += [row.seq for row in page.rows]
        after = page.after
        if after is None:
            break
    assert after is None
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == retention_rows.figure(person, 1, last).true.answered == 5
    days = figure_rows.days(person, most=3)
    assert [row.day for row in figure_rows.days(person, days.after, 9).rows] == [
        day_of(person, START + timedelta(days=40 * n)) for n in (3, 2, 1, 0)
    ]
    with pytest.raises(ValueError, match="1;drop"):
        figure_rows.days(person, "1;drop")
