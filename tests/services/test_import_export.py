"""Banks brought in, brought in again, and taken out."""

import shutil
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.core.formats.model import FormatError
from quizapp.core.formats.shared.source import Source
from quizapp.core.media_links import linked
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import (
    Article,
    ArticleVersion,
    Bank,
    BankMember,
    Evidence,
    Fact,
    Import,
    Job,
    LoggedResponse,
    Media,
    MediaUse,
    Question,
    QuestionPart,
    QuestionTag,
    QuestionVersion,
    Quiz,
    QuizSlot,
    RawBlock,
    Review,
)
from quizapp.services.content import banks
from quizapp.services.transfer import exporting, import_reading, import_work, importing
from quizapp.services.transfer.import_report import Report
from tests.factories import create_bank, create_person

BLOOD = Path(__file__).resolve().parents[1] / "banks" / "blood"
QUESTIONS = Path(__file__).resolve().parents[2] / "questions"
ORIGIN = "questions/blood"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sample bank that a test may change."""
    return Path(shutil.copytree(BLOOD, tmp_path / "blood"))


def bring(path: Path, now: datetime, **wishes: Any) -> Report:
    return importing.import_bank(Source.at(path), now=now, **wishes)


def change(folder: Path, old: str, new: str) -> None:
    path = folder / "bank.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def question(key: str) -> Question:
    return db.session.scalars(sa.select(Question).where(Question.external_id == key)).one()


def version(key: str) -> QuestionVersion:
    found = question(key)
    return db.session.get_one(QuestionVersion, (found.id, found.version))


def without(folder: Path, key: str) -> None:
    """Take a question out of the file."""
    path = folder / "bank.yaml"
    head, _, rest = path.read_text(encoding="utf-8").partition(f"  - key: {key}\n    type")
    path.write_text(head + "  - key: " + rest.split("\n  - key: ", 1)[1], encoding="utf-8")


def answer(key: str, now: datetime) -> None:
    """Let somebody answer and review a question."""
    person = create_person()
    asked = question(key)
    common = {"user_id": person.id, "question_id": asked.id}
    with writing() as session:
        session.add(
            LoggedResponse(
                **common,
                seq=1,
                client_id="c",
                body_sha256="",
                source="study",
                question_version=1,
                graded_by="app",
                answered_at=now,
                received_at=now,
                took_ms=1,
            )
        )
        session.flush()
        session.add(
            Review(
                **common,
                seq=2,
                kind="answer",
                fact_id=asked.fact_id,
                at=now,
                day=1,
                delta_days=0,
                engine="test",
            )
        )


def test_a_new_bank_holds_all_that_the_file_holds(app: Flask, now: datetime) -> None:
    report = bring(BLOOD, now, public=True)
    assert report.as_json() | {"by_type": {}, "warnings": []} == {
        "format": "bank_yaml",
        "bank": "blood",
        "read": 12,
        "accepted": 12,
        "created": 12,
        "updated": 0,
        "unchanged": 0,
        "by_type": {},
        "warnings": [],
        "refused": [],
        "media": 1,
    }
    assert set(report.by_type.values()) == {1}
    bank = banks.find("blood")
    assert bank
    assert (bank.visibility, bank.owner_id, bank.notice) == ("public", None, "Only for the tests.")
    kept = version("mc")
    assert kept.html["stem"].count("<em>blood</em>") == 1
    assert kept.html["options.o1.feedback"] == "<p>Right.</p>\n"
    assert kept.body["options"][2]["fraction"] == "-0.3333333"
    assert kept.body["options"][2]["id"] == "o3"
    assert 'src="/p/media/blood/red%20cell.png"' in linked(kept.html["stem"], "/p/media/blood/")
    assert question("mc").name == "The gas"
    assert question("tf").name == "Blood carries oxygen."
    assert "bound to iron" in question("mc").search_text
    tags = sa.select(QuestionTag.tag).where(QuestionTag.question_id == question("mc").id)
    assert set(db.session.scalars(tags)) == {"gas", "basics"}


def test_facts_have_evidence_and_questions_without_one_get_their_own(
    app: Flask, now: datetime
) -> None:
    bring(BLOOD, now)
    article = db.session.scalars(sa.select(Article)).one()
    text = db.session.get_one(ArticleVersion, (article.id, 1))
    assert [text.text[start:end] for start, end in text.sentences][:2] == [
        "Blood carries oxygen.",
        "It is made of plasma and cells.",
    ]
    assert [block[0] for block in text.blocks] == ["paragraph", "heading", "paragraph"]
    for proof in db.session.scalars(sa.select(Evidence)):
        assert text.text[proof.start : proof.end] == proof.quote
    own = db.session.get_one(Fact, question("sa").fact_id)
    assert own.statement == "What is the liquid part of blood? plasma"
    parts = sa.select(QuestionPart.part, Fact.key).join(Fact)
    assert {tuple(row) for row in db.session.execute(parts)} == {
        ("2", "f-days"),
        ("l1", "f-oxygen"),
    }
    assert db.session.scalars(sa.select(RawBlock)).one().lossy == ["all of it"]


def test_quizzes_point_at_questions_and_draw_from_pools(app: Flask, now: datetime) -> None:
    bring(BLOOD, now, public=True)
    quiz = db.session.scalars(sa.select(Quiz)).one()
    assert (quiz.slug, quiz.visibility) == ("blood-practice", "public")
    assert quiz.settings["time_limit_s"] == 600
    first, second = db.session.scalars(sa.select(QuizSlot).order_by(QuizSlot.position))
    assert (first.question_id, first.weight) == (question("mc").id, 1.5)
    assert second.pool == {"tags": ["basics"], "facts": ["f-oxygen"], "n": 2}


def test_the_same_file_again_changes_nothing(app: Flask, now: datetime) -> None:
    bring(BLOOD, now)
    before = _rows()
    report = bring(BLOOD, now)
    assert (report.unchanged, report.created, report.updated) == (12, 0, 0)
    assert _rows() == before


def _rows() -> dict[str, int]:
    tables = (Bank, Article, ArticleVersion, Fact, Evidence, Question, QuestionVersion)
    others = (QuestionTag, QuestionPart, Media, MediaUse, Quiz, QuizSlot)
    count = sa.func.count()
    return {
        table.__tablename__: db.session.scalar(sa.select(count).select_from(table)) or 0
        for table in (*tables, *others)
    }


def test_a_dry_run_reports_the_same_and_stores_nothing(app: Flask, now: datetime) -> None:
    before = _rows()
    foreseen = bring(BLOOD, now, dry_run=True)
    assert _rows() == before
    assert bring(BLOOD, now).as_json() == foreseen.as_json()


def test_new_wording_keeps_the_statistics_and_a_new_key_begins_others(
    app: Flask, folder: Path, now: datetime
) -> None:
    bring(folder, now)
    change(folder, "Days that a red cell lives", "How many days does a red cell live?")
    change(folder, "feedback_false: It does.", "feedback_false: It does!")
    change(folder, "answer: true", "answer: false")
    report = bring(folder, now)
    assert (report.updated, report.unchanged) == (2, 10)
    assert (version("card").number, version("card").stat_group) == (2, 1)
    assert (version("tf").number, version("tf").stat_group) == (2, 2)
    assert question("card").name == "How many days does a red cell live?"


def test_options_keep_their_ids_when_others_come_before_them(
    app: Flask, folder: Path, now: datetime
) -> None:
    bring(folder, now)
    change(folder, "      - {text: oxygen,", "      - {text: iron}\n      - {text: oxygen,")
    bring(folder, now)
    ids = {option["text"]: option["id"] for option in version("mc").body["options"]}
    assert ids["oxygen"] == "o1"
    assert ids["NO"] == "o4"
    assert len(set(ids.values())) == 5


def test_tags_and_facts_change_without_a_new_version(
    app: Flask, folder: Path, now: datetime
) -> None:
    bring(folder, now)
    left = question("sa").fact_id
    change(folder, "tags: [gas, basics, gas]", "tags: [basics, air]")
    change(
        folder, "    stem: What is the liquid", "    fact: f-oxygen\n    stem: What is the liquid"
    )
    report = bring(folder, now)
    assert (report.updated, report.unchanged) == (2, 10)
    assert version("mc").number == version("sa").number == 1
    oxygen = db.session.scalars(sa.select(Fact).where(Fact.key == "f-oxygen")).one()
    assert question("sa").fact_id == oxygen.id
    assert db.session.get_one(Fact, left).status == "retired"
    assert db.session.scalar(sa.select(Job)) is None  # nobody has reviewed it


def test_a_reviewed_question_that_moves_asks_for_its_cards_to_be_folded_again(
    app: Flask, folder: Path, now: datetime
) -> None:
    bring(folder, now)
    answer("tf", now)
    left = question("tf").fact_id
    change(folder, "type: true_false\n    fact: f-oxygen", "type: true_false\n    fact: f-days")
    bring(folder, now)
    job = db.session.scalars(sa.select(Job)).one()
    assert job.payload == {"facts": sorted([left, question("tf").fact_id])}


def test_what_was_edited_here_is_kept_and_reported(app: Flask, folder: Path, now: datetime) -> None:
    bring(folder, now)
    with writing() as session:
        session.execute(sa.update(Question).values(edited_here=True))
    change(folder, "answer: true", "answer: false")
    report = bring(folder, now)
    assert (report.updated, report.unchanged) == (0, 12)
    assert [warned.name for warned in report.warnings] == ["odd", "tf"]
    assert version("tf").body["answer"] is True


def test_questions_that_left_a_folder_are_deleted_or_retired_and_come_back(
    app: Flask, folder: Path, now: datetime
) -> None:
    bring(folder, now, origin=ORIGIN)
    answer("tf", now)
    whole = (folder / "bank.yaml").read_text(encoding="utf-8")
    without(folder, "tf")
    without(folder, "sa")
    report = bring(folder, now, origin=ORIGIN)
    assert (report.read, report.unchanged) == (10, 10)
    assert report.warnings[-1].message == import_work.GONE
    assert question("tf").status == "retired"
    assert db.session.scalar(sa.select(Question).where(Question.external_id == "sa")) is None
    (folder / "bank.yaml").write_text(whole, encoding="utf-8")
    report = bring(folder, now, origin=ORIGIN)
    assert (report.updated, report.created) == (1, 1)
    assert question("tf").status == "active"


def test_questions_that_are_missing_in_an_uploaded_file_stay(
    app: Flask, folder: Path, now: datetime
) -> None:
    bring(folder, now)
    without(folder, "sa")
    bring(folder, now)
    assert question("sa").status == "active"


def test_a_refused_question_does_not_count_as_missing(
    app: Flask, folder: Path, now: datetime
) -> None:
    bring(folder, now, origin=ORIGIN)
    change(folder, "answer: true", "answer: perhaps")
    report = bring(folder, now, origin=ORIGIN)
    assert (report.read, report.accepted, len(report.refused)) == (12, 11, 1)
    assert question("tf").status == "active"


def test_another_type_under_the_same_key_takes_its_place(
    app: Flask, folder: Path, now: datetime
) -> None:
    bring(folder, now)
    answer("card", now)
    old = question("card")
    old_id, fact = old.id, old.fact_id
    change(
        folder,
        "type: flashcard\n    fact: f-days\n    stem: Days that a red cell lives\n    back: about",
        "type: essay\n    fact: f-days\n    stem: Days that a red cell lives\n    sample: about",
    )
    report = bring(folder, now)
    assert (report.updated, report.unchanged) == (1, 11)
    new = question("card")
    assert (new.id != old_id, new.type, new.fact_id) == (True, "essay", fact)
    assert db.session.get_one(Question, old_id).status == "retired"


def test_a_changed_article_is_a_new_version_and_evidence_moves_along(
    app: Flask, folder: Path, now: datetime
) -> None:
    bring(folder, now)
    path = folder / "articles" / "blood.txt"
    path.write_text("New first. " + path.read_text(encoding="utf-8"), encoding="utf-8")
    report = bring(folder, now)
    assert sum("that was taken" in warned.message for warned in report.warnings) == 2
    article = db.session.scalars(sa.select(Article)).one()
    assert article.version == 2
    proofs = db.session.scalars(sa.select(Evidence)).all()
    assert {(proof.article_version, proof.state) for proof in proofs} == {(2, "holds")}
    assert len(proofs) == 2


def test_media_are_stored_once_and_a_name_shows_its_newest_file(
    app: Flask, folder: Path, now: datetime
) -> None:
    bring(folder, now)
    picture = folder / "media" / "red cell.png"
    picture.write_bytes(picture.read_bytes() + b"more")
    bring(folder, now)
    use = db.session.scalars(sa.select(MediaUse)).one()
    assert db.session.get_one(Media, use.sha256).size == picture.stat().st_size


def test_nothing_is_stored_where_nothing_is_accepted(app: Flask, now: datetime) -> None:
    source = Source.of("b.yaml", b"format: quizapp-bank/1\ntitle: T\nquestions: [{key: a}]\n")
    report = importing.import_bank(source, now=now)
    assert (report.read, report.accepted, report.bank) == (1, 0, "t")
    assert db.session.scalar(sa.select(Bank)) is None


def test_a_large_file_is_stored_in_several_transactions(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_reading, "CHUNK", 5)
    report = bring(BLOOD, now, public=True)
    assert (report.created, report.read) == (12, 12)
    assert db.session.scalars(sa.select(Import)).one().state == "stored"
    assert bring(BLOOD, now).unchanged == 12
    assert db.session.scalars(sa.select(QuizSlot)).first().question_id == question("mc").id


def test_two_owners_have_banks_of_the_same_title(app: Flask, now: datetime) -> None:
    one, two = create_person("instructor"), create_person("instructor")
    first = bring(BLOOD, now, owner_id=one.id)
    second = bring(BLOOD, now, owner_id=two.id)
    assert (first.bank, second.bank) == ("blood", "blood-2")
    assert second.created == 12
    named = bring(BLOOD, now, owner_id=one.id, title="Blut")
    assert (named.bank, named.created) == ("blut", 12)


# questions/


def test_folders_are_imported_when_their_content_changed(
    app: Flask, folder: Path, now: datetime
) -> None:
    (report,) = importing.import_folders(folder.parent, now)
    bank = banks.find(report.bank)
    assert bank
    assert (bank.origin, bank.visibility) == (f"{folder.parent.name}/blood", "public")
    assert importing.import_folders(folder.parent, now) == []
    change(folder, "answer: true", "answer: false")
    (report,) = importing.import_folders(folder.parent, now)
    assert (report.updated, report.unchanged) == (1, 11)


def test_a_deleted_folder_bank_stays_deleted_and_a_broken_one_is_told(
    app: Flask, folder: Path, now: datetime
) -> None:
    importing.import_folders(folder.parent, now)
    with writing() as session:
        session.execute(sa.update(Bank).values(deleted_at=now))
    change(folder, "answer: true", "answer: false")
    assert importing.import_folders(folder.parent, now) == []
    broken = folder.parent / "broken"
    broken.mkdir()
    (broken / "bank.yaml").write_text("[]")
    with pytest.raises(FormatError, match="broken"):
        importing.import_folders(folder.parent, now)


def test_the_banks_of_the_project_import_without_a_warning_and_come_out_the_same(
    app: Flask, now: datetime, tmp_path: Path
) -> None:
    reports = importing.import_folders(QUESTIONS, now)
    assert reports
    for report in reports:
        assert report.warnings == []
        assert report.refused == []
        bank = banks.find(report.bank)
        assert bank
        assert _round(bank, tmp_path, now)


# Taking out


def _round(bank: Bank, tmp_path: Path, now: datetime) -> bool:
    """Export, import as another owner's bank, export again; say whether the bytes are the same."""
    title, slug = bank.title, bank.slug
    first = exporting.export_bank(bank, "bank_yaml", tmp_path / f"{slug}1")
    assert first.losses == []
    owner = create_person("instructor")
    report = bring(tmp_path / f"{slug}1", now, owner_id=owner.id)
    assert report.created == report.read == first.written
    other = banks.find(report.bank)
    assert other
    assert other.title == title
    exporting.export_bank(other, "bank_yaml", tmp_path / f"{slug}2")
    return dict(_files(tmp_path / f"{slug}1")) == dict(_files(tmp_path / f"{slug}2"))


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def test_what_was_exported_imports_and_exports_to_the_same_bytes(
    app: Flask, now: datetime, tmp_path: Path
) -> None:
    bring(BLOOD, now)
    bank = banks.find("blood")
    assert bank
    assert _round(bank, tmp_path, now)
    text = (tmp_path / "blood1" / "bank.yaml").read_text(encoding="utf-8")
    assert "fraction: -0.3333333\n" in text
    assert 'text: "  gold"' in text
    assert "\u0001" not in text
    assert bring(tmp_path / "blood1", now).unchanged == 12  # and into the bank that it came from


