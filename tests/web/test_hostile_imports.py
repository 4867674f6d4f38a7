"""Bringing files in under attack: rights, workers that die, taking back, what costs too much."""

import struct
import zipfile
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from quizapp.core.formats import FORMATS
from quizapp.core.formats.model import FormatError, QuestionIn
from quizapp.core.formats.shared.source import Source
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, BankMember, Import, Question, Quiz, Upload
from quizapp.services.operations import job_handlers, jobs
from quizapp.services.people.sessions import Person
from quizapp.services.transfer import import_reading, import_work, undoing, upload_jobs
from tests.factories import create_bank, create_person
from tests.web import test_imports
from tests.web.people_ground import real_now
from tests.web.test_imports import Nobody, bring, post, work

pytestmark = pytest.mark.only("sqlite")

teacher = test_imports.teacher
NINE = "format: quizapp-bank/1\ntitle: Nine\nquestions:\n" + "".join(
    f"  - {{key: k{n}, type: true_false, stem: Stem {n}., answer: true}}\n" for n in range(9)
)


class Killed(BaseException):
    """The process ends here; nothing after it runs."""


def shared_bank(member: Person) -> int:
    """A private bank of somebody else that the member may edit."""
    bank_id = create_bank("Theirs", "theirs", "private", create_person("instructor").id).id
    with writing() as session:
        session.add(BankMember(bank_id=bank_id, user_id=member.id, access="edit"))
    return bank_id


def die_at(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, call: int, *unrun: tuple[Any, str]
) -> None:
    """Run the job that is due in a process that ends at a certain call, and forget that process."""
    held = jobs.lease("first", real_now())
    assert held
    real, calls = getattr(owner, name), []

    def dying(*arguments: Any, **keywords: Any) -> Any:
        calls.append(1)
        if len(calls) == call:
            raise Killed
        return real(*arguments, **keywords)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, dying)
        for place, cleaning in unrun:
            patch.setattr(place, cleaning, lambda *arguments: None)
        with pytest.raises(Killed):
            job_handlers.HANDLERS[held.kind](held.payload, Nobody())
    db.session.rollback()


def work_later() -> None:
    """Run the job that a dead worker holds, once its lease is over."""
    held = jobs.lease("second", real_now() + timedelta(minutes=5))
    assert held
    job_handlers.HANDLERS[held.kind](held.payload, Nobody())
    jobs.finish(held, None, real_now())
    db.session.rollback()


def count(what: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).where(what)) or 0


def test_a_member_who_edits_cannot_publish_a_bank_by_an_import(
    client: FlaskClient, teacher: Person
) -> None:
    bank_id = shared_bank(teacher)
    page = bring(client, bank="theirs")
    work()
    post(client, f"{page}/store", bank="theirs", go="store", public="yes")
    work()
    assert count(Question.import_id.is_not(None)) == 2
    assert db.session.get_one(Bank, bank_id).visibility == "private"


def test_an_owner_can_publish_a_bank_by_an_import(client: FlaskClient, teacher: Person) -> None:
    page = bring(client)
    work()
    post(client, f"{page}/store", title="Rivers", go="store", public="yes")
    work()
    assert db.session.scalars(sa.select(Bank.visibility)).one() == "public"


def test_taking_back_deletes_no_bank_that_is_somebody_elses_by_now(
    client: FlaskClient, teacher: Person
) -> None:
    page = bring(client)
    work()
    post(client, f"{page}/store", title="Rivers", go="store")
    work()
    owner = create_person("instructor")
    with writing() as session:
        bank = session.scalars(sa.select(Bank)).one()
        bank.owner_id = owner.id
        session.add(BankMember(bank_id=bank.id, user_id=teacher.id, access="edit"))
    assert post(client, f"{page}/undo").status_code == 303
    work()
    assert count(Bank.deleted_at.is_(None)) == 1
    assert count(Question.status == "active") == 0


def test_who_is_a_member_no_longer_stores_nothing(client: FlaskClient, teacher: Person) -> None:
    bank_id = shared_bank(teacher)
    page = bring(client, bank="theirs")
    work()
    post(client, f"{page}/store", bank="theirs", go="store")
    with writing() as session:
        session.execute(sa.delete(BankMember))
    before = count(Question.bank_id == bank_id)
    db.session.rollback()
    work()
    assert count(Question.bank_id == bank_id) == before
    assert "is not there any more" in client.get(page).text


def test_ranges_to_leave_out_cannot_fill_the_memory(client: FlaskClient, teacher: Person) -> None:
    page = bring(client)
    work()
    more = ", ".join(f"{n * 100_000}-{n * 100_000 + 99_999}" for n in range(1, 99))
    assert post(client, f"{page}/store", go="store", leave_out_more=more).status_code == 303
    options = db.session.scalars(sa.select(Upload.options)).one()
    assert len(options["leave_out"]) == 200_000


def test_a_worker_that_died_amid_an_import_costs_no_question(
    client: FlaskClient, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_reading, "CHUNK", 2)
    bank_id = create_bank("Mine", "mine", "private", teacher.id, facts=0).id
    page = bring(client, NINE, bank="mine")
    work()
    post(client, f"{page}/store", bank="mine", go="store")
    die_at(monkeypatch, import_work.Work, "_batch", 3, (undoing, "abandon"))
    assert count(Question.bank_id == bank_id) == 4
    work_later()
    undoing.abandon_forsaken(real_now() + timedelta(hours=3))
    assert count(Question.bank_id == bank_id) == 9
    assert count(Question.status == "active") == 9


