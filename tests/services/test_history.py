"""A learner's history from Anki: taken over, not doubled, taken back, and given back."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.core.formats.contract import SINGLE
from quizapp.core.formats.shared.source import Source
from quizapp.core.scheduling.days import learner_day
from quizapp.extensions import db
from quizapp.models import (
    Bank,
    Card,
    CardMark,
    Fact,
    Import,
    LoggedResponse,
    Parameters,
    Question,
    Review,
    Shelf,
    UserDay,
)
from quizapp.services.operations import job_handlers, jobs
from quizapp.services.people import erasure, merging, sessions
from quizapp.services.people.sessions import Person
from quizapp.services.study import answers, replay_check
from quizapp.services.transfer import (
    exporting,
    history_storing,
    history_undoing,
    importing,
    undoing,
)
from quizapp.services.transfer.import_report import Report
from tests.core.anki_ground import collection, collection_rows, note, package
from tests.factories import create_person

pytestmark = pytest.mark.usefixtures("app")

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
CRT = int(datetime(2026, 1, 1, 4, tzinfo=UTC).timestamp())
COL = f'UPDATE col SET crt = {CRT}, conf = \'{{"creationOffset": 0, "rollover": 4}}\';'
# Logs of one collection each, and the stability that Anki 26.9 gives them: with its own weights,
# and with WEIGHTS.
WEIGHTS = (
    0.4, 1.5, 3.0, 14.0, 6.6, 0.9, 2.6, 0.005, 1.7, 0.2, 0.7, 1.6, 0.1, 0.25, 2.0, 0.35, 1.9, 0.6,
    0.12, 0.09, 0.2,
)  # fmt: skip
LAPSED = [
    [1771481111190, 3, -600, 0, 0, 19467, 0], [1771481715863, 3, 1, -600, 500, 23209, 0],
    [1771569141295, 1, -600, 1, 600, 28066, 1], [1771569777802, 3, 1, -600, 600, 57589, 2],
    [1771645560450, 3, 3, 1, 450, 21251, 1], [1771975371789, 3, 8, 3, 450, 28966, 1],
    [1772775746278, 3, 21, 8, 450, 38453, 1], [1774337573166, 3, 53, 21, 450, 22867, 1],
    [1780323127340, 3, 133, 53, 450, 29790, 1],
]  # fmt: skip
CRAMMED = [
    [1765229988225, 4, 4, 0, 500, 28294, 0], [1765584297712, 3, 11, 4, 450, 8102, 1],
    [1765587897712, 3, 11, 11, 0, 4000, 3], [1766902942000, 3, 28, 11, 450, 3651, 1],
    [1769564725181, 3, 71, 28, 450, 49249, 1], [1775033980771, 3, 178, 71, 450, 24741, 1],
]  # fmt: skip
BY_HAND = [
    [1773183252219, 3, -600, 0, 0, 12505, 0], [1773183931744, 3, 1, -600, 500, 4666, 0],
    [1773282339638, 3, 3, 1, 450, 56690, 1], [1773528613400, 3, 8, 3, 450, 7167, 1],
    [1774241791058, 3, 21, 8, 450, 43904, 1], [1774245391058, 0, 27, 21, 700, 0, 4],
    [1776917933750, 3, 68, 27, 450, 56999, 1], [1784661058357, 3, 171, 68, 450, 19561, 1],
]  # fmt: skip
OURS = ((LAPSED, 98.4111, 91.8148), (CRAMMED, 358.4506, 231.5209), (BY_HAND, 348.5465, 237.0171))


def pack(logs: Sequence[Sequence[list[int]]], preset: str = "", **cards: dict[str, Any]) -> bytes:
    """Return a package with a card for each log; `cards` are columns of a card by its front."""
    notes, revlog = [], []
    for number, log in enumerate(logs, 1):
        last = log[-1] if log else [0] * 7
        due = (last[0] // 1000 - CRT) // 86_400 + last[2]
        studied = {"type": 2, "queue": 2, "due": due, "ivl": last[2], "reps": len(log)}
        values = {"id": 1000 + number, "mod": 5, **(studied if log else {})}
        values |= cards.get(f"f{number}", {})
        notes.append(note(f"f{number}", f"b{number}", guid=f"g{number}", cards=[values]))
        revlog += [[row[0], 1000 + number, *row[1:]] for row in log]
    data = collection(notes, revlog=revlog, decks={1: "Default", 1500000000002: "Blood"}, extra="")
    return package(_changed(data, COL + preset))


def _changed(data: bytes, script: str) -> bytes:
    with closing(sqlite3.connect(":memory:")) as file:
        file.deserialize(data)
        file.executescript(script)
        return file.serialize()


def bring(person: Person, data: bytes, now: datetime = NOW, **wishes: Any) -> Report:
    source = Source.of("deck.apkg", data)
    wishes = {"history_of": person.id, "owner_id": person.id} | wishes
    return importing.import_bank(source, now=now, **wishes)


def history(report: Report) -> dict[str, Any]:
    assert report.history is not None
    return report.history


def cards(person: Person) -> dict[str, Card]:
    """Return a person's cards by the front of the flashcard."""
    query = (
        sa.select(Question.name, Card)
        .join(Question, Question.fact_id == Card.fact_id)
        .where(Card.user_id == person.id)
    )
    return dict(db.session.execute(query).all())  # type: ignore[arg-type]