def test_questions_made_in_the_app_are_exported_with_their_uid_and_matched_by_it(
    app: Flask, now: datetime, tmp_path: Path
) -> None:
    bank = create_bank()
    exported = exporting.export_bank(bank, "bank_yaml", tmp_path / "made.yaml")
    assert exported.written == 6
    report = bring(tmp_path / "made.yaml", now)
    assert (report.bank, report.created) == (bank.slug, 0)


def test_drafts_and_retired_questions_are_left_out(
    app: Flask, now: datetime, tmp_path: Path
) -> None:
    bring(BLOOD, now)
    with writing() as session:
        for key, status in (("mc", "draft"), ("tf", "retired")):
            where = Question.external_id == key
            session.execute(sa.update(Question).where(where).values(status=status))
    bank = banks.find("blood")
    assert bank
    exported = exporting.export_bank(bank, "bank_yaml", tmp_path / "out.zip")
    assert exported.written == 10
    assert [loss.name for loss in exported.losses] == ["Practice"]  # its first place is a draft
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.namelist() == ["bank.yaml", "articles/blood.txt", "media/red cell.png"]


def test_nothing_is_written_over_without_force_and_no_foreign_folder_ever(
    app: Flask, now: datetime, tmp_path: Path
) -> None:
    bring(BLOOD, now)
    bank = banks.find("blood")
    assert bank
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("mine")
    for path in (tmp_path / "b.zip", tmp_path / "b.yaml", tmp_path / "folder"):
        exporting.export_bank(bank, "bank_yaml", path)
        with pytest.raises(exporting.ExportRefused):
            exporting.export_bank(bank, "bank_yaml", path)
        exporting.export_bank(bank, "bank_yaml", path, force=True)
    with pytest.raises(exporting.ExportRefused):
        exporting.export_bank(bank, "bank_yaml", foreign, force=True)
    assert (foreign / "thesis.txt").read_text() == "mine"


