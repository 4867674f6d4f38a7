"""Weighing drafted questions beside their article: accept, edit, reject, take back, publish."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from quizapp.core.articles.model import ArticleError
from quizapp.services.articles import living, parts, publishing, reviewing
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import quiz_editing, quizzes
from quizapp.web import article_pages, words
from quizapp.web.identity import instructor_required, now, person
from quizapp.web.shared import absolute

blueprint = Blueprint("article_review", __name__, url_prefix="/articles/<uid>")

REASONS = {
    "wrong_key": _l("The key is wrong"),
    "not_in_text": _l("The article does not say it"),
    "unclear": _l("It is unclear"),
    "trivial": _l("Not worth asking"),
    "grammar": _l("The grammar is wrong"),
    "bad_distractors": _l("The wrong options are bad"),
    "duplicate": _l("Another one asks it"),
    "other": _l("Something else"),
}


@blueprint.get("/review")
@instructor_required
def show(uid: str) -> ResponseReturnValue:
    """Show an article and its drafts, best first; ?at= or the first undecided one is lit."""
    review = reviewing.review(_me(), uid)
    at, after = request.args.get("at", ""), request.args.get("after", "")
    return render_template(
        "articles/review.html",
        review=review,
        blocks=article_pages.blocks(review),
        counts=article_pages.counts(review),
        current=article_pages.current(review.drafts, at, after),
        drafts=[article_pages.draft(one) for one in review.drafts],
        sure=article_pages.SURE,
        reasons=REASONS,
        words=words,
    )


@blueprint.post("/review/drafts/<question>")
@instructor_required
def decide(uid: str, question: str) -> ResponseReturnValue:
    """Accept a draft, or reject it for a reason."""
    reason = request.form.get("reason", "")
    if request.form.get("decision") != "accept" and reason not in REASONS:
        abort(422)
    try:
        reviewing.decide(_me(), question, "reject" if reason else "accept", reason, now=now())
    except reviewing.Unsound:
        flash(_("It cannot be asked as it stands. Edit it, then accept it."), "partial")
        return _back(uid, at=question)
    return _back(uid, after=question)


@blueprint.post("/review/undo")
@instructor_required
def undo(uid: str) -> ResponseReturnValue:
    """Take one's last decision on the article back, and go to its draft."""
    question = reviewing.undo(_me(), uid, now=now())
    if question is None:
        flash(_("There is nothing to undo."), "info")
    return _back(uid, at=question)


@blueprint.post("/review/above")
@instructor_required
def accept_above(uid: str) -> ResponseReturnValue:
    """Accept all undecided drafts of a score, in percent, or more."""
    least = request.form.get("least", type=int)
    if least is None or not 0 <= least <= 100:
        flash(_("The score is a whole number from 0 to 100."), "partial")
        return _back(uid)
    accepted = reviewing.accept_above(_me(), uid, least / 100, now=now())
    flash(
        ngettext("%(num)s draft was accepted.", "%(num)s drafts were accepted.", accepted),
        "right" if accepted else "info",
    )
    return _back(uid)


@blueprint.post("/review/parts/<int:place>")
@instructor_required
def take_part(uid: str, place: int) -> ResponseReturnValue:
    """Put a part back that was left out and have it drafted on, or leave one out."""
    base, to_keep = request.form.get("version", 0, type=int), request.form.get("act") == "keep"
    try:
        if to_keep:
            drafting = parts.put_back(_me(), uid, place, base=base, now=now())
            return redirect(url_for("article_new.progress", uid=drafting), 303)
        parts.leave_out(_me(), uid, place, base=base, now=now())
        flash(_("It is left out. You can put it back as long as you like."), "right")
    except ArticleError as error:
        flash(_(str(error)), "partial")
    except living.Stale:
        flash(_("Somebody has edited the article meanwhile. This is how it stands now."), "partial")
    return _back(uid, parts=1)


@blueprint.post("/publish")
@instructor_required
def publish(uid: str) -> ResponseReturnValue:
    """Make a practice quiz of what was accepted; the same one with more where there is one."""
    try:
        slug = publishing.publish(_me(), uid, now=now())
    except publishing.Refused as refused:
        flash(_(str(refused)), "partial")
        return _back(uid)
    return redirect(url_for("article_review.published", uid=uid, quiz=slug), 303)


@blueprint.get("/published")
@instructor_required
def published(uid: str) -> ResponseReturnValue:
    """Give the link of the article's quiz, ?quiz=."""
    review = reviewing.review(_me(), uid)
    quiz = quiz_editing.editable(request.args.get("quiz", ""), _me())
    return render_template(
        "articles/published.html",
        review=review,
        counts=article_pages.counts(review),
        quiz=quiz,
        asks=len(quizzes.draw(quizzes.of_row(quiz), 0)),
        address=absolute(url_for("quizzes.show", slug=quiz.slug)),
    )


def _back(uid: str, **where: Any) -> ResponseReturnValue:
    return redirect(url_for("article_review.show", uid=uid, **where, _anchor="now"), 303)


def _me() -> Person:
    who = person()
    assert who is not None  # noqa: S101 - instructor_required saw to it
    return who
