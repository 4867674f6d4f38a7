"""Publishing an article: a practice quiz of what was accepted, once."""

from datetime import timedelta

import pytest
from flask import Flask

from quizapp.extensions import db
from quizapp.models import Question, Quiz, QuizSlot
from quizapp.services.articles import publishing, reviewing
from quizapp.services.content.questions import Absent
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import quiz_editing, quizzes
from tests.factories import START, create_person
from tests.services.article_makers import add_article

LATER = START + timedelta(hours=1)


@pytest.fixture
def teacher(app: Flask) -> Person:
    return create_person("instructor")


@pytest.fixture
def uid(teacher: Person) -> str:
    return add_article(teacher)


def accept(teacher: Person, uid: str, *types: str) -> None:
    for one in reviewing.review(teacher, uid).drafts:
        if one.type in types:
            reviewing.decide(teacher, one.uid, "accept", now=LATER)


def publish(teacher: Person, uid: str) -> Quiz:
    slug = publishing.publish(teacher, uid, now=LATER)
    db.session.rollback()
    return db.session.query(Quiz).filter_by(slug=slug).one()


def asked(quiz: Quiz) -> list[str]:
    slots = db.session.query(QuizSlot).filter_by(quiz_id=quiz.id).order_by(QuizSlot.position)
    return [db.session.get_one(Question, slot.question_id).type for slot in slots]


def test_what_was_accepted_becomes_a_practice_quiz_for_whoever_has_the_link(
    teacher: Person, uid: str
) -> None:
    accept(teacher, uid, "multiple_choice", "numeric", "flashcard")
    quiz = publish(teacher, uid)
    assert (quiz.title, quiz.owner_id) == ("Coral reefs", teacher.id)
    assert quiz_editing.state_of(quiz) == "link"
    assert quiz.settings["feedback"] == "immediate"
    assert asked(quiz) == ["multiple_choice", "numeric"]
    assert len(quizzes.draw(quizzes.of_row(quiz), 0)) == 2
    assert quiz.slug.startswith("coral-reefs-")
    assert quiz_editing.editable(quiz.slug, teacher) is quiz


def test_published_again_it_is_the_same_quiz_with_what_was_accepted_since(
    teacher: Person, uid: str
) -> None:
    accept(teacher, uid, "numeric")
    first = publish(teacher, uid)
    first_id, slug = first.id, first.slug
    quiz_editing.save_settings(
        slug, teacher, quiz_editing.settings_mark(first), "Reefs", {"shuffle": False}
    )
    accept(teacher, uid, "multiple_choice", "cloze")
    again = publish(teacher, uid)
    assert (again.id, again.title) == (first_id, "Reefs")
    assert asked(again) == ["numeric", "multiple_choice", "cloze"]
    publish(teacher, uid)
    assert asked(again) == ["numeric", "multiple_choice", "cloze"]
    assert db.session.query(Quiz).count() == 1


def test_a_quiz_that_was_closed_is_opened_again(teacher: Person, uid: str) -> None:
    accept(teacher, uid, "numeric")
    slug = publish(teacher, uid).slug
    quiz_editing.set_state(slug, teacher, "retired", LATER)
    assert quiz_editing.state_of(publish(teacher, uid)) == "link"


def test_a_quiz_that_was_deleted_is_made_anew(teacher: Person, uid: str) -> None:
    accept(teacher, uid, "numeric")
    slug = publish(teacher, uid).slug
    quiz_editing.delete(slug, teacher, LATER)
    assert publish(teacher, uid).slug != slug


def test_without_anything_accepted_it_says_so(teacher: Person, uid: str) -> None:
    with pytest.raises(publishing.Refused, match="No question is accepted yet"):
        publishing.publish(teacher, uid, now=LATER)
    assert db.session.query(Quiz).count() == 0


def test_flashcards_alone_make_no_quiz(teacher: Person, uid: str) -> None:
    accept(teacher, uid, "flashcard")
    with pytest.raises(publishing.Refused, match=r"cannot ask .* \(flashcard\)"):
        publishing.publish(teacher, uid, now=LATER)


def test_only_who_may_edit_the_bank_publishes(teacher: Person, uid: str) -> None:
    accept(teacher, uid, "numeric")
    with pytest.raises(Absent):
        publishing.publish(create_person("instructor"), uid, now=LATER)
    assert db.session.query(Quiz).count() == 0
