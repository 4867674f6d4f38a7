"""Plans: what they are about, what they make of a day, and what they leave as it is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.core.scheduling.days import day_start
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Assignment, Bank, Card, Plan, Review, Snapshot
from quizapp.services.people import merging, preferences, privacy, sessions
from quizapp.services.people.sessions import Person
from quizapp.services.study import (
    cards,
    dashboards,
    plan_ahead,
    plan_changes,
    plan_days,
    plan_rows,
    plans,
    queue,
    replay_check,
    waiting,
)
from quizapp.services.study.plan_changes import Absent, Unfit
from tests.factories import create_bank, create_person
from tests.services.course_makers import assigned_goal, assigned_quiz, course_of, enrolled, excepted
from tests.services.learner_makers import day_of, facts_of, put_card, put_on_shelf, rate

DAY = timedelta(days=1)


def fresh(person: Person) -> Person:
    """Return the person as the next request has them."""
    found = sessions.person(person.id)
    assert found
    return found


@pytest.fixture
def bank(app: Flask) -> Bank:
    waiting.forget()
    return create_bank(facts=12)


@pytest.fixture
def learner(app: Flask, bank: Bank, now: datetime) -> Person:
    """Somebody with a shelf of twelve facts, of which eight were met and some are overdue."""
    person = create_person(created_at=now - 60 * DAY)
    for n, fact in enumerate(facts_of(bank)[:8]):
        rate(person, fact, 4, now - (13 - n) * DAY, 1 + n)
    return person


def make(person: Person, bank: Bank, now: datetime, days: int = 14, minutes: int = 15) -> int:
    day = day_of(person, now) + days
    return plan_changes.make_exam(person, "Final", day, minutes, {"bank": bank.uid}, now)


def asked(person: Person, now: datetime, number: int = 1, most: int = 60) -> list[int]:
    """Answer all that is asked, each right; returns the facts in the order asked."""
    found = []
    for n in range(most):
        question = queue.next_question(person, now)
        if question is None:
            return found
        fact = db.session.scalar(
            sa.text("select fact_id from questions where uid = :uid"), {"uid": question.uid}
        )
        found.append(fact)
        rate(person, fact, 4, now + timedelta(seconds=20 * n), 1000 * number + n)
    raise AssertionError("it never ends")


@pytest.mark.only("sqlite")
def test_without_a_plan_nothing_is_noted_and_nothing_is_read(
    learner: Person, now: datetime
) -> None:
    assert plan_rows.noted(learner) is None
    assert plan_days.of_today(learner, now) is None
    assert plans.exams_of(learner, now) == []
    assert plan_rows.shares(learner) is None


def test_an_exam_decides_what_is_asked_today_and_in_which_order(
    learner: Person, bank: Bank, now: datetime
) -> None:
    make(learner, bank, now, days=2)
    person = fresh(learner)
    listed = plan_days.of_today(person, now)
    assert listed
    assert listed.reviews
    assert waiting.counts(person, now).all == len(listed.reviews) + len(listed.new)
    assert dashboards.summary_for_home(person, now).waiting == waiting.counts(person, now).all
    found = asked(person, now)
    assert sorted(found) == sorted([*listed.reviews, *listed.new])
    reviews = [fact for fact in found if fact in listed.reviews]
    assert reviews[0] == listed.reviews[0]
    assert waiting.counts(person, now).all == 0
    assert queue.next_question(person, now) is None


@pytest.mark.only("sqlite")
@pytest.mark.only("sqlite")
def test_a_later_exam_on_the_same_facts_is_told_for_all_of_them(
    learner: Person, bank: Bank, now: datetime
) -> None:
    sooner, later = make(learner, bank, now, days=4), make(learner, bank, now, days=10)
    ahead = plan_ahead.current(fresh(learner), now)
    assert ahead is not None
    first, last = ahead.exams[sooner], ahead.exams[later]
    assert first.facts == last.facts == 12
    assert last.expected > last.idle > 0
    day = day_of(learner, now)
    assert [one.day for one in last.days if one.reviews or one.new] != []
    assert all(one.day >= day + 4 for one in last.days if one.reviews or one.new)
    assert [one.day for one in last.days] == list(range(day, day + 10))


def test_what_was_not_done_today_is_in_the_list_of_tomorrow(
    learner: Person, bank: Bank, now: datetime
) -> None:
    make(learner, bank, now, days=3)
    person = fresh(learner)
    first = plan_days.of_today(person, now)
    second = plan_days.of_today(person, now + DAY)
    assert first
    assert second
    assert second.day == first.day + 1
    assert second.reviews
    stored = db.session.scalar(sa.select(Snapshot.data).where(Snapshot.kind == plan_rows.TODAY))
    assert stored["day"] == second.day


def test_a_miss_comes_back_within_the_day(learner: Person, bank: Bank, now: datetime) -> None:
    make(learner, bank, now, days=2)
    person = fresh(learner)
    listed = plan_days.of_today(person, now)
    assert listed
    fact = listed.reviews[0]
    rate(person, fact, 1, now, 100)
    later = now + timedelta(minutes=11)
    left = plan_days.left(person, listed, later)
    assert [one.fact_id for one in left.steps] == [fact]
    assert fact not in [one.fact_id for one in left.reviews]
    cards.undo(person, later)
    left = plan_days.left(person, listed, later)
    assert left.reviews[0].fact_id == fact


def test_when_the_day_is_done_one_may_go_on_and_come_back(
    learner: Person, bank: Bank, now: datetime
) -> None:
    make(learner, bank, now, days=2, minutes=1)
    person = fresh(learner)
    asked(person, now)
    assert queue.next_question(person, now) is None
    plan_days.go_beyond(person, now)
    beyond = fresh(learner)
    assert plan_days.is_beyond(beyond, now)
    assert queue.next_question(beyond, now) is not None
    plan_days.go_beyond(beyond, now, on=False)
    assert queue.next_question(fresh(learner), now) is None
    plan_days.go_beyond(beyond, now)
    assert plan_days.of_today(fresh(learner), now + DAY) is not None


def test_a_bank_that_the_plan_does_not_speak_for_is_asked_as_ever(
    learner: Person, bank: Bank, now: datetime
) -> None:
    make(learner, bank, now)
    other = create_bank("Bones", facts=2)
    person = fresh(learner)
    assert queue.next_question(person, now, other.id) is not None
    assert waiting.counts(person, now, bank_id=other.id).new == 2


def test_in_a_pause_nothing_is_asked(learner: Person, now: datetime) -> None:
    today = day_of(learner, now)
    number = plan_changes.pause(learner, today, today + 3, now)
    person = fresh(learner)
    listed = plan_days.of_today(person, now)
    assert listed
    assert listed.off_until == today + 3
    assert queue.next_question(person, now) is None
    assert waiting.counts(person, now).all == 0
    back = now + 4 * DAY
    assert queue.next_question(person, back) is not None
    assert plan_rows.noted(fresh(learner)) is None  # it is over
    assert db.session.get_one(Plan, (person.id, number)).state == plan_rows.OVER


@pytest.mark.only("sqlite")
def test_what_falls_due_in_a_pause_is_asked_before_it(learner: Person, now: datetime) -> None:
    today = day_of(learner, now)
    before = {one.fact_id for one in plan_days.left(learner, _all(learner, now), now).reviews}
    plan_changes.pause(learner, today + 1, today + 10, now)
    listed = plan_days.of_today(fresh(learner), now)
    assert listed
    assert set(listed.reviews) > before


def _all(person: Person, now: datetime) -> plan_days.DayList:
    """Return today's list as it is without plans: what is due."""
    today = day_of(person, now)
    due = db.session.scalars(
        sa.select(Card.fact_id).where(Card.user_id == person.id, Card.due_day <= today)
    )
    return plan_days.DayList(today, frozenset(), tuple(due), (), 0.0)


