"""Weights fitted to a learner: when they are used, what changes then, and the way back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.core.scheduling import fitting, gate
from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS, Weights
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, Card, Job, Parameters, Review, User
from quizapp.services.content import catalog
from quizapp.services.identifiers import new_secret
from quizapp.services.operations import job_handlers
from quizapp.services.people import erasure, merging, preferences, privacy, sessions
from quizapp.services.people.sessions import Person
from quizapp.services.study import (
    aligning,
    cards,
    fit_jobs,
    fit_log,
    memories,
    parameters,
    replay_check,
)  # fmt: skip
from tests.factories import create_bank, create_person
from tests.services.learner_makers import facts_of, rate
from tests.services.simulated_logs import put_log, simulated

FITTED_SEED = 9  # a learner whom fitted weights foretell much better
NOW = datetime(2024, 12, 1, 12, tzinfo=UTC)  # after all their answers


class Clock:
    """What a job is given."""

    def now(self) -> datetime:
        return NOW

    def progress(self, share: float) -> None:
        """Nobody looks."""


@pytest.fixture
def bank(app: Flask) -> Bank:
    catalog.forget()
    return create_bank(facts=40)


@pytest.fixture
def ada(bank: Bank) -> Person:
    person = create_person(name="Ada", seen_on=NOW.date())
    put_log(person, bank, simulated(FITTED_SEED, 250))
    return person


def anew(person: Person) -> Person:
    db.session.rollback()
    found = sessions.person(person.id)
    assert found
    return found


def run(kind: str, person: Person, **payload: Any) -> dict[str, Any]:
    found = job_handlers.HANDLERS[kind]({"user": person.id, **payload}, Clock())
    assert found is not None
    return found


def work() -> None:
    """Run all jobs that wait, as the worker does."""
    for job in db.session.scalars(sa.select(Job).where(Job.state == "waiting")).all():
        kind, payload = job.kind, job.payload
        with writing() as session:
            done = session.get_one(Job, job.id)
            done.state, done.dedupe_key = "done", None
        job_handlers.HANDLERS[kind](payload, Clock())


def cards_of(person: Person) -> dict[int, tuple[float, int, int]]:
    db.session.rollback()
    rows = db.session.scalars(sa.select(Card).where(Card.user_id == person.id))
    return {row.fact_id: (row.stability, row.due_day, row.params_version) for row in rows}


def agrees() -> None:
    found = replay_check.check()
    assert found.different == 0, found.examples


def fit_is(monkeypatch: pytest.MonkeyPatch, weights: Weights) -> None:
    monkeypatch.setattr(fitting, "fit", lambda _log, _until=None: weights)


def test_better_weights_are_used_and_what_is_due_stays_due(ada: Person) -> None:
    before = cards_of(ada)
    assert run(fit_jobs.FIT, ada) == {"state": "adopted", "version": 1}
    after = cards_of(ada)
    assert anew(ada).params_version == 1
    assert {version for _, _, version in after.values()} == {1}
    assert {fact: due for fact, (_, due, _) in after.items()} == {
        fact: due for fact, (_, due, _) in before.items()
    }
    assert all(after[fact][0] != before[fact][0] for fact in before)
    rows = db.session.scalars(sa.select(Review).where(Review.kind == "reparam")).all()
    assert len(rows) == len(before)
    assert {(row.params_version, row.due_day, row.rating) for row in rows} == {(1, None, None)}
    (kept,) = db.session.scalars(sa.select(Parameters)).all()
    assert kept.loss_after is not None
    assert kept.loss_before is not None
    assert kept.loss_after < kept.loss_before
    assert kept.rows == fit_log.scored_count(db.session.connection(), ada.id)
    agrees()


def test_going_back_makes_every_memory_what_it_was(ada: Person) -> None:
    before = cards_of(ada)
    run(fit_jobs.FIT, ada)
    parameters.use(anew(ada), 0, NOW)
    work()
    assert cards_of(ada) == before
    assert [(one.number, one.state, one.in_use) for one in parameters.versions(anew(ada))] == [
        (1, "left", False), (0, "adopted", True),
    ]  # fmt: skip
    agrees()
    parameters.use(anew(ada), 1, NOW)
    work()
    assert {version for _, _, version in cards_of(ada).values()} == {1}
    agrees()


@pytest.mark.only("sqlite")
def test_who_went_back_is_left_in_peace_until_they_ask(ada: Person, bank: Bank) -> None:
    run(fit_jobs.FIT, ada)
    parameters.use(anew(ada), 0, NOW)
    later = [(card, at + timedelta(days=300), r) for card, at, r in simulated(1, 200)]
    put_log(anew(ada), bank, later)
    connection = db.session.connection()
    assert not fit_jobs.is_due(connection, ada.id)
    assert run(fit_jobs.FIT, ada) == {"state": "not due"}
    assert fit_jobs.ask(anew(ada), NOW)
    assert run(fit_jobs.FIT, ada, asked=True)["version"] == 2


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("place", [4, 8, 20])
def test_worse_weights_are_kept_for_the_record_and_never_used(
    ada: Person, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    run(fit_jobs.FIT, ada)
    used = db.session.scalars(sa.select(Parameters.weights)).one()
    before = cards_of(ada)
    worse = list(DEFAULT_WEIGHTS)
    worse[place] = {4: 10.0, 8: 0.0, 20: 0.8}[place]
    fit_is(monkeypatch, tuple(worse))
    monkeypatch.setattr(fit_jobs, "LEAST_ASKED", 0)
    assert run(fit_jobs.FIT, ada, asked=True) == {"state": "kept", "version": 2}
    assert anew(ada).params_version == 1
    assert cards_of(ada) == before
    assert used != worse
    with pytest.raises(parameters.NoSuchVersion):
        parameters.use(anew(ada), 2, NOW)


@pytest.mark.only("sqlite")
def test_where_the_usual_values_have_become_better_they_are_used(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = (*DEFAULT_WEIGHTS[:8], 3.5, *DEFAULT_WEIGHTS[9:])
    with writing() as session:
        session.add(
            Parameters(
                user_id=ada.id, version=1, engine="own/x", weights=list(bad), rows=1,
                state="adopted", at=NOW,
            )
        )  # fmt: skip
        session.get_one(User, ada.id).params_version = 1
    aligning.align(ada.id, NOW)
    fit_is(monkeypatch, bad)
    assert run(fit_jobs.FIT, ada) == {"state": "adopted", "version": 2}
    newest = db.session.scalars(sa.select(Parameters).where(Parameters.version == 2)).one()
    assert tuple(newest.weights) == DEFAULT_WEIGHTS
    agrees()


def test_life_goes_on_with_new_weights(ada: Person, bank: Bank) -> None:
    run(fit_jobs.FIT, ada)
    fresh, stale = anew(ada), ada  # a request that began before the weights were changed
    facts = facts_of(bank)
    rate(fresh, facts[0], 3, NOW, 1)
    rate(stale, facts[1], 1, NOW - timedelta(minutes=1), 2)
    agrees()
    cards.undo(fresh, NOW + timedelta(minutes=1))
    cards.undo(fresh, NOW + timedelta(minutes=2))
    agrees()
    assert {version for _, _, version in cards_of(ada).values()} == {1}


@pytest.mark.only("sqlite")
def test_an_alignment_that_was_broken_off_is_taken_up_where_it_stopped(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aligning, "CHUNK", 7)
    fitted = fit_jobs.fitted(ada)
    assert fitted
    assert parameters.keep(ada, fitted, NOW) == 1
    facts = list(cards_of(ada))
    with writing() as session:
        assert aligning.within(session.connection(), ada.id, facts[:5], NOW) == 5
    agrees()
    assert aligning.align(ada.id, NOW) == len(facts) - 5
    assert aligning.align(ada.id, NOW) == 0
    assert {version for _, _, version in cards_of(ada).values()} == {1}
    agrees()


@pytest.mark.only("sqlite")
def test_a_fit_is_dropped_where_the_version_was_changed_meanwhile(ada: Person) -> None:
    fitted = fit_jobs.fitted(ada)
    assert fitted
    run(fit_jobs.FIT, ada)
    assert parameters.keep(ada, fitted, NOW) is None


@pytest.mark.only("sqlite")
def test_fits_are_asked_for_when_a_log_has_grown_enough(bank: Bank) -> None:
    ben = create_person(seen_on=NOW.date())
    put_log(ben, bank, simulated(FITTED_SEED, 60))
    assert fit_jobs.tend(NOW) == 0
    assert fit_jobs.lacking(ben) > 0
    assert not fit_jobs.ask(ben, NOW)
    eve = create_person(seen_on=NOW.date())
    put_log(eve, bank, simulated(FITTED_SEED, 250))
    assert fit_jobs.tend(NOW) == 1
    assert fit_jobs.tend(NOW) == 0  # nobody has answered since
    work()
    assert anew(eve).params_version == 1
    assert not fit_jobs.is_due(db.session.connection(), eve.id)
    assert fit_jobs.lacking(eve) == fit_jobs.LEAST_ASKED


@pytest.mark.only("sqlite")
def test_who_went_back_is_left_in_peace_also_where_a_later_fit_was_no_better(
    ada: Person, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(fit_jobs.FIT, ada)
    later = [(card, at + timedelta(days=300), r) for card, at, r in simulated(1, 200)]
    put_log(anew(ada), bank, later)
    fit_is(monkeypatch, tuple(weight * 4 for weight in DEFAULT_WEIGHTS[:4]) + DEFAULT_WEIGHTS[4:])
    monkeypatch.setattr(gate, "judge", lambda before, after: gate.Verdict(False, 0.3, 0.4, 9))
    assert run(fit_jobs.FIT, ada, asked=True) == {"state": "kept", "version": 2}
    monkeypatch.setattr(fit_jobs, "LEAST", 20)
    monkeypatch.setattr(fit_jobs, "GROWTH", 10**6)
    put_log(anew(ada), bank, [(card, at + timedelta(days=600), r) for card, at, r in later])
    assert fit_jobs.is_due(db.session.connection(), ada.id)
    parameters.use(anew(ada), 0, NOW)
    assert not fit_jobs.is_due(db.session.connection(), ada.id)


@pytest.mark.only("sqlite")
def test_a_log_that_has_shrunk_may_be_fitted_anew(ada: Person) -> None:
    fitted = parameters.Fitted(DEFAULT_WEIGHTS, parameters.OWN, 50_000, 0.3, 0.3, False)
    parameters.keep(ada, fitted, NOW)  # of a history that was taken back since
    assert fit_jobs.lacking(ada) == 0
    assert fit_jobs.is_due(db.session.connection(), ada.id)


def test_an_answer_that_was_on_its_way_is_by_the_weights_and_the_zone_of_now(
    ada: Person, bank: Bank
) -> None:
    run(fit_jobs.FIT, ada)
    zone = replace(preferences.of_person(anew(ada)), tz="Asia/Tokyo")
    preferences.save(ada.id, zone)
    fact = facts_of(bank)[0]
    rate(ada, fact, 3, NOW, number=10**6)  # as the request knew them before both
    assert cards_of(ada)[fact][2] == 1
    agrees()
    cards.undo(ada, NOW)
    agrees()


@pytest.mark.only("sqlite")
def test_nobodys_model_depends_on_anothers_answers(ada: Person, bank: Bank) -> None:
    alone = fit_jobs.fitted(ada)
    ben = create_person()
    put_log(ben, bank, simulated(1, 150))
    before = cards_of(ben), [one.recall for one in memories.of_person(ben, NOW)]
    assert fit_jobs.fitted(ada) == alone
    run(fit_jobs.FIT, ada)
    assert (cards_of(ben), [one.recall for one in memories.of_person(ben, NOW)]) == before
    with pytest.raises(parameters.NoSuchVersion):
        parameters.use(ben, 1, NOW)


def test_a_guest_brings_fitted_weights_along_but_the_accounts_stay_in_use(
    bank: Bank, now: datetime
) -> None:
    guest = sessions.guest_of(new_secret(), NOW, "UTC")[0]
    account = create_person()
    put_log(guest, bank, simulated(FITTED_SEED, 250))
    put_log(account, bank, simulated(1, 200))
    run(fit_jobs.FIT, guest)
    run(fit_jobs.FIT, account)
    used = anew(account).params_version
    kept = db.session.scalar(sa.select(sa.func.count()).select_from(Parameters))
    merging.merge(guest.id, account.id, NOW)
    found = anew(account)
    assert found.params_version == used
    assert {version for _, _, version in cards_of(account).values()} == {used}
    rows = db.session.scalars(sa.select(Parameters).where(Parameters.user_id == account.id)).all()
    assert len(rows) == kept
    agrees()
    parameters.use(found, 0, NOW)
    work()
    agrees()


@pytest.mark.only("sqlite")
def test_versions_are_in_the_export_and_go_with_their_person(ada: Person) -> None:
    run(fit_jobs.FIT, ada)
    exported = privacy.export(ada.id, NOW)
    assert [row["version"] for row in exported["parameters"]] == [1]
    assert any(row["kind"] == "reparam" for row in exported["reviews"])
    erasure.erase(ada.id, NOW)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Parameters)) == 0
    with writing() as session:
        assert session.get(User, ada.id) is None
    assert run(fit_jobs.FIT, ada) == {"state": "gone"}
