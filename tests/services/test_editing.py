"""Writing questions: versions, statistics, facts, conflicts, pictures."""

import struct
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import (
    Bank,
    Fact,
    Job,
    MediaBlob,
    MediaUse,
    Question,
    QuestionPart,
    QuestionTag,
    QuestionVersion,
    RawBlock,
)
from quizapp.services.content import catalog, editable_questions, editing, media, questions
from quizapp.services.content import versions as version_lists
from quizapp.services.content.question_drafts import QuestionDraft
from quizapp.services.content.questions import Absent
from quizapp.services.people.sessions import Person
from tests.core.samples import SAMPLES
from tests.factories import create_bank, create_person

CHOICE = SAMPLES["multiple_choice"]
LATER = timedelta(hours=1)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", 3, 2) + b"\x08\x02\0\0\0"
DRAFT = QuestionDraft(
    "multiple_choice", CHOICE.stem, CHOICE.body, tags=("basics", "basics "), status="active"
)


@pytest.fixture
def owner(app: Flask) -> Person:
    return create_person("instructor", name="Ms Okoro")


@pytest.fixture
def bank(owner: Person) -> Bank:
    return create_bank(owner_id=owner.id)


def row(uid: str | None) -> Question:
    db.session.rollback()
    return db.session.scalars(sa.select(Question).where(Question.uid == uid)).one()


def version(uid: str | None, number: int) -> QuestionVersion:
    return db.session.get_one(QuestionVersion, (row(uid).id, number))


def rows(model: Any) -> list[Any]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(model)))


def test_a_new_question_is_asked_with_a_fact_of_its_own(
    bank: Bank, owner: Person, now: datetime
) -> None:
    before = len(catalog.of_bank(bank.id).fact_of)
    saved = editing.create_question(bank, owner, DRAFT, now)
    question = row(saved.uid)
    assert (saved.version, saved.problems, question.status) == (1, (), "active")
    assert question.name == CHOICE.stem
    assert question.edited_here
    assert question.position == 6
    assert "active and passive" in question.search_text
    fact = db.session.get_one(Fact, question.fact_id)
    assert fact.statement == f"{CHOICE.stem} Active and passive"
    assert len(catalog.of_bank(bank.id).fact_of) == before + 1
    tags = sa.select(QuestionTag.tag).where(QuestionTag.question_id == question.id)
    assert list(db.session.scalars(tags)) == ["basics"]
    stored = version(saved.uid, 1)
    assert (stored.edited_by, stored.stat_group, stored.html["stem"]) == (
        owner.id, 1, f"<p>{CHOICE.stem}</p>\n",
    )  # fmt: skip


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("name", SAMPLES)
def test_every_type_is_stored_found_and_left_alone_when_nothing_changed(
    bank: Bank, owner: Person, now: datetime, name: str
) -> None:
    sample = SAMPLES[name]
    draft = QuestionDraft(name, sample.stem, sample.body, status="active")
    saved = editing.create_question(bank, owner, draft, now)
    assert saved.problems == ()
    found = editable_questions.find(bank, saved.uid or "")
    assert (found.draft.stem, found.draft.body, found.draft.fact) == (
        sample.stem, sample.body, None,
    )  # fmt: skip
    again = editing.edit_question(bank, owner, found.uid, 1, found.draft, now + LATER)
    assert (again.version, again.new_version) == (1, False)


def test_unsound_questions_are_told_and_not_stored_but_a_draft_may_be(
    bank: Bank, owner: Person, now: datetime
) -> None:
    empty = QuestionDraft("multiple_choice", "", {}, status="active")
    before = len(rows(Question))
    saved = editing.create_question(bank, owner, empty, now)
    assert saved.uid is None
    assert {problem.code for problem in saved.problems} >= {"missing", "no-options"}
    assert len(rows(Question)) == before
    kept = editing.create_question(bank, owner, replace(empty, status="draft"), now)
    assert row(kept.uid).status == "draft"
    assert "no-options" in {problem.code for problem in kept.problems}


def test_blemishes_are_told_and_do_not_block(bank: Bank, owner: Person, now: datetime) -> None:
    body = {"options": [*CHOICE.body["options"], {"text": "Hot and cold"}]}
    saved = editing.create_question(bank, owner, replace(DRAFT, body=body), now)
    assert [problem.code for problem in saved.problems] == ["equal-texts"]
    assert version(saved.uid, 1).body["options"][3]["id"] == "o4"


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"stem": "x" * 60_001}, "too-long"),
        ({"stem": "a\0b"}, "bad-characters"),
        ({"name": "x" * 301}, "too-long"),
        ({"category": "x" * 501}, "too-long"),
        ({"tags": ("x" * 201,)}, "too-long"),
        ({"tags": tuple(f"t{n}" for n in range(51))}, "too-many"),
        ({"tags": ("\ud800",)}, "bad-characters"),
        ({"fact": "nowhere"}, "unknown-fact"),
        ({"reason": "x" * 501}, "too-long"),
        ({"status": "gone"}, "unknown-status"),
        ({"body": {"options": [{"id": "a b", "text": "x"}]}}, "bad-id"),
    ],
)
def test_what_cannot_be_stored_is_refused_even_of_a_draft(
    bank: Bank, owner: Person, now: datetime, change: dict[str, Any], code: str
) -> None:
    draft = replace(DRAFT, **{"status": "draft", **change})
    saved = editing.create_question(bank, owner, draft, now)
    assert saved.uid is None
    assert code in {problem.code for problem in saved.problems}