def test_a_pause_that_is_ended_is_taken_back(learner: Person, now: datetime) -> None:
    today = day_of(learner, now)
    number = plan_changes.pause(learner, today, today + 3, now)
    assert plan_changes.end(fresh(learner), number) == plan_rows.PAUSE
    person = fresh(learner)
    assert plan_rows.noted(person) is None
    assert queue.next_question(person, now) is not None
    with pytest.raises(Absent):
        plan_changes.end(person, number)


def test_answers_avoid_days_off_and_say_what_they_moved(learner: Person, now: datetime) -> None:
    today = day_of(learner, now)
    fact = db.session.scalar(sa.select(sa.func.max(Card.fact_id)))
    assert fact
    rate(learner, fact, 3, now, 100)
    plain = db.session.scalars(sa.select(Review).order_by(Review.seq.desc())).first()
    assert plain
    cards.undo(learner, now)
    due = plain.due_day
    assert due
    plan_changes.pause(learner, due, due, now)
    person = fresh(learner)
    rate(person, fact, 3, now, 101)
    row = db.session.scalars(
        sa.select(Review).where(Review.kind == "answer").order_by(Review.seq.desc())
    ).first()
    assert row
    assert row.due_day != due
    assert abs(row.due_day - due) <= 4
    assert row.details["moved_from"] == due
    assert row.due_day > today
    assert "moved_from" not in plain.details
    assert not replay_check.check().different