def reviews(person: Person) -> list[tuple[Any, ...]]:
    query = sa.select(Review.at, Review.kind, Review.rating, Review.took_ms)
    return sorted(map(tuple, db.session.execute(query.where(Review.user_id == person.id))), key=str)


def out(bank: Bank, person: Person | None) -> bytes:
    return exporting.export_files(bank, "apkg", "x.apkg", person)[0].files[SINGLE]


def logged(data: bytes) -> list[tuple[Any, ...]]:
    return collection_rows(
        data, "SELECT id, ease, ivl, lastIvl, factor, time, type FROM revlog ORDER BY id"
    )


def run_jobs() -> None:
    class Nobody:
        def now(self) -> datetime:
            return NOW

        def progress(self, share: float) -> None:
            pass

    while held := jobs.lease("test", NOW):
        jobs.finish(held, job_handlers.HANDLERS[held.kind](held.payload, Nobody()), NOW)


@pytest.fixture
def me() -> Person:
    return create_person("instructor", tz="UTC", rollover_minutes=240)


def test_stability_is_what_anki_says_of_the_same_log(me: Person) -> None:
    told = history(bring(me, pack([log for log, _, _ in OURS])))
    assert (told["reviews"], told["cards"]) == (21, 3)
    assert told["left_out"] == {"by_hand": 1, "crammed": 1}
    for number, (_, stability, _) in enumerate(OURS, 1):
        assert cards(me)[f"f{number}"].stability == pytest.approx(stability, rel=1e-3)


def test_with_the_weights_that_anki_fitted_it_is_what_anki_says_with_these(me: Person) -> None:
    preset = {"1": {"id": 1, "fsrsParams6": list(WEIGHTS)}}
    decks = {"1500000000002": {"id": 1500000000002, "name": "Blood", "conf": 1}}
    script = f"UPDATE col SET dconf = '{json.dumps(preset)}', decks = '{json.dumps(decks)}';"
    data = pack([log for log, _, _ in OURS], script)
    told = history(bring(me, data, with_weights=True))
    assert told["weights"] == {"version": 1, "in_use": True, "others": 0}
    for number, (_, _, stability) in enumerate(OURS, 1):
        assert cards(me)[f"f{number}"].stability == pytest.approx(stability, rel=1e-3)
    bring(me, data)
    assert db.session.scalars(sa.select(Parameters.version)).all() == [1]
    bank = db.session.scalars(sa.select(Bank)).one()
    mine = sessions.person(me.id)
    other = create_person("instructor", tz="UTC")
    assert history(bring(other, out(bank, mine)))["weights"] == {
        "version": 1, "in_use": False, "others": 0,
    }  # fmt: skip


def _with_weights(logs: Sequence[Sequence[list[int]]]) -> bytes:
    preset = {"1": {"id": 1, "fsrsParams6": list(WEIGHTS)}}
    decks = {"1500000000002": {"id": 1500000000002, "name": "Blood", "conf": 1}}
    return pack(
        logs, f"UPDATE col SET dconf = '{json.dumps(preset)}', decks = '{json.dumps(decks)}';"
    )


def test_weights_that_were_only_kept_are_used_when_that_is_wished_later(me: Person) -> None:
    data = _with_weights([LAPSED])
    assert not history(bring(me, data))["weights"]["in_use"]
    told = history(bring(me, data, with_weights=True))
    assert told["weights"] == {"version": 1, "in_use": True, "others": 0}
    run_jobs()
    assert {card.params_version for card in cards(me).values()} == {1}


