"""Publishing what was accepted: a practice quiz of the article, for whoever has its link."""

from collections.abc import Sequence
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
    took out stays out, and whoever has the link can take it again. Refused where nothing is
    accepted, or nothing of it is asked, Absent where the person may not edit the article.
    """
    with writing() as session:
        article, _bank = standing.editable(article_uid, person)
        session.refresh(article, with_for_update=True)
        accepted = _accepted(session, article)
        quiz = session.scalar(
            sa.select(Quiz).where(Quiz.bank_id == article.bank_id, Quiz.uid == _uid(article))
        )
        known = quiz is not None
        if quiz is None:
            quiz = _new_quiz(session, article, person)
            audit.note(session, now, person.id, "quiz.made", None, quiz.uid)
        quiz.status, quiz.visibility = STATES["link"][0], "link"
        logs = decisions.logs(session, accepted)
        before = {one for one, log in logs.items() if quiz.uid in log.quizzes} if known else set()
        asked = _add_slots(session, quiz, [one for one in accepted if one not in before])
        for one in logs.keys() & asked - before:
            decisions.add(session, logs[one], "publish", [quiz.uid], person.id, now)
        return quiz.slug


def _add_slots(session: Session, quiz: Quiz, questions: Sequence[int]) -> set[int]:
    """Put questions at the end of a quiz, as far as there is room; returns all that it asks."""
    rows = quiz_editing.slot_rows(session, quiz.id)
    asked = {row["question_id"] for row in rows}
    rows += [
        {"question_id": one, "pool": None, "weight": 1.0} for one in questions if one not in asked
    ]
    if not rows:
        raise Refused("Its quiz asks nothing: all that was accepted was taken out of it since.")
    quiz_editing.write_slots(session, quiz.id, rows[:MOST_SLOTS])
    return {row["question_id"] for row in rows[:MOST_SLOTS]}


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
        uid=_uid(article),
        slug=f"{name}-{sha256_hex(new_uid())[:10]}",  # nobody guesses it
        title=title,
        owner_id=person.id,
        bank_id=article.bank_id,
        settings=dict(NEW),
    )
    session.add(quiz)
    session.flush()
    return quiz


def _uid(article: Article) -> str:
    """Return what the article's quiz is found by.

    It is no key: that would mean that a bank file brought it, which may take it away again.
    """
    return sha256_hex(f"quiz of the article {article.uid}")[: len(article.uid)]