@pytest.mark.only("sqlite")
def test_an_easy_day_asks_less(learner: Person, bank: Bank, now: datetime) -> None:
    today = day_of(learner, now)
    for n, fact in enumerate(facts_of(bank)[8:]):
        put_card(learner, fact, now, due_in=-n, stability=5.0, days_ago=9.0)
    monday = now.weekday()
    assert monday == 0
    plan_changes.set_easy(learner, {0: 0.0}, {today + 1: 0.25}, now)
    person = fresh(learner)
    share = plan_rows.shares(person)
    assert share
    assert (share(today), share(today + 1), share(today + 2)) == (0.0, 0.25, 1.0)
    listed = plan_days.of_today(person, now)
    assert listed
    assert listed.reviews == ()
    assert queue.next_question(person, now) is None
    tomorrow = plan_days.of_today(person, now + DAY)
    assert tomorrow
    after = plan_days.of_today(person, now + 2 * DAY)
    assert after
    assert len(tomorrow.reviews) <= len(after.reviews)
    plan_changes.set_easy(person, {}, {}, now)
    assert plan_rows.noted(fresh(learner)) is None


@pytest.mark.only("sqlite")
def test_a_backlog_comes_in_parts_until_it_is_gone(
    learner: Person, bank: Bank, now: datetime
) -> None:
    more = create_bank("Bones", facts=30)
    put_on_shelf(learner, more)
    for n, fact in enumerate(facts_of(more)):
        put_card(learner, fact, now, due_in=-5 - n, stability=3.0 + n % 7, days_ago=20.0 + n)
    plan_changes.rescue(learner, 3, now)
    person = fresh(learner)
    days = 0
    while plan_rows.noted(person) is not None and days < 30:
        listed = plan_days.of_today(person, now + days * DAY)
        assert listed is None or listed.minutes <= 3.5
        assert listed is None or listed.new == ()
        asked(person, now + days * DAY, number=1 + days)
        person, days = fresh(learner), days + 1
    assert 2 < days < 30


@pytest.mark.only("sqlite")
def test_new_facts_of_an_exam_are_paced(learner: Person, bank: Bank, now: datetime) -> None:
    make(learner, bank, now, days=20, minutes=30)
    ahead = plan_ahead.current(fresh(learner), now)
    assert ahead
    [course] = ahead.exams.values()
    met = [one.day for one in course.days for _ in one.new]
    assert len(met) == 4
    assert len(set(met)) > 1
    assert max(met) < day_of(learner, now) + 18
    assert course.idle < course.expected <= course.facts == 12
    assert course.low <= course.expected <= course.high
    assert all(one.minutes <= 30.5 for one in course.days)
    reached = [expected for _, expected in course.choices]
    assert reached == pytest.approx(sorted(reached), abs=0.2)


def test_days_ahead_of_many_facts_are_worked_out_by_a_job(
    learner: Person, bank: Bank, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_ahead, "SMALL", 0)
    make(learner, bank, now)
    person = fresh(learner)
    assert plan_ahead.current(person, now) is None

    class Clock:
        def now(self) -> datetime:
            return now

    plan_ahead.run({"user": person.uid}, Clock())
    plan_ahead.run({"user": "nobody"}, Clock())
    assert plan_ahead.current(person, now) is not None


