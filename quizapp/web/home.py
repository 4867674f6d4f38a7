"""The first page, the health check, and the pages about the app."""

import sqlalchemy as sa
from flask import Blueprint, render_template

from quizapp.extensions import db

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def index() -> str:
    """Say one thing to do now."""
    return render_template("home.html")


@blueprint.get("/health")
def health() -> dict[str, str]:
    """Answer 200 when the app can reach its database."""
    db.session.execute(sa.text("select 1"))
    return {"status": "ok"}
