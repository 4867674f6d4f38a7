"""What pages and the API share about studying: the next question and a graded answer as HTML."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import uuid4

from flask import current_app, request
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from quizapp.core.scheduling.fold import CardState
from quizapp.core.scheduling.fsrs import REVIEW
from quizapp.extensions import db
from quizapp.services.content import evidence, questions
from quizapp.services.content.evidence import Passage
from quizapp.services.content.questions import Asked
from quizapp.services.people.sessions import Person
from quizapp.services.study import answers
from quizapp.services.study.answers import Answered
from quizapp.services.study.log_views import LoggedView
from quizapp.web import identity, present, words
from quizapp.web.identity import now

FEW, ALL = (1, 3), (1, 2, 3, 4)  # two buttons by default, four by setting


def taker(
    question_uid: str, version: int, raw: object, marks: dict[str, bool] | None = None
) -> Person:
    """Return who answers; a stranger becomes a guest only by an answer that can be taken.

    Raises what `answers.answer` raises of an answer that cannot.
    """
    if identity.person() is None:
        where = questions.place(question_uid, None)
        question = questions.asked(where.id, version)
        if question.kind.GRADED_BY == "nobody" or where.status == "draft":
            raise answers.NotAskable
        answers.read(question, raw, marks)
    return identity.person_or_guest()


ROUND = 20  # questions; after as many the page offers to stop


@dataclass(frozen=True, slots=True)
class Progress:
    """The line above a question: at / all of a round, and in words."""

    at: int
    all: int
    done: int
    words: str

    @property
    def is_over(self) -> bool:
        """Whether the round ends with this question."""
        return self.at >= self.all


def progress(done: int, left: int, answered: bool) -> Progress:
    """Return which question of its round this is; rounds are short, so that there is an end.

    `done` and `left` today; `answered` when the question's own answer is in `done` already.
    """
    before = max(done - 1, 0) if answered else done
    at = before % ROUND + 1
    waiting = left + (1 if answered else 0)
    last = min(ROUND, at - 1 + max(waiting, 1))
    return Progress(at, last, at - 1, _("Question %(n)s of %(all)s", n=at, all=last))


def ask(
    asked: Asked,
    client_id: str,
    person: Person | None,
    mode: str = "study",
    seed: int | None = None,
) -> Markup:
    """Return the inputs of a question; a flashcard comes with its back and its rating buttons.

    Options stand in the order of `seed`, or else of the id that it will be answered under.
    """
    seed = answers.seed_of(client_id) if seed is None else seed
    if asked.kind.GRADED_BY != "learner":
        return present.ask(asked, seed=seed, mode=mode)
    fact_id = questions.fact_of(asked.id)
    passage = evidence.of_fact(fact_id)
    return present.ask(
        asked,
        seed=seed,
        mode=mode,
        ratings=_buttons(person, fact_id),
        evidence=passage_html(passage) if passage else None,
    )


def _buttons(person: Person | None, fact_id: int | None) -> list[present.Button]:
    if person is None:
        person = _stranger()
    wanted = ALL if person.prefs.get("rating_buttons") == 4 else FEW
    found = answers.preview(person, fact_id, now())
    return [words.button(rating, person) for rating in found if rating.rating in wanted]


def _stranger() -> Person:
    """Return what a browser without a session would be: the defaults of a new guest."""
    return Person(
        0, "", "guest", "", None, "learner", "UTC", 240, None, 0.9, 20, 200, 100, {}, 0, now()
    )


def following(
    asked: Asked | None,
    person: Person | None,
    mode: str = "study",
    seed: int | None = None,
    slot: int | None = None,
) -> dict[str, Any] | None:
    """Return the `next` object of the API: a question with the id to answer it under.

    In an attempt it also names the `slot`.
    """
    if asked is None:
        return None
    client_id = str(uuid4())
    found = {
        "question": asked.uid,
        "version": asked.version,
        "type": asked.question.type,
        "html": str(ask(asked, client_id, person, mode, seed)),
        "client_id": client_id,
    }
    return found if slot is None else {**found, "slot": slot}


def graded_html(done: Answered) -> Markup:
    """Return the question as answered, with verdict, right answer and feedback."""
    return present.graded(
        done.asked,
        seed=done.seed,
        response=done.response,
        parts=done.grade.parts,
        feedback=done.grade.feedback,
        score=done.grade.score,
    )


def missed_html(done: Answered) -> Markup:
    """Return the verdict alone, while the question may be tried again."""
    module: Any = current_app.jinja_env.get_template("attempts/parts.html").module
    return Markup(module.missed(answers.outcome(done.asked, done.grade.score)))  # noqa: S704


def feedback_texts(done: Answered) -> list[str]:
    """Return the feedback that applies, as HTML: of what was chosen, then of the question."""
    paths = [*done.grade.feedback, "feedback"]
    return [done.asked.html[path] for path in paths if done.asked.html.get(path)]


def passage_html(passage: Passage) -> Markup:
    """Return the paragraph of the article with the sentence under the marker."""
    return _passage_html(passage, request.script_root, str(get_locale()))


@lru_cache(maxsize=4096)
def _passage_html(passage: Passage, _root: str, _locale: str) -> Markup:
    """Return it once for each path prefix and language: the link and the words are in it."""
    module: Any = current_app.jinja_env.get_template("macros.html").module
    return Markup(module.evidence(passage))  # noqa: S704 - the macro escapes


def passage_json(passage: Passage | None) -> dict[str, Any] | None:
    """Return the `evidence` object of the API."""
    if passage is None:
        return None
    return {
        "article": passage.article,
        "title": passage.title,
        "start": passage.start,
        "end": passage.end,
        "quote": passage.quote,
        "html": str(passage_html(passage)),
    }


def card_json(done: Answered, person: Person) -> dict[str, Any] | None:
    """Return the `card` object of the API: the fact's memory now, and when it comes again."""
    card = done.card
    if card is None:
        return None
    return {
        "state": card.state,
        "stability_days": round(card.stability, 4),
        "difficulty": round(card.difficulty, 4),
        "due_at": card.due_at.isoformat(),
        "interval_days": card.interval_days,
        "reps": card.reps,
        "lapses": card.lapses,
        "words": due_words(card, person),
    }


def due_words(card: CardState, person: Person) -> str:
    """Say when a fact comes again: in minutes, or the day."""
    if card.state != REVIEW:
        seconds = (card.due_at - card.last_at).total_seconds()
        return _("This fact comes again in %(time)s.", time=words.minutes(seconds))
    return _(
        "This fact comes again %(when)s, on %(day)s.",
        when=words.in_days(card.interval_days),
        day=words.day(card.due_at, person),
    )


def release() -> None:
    """End the read transaction of this request before slow work such as rendering."""
    db.session.rollback()


def logged_html(found: LoggedView) -> Markup:
    """Return an answer of the log as it was graded."""
    return present.graded(
        found.asked,
        seed=answers.seed_of(found.client_id),
        response=found.response,
        parts=found.parts,
        feedback=found.feedback,
        score=found.score,
    )


def again_words(person: Person, found: LoggedView) -> str | None:
    """Say when the fact comes again."""
    if found.card is None or found.source == "practice":
        return None
    return due_words(found.card, person)