def test_another_import_does_not_build_on_what_is_only_staged(
    client: FlaskClient, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_reading, "CHUNK", 2)
    create_bank("Mine", "mine", "private", teacher.id, facts=0)
    page = bring(client, NINE, bank="mine")
    work()
    post(client, f"{page}/store", bank="mine", go="store")
    die_at(monkeypatch, import_work.Work, "_batch", 3, (undoing, "abandon"))
    other = bring(client, NINE, bank="mine")
    work()
    report = db.session.scalars(sa.select(Upload.report).order_by(Upload.id.desc())).first()
    assert report
    assert (report["created"], report["unchanged"]) == (9, 0), other


def test_a_worker_that_was_taken_for_dead_stores_nothing_more(
    client: FlaskClient, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_reading, "CHUNK", 2)
    bank_id = create_bank("Mine", "mine", "private", teacher.id, facts=0).id
    page = bring(client, NINE, bank="mine")
    work()
    post(client, f"{page}/store", bank="mine", go="store")
    held = jobs.lease("slow", real_now())
    assert held
    real, calls = import_work.Work._prepared, []

    def slow(work: Any, batch: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:
            undoing.abandon(work.import_id, real_now())
        return real(work, batch)

    monkeypatch.setattr(import_work.Work, "_prepared", slow)
    with pytest.raises(import_work.Busy):
        job_handlers.HANDLERS[held.kind](held.payload, Nobody())
    db.session.rollback()
    assert count(Question.bank_id == bank_id) == 0


def test_a_worker_that_died_after_storing_doubles_nothing_and_it_can_be_taken_back(
    client: FlaskClient, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = bring(client)
    work()
    post(client, f"{page}/store", title="Rivers", go="quiz")
    die_at(monkeypatch, upload_jobs, "_note", 1)
    work_later()
    assert count(Quiz.id.is_not(None)) == 1
    assert count(Import.id.is_not(None)) == 1
    assert "2 questions are stored" in client.get(page).text
    assert post(client, f"{page}/undo").status_code == 303
    assert count(Bank.deleted_at.is_(None)) == 0


def test_a_worker_that_died_before_the_quiz_leaves_it_to_the_next(
    client: FlaskClient, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = bring(client)
    work()
    post(client, f"{page}/store", title="Rivers", go="quiz")
    die_at(monkeypatch, upload_jobs, "_quiz", 1)
    work_later()
    slug = db.session.scalars(sa.select(Quiz.slug)).one()
    assert slug in client.get(page).text


def test_taking_back_closes_the_quiz_that_came_with_the_file(
    client: FlaskClient, teacher: Person
) -> None:
    create_bank("Mine", "mine", "private", teacher.id)
    page = bring(client, bank="mine")
    work()
    post(client, f"{page}/store", bank="mine", go="quiz", title="Q")
    work()
    slug = db.session.scalars(sa.select(Quiz.slug)).one()
    assert client.get(f"/quizzes/{slug}").status_code == 200
    post(client, f"{page}/undo")
    assert client.get(f"/quizzes/{slug}").status_code == 404


def test_a_bank_that_is_still_being_filled_cannot_be_restored(
    client: FlaskClient, teacher: Person
) -> None:
    with writing() as session:
        bank = Bank(uid="b", slug="b", title="Half", owner_id=teacher.id, deleted_at=real_now())
        session.add(bank)
        session.flush()
        row = {"filename": "f", "sha256": "", "format": "gift", "state": "staged"}
        session.add(Import(bank_id=bank.id, options={"made_bank": True}, at=real_now(), **row))
    assert "Half" not in client.get("/banks/deleted").text
    assert post(client, "/banks/deleted/b").status_code == 404


@pytest.mark.parametrize("is_wide", [True, False])
def test_a_zip_with_a_forged_end_is_refused_before_its_directory_is_read(
    is_wide: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, 0, *[0] * 14) + b"n"
    entry = entry[:28] + b"\x01\0" + entry[30:]
    number, start = 20_001, b"PK\x03\x04" + bytes(26)
    directory = entry * number
    length, at = len(directory), len(start)
    if is_wide:  # the old end tells of one member, the one that counts of many
        sizes = (44, 45, 45, 0, 0, number, number, length, at)
        end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", *sizes)
        end += struct.pack("<4sLQL", b"PK\x06\x07", 0, at + length, 1)
        end += struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 10, 0, 0)
    else:  # what looks like an end inside the end
        end = (
            struct.pack("<4s4H2L", b"PK\x05\x06", 0, 0, number, number, length, 0x06054B50)
            + b"\0\0"
        )
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(FormatError, match="more than 20000 members"):
        Source.of("a.zip", start + directory + end)


def test_tables_in_tables_are_read_once_each() -> None:
    html = "&lt;table&gt;&lt;tr&gt;&lt;td&gt;" * 40 + "once"
    text = f"<text>{html}</text>"
    answers = "".join(
        f'<answer fraction="{n}"><text>{word}</text></answer>'
        for n, word in ((100, "true"), (0, "false"))
    )
    stem = f'<questiontext format="html">{text}</questiontext>'
    data = f'<quiz><question type="truefalse">{stem}{answers}</question></quiz>'.encode()
    found = list(FORMATS["moodle_xml"].read(Source.of("a.xml", data)))
    stems = [one.stem for one in found if isinstance(one, QuestionIn)]
    assert [stem.count("once") for stem in stems] == [1]