@pytest.fixture
def uid(bank: Bank, owner: Person, now: datetime) -> str:
    return editing.create_question(bank, owner, DRAFT, now).uid or ""


def test_a_change_makes_a_version_and_the_old_one_stays(
    bank: Bank, owner: Person, now: datetime, uid: str
) -> None:
    other = create_person("instructor", name="Mr Bell")
    draft = replace(DRAFT, stem="Which two kinds are there?", reason="Shorter.")
    saved = editing.edit_question(bank, other, uid, 1, draft, now + LATER)
    assert (saved.version, saved.new_version) == (2, True)
    new = version(uid, 2)
    assert (new.edited_by, new.edited_at, new.reason) == (other.id, now + LATER, "Shorter.")
    assert version(uid, 1).stem == CHOICE.stem
    question = row(uid)
    assert question.name == "Which two kinds are there?"
    fact = db.session.get_one(Fact, question.fact_id)
    assert fact.statement.startswith("Which two kinds are there?")
    assert questions.asked(question.id, 2).question.stem == "Which two kinds are there?"
    listed = version_lists.list_versions(bank, uid)
    assert [(each.number, each.by, each.starts_anew) for each in listed] == [
        (2, "Mr Bell", False),
        (1, "Ms Okoro", False),
    ]


@pytest.mark.parametrize(
    ("key", "value", "group"), [("feedback", "New.", 1), ("text", "New.", 2), ("fraction", "0", 2)]
)
def test_statistics_begin_anew_only_with_a_new_key_or_option(
    bank: Bank, owner: Person, now: datetime, uid: str, key: str, value: str, group: int
) -> None:
    options = [dict(option) for option in CHOICE.body["options"]]
    options[2][key] = value
    draft = replace(DRAFT, body={**CHOICE.body, "options": options})
    assert editing.edit_question(bank, owner, uid, 1, draft, now).new_version
    assert version(uid, 2).stat_group == group
    compared = version_lists.compare(bank, uid, 2, 1)
    assert (compared.old, compared.counts_together) == (1, group == 1)
    assert [change.path for change in compared.changes] == [f"options.o3.{key}"]


def test_labels_alone_make_no_version(bank: Bank, owner: Person, now: datetime, uid: str) -> None:
    draft = replace(DRAFT, name="Kinds", tags=("new",), category="a/b", status="draft")
    saved = editing.edit_question(bank, owner, uid, 1, draft, now)
    assert (saved.version, saved.new_version) == (1, False)
    question = row(uid)
    assert (question.name, question.category, question.status) == ("Kinds", "a/b", "draft")
    assert "new" in question.search_text
    assert editable_questions.find(bank, uid).draft.tags == ("new",)


def test_who_saves_on_an_old_version_is_told_and_nothing_is_lost(
    bank: Bank, owner: Person, now: datetime, uid: str
) -> None:
    editing.edit_question(bank, owner, uid, 1, replace(DRAFT, stem="Theirs?"), now)
    with pytest.raises(editing.Conflict):
        editing.edit_question(bank, owner, uid, 1, replace(DRAFT, stem="Mine?"), now)
    assert row(uid).version == 2
    assert version(uid, 2).stem == "Theirs?"


def test_questions_of_other_banks_and_other_types_are_absent(
    bank: Bank, owner: Person, now: datetime, uid: str
) -> None:
    other = create_bank("Bones", owner_id=owner.id)
    for act in (
        lambda: editing.edit_question(other, owner, uid, 1, DRAFT, now),
        lambda: editing.duplicate_question(other, owner, uid, now),
        lambda: editable_questions.find(other, uid),
        lambda: version_lists.list_versions(other, uid),
        lambda: version_lists.compare(bank, uid, 1, 9),
        lambda: editing.edit_question(bank, owner, uid, 1, QuestionDraft("essay", "Why?", {}), now),
    ):
        with pytest.raises(Absent):
            act()


def test_a_question_moves_to_a_named_fact_and_back_to_its_own(
    bank: Bank, owner: Person, now: datetime, uid: str
) -> None:
    own = row(uid).fact_id
    editing.edit_question(bank, owner, uid, 1, replace(DRAFT, fact="f2"), now)
    named = row(uid).fact_id
    assert db.session.get_one(Fact, named).key == "f2"
    assert db.session.get_one(Fact, own).status == "retired"
    assert [job.payload for job in rows(Job)] == [{"facts": sorted([own, named])}]
    assert editable_questions.find(bank, uid).draft.fact == "f2"
    assert catalog.of_bank(bank.id).fact_of[row(uid).id] == named
    editing.edit_question(bank, owner, uid, 1, DRAFT, now)
    assert row(uid).fact_id == own
    assert db.session.get_one(Fact, own).status == "active"
    assert db.session.get_one(Fact, named).status == "active"  # others ask it