def test_the_history_that_a_guest_brought_can_be_taken_back_from_the_account() -> None:
    guest = create_person(kind="guest", tz="UTC", rollover_minutes=240)
    bring(guest, pack([LAPSED, CRAMMED], f2={"flags": 2}))
    answer(guest, "f1", 3, NOW)
    account = create_person("instructor", tz="UTC", rollover_minutes=240)
    merging.merge(guest.id, account.id, NOW)
    record = db.session.scalars(sa.select(Import)).one()
    assert record.options["history"]["user"] == account.id
    assert history_undoing.take_back(record.id) > 0
    assert [kind for _, kind, _, _ in reviews(account)] == ["answer"]
    assert db.session.scalars(sa.select(CardMark)).all() == []
    assert replay_check.check().different == 0


def test_a_card_is_due_on_the_day_on_which_anki_would_have_asked_it(me: Person) -> None:
    bring(me, pack([LAPSED, CRAMMED], f2={"due": 400}))
    answered = learner_day(datetime.fromtimestamp(LAPSED[-1][0] / 1000, UTC), "UTC", 240)
    assert cards(me)["f1"].due_day == answered + 133
    assert cards(me)["f2"].due_day == datetime(2026, 1, 1, tzinfo=UTC).toordinal() + 400


def test_a_card_in_its_learning_steps_waits_for_its_instant(me: Person) -> None:
    due = int(NOW.timestamp()) + 300
    log = [[(due - 900) * 1000, 1, -600, 0, 0, 5000, 0]]
    bring(me, pack([log], f1={"type": 1, "queue": 1, "due": due}))
    assert (cards(me)["f1"].state, cards(me)["f1"].due_at) == (1, datetime.fromtimestamp(due, UTC))


def test_only_memories_grow(me: Person) -> None:
    bring(me, pack([LAPSED]))
    assert db.session.scalars(sa.select(UserDay)).all() == []
    assert db.session.scalars(sa.select(LoggedResponse)).all() == []
    assert db.session.scalars(sa.select(Shelf.user_id)).all() == [me.id]
    assert (cards(me)["f1"].reps, cards(me)["f1"].lapses) == (9, 1)
    assert replay_check.check().different == 0


def test_the_same_package_adds_nothing_and_a_newer_one_what_is_new(me: Person) -> None:
    bring(me, pack([LAPSED[:-1], CRAMMED]))
    before = reviews(me)
    told = history(bring(me, pack([LAPSED[:-1], CRAMMED])))
    assert (told["reviews"], told["already"]) == (0, 13)
    assert reviews(me) == before
    told = history(bring(me, pack([LAPSED, CRAMMED])))
    assert (told["reviews"], told["cards"], told["already"]) == (1, 1, 13)
    assert cards(me)["f1"].stability == pytest.approx(98.4111, rel=1e-3)
    assert replay_check.check().different == 0


def test_without_being_asked_no_history_is_taken_over(me: Person) -> None:
    report = importing.import_bank(Source.of("d.apkg", pack([LAPSED])), owner_id=me.id, now=NOW)
    assert (report.history, reviews(me)) == (None, [])
    assert "history" not in report.as_json()


def test_a_history_is_the_learners_alone(me: Person) -> None:
    other = create_person(tz="UTC")
    bring(me, pack([LAPSED]), history_of=other.id)
    assert (reviews(me), len(reviews(other))) == ([], 9)


def test_what_anki_set_aside_or_flagged_is_so_here_unless_the_learner_has_decided(
    me: Person,
) -> None:
    data = pack([LAPSED, CRAMMED, []], f1={"queue": -1}, f2={"flags": 3}, f3={"queue": -1})
    assert history(bring(me, data))["marks"] == 3
    marks = db.session.scalars(sa.select(CardMark).order_by(CardMark.fact_id)).all()
    assert [(mark.suspended_at is not None, mark.flag) for mark in marks] == [
        (True, 0), (False, 3), (True, 0),
    ]  # fmt: skip
    marks[0].suspended_at = None
    db.session.commit()
    bring(me, data)
    db.session.expire_all()
    assert marks[0].suspended_at is None


def test_forgetting_in_anki_forgets_here(me: Person) -> None:
    forgotten = [LAPSED[-1][0] + 60_000, 0, 0, 0, 0, 0, 4]
    bring(me, pack([[*LAPSED, forgotten]], f1={"type": 0, "queue": 0, "due": 1}))
    assert cards(me) == {}
    assert replay_check.check().different == 0


