"""Levels of learners and the weights of all of them together: from whom, of what, and how fresh."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS
from quizapp.core.scheduling.gate import foretell
from quizapp.core.scheduling.level import Level, level_of
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, Parameters, Setting, Snapshot
from quizapp.services.content import catalog
from quizapp.services.people import erasure
from quizapp.services.people.sessions import Person
from quizapp.services.study import aligning, fit_jobs, fit_log, levels, memories, parameters, pooled
from tests.factories import create_bank, create_person
from tests.services.learner_makers import facts_of, rate
from tests.services.simulated_logs import put_log, simulated, steady
from tests.services.test_memory_model import Clock, agrees, anew, run

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOON = datetime(2026, 1, 23, 12, tzinfo=UTC)  # some days after the answers


@pytest.fixture
def bank(app: Flask) -> Bank:
    catalog.forget()
    return create_bank(facts=40)


def learner(bank: Bank, given: Any, guess: float = 0.0) -> Person:
    person = create_person(seen_on=NOW.date())
    put_log(person, bank, given, guess)
    return person


def level(person: Person) -> Level:
    return levels.of_learner(db.session.connection(), person.id)


def known(person: Person) -> float:
    """How many facts the learner's pages say are known."""
    return sum(one.recall for one in memories.of_person(person, SOON))


def test_a_level_goes_the_way_of_the_answers(bank: Bank) -> None:
    good, bad = (learner(bank, steady(chance, 160, START)) for chance in (1.0, 0.6))
    plain = {one.id: known(one) for one in (good, bad)}
    assert level(good) == Level()
    assert sorted(levels.refresh(NOW)) == [good.id, bad.id]
    assert level(bad).shift < 0 < level(good).shift
    assert level(good).spread < Level().spread
    assert known(good) > plain[good.id]
    assert known(bad) < plain[bad.id]
    agrees()
    assert levels.answers_behind(db.session.connection(), good.id) == 140


@pytest.mark.only("sqlite")
def test_right_answers_that_may_be_guesses_raise_less(bank: Bank) -> None:
    given = steady(0.9, 160, START)
    sure, guessing = learner(bank, given), learner(bank, given, guess=0.5)
    levels.refresh(NOW)
    assert level(guessing).shift < level(sure).shift


@pytest.mark.only("sqlite")
def test_only_new_answers_are_a_reason_to_work_a_level_out_anew(bank: Bank) -> None:
    ada, _ = (learner(bank, steady(0.9, 60, START)) for _ in range(2))
    assert len(levels.refresh(NOW)) == 2
    assert levels.refresh(NOW) == []
    rate(ada, facts_of(bank)[0], 1, NOW, 1)
    assert levels.refresh(NOW) == [ada.id]
    create_person(seen_on=NOW.date())  # who never answered
    assert levels.refresh(NOW) == []
    with writing() as session:
        session.execute(sa.delete(Snapshot))  # as every erasure does
    assert len(levels.refresh(NOW + timedelta(days=30))) == 2