def test_facts_of_other_banks_cannot_be_named(
    bank: Bank, owner: Person, now: datetime, uid: str
) -> None:
    create_bank("Bones", facts=5)
    saved = editing.edit_question(bank, owner, uid, 1, replace(DRAFT, fact="f5"), now)
    assert [problem.code for problem in saved.problems] == ["unknown-fact"]
    assert saved.uid is None


def test_gaps_test_the_facts_that_they_name(bank: Bank, owner: Person, now: datetime) -> None:
    sample = SAMPLES["cloze"]
    gaps = {key: dict(gap) for key, gap in sample.body["gaps"].items()}
    gaps["1"]["fact"], gaps["2"]["fact"] = "f1", "nowhere"
    body = {**sample.body, "gaps": gaps}
    draft = QuestionDraft("cloze", sample.stem, body, status="active")
    saved = editing.create_question(bank, owner, draft, now)
    assert [(problem.code, problem.where) for problem in saved.problems] == [
        ("unknown-part-fact", "gaps.2.fact")
    ]
    (part,) = rows(QuestionPart)
    assert (part.part, db.session.get_one(Fact, part.fact_id).key) == ("1", "f1")
    gaps["1"]["fact"] = "f2"
    editing.edit_question(bank, owner, saved.uid or "", 1, replace(draft, body=body), now)
    (part,) = rows(QuestionPart)
    assert db.session.get_one(Fact, part.fact_id).key == "f2"
    assert len(rows(Job)) == 1


def test_a_fact_that_only_a_gap_asks_is_not_retired(
    bank: Bank, owner: Person, now: datetime
) -> None:
    sample = SAMPLES["cloze"]
    gaps = {**sample.body["gaps"], "1": {**sample.body["gaps"]["1"], "fact": "f1"}}
    draft = QuestionDraft("cloze", sample.stem, {**sample.body, "gaps": gaps}, status="active")
    editing.create_question(bank, owner, draft, now)
    first = db.session.scalars(sa.select(Fact).where(Fact.key == "f1")).one().id
    for question in [each.uid for each in rows(Question) if each.fact_id == first]:
        found = editable_questions.find(bank, question)
        moved = replace(found.draft, fact="f2")
        editing.edit_question(bank, owner, question, 1, moved, now)
    db.session.rollback()
    assert db.session.get_one(Fact, first).status == "active"


def test_a_copy_is_a_draft_of_its_own(bank: Bank, owner: Person, now: datetime, uid: str) -> None:
    copy = editing.duplicate_question(bank, owner, uid, now)
    made = editable_questions.find(bank, copy).draft
    assert (made.body, made.status, made.name) == (CHOICE.body, "draft", f"Copy of {CHOICE.stem}")
    assert made.tags == ("basics",)
    assert row(copy).fact_id != row(uid).fact_id
    editing.edit_question(bank, owner, uid, 1, replace(DRAFT, fact="f1"), now)
    again = editing.duplicate_question(bank, owner, uid, now)
    assert row(again).fact_id == row(uid).fact_id


def test_what_the_file_said_goes_with_the_first_edit(
    bank: Bank, owner: Person, now: datetime, uid: str
) -> None:
    with writing() as session:
        question = session.scalars(sa.select(Question).where(Question.uid == uid)).one()
        session.add(RawBlock(question_id=question.id, format="gift", raw="::x::", lossy=[]))
    editing.edit_question(bank, owner, uid, 1, replace(DRAFT, tags=()), now)
    assert len(rows(RawBlock)) == 1
    editing.edit_question(bank, owner, uid, 1, replace(DRAFT, stem="New?"), now)
    assert rows(RawBlock) == []


def test_a_picture_is_stored_once_under_a_plain_name_of_its_kind(bank: Bank) -> None:
    assert media.store_upload(bank.id, "../Zell\u00e9 1.JPG", PNG, 1000) == "Zelle-1.png"
    assert media.store_upload(bank.id, "other.png", PNG, 1000) == "Zelle-1.png"
    assert media.store_upload(bank.id, "zelle-1.png", PNG + b"x", 1000) == "zelle-1-2.png"
    assert media.store_upload(bank.id, "\u03b1.png", PNG + b"y", 1000) == "picture.png"
    bones = create_bank("Bones")
    assert media.store_upload(bones.id, "b", PNG, 1000) == "picture.png"
    assert len(rows(MediaBlob)) == 3
    assert len(rows(MediaUse)) == 4


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "unknown-kind"),
        (b"<!doctype html><script>alert(1)</script>", "unknown-kind"),
        (b"", "unknown-kind"),
        (PNG + b"x" * 1000, "too-large"),
        (PNG[:16] + struct.pack(">II", 50_000, 50_000), "too-many-pixels"),
    ],
)
def test_other_files_are_refused_whatever_their_name(bank: Bank, data: bytes, code: str) -> None:
    with pytest.raises(media.NotAPicture) as refused:
        media.store_upload(bank.id, "cell.png", data, 1000)
    assert refused.value.code == code
    assert rows(MediaBlob) == []