def test_a_course_offers_its_dates_and_a_moved_one_moves_the_plan(
    learner: Person, bank: Bank, now: datetime
) -> None:
    teacher = create_person("instructor")
    course = course_of(teacher)
    enrolled(course, learner)
    due = now + 20 * DAY
    goal = assigned_goal(course, bank.id, due_at=due)
    assigned_goal(course, bank.id, title="No date")
    [offer] = plans.offered(learner, now)
    assert (offer.title, offer.course_title, offer.id) == ("Know it", course.title, 0)
    assert len(offer.fact_ids) == 12
    assert 1 <= offer.minutes_per_day <= 10
    plan_changes.take_up(learner, goal.uid, 12, now)
    plan_changes.take_up(learner, goal.uid, 10, now)
    person = fresh(learner)
    assert plans.offered(person, now) == []
    [exam] = plans.exams_of(person, now)
    assert (exam.day, exam.minutes_per_day) == (day_of(learner, due), 10)
    excepted(goal, learner, due_at=(due + 3 * DAY).isoformat())
    assert plans.exams_of(person, now)[0].day == day_of(learner, due) + 3
    with writing() as session:
        session.get_one(Assignment, goal.id).deleted_at = now
    assert plans.exams_of(person, now) == []
    plan_days.of_today(person, now + DAY)
    assert plan_rows.noted(fresh(learner)) is None


@pytest.mark.only("sqlite")
def test_an_exam_of_a_course_is_planned_without_telling_what_it_asks(
    learner: Person, bank: Bank, now: datetime
) -> None:
    from tests.services.quiz_makers import create_quiz

    question = db.session.scalar(
        sa.text("select id from questions where type = 'multiple_choice' order by id limit 1")
    )
    course = course_of(create_person("instructor"))
    enrolled(course, learner)
    quiz = create_quiz([question], slug="exam", bank=bank.slug)
    assigned_quiz(course, quiz.id, due_at=now + 9 * DAY)
    [offer] = plans.offered(learner, now)
    assert len(offer.fact_ids) == 12


def test_a_bank_that_was_closed_is_not_asked(learner: Person, bank: Bank, now: datetime) -> None:
    make(learner, bank, now)
    person = fresh(learner)
    assert queue.next_question(person, now) is not None
    owner = create_person("instructor")
    with writing() as session:
        session.get_one(Bank, bank.id).visibility = "private"
        session.get_one(Bank, bank.id).owner_id = owner.id
    assert queue.next_question(person, now) is None
    assert waiting.counts(person, now).all == 0


@pytest.mark.only("sqlite")
def test_what_cannot_be_is_refused_in_plain_words(
    learner: Person, bank: Bank, now: datetime
) -> None:
    today = day_of(learner, now)
    target = {"bank": bank.uid}
    for day, minutes, field in (
        (today, 10, "day"),
        (today + 400, 10, "day"),
        (today + 5, 0, "minutes"),
        (today + 5, 601, "minutes"),
    ):
        with pytest.raises(Unfit) as refused:
            plan_changes.make_exam(learner, "", day, minutes, target, now)
        assert refused.value.field == field
    with pytest.raises(Unfit):
        plan_changes.make_exam(learner, "x" * 400, today + 5, 10, target, now)
    with pytest.raises(Unfit):
        plan_changes.make_exam(learner, "", today + 5, 10, {"bank": "nobody's"}, now)
    for start, until in ((today + 3, today + 2), (today - 9, today - 1), (today, today + 366)):
        with pytest.raises(Unfit):
            plan_changes.pause(learner, start, until, now)
    for weekdays, dates in (
        ({7: 0.5}, {}),
        ({1: 1.0}, {}),
        (dict.fromkeys(range(7), 0.0), {}),
        ({}, {today - 1: 0.0}),
        ({}, {today + n: 0.0 for n in range(61)}),
    ):
        with pytest.raises(Unfit):
            plan_changes.set_easy(learner, weekdays, dates, now)
    with pytest.raises(Unfit):
        plan_changes.rescue(learner, 0, now)
    with pytest.raises(Absent):
        plan_changes.take_up(learner, "nothing", 10, now)
    with pytest.raises(Absent):
        plan_changes.change_exam(learner, 99, "", today + 3, 10, now)
    for _ in range(plan_changes.MOST_PAUSES):
        plan_changes.pause(learner, today + 3, today + 4, now)
    with pytest.raises(Unfit):
        plan_changes.pause(learner, today + 3, today + 4, now)


