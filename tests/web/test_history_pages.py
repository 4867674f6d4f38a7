"""A history taken over and given out through the pages."""

import io
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from quizapp.core.formats.shared.source import Source
from quizapp.extensions import db
from quizapp.models import Bank, BankMember, Import, Review, Upload, UploadPiece
from quizapp.services.operations import job_handlers, jobs
from quizapp.services.people.sessions import Person
from quizapp.services.transfer import history_storing, importing
from tests.core.anki_ground import collection, collection_rows, note, package
from tests.factories import create_person, sign_in
from tests.web.people_ground import real_now

MS = 1_771_481_111_190
LOG = [
    [MS, 1, -600, 0, 0, 19467, 0],
    [MS + 700_000, 3, 1, -600, 500, 23209, 0],
    [MS + 90_000_000, 3, 3, 1, 450, 28066, 1],
    [MS + 91_000_000, 0, 9, 3, 450, 0, 4],
    [MS + 91_000_001, 7, 9, 3, 450, 0, 1],
]
NOTES = [
    note("front", "back", guid="a", cards=[{"id": 11, "type": 2, "queue": 2, "due": 9, "reps": 3}]),
    note("other", "side", guid="b", cards=[{"id": 12}]),
]
DECK = package(collection(NOTES, revlog=[[row[0], 11, *row[1:]] for row in LOG]))


class Nobody:
    """A job's context without a worker."""

    def now(self) -> datetime:
        return real_now()

    def progress(self, share: float) -> None:
        pass


def work() -> None:
    while held := jobs.lease("test", real_now()):
        result = job_handlers.HANDLERS[held.kind](held.payload, Nobody())
        jobs.finish(held, result, real_now())


@pytest.fixture
def teacher(app: Flask, client: FlaskClient) -> Person:
    person = create_person("instructor")
    sign_in(client, person)
    return person


def bring(client: FlaskClient, **fields: str) -> str:
    data: dict[str, Any] = {"file": (io.BytesIO(DECK), "deck.apkg")}
    page = str(client.post("/import", data=data).headers["Location"])
    work()
    if fields:
        client.post(f"{page}/store", data={"title": "Deck", "go": "store", **fields})
        work()
    return page


def count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Review)) or 0


def test_the_preview_offers_the_history_and_counts_it(client: FlaskClient, teacher: Person) -> None:
    preview = client.get(bring(client)).text
    assert "Take over my history (answers: 3, cards: 1)" in preview


def test_a_file_without_a_history_offers_none(client: FlaskClient, teacher: Person) -> None:
    text = b"Question,A,B,Correct\nWhich?,one,two,A\n"
    page = client.post("/import", data={"file": (io.BytesIO(text), "q.csv")}).headers["Location"]
    work()
    assert "Take over my history" not in client.get(str(page)).text


def test_what_was_taken_over_and_what_not_is_told(client: FlaskClient, teacher: Person) -> None:
    stored = client.get(bring(client, history="yes")).text
    assert "Answers that are now part of your memory here: 3, of cards: 1." in stored
    assert "1 change by hand" in stored
    assert "1 row with a grade that Anki does not have." in stored
    assert count() == 3


def test_without_the_tick_nothing_is_taken_over(client: FlaskClient, teacher: Person) -> None:
    stored = client.get(bring(client, public="no")).text
    assert "Your history" not in stored
    assert count() == 0


def test_questions_that_are_left_out_bring_no_history(client: FlaskClient, teacher: Person) -> None:
    bring(client, history="yes", leave_out="1")
    assert count() == 0


def test_a_worker_that_died_after_storing_leaves_the_history_to_the_next(
    client: FlaskClient, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = bring(client)
    client.post(f"{page}/store", data={"title": "Deck", "go": "store", "history": "yes"})
    with monkeypatch.context() as patch:
        patch.setattr(history_storing.Chunk, "store", None)
        held = jobs.lease("test", real_now())
        assert held is not None
        with pytest.raises(TypeError):
            job_handlers.HANDLERS[held.kind](held.payload, Nobody())
    assert (count(), len(db.session.scalars(sa.select(Import)).all())) == (0, 1)
    db.session.rollback()
    job_handlers.HANDLERS[held.kind](held.payload, Nobody())
    assert count() == 3
    assert db.session.scalars(sa.select(Upload.state)).one() == "stored"
    assert db.session.scalars(sa.select(UploadPiece)).all() == []
    assert "part of your memory here: 3" in client.get(page).text


def test_the_export_offers_ones_own_history_for_anki_alone(
    client: FlaskClient, teacher: Person
) -> None:
    bring(client, history="yes")
    slug = db.session.scalars(sa.select(Bank.slug)).one()
    assert "With my history" in client.get(f"/banks/{slug}/export/apkg").text
    assert "With my history" not in client.get(f"/banks/{slug}/export/gift").text
    rows = "SELECT id, ease FROM revlog ORDER BY id"
    mine = client.get(f"/banks/{slug}/export/apkg/file?history=mine")
    assert collection_rows(mine.data, rows) == [(row[0], row[1]) for row in LOG[:4]]
    assert client.get(f"/banks/{slug}/export/gift/file?history=mine").status_code == 200


def test_an_editor_does_not_get_the_history_of_another(
    client: FlaskClient, app: Flask, teacher: Person
) -> None:
    bring(client, history="yes")
    bank, editor = db.session.scalars(sa.select(Bank)).one(), create_person()
    other = app.test_client()
    db.session.add(BankMember(bank_id=bank.id, user_id=editor.id, access="edit"))
    db.session.commit()
    sign_in(other, editor)
    theirs = other.get(f"/banks/{bank.slug}/export/apkg/file?history=mine")
    assert collection_rows(theirs.data, "SELECT count(*) FROM revlog") == [(0,)]


@pytest.mark.only("sqlite")
def test_the_command_line_takes_over_and_gives_out_a_history(app: Flask, tmp_path: Any) -> None:
    person = create_person("instructor")
    path, out = tmp_path / "deck.apkg", tmp_path / "out.apkg"
    path.write_bytes(DECK)
    runner = app.test_cli_runner()
    told = runner.invoke(
        args=["bank", "import", str(path), "--bank", "Deck", "--history-of", str(person.email)]
    )
    assert (told.exit_code, count()) == (0, 3), told.output
    export = ["bank", "export", "deck", "--format", "apkg", "--output", str(out)]
    assert runner.invoke(args=[*export, "--history-of", str(person.email)]).exit_code == 0
    assert collection_rows(out.read_bytes(), "SELECT count(*) FROM revlog") == [(4,)]
    unknown = ["bank", "import", str(path), "--history-of", "nobody@example.org"]
    assert runner.invoke(args=unknown).exit_code == 1


@pytest.mark.only("sqlite")
def test_a_history_without_its_learner_is_nobodys(app: Flask) -> None:
    report = importing.import_bank(Source.of("d.apkg", DECK), now=real_now(), history_of=999)
    assert report.history is not None
    assert (report.history["reviews"], count()) == (0, 0)
