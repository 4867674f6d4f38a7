"""The forecast of a course: its figures, when they are made, who is shown, and what is set."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.core.scheduling.fsrs import retrievability
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Job, Snapshot, User
from quizapp.services.content.questions import Absent
from quizapp.services.courses import (
    assignments,
    course_forecast,
    forecast_numbers,
    forecast_terms,
    joining,
    snapshots,
)
from quizapp.services.courses.courses import Archived
from quizapp.services.courses.forecast_terms import ForecastTerms
from quizapp.services.operations import job_handlers, jobs
from quizapp.services.people import erasure
from quizapp.services.quizzes.quiz_settings import Unfit
from quizapp.services.study import forecasts, levels
from tests.factories import create_bank, create_person
from tests.services.course_makers import archived, assigned_goal, course_of, enrolled, excepted
from tests.services.learner_makers import facts_of, put_card, put_day

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
AHEAD = 14


class Class:
    """A course with a goal due in two weeks over a bank of four facts, and three learners."""

    def __init__(self, now: datetime, tz: str = "UTC", **columns: Any) -> None:
        self.now = now
        self.teacher = create_person("instructor", name="Ms Okoro")
        self.course = course_of(self.teacher, tz=tz)
        self.bank = create_bank(facts=4)
        self.facts = facts_of(self.bank)
        self.people = [create_person(name=name) for name in ("Ada", "Ben", "Eve")]
        for one in self.people:
            enrolled(self.course, one)
        due: dict[str, Any] = {"due_at": now + AHEAD * DAY, **columns}
        self.goal = assigned_goal(self.course, self.bank.id, title="The exam", **due)

    def remember(self, who: int, *stabilities: float) -> None:
        """Store memories of an answer a day ago, of the first facts."""
        for fact, stability in zip(self.facts, stabilities, strict=False):
            put_card(self.people[who], fact, self.now, stability=stability, days_ago=1)

    def board(self, now: datetime | None = None, key: str = "") -> course_forecast.Board:
        board = course_forecast.board(self.course, now or self.now, key)
        assert board
        return board

    def target(self) -> course_forecast.Target:
        target = self.board().target
        assert target
        return target


@pytest.fixture
def made(app: Flask, now: datetime) -> Class:
    return Class(now)


def put_level(uid: str, **data: float) -> None:
    with writing() as session:
        now = datetime.fromisoformat("2026-03-01T00:00:00+00:00")
        session.merge(Snapshot(kind=levels.KIND, subject=uid, data=data, as_of=now))


def test_the_class_will_know_the_mean_of_what_each_will(made: Class) -> None:
    made.remember(0, 1000, 1000, 1000, 1000)
    made.remember(1, 1000, 1000)
    for one in made.people:
        put_level(one.uid, shift=0.0, spread=0.01, tilt=0.0, taught=9.0)
    target = made.target()
    recall = retrievability(1000, AHEAD + 1)
    assert (target.title, target.facts, target.learners) == ("The exam", 4, 3)
    assert target.day == (made.now + AHEAD * DAY).date()
    assert target.mean.mean == pytest.approx((4 + 2 + 0) * recall / 3, abs=0.1)
    assert target.mean.low < target.mean.mean < target.mean.high
    lines = made.board().behind
    assert [line.member.name for line in lines] == ["Eve", "Ben", "Ada"]
    assert lines[0].band.mean == lines[0].band.high == 0
    assert made.board().tenths == [1, 0, 0, 0, 1, 0, 0, 0, 0, 1]


def test_the_weakest_facts_stand_first_and_say_who_never_met_them(made: Class) -> None:
    for who in range(3):
        made.remember(who, 100, 2, 30)
    weakest = made.board().weakest
    assert [line.statement for line in weakest] == [f"Fact {n} of Blood." for n in (4, 2, 3, 1)]
    assert [line.never_met for line in weakest] == [3, 0, 0, 0]
    assert weakest[0].recall == 0
    _target, lines = course_forecast.facts(made.course, made.now, made.goal.uid)
    assert lines == list(weakest)


@pytest.mark.only("sqlite")
def test_a_plan_brings_more_than_nothing_and_says_for_how_many_it_was_made(made: Class) -> None:
    made.remember(0, 3, 3, 3, 3)
    target = made.target()
    assert target.planned is not None
    assert target.mean.mean + 0.5 < target.planned <= 4
    assert target.sampled == 3
    assert target.repair_s > 0


def test_a_level_moves_the_learner_that_it_belongs_to(made: Class) -> None:
    for who in range(2):
        made.remember(who, 20, 20, 20, 20)
    put_level(made.people[0].uid, shift=-1.5, spread=0.2)
    means = {line.member.name: line.band.mean for line in made.board().behind}
    assert means["Eve"] < means["Ada"] < means["Ben"] - 0.5


@pytest.mark.only("sqlite")
def test_an_answer_takes_as_long_as_the_class_needs(made: Class) -> None:
    assert made.board().seconds == forecast_numbers.USUAL_S
    put_day(made.people[0], made.now.toordinal(), answers=10, ms=80_000)
    snapshots_of(made)
    assert made.board(made.now + 31 * MINUTE).seconds == 8


def snapshots_of(made: Class) -> None:
    """Throw the stored figures away."""
    with writing() as session:
        snapshots.forget_in(session, made.course.uid, snapshots.FORECAST)


@pytest.mark.only("sqlite")
def test_who_is_excused_does_not_count(made: Class) -> None:
    excepted(made.goal, made.people[2], excused=True)
    made.remember(0, 100)
    made.remember(1, 100)
    assert made.target().learners == 2
    assert "Eve" not in [line.member.name for line in made.board().behind]


@pytest.mark.only("sqlite")
def test_the_next_day_comes_first_and_others_have_an_address(made: Class) -> None:
    soon = assigned_goal(
        made.course, made.bank.id, made.facts[:1], title="Quiz", due_at=made.now + DAY
    )
    assigned_goal(made.course, made.bank.id, title="Over", due_at=made.now - DAY)
    assigned_goal(made.course, made.bank.id, title="Undated")
    forecast_terms.change(made.course, ForecastTerms(day=date(2026, 6, 1)), made.now)
    board = made.board()
    assert [one.key for one in board.targets] == [soon.uid, made.goal.uid, course_forecast.COURSE]
    assert board.target == board.targets[0]
    assert board.target.facts == 1
    whole = made.board(key=course_forecast.COURSE).target
    assert whole
    assert (whole.title, whole.day, whole.facts) == ("", date(2026, 6, 1), 4)
    for key in ("nothing", "0"):
        with pytest.raises(Absent):
            made.board(key=key)
        with pytest.raises(Absent):
            course_forecast.learners(made.course, made.now, key)


def test_a_due_day_that_moves_moves_the_forecast(made: Class) -> None:
    before = made.target().day
    terms = assignments.find(made.course, made.goal.uid).terms
    moved = type(terms)(title="The exam", due_at=made.now + 20 * DAY)
    assignments.change(made.course, made.goal.uid, moved, made.now)
    assert made.target().day == before + 6 * DAY


@pytest.mark.only("sqlite")
def test_what_was_taken_back_is_gone(made: Class) -> None:
    made.board()
    assignments.delete(made.course, made.goal.uid, made.teacher, made.now)
    board = made.board()
    assert board.target is None
    assert board.targets == []


def test_who_switched_forecasts_off_is_counted_and_not_shown(made: Class) -> None:
    made.remember(0, 100, 100)
    before = made.target().mean
    with writing() as session:
        ada = session.get_one(User, made.people[0].id)
        ada.prefs = {**ada.prefs, forecasts.PREF: False}
    board = made.board()
    assert board.target
    assert board.target.mean == before
    assert [line.member.name for line in board.behind] == ["Ben", "Eve"]
    assert board.unseen == 1
    _target, lines = course_forecast.learners(made.course, made.now, made.goal.uid)
    assert len(lines) == 2


def test_a_course_can_switch_forecasts_off_and_then_none_is_made(made: Class) -> None:
    made.board()
    forecast_terms.change(made.course, ForecastTerms(is_on=False), made.now)
    assert not forecast_terms.of_course(made.course).is_on
    assert forecast_numbers.of_course(made.course.id, made.now)["targets"] == []
    forecast_terms.change(made.course, ForecastTerms(minutes=30), made.now)
    assert made.board().minutes == 30


@pytest.mark.parametrize(
    "wanted",
    [
        ForecastTerms(day=date(2026, 3, 2)),
        ForecastTerms(day=date(2999, 1, 1)),
        ForecastTerms(minutes=0),
        ForecastTerms(minutes=100_000),
    ],
)
@pytest.mark.only("sqlite")
def test_what_cannot_be_set_is_refused(made: Class, wanted: ForecastTerms) -> None:
    with pytest.raises(Unfit):
        forecast_terms.change(made.course, wanted, made.now)
    assert forecast_terms.of_course(made.course) == ForecastTerms()


@pytest.mark.only("sqlite")
def test_nothing_is_set_in_an_archived_course_and_it_can_be_looked_at(made: Class) -> None:
    archived(made.course, made.now)
    with pytest.raises(Archived):
        forecast_terms.change(made.course, ForecastTerms(minutes=30), made.now)
    assert made.board().target


@pytest.mark.only("sqlite")
def test_the_day_is_that_of_the_course(app: Flask, now: datetime) -> None:
    late = now.replace(hour=23) + DAY
    assert Class(now, tz="Asia/Tokyo", due_at=late).target().day == (late + DAY).date()


def test_the_forecast_of_a_big_class_is_made_by_the_worker(
    made: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "SMALL_CELLS", 0)
    made.remember(0, 100)
    assert course_forecast.board(made.course, made.now) is None
    assert db.session.scalars(sa.select(Job.kind)).all() == [snapshots.FORECAST.job]
    held = jobs.lease("worker", made.now)
    assert held
    context = SimpleNamespace(now=lambda: made.now)
    job_handlers.HANDLERS[held.kind](held.payload, context)  # type: ignore[arg-type]
    jobs.finish(held, None, made.now)
    board = made.board(made.now + 20 * MINUTE)
    assert (board.as_of, board.is_fresh) == (made.now, True)
    assert not made.board(made.now + 31 * MINUTE).is_fresh
    assert snapshots.refresh(made.now + 32 * MINUTE) == 1
    assert made.board(made.now + 33 * MINUTE).is_fresh


def test_the_figures_hold_numbers_only_and_who_is_gone_is_gone(made: Class) -> None:
    made.remember(0, 10)
    made.board()
    stored = db.session.scalars(sa.select(Snapshot).where(Snapshot.kind == "forecast")).one()
    assert "Ada" not in str(stored.data)
    assert "exam" not in str(stored.data)
    erasure.erase(made.people[0].id, made.now)
    joining.leave(made.course, made.people[1], made.now)
    assert [line.member.name for line in made.board().behind] == ["Eve"]


def test_a_course_without_learners_or_facts_has_a_board_too(app: Flask, now: datetime) -> None:
    course = course_of(create_person("instructor"))
    board = course_forecast.board(course, now)
    assert board
    assert board.target is None
    assigned_goal(course, create_bank().id, due_at=now + DAY)
    board = course_forecast.board(course, now)
    assert board
    assert board.target
    assert (board.target.learners, board.target.mean.mean, board.target.planned) == (0, 0, None)


@pytest.mark.only("sqlite")
def test_of_a_vast_course_the_first_facts_and_days_are_forecast(
    made: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forecast_numbers, "MOST_CELLS", 9)
    forecast_terms.change(made.course, ForecastTerms(day=date(2026, 6, 1)), made.now)
    board = made.board()
    assert [one.facts for one in board.targets] == [3]
