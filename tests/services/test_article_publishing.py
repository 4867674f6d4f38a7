"""Publishing an article: a practice quiz of what was accepted, once."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from quizapp.core.formats.shared.source import Source
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, Question, Quiz, QuizSlot
from quizapp.services.articles import publishing, reviewing, storing
from quizapp.services.content.questions import Absent
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import quiz_editing, quizzes
from quizapp.services.transfer import importing
from tests.factories import START, create_person
from tests.services.article_makers import DRAFTED, FOUND

LATER = START + timedelta(hours=1)
FACTS = """\
facts: [{key: f1, statement: Reefs are old.}]
questions:
- {key: q1, type: true_false, fact: f1, stem: Reefs are old., answer: true}
"""


def accept(teacher: Person, article: str, *types: str) -> None:
    for one in reviewing.review(teacher, article).drafts:
        if one.type in types:
            reviewing.decide(teacher, one.uid, "accept", now=LATER)


def publish(teacher: Person, article: str) -> Quiz:
    slug = publishing.publish(teacher, article, now=LATER)
    db.session.rollback()
    return db.session.query(Quiz).filter_by(slug=slug).one()


def asked(quiz: Quiz) -> list[str]:
    slots = db.session.query(QuizSlot).filter_by(quiz_id=quiz.id).order_by(QuizSlot.position)
    return [db.session.get_one(Question, slot.question_id).type for slot in slots]


def test_what_was_accepted_becomes_a_practice_quiz_for_whoever_has_the_link(
    teacher: Person, article: str
) -> None:
    accept(teacher, article, "multiple_choice", "numeric", "flashcard")
    quiz = publish(teacher, article)
    assert (quiz.title, quiz.owner_id) == ("Coral reefs", teacher.id)
    assert quiz_editing.state_of(quiz) == "link"
    assert quiz.settings["feedback"] == "immediate"
    assert asked(quiz) == ["multiple_choice", "numeric"]
    assert len(quizzes.draw(quizzes.of_row(quiz), 0)) == 2
    assert quiz.slug.startswith("coral-reefs-")
    assert quiz_editing.editable(quiz.slug, teacher) is quiz


def test_published_again_it_is_the_same_quiz_with_what_was_accepted_since(
    teacher: Person, article: str
) -> None:
    accept(teacher, article, "numeric")
    first = publish(teacher, article)
    first_id, slug = first.id, first.slug
    quiz_editing.save_settings(
        slug, teacher, quiz_editing.settings_mark(first), "Reefs", {"shuffle": False}
    )
    accept(teacher, article, "multiple_choice", "cloze")
    again = publish(teacher, article)
    assert (again.id, again.title) == (first_id, "Reefs")
    assert asked(again) == ["numeric", "multiple_choice", "cloze"]
    publish(teacher, article)
    assert asked(again) == ["numeric", "multiple_choice", "cloze"]
    assert db.session.query(Quiz).count() == 1


def test_what_an_editor_took_out_of_the_quiz_stays_out(teacher: Person, article: str) -> None:
    accept(teacher, article, "numeric", "multiple_choice")
    quiz = publish(teacher, article)
    with writing() as session:
        rows = quiz_editing.slot_rows(session, quiz.id)
        quiz_editing.write_slots(session, quiz.id, rows[:1])
    kept = asked(quiz)
    assert len(kept) == 1
    assert asked(publish(teacher, article)) == kept
    accept(teacher, article, "cloze")
    assert asked(publish(teacher, article)) == [*kept, "cloze"]
    with writing() as session:
        quiz_editing.write_slots(session, quiz.id, [])
    with pytest.raises(publishing.Refused, match="asks nothing"):
        publishing.publish(teacher, article, now=LATER)


def test_what_was_taken_out_and_accepted_anew_comes_back(teacher: Person, article: str) -> None:
    accept(teacher, article, "numeric", "multiple_choice")
    quiz = publish(teacher, article)
    with writing() as session:
        quiz_editing.write_slots(session, quiz.id, quiz_editing.slot_rows(session, quiz.id)[:1])
    (kept,) = asked(quiz)
    (other,) = {"numeric", "multiple_choice"} - {kept}
    for one in reviewing.review(teacher, article).drafts:
        if one.type == other:
            reviewing.decide(teacher, one.uid, "reject", "other", now=LATER)
    accept(teacher, article, other)
    assert asked(publish(teacher, article)) == [kept, other]


def test_publishing_is_no_decision_and_is_not_taken_back(teacher: Person, article: str) -> None:
    accept(teacher, article, "numeric")
    publish(teacher, article)
    before = [one.decision for one in reviewing.review(teacher, article).drafts]
    assert before.count("accept") == 1
    assert reviewing.undo(teacher, article, now=LATER)
    assert [one.decision for one in reviewing.review(teacher, article).drafts] == [None] * 5


def test_the_quiz_stays_when_the_folder_that_the_bank_follows_is_read_again(
    teacher: Person, tmp_path: Path
) -> None:
    folder = tmp_path / "reefs"
    folder.mkdir()

    def bring(quizzes: str) -> Bank:
        text = f"format: quizapp-bank/1\ntitle: Reefs\n{FACTS}{quizzes}"
        (folder / "bank.yaml").write_text(text, encoding="utf-8")
        importing.import_bank(Source.at(folder), origin="reefs", now=LATER)
        db.session.rollback()
        return db.session.query(Bank).filter_by(origin="reefs").one()

    bank = bring("quizzes:\n- {key: old, title: Old, slots: [{question: q1}]}\n")
    with writing() as session:
        session.execute(sa.update(Bank).values(owner_id=teacher.id))
    with writing() as session:
        bank = session.get_one(Bank, bank.id)
        article = storing.store(session, bank, FOUND, DRAFTED, START).article
    accept(teacher, article, "numeric")
    quiz = publish(teacher, article)
    slug = quiz.slug
    bring("")
    assert [one.slug for one in db.session.query(Quiz)] == [slug]  # the file's own is gone
    assert quiz_editing.state_of(quiz) == "link"
    assert asked(quiz) == ["numeric"]
    assert publish(teacher, article).slug == slug
    assert len(reviewing.review(teacher, article).drafts) == 5


def test_a_quiz_that_was_closed_is_opened_again(teacher: Person, article: str) -> None:
    accept(teacher, article, "numeric")
    slug = publish(teacher, article).slug
    quiz_editing.set_state(slug, teacher, "retired", LATER)
    assert quiz_editing.state_of(publish(teacher, article)) == "link"


def test_a_quiz_that_was_deleted_is_made_anew(teacher: Person, article: str) -> None:
    accept(teacher, article, "numeric")
    slug = publish(teacher, article).slug
    quiz_editing.delete(slug, teacher, LATER)
    assert publish(teacher, article).slug != slug


def test_without_anything_accepted_it_says_so(teacher: Person, article: str) -> None:
    with pytest.raises(publishing.Refused, match="No question is accepted yet"):
        publishing.publish(teacher, article, now=LATER)
    assert db.session.query(Quiz).count() == 0


def test_flashcards_alone_make_no_quiz(teacher: Person, article: str) -> None:
    accept(teacher, article, "flashcard")
    with pytest.raises(publishing.Refused, match=r"cannot ask .* \(flashcard\)"):
        publishing.publish(teacher, article, now=LATER)


def test_only_who_may_edit_the_bank_publishes(teacher: Person, article: str) -> None:
    accept(teacher, article, "numeric")
    with pytest.raises(Absent):
        publishing.publish(create_person("instructor"), article, now=LATER)
    assert db.session.query(Quiz).count() == 0
