"""Making and editing quizzes: rights, settings, places, publishing, deletion, the round trip."""

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from quizapp.core.formats.bank_document import SCHEMA
from quizapp.core.formats.shared.source import Source
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, BankMember, Question, Quiz, QuizSlot
from quizapp.services.content.questions import Absent
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import (
    attempt_views,
    attempts,
    question_picking,
    quiz_editing,
    quiz_settings,
    quiz_slots,
    quizzes,
)
from quizapp.services.quizzes.attempt_views import Refused
from quizapp.services.quizzes.quiz_editing import Changed
from quizapp.services.quizzes.quiz_settings import Settings, Unfit
from quizapp.services.quizzes.quiz_slots import SlotEdit
from quizapp.services.transfer import exporting, importing
from tests.factories import create_person
from tests.services.quiz_makers import CHOICE, TYPED, begin, create_questions, tag

ALL = {
    "description": "For Tuesday.",
    "feedback": "immediate",
    "time_limit_s": 900,
    "tries": 3,
    "shuffle": True,
    "pass_percent": 60,
    "floor_zero": True,
    "question_tries": 3,
    "penalty_percent": 33,
    "hints": False,
    "shuffle_options": False,
}


def own_bank(count: int = 4) -> tuple[Person, list[int]]:
    """An instructor with a private bank of so many questions, and a flashcard."""
    owner = create_person("instructor")
    kinds = [("multiple_choice", CHOICE), ("short_answer", TYPED)] * count
    ids = create_questions(*kinds[:count], ("flashcard", {"back": "b"}))
    with writing() as session:
        bank = session.query(Bank).one()
        bank.owner_id, bank.visibility = owner.id, "private"
        for number, question in enumerate(ids):
            session.get_one(Question, question).name = f"Question {number + 1}"
    return owner, ids[:count]


def made(owner: Person, now: datetime, uids: list[str] | None = None, **more: str) -> Quiz:
    """A quiz of the bank."""
    slug = quiz_editing.create_quiz("quizbank", owner, "My quiz", uids, now, **more).slug
    return quiz_editing.editable(slug, owner)


def uid_of(question_id: int) -> str:
    return str(db.session.get_one(Question, question_id).uid)


def asked_by(quiz: Quiz) -> list[int | None]:
    rows = db.session.query(QuizSlot).filter_by(quiz_id=quiz.id).order_by(QuizSlot.position)
    return [row.question_id for row in rows]


def test_a_whole_bank_becomes_a_published_quiz_in_one_call(app: Flask, now: datetime) -> None:
    owner, ids = own_bank()
    done = quiz_editing.create_quiz("quizbank", owner, " My  quiz ", None, now, publish="link")
    assert (done.questions, done.left_out) == (4, 0)
    found = quizzes.find(done.slug, None)  # a stranger with the link
    assert (found.title, found.questions, found.settings.feedback) == ("My quiz", 4, "immediate")
    assert quizzes.visible_quizzes(None) == []
    learner = create_person()
    assert len(begin(learner, found, now).items) == 4
    assert sorted(row for row in asked_by(quiz_editing.editable(done.slug, owner))) == ids