def test_hostile_rows_are_counted_and_harm_nothing(me: Person) -> None:
    bad = [
        [1, 3, 5, 1, 1, 1, 1], [-7, 3, 5, 1, 1, 1, 1], [2**52, 3, 5, 1, 1, 1, 1],
        [LAPSED[1][0] + 1, 9, 5, 1, 1, 1, 1], [LAPSED[1][0] + 2, -4, 5, 1, 1, 1, 1],
        [LAPSED[1][0] + 3, 3, 2**52, -(2**52), 2**52, 2**52, 1],
        [LAPSED[1][0] + 4, 2, -(2**52), 1, 1, -9, 1],
    ]  # fmt: skip
    data = pack([[*LAPSED[:2], *bad]], f1={"due": 2**52, "queue": 55, "flags": 2**40, "data": "["})
    told = history(bring(me, data))
    assert told["reviews"] == 4
    assert told["left_out"] == {"time": 3, "rating": 2}
    assert replay_check.check().different == 0
    bank = db.session.scalars(sa.select(Bank)).one()
    assert len(logged(out(bank, me))) == 4


def test_the_rows_that_one_file_may_bring_are_bounded(
    me: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quizapp.services.transfer.history_import.MAX_ROWS", 10)
    told = history(bring(me, pack([LAPSED, CRAMMED])))
    assert (told["reviews"], told["left_out"]["no_more"]) == (9, 5)


def test_taken_back_an_import_leaves_only_what_was_answered_here(me: Person) -> None:
    importing.import_bank(
        Source.of("d.apkg", pack([LAPSED])), owner_id=me.id, title="Blood", now=NOW
    )
    bring(me, pack([LAPSED, CRAMMED, BY_HAND], f2={"flags": 2}), title="Blood")
    answer(me, "f3", 3, NOW)
    record = db.session.scalars(sa.select(Import).order_by(Import.id.desc())).first()
    assert record is not None
    undoing.undo(record.id, me, NOW)
    run_jobs()
    db.session.expire_all()
    assert [(kind, rating) for _, kind, rating, _ in reviews(me)] == [("answer", 3)]
    assert (list(cards(me)), db.session.scalars(sa.select(CardMark)).all()) == (["f3"], [])
    statuses = db.session.execute(sa.select(Question.name, Question.status)).all()
    assert sorted(map(tuple, statuses)) == [("f1", "active"), ("f3", "retired")]
    assert replay_check.check().different == 0


def answer(person: Person, front: str, rating: int, now: datetime, number: int = 1) -> None:
    query = sa.select(Question.uid, Question.version).where(Question.name == front)
    uid, version = db.session.execute(query.limit(1)).one()
    given = {"rating": rating}
    answers.answer(person, str(UUID(int=number)), uid, version, given, now=now, took_ms=4321)


def test_who_is_erased_is_in_no_import_anymore(me: Person) -> None:
    bring(me, pack([LAPSED]))
    noted = sa.select(Import.options)
    assert db.session.scalars(noted).one()["history"]["user"] == me.id
    db.session.rollback()
    erasure.erase(me.id, NOW)
    assert "history" not in db.session.scalars(noted).one()


def test_an_answer_after_a_history_meets_the_memory_that_anki_left(me: Person) -> None:
    bring(me, pack([LAPSED]))
    answer(me, "f1", 3, NOW)
    assert cards(me)["f1"].stability > 200
    row = db.session.scalars(sa.select(Review).where(Review.kind == "answer")).one()
    assert 0.8 < row.details["recall"] < 0.95
    assert db.session.scalars(sa.select(UserDay.new_facts)).all() == [0]


def test_what_was_answered_before_a_history_came_counts_in_its_place(me: Person) -> None:
    data = pack([LAPSED])
    importing.import_bank(Source.of("d.apkg", data), owner_id=me.id, now=NOW)
    answer(me, "f1", 3, NOW)
    assert db.session.scalars(sa.select(UserDay.new_facts)).all() == [1]
    bring(me, data)
    db.session.expire_all()
    assert cards(me)["f1"].stability > 200
    assert db.session.scalars(sa.select(UserDay.new_facts)).all() == [0]
    assert replay_check.check().different == 0


def test_answers_given_here_go_out_with_the_history_and_come_back_as_the_same(me: Person) -> None:
    bring(me, pack([LAPSED, CRAMMED, []]))
    answer(me, "f1", 3, NOW, 1)
    answer(me, "f3", 1, NOW + timedelta(minutes=1), 2)
    bank = db.session.scalars(sa.select(Bank)).one()
    data = out(bank, me)
    rows = logged(data)
    assert [list(row) for row in rows[:-2]] == sorted([*LAPSED, *CRAMMED])
    assert [row[1] for row in rows[-2:]] == [3, 1]
    assert [row[6] for row in rows[-2:]] == [1, 0]  # a review, and a learning step
    assert rows[-1][2] == -60
    assert (rows[-2][0], rows[-2][5]) == (int(NOW.timestamp() * 1000), 4321)
    told = history(bring(me, data, NOW + timedelta(days=1)))
    assert (told["reviews"], told["already"]) == (0, 16)
    other = create_person("instructor", tz="UTC")
    bring(other, data, NOW + timedelta(days=1))
    assert [one[0] for one in reviews(other)] == [one[0] for one in reviews(me)]
    for front, card in cards(me).items():
        again = cards(other)[front]
        assert again.stability == pytest.approx(card.stability)
        assert (again.due_day, again.state, again.reps) == (card.due_day, card.state, card.reps)


def test_nobody_elses_history_is_in_the_file(me: Person) -> None:
    bring(me, pack([LAPSED]))
    bank = db.session.scalars(sa.select(Bank)).one()
    other = create_person(tz="UTC")
    data = out(bank, other)
    assert logged(data) == []
    assert collection_rows(data, "SELECT type, queue, reps, data FROM cards") == [(0, 0, 0, "")]
    assert len(logged(out(bank, me))) == 9


def test_a_format_without_a_place_for_a_history_refuses_it(me: Person) -> None:
    bring(me, pack([LAPSED]))
    bank = db.session.scalars(sa.select(Bank)).one()
    with pytest.raises(exporting.ExportRefused):
        exporting.export_files(bank, "gift", "x", me)


@pytest.mark.only("sqlite")
def test_a_thousand_cards_come_back_as_they_went(me: Person) -> None:
    base = [LAPSED, CRAMMED, BY_HAND]
    logs = [
        [[row[0] + 7 * number, *row[1:]] for row in base[number % 3][: 1 + number % 7]]
        for number in range(1000)
    ]
    marks = {f"f{number}": {"flags": number % 8} for number in range(1, 1000, 50)}
    marks |= {f"f{number}": {"queue": -1} for number in range(2, 1000, 50)}
    data = pack(logs, "", **marks)
    assert history(bring(me, data))["cards"] == 1000
    bank = db.session.scalars(sa.select(Bank)).one()
    went = out(bank, me)
    assert logged(went) == logged(data)
    of_cards = "SELECT type, queue, ivl, reps, coalesce(flags, 0) FROM cards ORDER BY id"
    assert collection_rows(went, of_cards) == collection_rows(data, of_cards)
    other = create_person("instructor", tz="UTC")
    bring(other, went)
    assert reviews(other) == reviews(me)
    mine, theirs = cards(me), cards(other)
    assert len(theirs) == 1000
    for front, card in mine.items():
        assert (theirs[front].stability, theirs[front].due_day) == (card.stability, card.due_day)


def test_chunks_are_short_and_a_run_that_broke_off_is_taken_up(
    me: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quizapp.services.transfer.history_import.FACTS", 1)
    store, done = history_storing.Chunk.store, 0

    def broken(self: history_storing.Chunk, pasts: Any) -> None:
        nonlocal done
        done += 1
        if done == 2:
            raise RuntimeError
        store(self, pasts)

    monkeypatch.setattr(history_storing.Chunk, "store", broken)
    data = pack([LAPSED, CRAMMED, BY_HAND])
    with pytest.raises(RuntimeError):
        bring(me, data)
    assert len(reviews(me)) == 9
    told = history(bring(me, data))
    assert (told["reviews"], told["already"]) == (12, 9)
    assert replay_check.check().different == 0


def test_two_questions_of_one_fact_make_one_memory_of_both_logs(me: Person) -> None:
    data = pack([LAPSED[:4], LAPSED[4:]])
    importing.import_bank(Source.of("d.apkg", data), owner_id=me.id, now=NOW)
    first, second = db.session.scalars(sa.select(Question).order_by(Question.position)).all()
    second.fact_id = first.fact_id
    db.session.commit()
    bring(me, data)
    (card,) = db.session.scalars(sa.select(Card)).all()
    assert card.stability == pytest.approx(98.4111, rel=1e-3)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Fact)) == 2


def test_the_days_are_those_of_the_learner(app: Flask) -> None:
    late = create_person("instructor", tz="Pacific/Auckland", rollover_minutes=240)
    bring(late, pack([LAPSED]))
    days = db.session.scalars(sa.select(Review.day).order_by(Review.at)).all()
    assert days[0] == learner_day(
        datetime.fromtimestamp(LAPSED[0][0] / 1000, UTC), "Pacific/Auckland", 240
    )
