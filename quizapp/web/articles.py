"""Reading an article, with what is known of each sentence and the questions on it."""

from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.scheduling.days import learner_day
from quizapp.services.articles import standing
from quizapp.services.content import reading, sentence_facts
from quizapp.services.people.sessions import Person
from quizapp.web import words
from quizapp.web.identity import now, person

blueprint = Blueprint("articles", __name__, url_prefix="/articles")


@blueprint.get("/<uid>")
def show(uid: str) -> ResponseReturnValue:
    """Show the article; ?sentence= opens the facts of a sentence and the questions on them."""
    who = person()
    page = reading.article(uid, who, now())
    chosen = request.args.get("sentence", type=int)
    piece = None if chosen is None else page.piece(chosen)
    facts = sentence_facts.of_facts(piece.facts, who, now()) if piece else []
    return render_template(
        "articles/show.html",
        page=page,
        chosen=piece.index if piece else None,
        facts=facts,
        kinds=QUESTION_TYPES,
        words=words,
        due_words=_due_words,
        broken=standing.broken_facts(who, uid),
    )


def _due_words(due_day: int, who: Person) -> str:
    """Say when a fact comes again, on the learner's own calendar."""
    if due_day <= learner_day(now(), who.tz, who.rollover_minutes):
        return _("Due today.")
    return _("Due %(day)s.", day=words.day(date.fromordinal(due_day)))
