"""The first page, the health check, and the pages about the app."""

from uuid import uuid4

import sqlalchemy as sa
from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from quizapp.extensions import db
from quizapp.services.content import bank_pages
from quizapp.services.courses import course_tasks
from quizapp.services.study import dashboards, queue
from quizapp.web import assignment_pages, plan_shown, studying
from quizapp.web.identity import now, person

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Say one thing to do now: to a stranger a question, to a learner what is due."""
    who = person()
    if who is not None:
        summary = dashboards.summary_for_home(who, now())
        tasks = course_tasks.due_next(who, now())
        if summary.studied or summary.due or tasks:
            return render_template(
                "pages/today.html",
                summary=summary,
                tasks=tasks,
                when=assignment_pages.when,
                plan=plan_shown.acting(who, now()),
            )
    bank = bank_pages.first_public()
    asked = queue.first_question(bank.id) if bank else None
    client_id = str(uuid4())
    return render_template(
        "pages/welcome.html",
        bank=bank,
        asked=asked,
        client_id=client_id,
        html=studying.ask(asked, client_id, who) if asked else None,
    )


@blueprint.get("/health")
def health() -> dict[str, str]:
    """Answer 200 when the app can reach its database."""
    db.session.execute(sa.text("select 1"))
    return {"status": "ok"}


@blueprint.get("/help")
def help_page() -> str:
    """Explain how the app asks and remembers."""
    return render_template("pages/help.html")


@blueprint.get("/keyboard")
def keyboard() -> str:
    """List the keys."""
    return render_template("pages/keyboard.html")


@blueprint.get("/accessibility")
def accessibility() -> str:
    """State what was made accessible, and how to say what is not."""
    return render_template("pages/accessibility.html")


@blueprint.get("/privacy")
def privacy() -> str:
    """Say what is kept about people, from the real settings."""
    return render_template("pages/privacy.html")