@pytest.mark.only("sqlite")
def test_a_round_ends_in_time_and_the_next_goes_on(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        learner(bank, steady(0.9, 40, START))
    ticks = iter((0.0, 0.0, 100.0, 200.0, 200.0, 200.0))
    monkeypatch.setattr(levels, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    assert (len(levels.refresh(NOW)), len(levels.refresh(NOW))) == (1, 1)


def test_new_weights_are_not_put_right_a_second_time_by_the_level(bank: Bank) -> None:
    ada = learner(bank, steady(0.6, 200, START))
    levels.refresh(NOW)
    before = level(ada)
    weaker = list(DEFAULT_WEIGHTS)
    weaker[:4], weaker[8], weaker[20] = [0.2, 0.3, 0.5, 0.8], 0.0, 0.4  # they do fade fast
    with writing() as session:
        session.add(
            Parameters(
                user_id=ada.id, version=1, engine="own/x", weights=weaker, rows=180,
                state="adopted", at=NOW,
            )
        )  # fmt: skip
    parameters.use(ada, 1, NOW)
    aligning.align(ada.id, NOW)
    assert levels.refresh(NOW) == [ada.id]
    after = level(ada)
    facts = fit_log.read(db.session.connection(), ada.id)
    told_anew = foretell(facts, tuple(weaker))
    expected = level_of(
        [one.recall for one in told_anew], [one.passed for one in told_anew], None, [2.0] * 180
    )
    assert after.shift == pytest.approx(expected.shift, abs=1e-4)
    assert after.shift != pytest.approx(before.shift, abs=0.05)
    told = db.session.scalar(sa.select(Snapshot.data).where(Snapshot.kind == levels.TOLD))
    assert told is not None
    assert len(told["recalls"]) == 180
    rate(anew(ada), facts_of(bank)[0], 3, NOW, 1)
    levels.refresh(NOW)  # by what was kept, not by another walk through the log
    assert level(ada).shift == pytest.approx(after.shift, abs=0.1)
    with writing() as session:
        session.execute(sa.delete(Snapshot))
    levels.refresh(NOW)
    assert level(ada).shift == pytest.approx(after.shift, abs=0.1)


@pytest.mark.only("sqlite")
def test_nobodys_level_depends_on_another(bank: Bank) -> None:
    ada = learner(bank, steady(0.7, 100, START))
    levels.refresh(NOW)
    alone = level(ada)
    learner(bank, steady(0.2, 100, START))
    levels.refresh(NOW)
    levels.refresh_one(ada.id, NOW)
    assert level(ada) == alone


@pytest.fixture
def crowd(bank: Bank) -> list[Person]:
    """Five learners who forget much faster than the usual values say."""
    return [learner(bank, simulated(9, 250 - n)) for n in range(5)]


def pool() -> pooled.Pooled | None:
    pooled.run({}, Clock())
    db.session.rollback()
    return pooled.current()


@pytest.mark.only("sqlite")
def test_weights_of_all_help_whoever_has_few_answers(crowd: list[Person], bank: Bank) -> None:
    found = pool()
    assert found
    assert found.weights
    assert found.learners == 5
    assert found.loss_pooled < found.loss_usual
    eve = learner(bank, simulated(9, 90))
    fit_jobs.tend(NOW)
    assert fit_jobs.is_due(db.session.connection(), eve.id)
    assert run(fit_jobs.FIT, eve) == {"state": "adopted", "version": 1}
    version = parameters.versions(anew(eve))[0]
    assert (version.source, version.in_use) == (parameters.POOLED, True)
    assert not fit_jobs.is_due(db.session.connection(), eve.id)
    agrees()


@pytest.mark.only("sqlite")
def test_weights_of_all_are_not_used_where_they_foretell_worse(
    crowd: list[Person], bank: Bank
) -> None:
    assert pool()
    eve = learner(bank, steady(1.0, 60, START))
    assert run(fit_jobs.FIT, eve) == {"state": "kept", "version": 1}
    assert anew(eve).params_version == 0


@pytest.mark.only("sqlite")
def test_fewer_than_five_learners_are_never_put_together(crowd: list[Person]) -> None:
    assert pool()
    erasure.erase(crowd[0].id, NOW)
    assert pool() is None
    stored = db.session.get_one(Setting, pooled.KEY).value
    assert set(stored) == {"learners", "at"}


@pytest.mark.only("sqlite")
def test_weights_of_all_are_asked_for_once_a_week(app: Flask) -> None:
    assert not pooled.ask(NOW)  # nobody is there
    with writing() as session:
        session.add_all(
            Snapshot(kind=levels.KIND, subject=str(n), data={}, as_of=NOW) for n in range(5)
        )
    assert pooled.ask(NOW)
    pooled.run({}, Clock())  # some time before
    at = datetime.fromisoformat(db.session.get_one(Setting, pooled.KEY).value["at"])
    assert not pooled.ask(at + timedelta(days=6))
    assert pooled.ask(at + timedelta(days=7))


@pytest.mark.only("sqlite")
def test_a_learner_whose_level_fails_holds_nobody_up(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, fine = (learner(bank, steady(1.0, 160, START)) for _ in range(2))
    real = levels._worked_out

    def worked_out(one: Any, now: datetime) -> Any:
        if one.id == broken.id:
            raise LookupError("weights")
        return real(one, now)

    monkeypatch.setattr(levels, "_worked_out", worked_out)
    levels.refresh(NOW)
    assert level(fine) != Level()
    assert level(broken) == Level()
