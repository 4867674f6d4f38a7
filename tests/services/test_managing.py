"""Banks made, shared, deleted and copied; their questions changed in bulk and moved."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.core.formats.shared.source import Source
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import (
    Article,
    Audit,
    Bank,
    BankMember,
    Card,
    Evidence,
    Fact,
    Job,
    MediaUse,
    Question,
    QuestionPart,
)
from quizapp.services.content import (
    bank_members,
    banks,
    bulk,
    managing,
    moving,
    question_lists,
    regrouping,
)
from quizapp.services.content.bank_members import NoInstructor
from quizapp.services.content.managing import Head
from quizapp.services.content.question_lists import Filter
from quizapp.services.content.questions import Absent
from quizapp.services.people import throttling
from quizapp.services.people.sessions import Person
from quizapp.services.study import answers, replay_check
from quizapp.services.transfer import copying, importing
from tests.factories import create_person
from tests.services.bank_makers import (
    fact_of,
    put_bank,
    put_picture,
    put_question,
    question,
    tags_of,
)
from tests.services.learner_makers import put_article, put_evidence
from tests.services.quiz_makers import create_quiz

BLOOD = Path(__file__).resolve().parents[1] / "banks" / "blood"


@pytest.fixture
def teacher(app: Flask) -> Person:
    return create_person("instructor", email="teacher@example.org")


def give(question_id: int, now: datetime, back: str = "x") -> Person:
    """Let a learner answer a flashcard."""
    learner = create_person()
    uid, response = question(question_id).uid, {"rating": 3}
    answers.answer(learner, str(uuid4()), uid, 1, response, now=now)
    return learner


# Banks


def test_a_new_bank_is_private_and_its_owners(teacher: Person) -> None:
    slug = managing.create(teacher, Head("Über Blut", "de", "Notice"))
    bank = banks.editable(slug, teacher)
    assert (bank.title, bank.language, bank.visibility) == ("Über Blut", "de", "private")
    assert managing.create(teacher, Head("Über Blut")) != slug
    assert not banks.may_view(create_person("admin"), bank)
    with pytest.raises(Absent):
        managing.create(create_person(), Head("Mine"))


def test_visibility_is_one_of_three_and_noted(teacher: Person, now: datetime) -> None:
    bank_id = put_bank(owner_id=teacher.id)
    managing.show_to(bank_id, "public", teacher, now)
    with pytest.raises(ValueError, match="visibility"):
        managing.show_to(bank_id, "everybody", teacher, now)
    assert db.session.get_one(Bank, bank_id).visibility == "public"
    assert db.session.scalars(sa.select(Audit.action)).all() == ["bank.visibility"]


def test_a_deleted_bank_is_gone_until_its_owner_restores_it(teacher: Person, now: datetime) -> None:
    bank_id = put_bank("Blood", teacher.id, "public")
    managing.delete(bank_id, teacher, now)
    assert banks.find("blood") is None
    (gone,) = managing.deleted(teacher)
    assert (gone.title, gone.deleted_at) == ("Blood", now)
    other = create_person("admin")
    assert managing.deleted(other) == []
    with pytest.raises(Absent):
        managing.restore(gone.uid, other, now)
    assert managing.restore(gone.uid, teacher, now) == "blood"
    assert banks.editable("blood", teacher).visibility == "public"
    with pytest.raises(Absent):
        managing.restore(gone.uid, teacher, now)


def test_admins_restore_banks_without_an_owner(app: Flask, now: datetime) -> None:
    admin = create_person("admin")
    managing.delete(put_bank("Blood"), admin, now)
    assert [one.title for one in managing.deleted(admin)] == ["Blood"]


# Members


def test_an_instructor_is_let_in_by_any_spelling_of_the_address(
    teacher: Person, now: datetime
) -> None:
    bank_id = put_bank("Blood", teacher.id)
    friend = create_person("instructor", "Friend", "friend@example.org")
    bank_members.add(bank_id, " Friend@EXAMPLE.org", "view", teacher, now)
    bank = banks.find("blood")
    assert bank
    assert banks.may_view(friend, bank)
    assert not banks.may_edit(friend, bank)
    bank_members.add(bank_id, "friend@example.org", "edit", teacher, now)
    bank = banks.editable("blood", friend)
    assert not banks.owns(friend, bank)
    (member,) = bank_members.members(bank_id)
    assert (member.name, member.access) == ("Friend", "edit")
    bank_members.remove(bank_id, friend.uid, teacher, now)
    assert bank_members.members(bank_id) == []
    with pytest.raises(Absent):
        bank_members.remove(bank_id, friend.uid, teacher, now)
    actions = db.session.scalars(sa.select(Audit.action).order_by(Audit.id)).all()
    assert actions == ["bank.member", "bank.member", "bank.member.remove"]
    assert "friend" not in str(db.session.scalars(sa.select(Audit.note)).all()).lower()


def test_whoever_cannot_be_let_in_is_refused_in_the_same_way(
    teacher: Person, now: datetime
) -> None:
    bank_id = put_bank("Blood", teacher.id)
    create_person("learner", email="learner@example.org")
    create_person("instructor", email="out@example.org", disabled_at=now)
    said = set()
    for n, email in enumerate(
        ("nobody@example.org", "learner@example.org", "out@example.org", "teacher@example.org",
         "not an address", "")
    ):  # fmt: skip
        with pytest.raises(NoInstructor) as refused:
            bank_members.add(bank_id, email, "edit", teacher, now + timedelta(minutes=5 * n))
        said.add(str(refused.value))
    assert len(said) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(BankMember)) == 0


def test_addresses_cannot_be_tried_without_end(teacher: Person, now: datetime) -> None:
    bank_id = put_bank("Blood", teacher.id)
    for _ in range(throttling.PER_ACCOUNT):
        with pytest.raises(NoInstructor):
            bank_members.add(bank_id, "nobody@example.org", "edit", teacher, now)
    with pytest.raises(throttling.Throttled):
        bank_members.add(bank_id, "nobody@example.org", "edit", teacher, now)


# Copies


def test_a_copy_is_a_private_bank_of_its_own(teacher: Person, now: datetime) -> None:
    importing.import_bank(Source.at(BLOOD), title="Blood", public=True, now=now)
    bank = banks.find_named("Blood")
    assert bank
    before = question_lists.listing(bank.id, Filter()).total
    slug, losses = copying.copy_bank(bank, teacher, "Mine", now)
    copy = banks.editable(slug, teacher)
    bank = banks.find_named("Blood")
    assert bank
    assert (copy.title, copy.visibility, copy.language) == ("Mine", "private", bank.language)
    assert losses == []
    assert question_lists.listing(copy.id, Filter()).total == before
    assert question_lists.listing(bank.id, Filter()).total == before
    again, _ = copying.copy_bank(bank, teacher, "Mine", now)
    assert banks.editable(again, teacher).title == "Mine (2)"


def test_a_bank_of_drafts_alone_makes_an_empty_copy(teacher: Person, now: datetime) -> None:
    bank_id = put_bank("Drafts", teacher.id)
    put_question(bank_id, "Unfinished", status="draft")
    slug, _ = copying.copy_bank(db.session.get_one(Bank, bank_id), teacher, "Copy", now)
    assert question_lists.listing(banks.editable(slug, teacher).id, Filter()).total == 0


# Bulk


def test_tags_are_added_once_found_by_search_and_removed(app: Flask) -> None:
    bank_id = put_bank()
    ids = [put_question(bank_id, "One", tags=("old",)), put_question(bank_id, "Two")]
    assert bulk.add_tag(bank_id, ids, "Größe").changed == 2
    assert bulk.add_tag(bank_id, ids, "Größe").changed == 0
    assert tags_of(ids[0]) == {"old", "Größe"}
    assert question_lists.listing(bank_id, Filter(text="grosse")).total == 2
    assert bulk.remove_tag(bank_id, ids, "old").changed == 1
    assert tags_of(ids[0]) == {"Größe"}
    assert question_lists.listing(bank_id, Filter(text="old")).total == 0
    assert question_lists.listing(bank_id, Filter(text="one answer")).total == 1


def test_a_question_full_of_tags_is_told(app: Flask) -> None:
    bank_id = put_bank()
    full = put_question(bank_id, "Full", tags=tuple(f"t{n}" for n in range(50)))
    done = bulk.add_tag(bank_id, [full, put_question(bank_id, "Free")], "new")
    assert (done.changed, [kept.name for kept in done.kept]) == (1, ["Full"])


def test_questions_of_another_bank_are_not_touched(app: Flask) -> None:
    mine, other = put_bank("Mine"), put_bank("Other")
    theirs = put_question(other, "Theirs")
    assert bulk.chosen(mine, [question(theirs).uid]) == []
    bulk.retire(mine, [theirs])
    bulk.add_tag(mine, [theirs], "tag")
    bulk.remove(mine, [theirs])
    assert question(theirs).status == "active"
    assert tags_of(theirs) == set()


def test_all_that_a_filter_leaves_are_chosen_over_all_pages(app: Flask) -> None:
    bank_id = put_bank()
    ids = [put_question(bank_id, f"Iron {n}", position=n) for n in range(3)]
    put_question(bank_id, "Zinc")
    assert bulk.matching(bank_id, Filter(text="iron")) == ids
    assert bulk.chosen(bank_id, [question(ids[2]).uid, question(ids[0]).uid, "x"]) == [
        ids[0], ids[2],
    ]  # fmt: skip


def test_acts_run_in_several_transactions(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 2)
    bank_id = put_bank()
    ids = [put_question(bank_id, f"Q{n}") for n in range(5)]
    seen = []
    writing_ = bulk.writing
    monkeypatch.setattr(bulk, "writing", lambda wait: seen.append(wait) or writing_(wait))
    assert bulk.add_tag(bank_id, ids, "tag").changed == 5
    assert len(seen) == 3


def test_retiring_takes_the_fact_along_and_activating_brings_it_back(app: Flask) -> None:
    bank_id = put_bank()
    first = put_question(bank_id, "One")
    second = put_question(bank_id, "Two", fact_id=question(first).fact_id)
    bulk.retire(bank_id, [first])
    assert fact_of(first).status == "active"
    assert bulk.retire(bank_id, [first, second]).changed == 1
    assert (question(second).status, fact_of(second).status) == ("retired", "retired")
    bulk.activate(bank_id, [second])
    assert (question(second).status, fact_of(second).status) == ("active", "active")


def test_a_fact_that_a_gap_still_asks_is_not_retired(app: Flask) -> None:
    bank_id = put_bank()
    first, cloze = put_question(bank_id, "One"), put_question(bank_id, "Two")
    with writing() as session:
        fact_id = session.get_one(Question, first).fact_id
        session.add(QuestionPart(question_id=cloze, part="1", fact_id=fact_id))
    bulk.retire(bank_id, [first])
    assert fact_of(first).status == "active"


def test_drafts_with_problems_stay_drafts_and_say_why(app: Flask) -> None:
    bank_id = put_bank()
    good = put_question(bank_id, "Good", status="draft")
    bad = put_question(bank_id, "Bad", status="draft", kind="multiple_choice", body={"options": []})
    done = bulk.activate(bank_id, [good, bad])
    assert done.changed == 1
    (kept,) = done.kept
    assert kept.name == "Bad"
    assert kept.reason.startswith("It cannot be asked yet: ")
    assert (question(good).status, question(bad).status) == ("active", "draft")


def test_an_activated_draft_without_a_fact_gets_its_own(app: Flask) -> None:
    bank_id = put_bank()
    draft = put_question(bank_id, "Draft", status="draft")
    with writing() as session:
        session.get_one(Question, draft).fact_id = None
        session.execute(sa.delete(Fact))
    bulk.activate(bank_id, [draft])
    assert fact_of(draft).statement == "Draft Answer"


def test_what_was_retired_here_survives_the_files_next_version(
    teacher: Person, now: datetime
) -> None:
    importing.import_bank(Source.at(BLOOD), title="Blood", owner_id=teacher.id, now=now)
    bank = banks.find_named("Blood")
    assert bank
    ids = bulk.matching(bank.id, Filter())
    bulk.retire(bank.id, ids[:1])
    bulk.add_tag(bank.id, ids[1:2], "mine")
    importing.import_bank(Source.at(BLOOD), title="Blood", owner_id=teacher.id, now=now)
    assert question(ids[0]).status == "retired"
    assert "mine" in tags_of(ids[1])


def test_deleting_retires_what_was_answered(app: Flask, now: datetime) -> None:
    bank_id = put_bank("Blood", visibility="public")
    answered, fresh = put_question(bank_id, "One"), put_question(bank_id, "Two")
    give(answered, now)
    fact_id = question(fresh).fact_id
    done = bulk.remove(bank_id, [answered, fresh])
    assert (done.changed, done.deleted) == (1, 1)
    db.session.rollback()
    assert db.session.get(Question, fresh) is None
    assert db.session.get_one(Fact, fact_id).status == "retired"
    assert (question(answered).status, question(answered).edited_here) == ("retired", True)


def test_in_a_bank_that_follows_a_folder_nothing_is_deleted(app: Flask) -> None:
    bank_id = put_bank()
    with writing() as session:
        session.get_one(Bank, bank_id).origin = "questions/blood"
    fresh = put_question(bank_id, "One")
    assert bulk.remove(bank_id, [fresh]).deleted == 0
    assert question(fresh).status == "retired"


# Moving


@pytest.fixture
def two(app: Flask) -> tuple[int, int]:
    """Two public banks."""
    return put_bank("From", visibility="public"), put_bank("To", visibility="public")


def test_a_question_moves_with_tags_fact_and_memory(two: tuple[int, int], now: datetime) -> None:
    one = put_question(two[0], "One", tags=("tag",), external_system="gift", external_id="a")
    learner, fact_id = give(one, now), question(one).fact_id
    done = moving.move(two[0], [one], two[1], now)
    assert (done.changed, done.kept) == (1, [])
    moved = question(one)
    assert (moved.bank_id, moved.fact_id, moved.external_id) == (two[1], fact_id, "a")
    assert db.session.get_one(Fact, fact_id).bank_id == two[1]
    assert tags_of(one) == {"tag"}
    assert db.session.get_one(Card, (learner.id, fact_id)).reps == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Job)) == 0
    assert replay_check.check().different == 0


def test_of_a_shared_fact_the_moved_question_gets_a_copy(
    two: tuple[int, int], now: datetime
) -> None:
    stays = put_question(two[0], "One")
    fact_id = question(stays).fact_id
    goes = [put_question(two[0], f"Q{n}", fact_id=fact_id) for n in range(2)]
    learner = give(goes[0], now)
    moving.move(two[0], goes, two[1], now)
    copy = fact_of(goes[0])
    assert copy.id != fact_id
    assert (copy.bank_id, copy.statement) == (two[1], fact_of(stays).statement)
    assert question(goes[1]).fact_id == copy.id
    assert question(stays).fact_id == fact_id
    job = db.session.scalars(sa.select(Job)).one()
    assert job.payload == {"facts": sorted([fact_id, copy.id])}
    regrouping.refold(job.payload, type("C", (), {"progress": lambda self, share: None})())
    assert db.session.get(Card, (learner.id, fact_id)) is None
    assert db.session.get_one(Card, (learner.id, copy.id)).reps == 1


def test_what_a_fact_is_proved_by_goes_along_once(two: tuple[int, int], now: datetime) -> None:
    bank = db.session.get_one(Bank, two[0])
    article_id = put_article(bank, "White cells fight. Red cells carry.")
    first, second = put_question(two[0], "One"), put_question(two[0], "Two")
    put_evidence(article_id, question(first).fact_id, "White cells fight.")
    put_evidence(article_id, question(second).fact_id, "Red cells carry.")
    moving.move(two[0], [first], two[1], now)
    moving.move(two[0], [second], two[1], now)
    (copy,) = db.session.scalars(sa.select(Article).where(Article.bank_id == two[1])).all()
    rows = db.session.scalars(sa.select(Evidence).order_by(Evidence.id)).all()
    assert [(row.article_id, row.quote) for row in rows] == [
        (copy.id, "White cells fight."), (copy.id, "Red cells carry."),
    ]  # fmt: skip


def test_what_cannot_be_moved_stays_and_says_why(two: tuple[int, int], now: datetime) -> None:
    asked = put_question(two[0], "In a quiz")
    create_quiz([asked], slug="quiz", bank="from")
    done = moving.move(two[0], [asked], two[1], now)
    assert [kept.reason for kept in done.kept] == [moving.IN_QUIZ]
    assert question(asked).bank_id == two[0]


def test_answered_questions_do_not_go_where_their_learners_cannot(
    two: tuple[int, int], now: datetime
) -> None:
    answered, fresh = put_question(two[0], "Answered"), put_question(two[0], "Fresh")
    learner, private = give(answered, now), put_bank("Private")
    done = moving.move(two[0], [answered, fresh], private, now)
    assert (done.changed, [kept.reason for kept in done.kept]) == (1, [moving.UNSEEN])
    with writing() as session:
        session.add(BankMember(bank_id=private, user_id=learner.id, access="view"))
    assert moving.move(two[0], [answered], private, now).changed == 1


def test_keys_and_names_that_the_other_bank_has_make_no_clash(
    two: tuple[int, int], now: datetime
) -> None:
    one = put_question(two[0], "One", external_system="gift", external_id="a")
    other = put_question(two[1], "Two", external_system="gift", external_id="a", position=7)
    with writing() as session:
        for question_id in (one, other):
            session.get_one(Fact, session.get_one(Question, question_id).fact_id).key = "f1"
    moving.move(two[0], [one], two[1], now)
    assert question(one).external_id is None
    assert question(other).external_id == "a"
    assert question(one).position > 7
    assert fact_of(one).key != "f1"


def test_pictures_go_along_unless_the_name_is_taken(two: tuple[int, int], now: datetime) -> None:
    body = {"back": "![alt](media/b.png)"}
    good = put_question(two[0], "![alt](media/a.png)")
    bad = put_question(two[0], "Back", body=body)
    put_picture(two[0], "a.png", b"a")
    put_picture(two[0], "b.png", b"b")
    put_picture(two[1], "b.png", b"other")
    done = moving.move(two[0], [good, bad], two[1], now)
    assert (done.changed, [kept.name for kept in done.kept]) == (1, ["Back"])
    uses = db.session.scalars(sa.select(MediaUse.name).where(MediaUse.bank_id == two[1])).all()
    assert sorted(uses) == ["a.png", "b.png"]


def test_nothing_moves_out_of_a_bank_that_follows_a_folder(
    two: tuple[int, int], now: datetime
) -> None:
    one = put_question(two[0], "One")
    with writing() as session:
        session.get_one(Bank, two[0]).origin = "questions/blood"
    with pytest.raises(moving.CannotMove):
        moving.move(two[0], [one], two[1], now)
    with pytest.raises(moving.CannotMove):
        moving.move(two[1], [one], two[1], now)
    assert question(one).bank_id == two[0]


def test_facts_of_gaps_follow_a_moved_question(two: tuple[int, int], now: datetime) -> None:
    other, cloze = put_question(two[0], "Other"), put_question(two[0], "Cloze")
    part_fact = question(other).fact_id
    with writing() as session:
        session.add(QuestionPart(question_id=cloze, part="1", fact_id=part_fact))
    moving.move(two[0], [cloze], two[1], now)
    part = db.session.scalars(sa.select(QuestionPart)).one()
    assert part.fact_id != part_fact
    assert db.session.get_one(Fact, part.fact_id).bank_id == two[1]
    assert question(other).fact_id == part_fact
