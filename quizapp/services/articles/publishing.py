"""Publishing what was accepted: a practice quiz of the article, for whoever has its link."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.question_types import QUESTION_TYPES
from quizapp.database import writing
from quizapp.models import Article, ArticleVersion, Quiz
from quizapp.services.articles import decisions, standing
from quizapp.services.content import banks
from quizapp.services.identifiers import new_uid, sha256_hex
from quizapp.services.people import audit
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import quiz_editing
from quizapp.services.quizzes.quiz_editing import LONGEST_NAME, MOST_SLOTS, NEW, STATES
from quizapp.services.quizzes.quiz_settings import LONGEST_TITLE


class Refused(ValueError):
    """There is nothing to publish; the text says why in plain words."""


def publish(person: Person, article_uid: str, *, now: datetime) -> str:
    """Make a quiz of the accepted questions that can be asked in one; returns its slug.

    A second time it is the same quiz: what was accepted since stands at its end, what its editor
    took out comes back, and whoever has the link can take it again. Refused where nothing is
    accepted, Absent where the person may not edit the article.
    """
    with writing() as session:
        article, _bank = standing.editable(article_uid, person)
        session.refresh(article, with_for_update=True)
        accepted = _accepted(session, article)
        quiz = session.scalar(
            sa.select(Quiz).where(Quiz.bank_id == article.bank_id, Quiz.key == _key(article))
        )
        if quiz is None:
            quiz = _new_quiz(session, article, person)
            audit.note(session, now, person.id, "quiz.made", None, quiz.uid)
        quiz.status, quiz.visibility = STATES["link"][0], "link"
        rows = quiz_editing.slot_rows(session, quiz.id)
        asked = {row["question_id"] for row in rows}
        rows += [
            {"question_id": each, "pool": None, "weight": 1.0}
            for each in accepted
            if each not in asked
        ]
        quiz_editing.write_slots(session, quiz.id, rows[:MOST_SLOTS])
        return quiz.slug


def _accepted(session: Session, article: Article) -> list[int]:
    """Return the ids of the accepted questions that a quiz can ask."""
    active = [one for one in decisions.drafts_of(session, article.id) if one.status == "active"]
    if not active:
        raise Refused("No question is accepted yet. Accept some, then publish.")
    askable = quiz_editing.askable(session, article.bank_id, [one.uid for one in active])
    if not askable:
        labels = {QUESTION_TYPES[one.type].LABEL.lower() for one in active}
        raise Refused(
            f"A quiz cannot ask what is accepted so far ({', '.join(sorted(labels))}). "
            "Accept questions of other kinds, too."
        )
    return askable


def _new_quiz(session: Session, article: Article, person: Person) -> Quiz:
    version = session.get_one(ArticleVersion, (article.id, article.version))
    title = version.title[:LONGEST_TITLE]
    name = banks.slug_of(title)[:LONGEST_NAME].strip("-") or "quiz"
    quiz = Quiz(
        uid=new_uid(),
        slug=f"{name}-{sha256_hex(new_uid())[:10]}",  # nobody guesses it
        key=_key(article),
        title=title,
        owner_id=person.id,
        bank_id=article.bank_id,
        settings=dict(NEW),
    )
    session.add(quiz)
    session.flush()
    return quiz


def _key(article: Article) -> str:
    """Return what the article's quiz is found by in its bank."""
    return f"article-{article.uid}"