# Who may see and change banks


def test_a_bank_is_seen_and_changed_by_those_who_may(app: Flask, now: datetime) -> None:
    owner, member, editor = (create_person("instructor") for _ in range(3))
    admin, stranger, guest = create_person("admin"), create_person(), create_person(kind="guest")
    bank = create_bank("Mine", visibility="private", owner_id=owner.id)
    nobodys = create_bank("Nobody's", slug="nobodys", visibility="private")
    with writing() as session:
        session.add(BankMember(bank_id=bank.id, user_id=member.id, access="view"))
        session.add(BankMember(bank_id=bank.id, user_id=editor.id, access="edit"))
    seen = [one for one in (owner, member, editor, admin, stranger, guest, None)
            if banks.may_view(one, bank)]  # fmt: skip
    assert seen == [owner, member, editor]
    assert [one for one in (owner, member, editor, admin, None) if banks.may_edit(one, bank)] == [
        owner,
        editor,
    ]
    assert [one for one in (owner, admin, None) if banks.may_edit(one, nobodys)] == [admin]
    assert [one.title for one in banks.visible_banks(admin)] == ["Nobody's"]
    assert [one.title for one in banks.visible_banks(member)] == ["Mine"]
    assert banks.visible_banks(None) == []


def test_a_linked_bank_is_seen_but_not_listed_and_a_deleted_one_is_gone(
    app: Flask, now: datetime
) -> None:
    bank = create_bank(visibility="link")
    assert banks.may_view(None, bank)
    assert banks.visible_banks(None) == []
    with writing() as session:
        session.execute(sa.update(Bank).values(deleted_at=now, visibility="public"))
    gone = db.session.get_one(Bank, bank.id)
    assert not banks.may_view(create_person("admin"), gone)
    assert banks.find(bank.slug) is None


def test_slugs_are_plain_and_unique(app: Flask) -> None:
    create_bank("Blood")
    assert banks.unique_slug("Blood") == "blood-2"
    assert banks.unique_slug("  Über  Größe! ") == "uber-groe"
    assert banks.unique_slug("血液") == "bank"
    assert banks.unique_slug("New") == "new-2"


def test_a_key_that_is_another_questions_uid_makes_a_question_of_its_own(
    app: Flask, folder: Path, now: datetime
) -> None:
    bring(folder, now)
    uid = question("mc").uid
    change(folder, "  - key: sa\n", f"  - key: {uid}\n")
    report = bring(folder, now)
    assert (report.created, report.unchanged) == (1, 11)


def test_a_folder_does_not_publish_a_bank_that_was_made_private(
    app: Flask, folder: Path, now: datetime
) -> None:
    bring(folder, now, origin=ORIGIN, public=True)
    with writing() as session:
        session.execute(sa.update(Bank).values(visibility="private"))
    bring(folder, now, origin=ORIGIN, public=True)
    assert db.session.scalars(sa.select(Bank.visibility)).one() == "private"
    bring(folder, now, public=True)
    assert db.session.scalars(sa.select(Bank.visibility)).one() == "public"