def test_a_bank_that_is_too_big_says_what_had_no_room(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, _ids = own_bank()
    monkeypatch.setattr(quiz_editing, "MOST_AT_ONCE", 3)
    done = quiz_editing.create_quiz("quizbank", owner, "Part", None, now)
    assert (done.questions, done.left_out) == (3, 1)


def test_nobody_takes_a_draft_and_two_of_a_title_have_two_addresses(
    app: Flask, now: datetime
) -> None:
    owner, _ids = own_bank()
    first, second = made(owner, now), made(owner, now)
    assert first.slug != second.slug
    for who in (None, owner):
        with pytest.raises(Absent):
            quizzes.find(first.slug, who)
    with pytest.raises(Refused, match="no questions"):
        quiz_editing.create_quiz("quizbank", owner, "Empty", [], now, publish="link")
    for title in ("", "  ", "a\0b", "x" * 301):
        with pytest.raises(Unfit):
            quiz_editing.create_quiz("quizbank", owner, title, None, now)
    assert db.session.query(Quiz).count() == 2


def test_only_those_who_may_edit_the_bank_edit_its_quizzes(app: Flask, now: datetime) -> None:
    owner, _ids = own_bank()
    quiz = made(owner, now)
    viewer, editor, other = (create_person("instructor") for _ in range(3))
    with writing() as session:
        bank = session.query(Bank).one()
        for who, access in ((viewer, "view"), (editor, "edit")):
            session.add(BankMember(bank_id=bank.id, user_id=who.id, access=access))
    slug = db.session.query(Quiz.slug).scalar()
    assert quiz_editing.editable(slug, editor).id == quiz.id
    for who in (None, viewer, other, create_person("admin")):
        with pytest.raises(Absent):
            quiz_editing.editable(slug, who)
    for stranger in (viewer, other):
        with pytest.raises(Absent):
            quiz_editing.create_quiz("quizbank", stranger, "Mine", None, now)
        with pytest.raises(Absent):
            quiz_slots.add_questions(slug, stranger, [])
        with pytest.raises(Absent):
            quiz_editing.delete(slug, stranger, now)
    assert db.session.query(Quiz).count() == 1


def test_settings_are_those_of_a_bank_file_and_within_its_bounds(app: Flask, now: datetime) -> None:
    owner, _ids = own_bank()
    quiz = made(owner, now)
    slug, seen = quiz.slug, quiz_editing.settings_mark(quiz)
    assert set(ALL) == set(quiz_settings.RULES)
    assert set(ALL) == set(Settings.__slots__)
    quiz_editing.save_settings(slug, owner, seen, "New", {**ALL, "tries": None})
    quiz = quiz_editing.editable(slug, owner)
    assert (quiz.title, quiz.settings) == (
        "New", {name: value for name, value in ALL.items() if name != "tries"}
    )  # fmt: skip
    seen = quiz_editing.settings_mark(quiz)
    for bad in (
        {"tries": 0}, {"tries": True}, {"penalty_percent": 101}, {"feedback": "late"}, {"x": 1},
        {"hints": "yes"}, {"description": "a\0"}, {"description": "x" * 10_001}, {"tries": "3"},
    ):  # fmt: skip
        with pytest.raises(Unfit):
            quiz_editing.save_settings(slug, owner, seen, "New", bad)


def test_two_tabs_do_not_overwrite_each_other(app: Flask, now: datetime) -> None:
    owner, _ids = own_bank()
    quiz = made(owner, now)
    slug, settings, places = quiz.slug, quiz_editing.settings_mark(quiz), quiz_slots.mark(quiz)
    quiz_editing.save_settings(slug, owner, settings, "First", ALL)
    with pytest.raises(Changed):
        quiz_editing.save_settings(slug, owner, settings, "Second", {})
    assert quiz_editing.editable(slug, owner).title == "First"
    quiz_slots.save(slug, owner, places, [SlotEdit(2, 1.0)])  # the settings are another matter
    with pytest.raises(Changed):
        quiz_slots.save(slug, owner, places, [SlotEdit(1, 5.0)])
    assert len(asked_by(quiz_editing.editable(slug, owner))) == 1


def test_places_are_ordered_weighted_and_taken_out(app: Flask, now: datetime) -> None:
    owner, ids = own_bank()
    quiz = made(owner, now)
    slug, seen = quiz.slug, quiz_slots.mark(quiz)
    quiz_slots.save(slug, owner, seen, [SlotEdit(3, 2.5), SlotEdit(1, 0.0)])
    quiz = quiz_editing.editable(slug, owner)
    assert asked_by(quiz) == [ids[2], ids[0]]
    assert [place.weight for place in quiz_slots.places(quiz)] == [2.5, 0.0]
    seen = quiz_slots.mark(quiz)
    for bad in (-1.0, float("nan"), 1001.0):
        with pytest.raises(Unfit):
            quiz_slots.save(slug, owner, seen, [SlotEdit(1, bad)])
    for unknown in ([SlotEdit(9, 1.0)], [SlotEdit(1, 1.0), SlotEdit(1, 1.0)]):
        with pytest.raises(Changed):
            quiz_slots.save(slug, owner, seen, unknown)
    assert quiz_slots.add_questions(slug, owner, [uid_of(ids[0]), uid_of(ids[1]), "none"]) == 1
    assert asked_by(quiz_editing.editable(slug, owner)) == [ids[2], ids[0], ids[1]]


def test_questions_of_other_banks_and_flashcards_are_not_added(app: Flask, now: datetime) -> None:
    owner, ids = own_bank()
    other = create_questions(("multiple_choice", CHOICE), slug="other")
    quiz = made(owner, now, [])
    card = uid_of(ids[-1] + 1)
    with writing() as session:
        session.get_one(Question, ids[0]).status = "retired"
    sent = [uid_of(other[0]), card, uid_of(ids[0]), uid_of(ids[1])]
    assert quiz_slots.add_questions(quiz.slug, owner, sent) == 1


def test_a_draw_says_when_it_cannot_be_filled(app: Flask, now: datetime) -> None:
    owner, ids = own_bank()
    for question in ids[:2]:
        tag(question, "basics")
    quiz = made(owner, now, [])
    slug = quiz.slug
    quiz_slots.add_pool(slug, owner, 3, ["basics"], [], 2)
    quiz_slots.add_pool(slug, owner, 1, [], ["f4"])
    for tags, facts, n in ((["none"], [], 1), ([], ["f99"], 1), ([], [], 0), ([], [], 1001)):
        with pytest.raises(Unfit):
            quiz_slots.add_pool(slug, owner, n, tags, facts)
    quiz = quiz_editing.editable(slug, owner)
    first, second = quiz_slots.places(quiz)
    assert (first.n, first.there, first.tags, first.weight) == (3, 2, ("basics",), 2.0)
    assert (second.n, second.there, second.facts) == (1, 1, ("Fact 4.",))
    view = quizzes.of_row(quiz)
    assert (view.questions, len(quizzes.draw(view, 1))) == (4, 3)
    quiz_slots.save(slug, owner, quiz_slots.mark(quiz), [SlotEdit(1, 2.0, 2), SlotEdit(2, 1.0)])
    view = quizzes.of_row(quiz_editing.editable(slug, owner))
    assert (view.questions, len(quizzes.draw(view, 1))) == (3, 3)


def test_an_edit_does_not_touch_an_open_attempt(app: Flask, now: datetime) -> None:
    owner, ids = own_bank()
    learner = create_person()
    quiz = made(owner, now, publish="public")
    slug = quiz.slug
    attempt = begin(learner, quizzes.find(slug, learner), now)
    quiz = quiz_editing.editable(slug, owner)
    exam = {**ALL, "feedback": "deferred"}
    quiz_editing.save_settings(slug, owner, quiz_editing.settings_mark(quiz), "New", exam)
    quiz_slots.save(slug, owner, quiz_slots.mark(quiz), [SlotEdit(1, 9.0)])
    assert quiz_editing.delete(slug, owner, now) is False  # taken: only retired
    after = attempt_views.load(learner, attempt.uid)
    assert (after.title, after.is_exam, after.is_open) == ("My quiz", False, True)
    assert [(item.asked.id, item.weight) for item in after.items] == [
        (item.asked.id, item.weight) for item in attempt.items
    ]
    with pytest.raises(Absent):
        quizzes.find(slug, learner)
    assert quiz_editing.state_of(quiz_editing.editable(slug, owner)) == "retired"
    right = {"option": "o1"} if after.items[0].asked.id in ids[::2] else {"text": "x"}
    attempts.answer_practice(
        learner, attempt.uid, 1, "6f0c1a52-9d0e-4a57-8f0e-2f0a1f0b7c11", right, now=now
    )


def test_a_quiz_that_was_never_taken_is_deleted(app: Flask, now: datetime) -> None:
    owner, _ids = own_bank()
    slug = made(owner, now, publish="link").slug
    assert quiz_editing.delete(slug, owner, now) is True
    assert (db.session.query(Quiz).count(), db.session.query(QuizSlot).count()) == (0, 0)
    with pytest.raises(Absent):
        quiz_editing.delete(slug, owner, now)


def test_publishing_needs_something_to_ask(app: Flask, now: datetime) -> None:
    owner, ids = own_bank(1)
    quiz = made(owner, now, [])
    slug = quiz.slug
    with pytest.raises(Refused):
        quiz_editing.set_state(slug, owner, "link", now)
    quiz_slots.add_questions(slug, owner, [uid_of(ids[0])])
    for state in quiz_editing.STATES:
        quiz_editing.set_state(slug, owner, state, now)
        assert quiz_editing.state_of(quiz_editing.editable(slug, owner)) == state
    with pytest.raises(Unfit):
        quiz_editing.set_state(slug, owner, "open", now)


def test_a_copy_is_a_draft_of_its_own(app: Flask, now: datetime) -> None:
    owner, ids = own_bank()
    quiz = made(owner, now, publish="public")
    slug = quiz_editing.duplicate(quiz.slug, owner, "Copy", now)
    copy = quiz_editing.editable(slug, owner)
    assert (copy.status, copy.key, asked_by(copy)) == ("draft", None, ids)


def test_questions_are_found_by_text_type_and_tag_a_page_at_a_time(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, ids = own_bank(5)
    tag(ids[1], "basics")
    quiz = made(owner, now, [uid_of(ids[0])])
    monkeypatch.setattr(question_picking, "AT_ONCE", 2)
    found = question_picking.find(quiz, page=99)
    assert (found.total, found.page, found.pages) == (5, 3, 3)
    assert [each.is_in for each in question_picking.find(quiz).candidates] == [True, False]
    assert question_picking.find(quiz, "QUESTION 3").total == 1
    assert question_picking.find(quiz, "100%").total == 0
    assert question_picking.find(quiz, type_="short_answer").total == 2
    assert question_picking.find(quiz, tag="basics").candidates[0].tags == ["basics"]
    assert question_picking.tags(quiz.bank_id) == [("basics", 1)]
    assert question_picking.types(quiz.bank_id) == ["multiple_choice", "short_answer"]
    assert question_picking.facts(quiz.bank_id)[0] == ("f1", "Fact 1.", 1)


@pytest.mark.only("sqlite")
def test_settings_and_draws_come_back_from_a_bank_file(
    app: Flask, now: datetime, tmp_path: Path
) -> None:
    owner, ids = own_bank()
    tag(ids[0], "basics")
    quiz = made(owner, now, [uid_of(ids[1])], publish="public")
    slug = quiz.slug
    quiz_slots.add_pool(slug, owner, 2, ["basics"], ["f1"], 0.5)
    quiz = quiz_editing.editable(slug, owner)
    quiz_editing.save_settings(slug, owner, quiz_editing.settings_mark(quiz), "Round trip", ALL)
    with writing() as session:  # what the file must not hold
        row = session.query(Quiz).one()
        row.settings = {**row.settings, quiz_settings.EDITED: True}
    first = exported(tmp_path / "first.yaml")
    assert "penalty_percent: 33" in first
    assert quiz_settings.EDITED not in first
    importing.import_bank(Source.at(tmp_path / "first.yaml"), title="Copy of it", now=now)
    again = db.session.query(Quiz).filter(Quiz.slug != slug).one()
    assert (again.title, again.settings) == ("Round trip", ALL)
    assert [row["pool"] for row in quiz_editing.slot_rows(db.session(), again.id)] == [
        None, {"tags": ["basics"], "facts": ["f1"], "n": 2}
    ]  # fmt: skip


@pytest.mark.only("sqlite")
def test_a_quiz_of_a_file_that_was_edited_here_is_kept_as_it_is(
    app: Flask, now: datetime, tmp_path: Path
) -> None:
    owner, _ids = own_bank()
    quiz = made(owner, now, publish="public")
    slug, uid = quiz.slug, quiz.uid
    path = tmp_path / "bank.yaml"
    text = exported(path)

    def bring_in(title: str) -> Quiz:
        path.write_text(text.replace("title: My quiz", f"title: {title}"), encoding="utf-8")
        importing.import_bank(Source.at(path), title="Other", owner_id=owner.id, now=now)
        return db.session.query(Quiz).filter_by(key=uid).one()

    copy = bring_in("From the file")
    assert bring_in("Newer").title == "Newer"
    seen = quiz_editing.settings_mark(copy)
    quiz_editing.save_settings(copy.slug, owner, seen, "Edited", {"feedback": "deferred"})
    assert bring_in("Newest").title == "Edited"
    assert quiz_editing.editable(slug, owner).title == "My quiz"


def test_a_quiz_that_is_deleted_meanwhile_cannot_be_begun(app: Flask, now: datetime) -> None:
    owner, _ids = own_bank()
    slug = made(owner, now, publish="link").slug
    view = quizzes.find(slug, None)
    quiz_editing.delete(slug, owner, now)
    with pytest.raises(Absent):
        begin(create_person(), view, now)


def exported(path: Path) -> str:
    """Write the bank into one file; returns what it holds."""
    bank = db.session.query(Bank).filter_by(slug="quizbank").one()
    exporting.export_bank(bank, "bank_yaml", path)
    return path.read_text(encoding="utf-8")


def test_every_new_setting_is_described_in_the_schema() -> None:
    quiz = SCHEMA["$defs"]["quiz"]["properties"]
    for name in ("question_tries", "penalty_percent", "hints", "shuffle_options"):
        assert quiz[name]["description"]