@pytest.mark.only("sqlite")
def test_changing_an_exam_makes_the_day_anew(learner: Person, bank: Bank, now: datetime) -> None:
    number = make(learner, bank, now, minutes=1)
    person = fresh(learner)
    few = plan_days.of_today(person, now)
    plan_changes.change_exam(person, number, "Soon", day_of(learner, now) + 2, 60, now)
    person = fresh(learner)
    many = plan_days.of_today(person, now)
    assert few
    assert many
    assert len(many.reviews) + len(many.new) > len(few.reviews) + len(few.new)
    [exam] = plans.exams_of(person, now)
    assert (exam.title, exam.minutes_per_day) == ("Soon", 60)


def test_a_guests_plans_come_along_and_are_in_the_export(bank: Bank, now: datetime) -> None:
    guest = create_person(kind="guest", created_at=now - 2 * DAY)
    put_on_shelf(guest, bank)
    make(guest, bank, now)
    account = create_person(created_at=now - 9 * DAY)
    merging.merge(guest.id, account.id, now)
    person = fresh(account)
    [exam] = plans.exams_of(person, now)
    assert exam.title == "Final"
    assert plan_days.of_today(person, now) is not None
    [row] = privacy.export(account.id, now)["plans"]
    assert row["goal"]["bank"] == bank.uid
    assert row["state"] == plan_rows.ACTIVE


def test_plans_that_come_along_leave_room_for_those_of_later(bank: Bank, now: datetime) -> None:
    guest = create_person(kind="guest", created_at=now - 2 * DAY)
    put_on_shelf(guest, bank)
    for _ in range(3):
        make(guest, bank, now)
    account = create_person(created_at=now - 9 * DAY)
    ended = make(account, bank, now)
    plan_changes.end(account, ended)
    merging.merge(guest.id, account.id, now)
    for n in range(4, 8):
        make(fresh(account), bank, now)
        assert len(plans.exams_of(fresh(account), now)) == n


@pytest.mark.only("sqlite")
def test_a_day_made_anew_has_no_more_new_facts_than_any(
    learner: Person, bank: Bank, now: datetime
) -> None:
    met = set(db.session.scalars(sa.select(Card.fact_id)))
    wanted = replace(preferences.of_person(learner), new_per_day=2)
    preferences.save(learner.id, wanted)
    new = [fact for fact in facts_of(bank) if fact not in met]
    for number, fact in enumerate(new[:2], 501):
        rate(fresh(learner), fact, 4, now, number)
    plan_changes.set_easy(fresh(learner), {}, {day_of(learner, now) + 2: 0.5}, now)
    made = plan_days.of_today(fresh(learner), now)
    assert made is not None
    assert not made.new


@pytest.mark.only("sqlite")
def test_other_settings_make_the_day_anew(learner: Person, bank: Bank, now: datetime) -> None:
    plan_changes.set_easy(learner, {}, {day_of(learner, now) + 2: 0.5}, now)
    before = plan_days.of_today(fresh(learner), now)
    assert before is not None
    assert len(before.new) > 2
    wanted = replace(preferences.of_person(fresh(learner)), new_per_day=2)
    preferences.save(learner.id, wanted)
    after = plan_days.of_today(fresh(learner), now)
    assert after is not None
    assert len(after.new) == 2


@pytest.mark.only("sqlite")
def test_the_plan_changes_with_the_learner_day_also_when_the_clocks_do(bank: Bank) -> None:
    tz, start = "Europe/Berlin", datetime(2026, 3, 27, 12, tzinfo=UTC)
    person = create_person(created_at=start - 9 * DAY, tz=tz, rollover_minutes=150)
    put_on_shelf(person, bank)
    make(person, bank, start, days=6)
    person = fresh(person)
    seen = {}
    for day in range(day_of(person, start), day_of(person, start) + 5):
        at = day_start(day, tz, 150)
        for moment in (at, at + timedelta(hours=22, minutes=59)):
            listed = plan_days.of_today(person, moment)
            assert listed
            assert seen.setdefault(day, listed) == listed
            assert listed.day == day


def test_studying_by_plans_leaves_a_log_that_replays(
    learner: Person, bank: Bank, now: datetime
) -> None:
    today = day_of(learner, now)
    make(learner, bank, now, days=8)
    plan_changes.pause(fresh(learner), today + 3, today + 4, now)
    plan_changes.set_easy(fresh(learner), {5: 0.5}, {}, now)
    for n in range(10):
        asked(fresh(learner), now + n * DAY, number=1 + n)
    checked = replay_check.check()
    assert checked.reviews > 10
    assert not checked.different
