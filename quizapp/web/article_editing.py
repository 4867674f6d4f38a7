"""Editing an article: what an edit would do to its facts, what it did, and what then is to do."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from quizapp.config import MIB
from quizapp.core.articles.model import ArticleError
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.version_diff import Piece, word_pieces
from quizapp.services.articles import article_versions, living, standing
from quizapp.services.articles.standing import Proof, Standing
from quizapp.web import words
from quizapp.web.identity import now, person

blueprint = Blueprint("article_editing", __name__, url_prefix="/articles/<uid>")

LONGEST_FORM = 4 * MIB  # the longest text in any script
SHOWN = 100  # facts of one state on a page


@blueprint.url_value_preprocessor
def let_texts_in(endpoint: str | None, _values: object) -> None:
    """Let people with an account send a long text, before the form is read."""
    who = person()
    if endpoint == "article_editing.save" and who and not who.is_guest:
        request.max_content_length = request.max_form_memory_size = LONGEST_FORM


@blueprint.get("/edit")
def edit(uid: str) -> ResponseReturnValue:
    """Show the text of an article in a form."""
    head = standing.head(person(), uid)
    return _form(uid, head.text, head.title)


@blueprint.post("/edit")
def save(uid: str) -> ResponseReturnValue:
    """Say what an edit would change, or store it, as the pressed button says."""
    who, text, title = person(), request.form.get("text", ""), request.form.get("title", "")
    base = request.form.get("version", 0, type=int)
    try:
        if request.form.get("act") != "save":
            told = living.preview(who, uid, text, title)
            overtaken = told.head.version != base
            return _form(uid, text, title, told=told, overtaken=overtaken)
        told = living.edit_text(who, uid, text, title, base=base, now=now())
    except ArticleError as error:
        return _form(uid, text, title, error=str(error)), 422
    except living.Stale:
        return _form(uid, text, title, overtaken=True), 409
    if told.head.version == base:
        flash(_("The text is as it was, so there is no new version."), "info")
    else:
        flash(_("Saved as version %(n)s.", n=told.head.version), "right")
    return redirect(url_for("article_editing.facts", uid=uid), 303)


@blueprint.get("/facts")
def facts(uid: str) -> ResponseReturnValue:
    """Say which facts hold, moved or broke with the last edit, and what asks them."""
    return _facts(standing.standing(person(), uid))


@blueprint.post("/facts")
def decide(uid: str) -> ResponseReturnValue:
    """Let words prove a fact that broke, or ask some questions on it no more."""
    who, act = person(), request.form.get("act")
    told = standing.standing(who, uid)
    try:
        if act == "confirm":
            _confirm(uid)
            flash(_("These words prove it from now on."), "right")
        elif act == "retire":
            _retire(uid)
        else:
            abort(400)
    except ArticleError as error:
        return _facts(standing.standing(who, uid), refused=_(str(error))), 422
    except living.Stale:
        words_ = _("Somebody has edited the article meanwhile. This is how it stands now.")
        flash(words_, "partial")
    return redirect(url_for("article_editing.facts", uid=told.head.uid), 303)


@blueprint.get("/versions", endpoint="versions")
def history(uid: str) -> ResponseReturnValue:
    """List the versions of an article, with one to read: ?number=, else the newest."""
    head = standing.head(person(), uid)
    number = request.args.get("number", head.version, type=int)
    return render_template(
        "articles/versions.html",
        head=head,
        versions=article_versions.listing(person(), uid),
        shown=article_versions.page(person(), uid, number),
        words=words,
    )


def _form(
    uid: str,
    text: str,
    title: str,
    told: Standing | None = None,
    error: str = "",
    overtaken: bool = False,
) -> str:
    """Return the form with what was written; what it is based on is the version of now."""
    return render_template(
        "articles/edit.html",
        head=standing.head(person(), uid),
        text=text,
        title=title,
        told=told,
        error=_(error) if error else "",
        overtaken=overtaken,
        longest=living.LONGEST_TITLE,
        pieces=_pieces,
        shown=SHOWN,
    )


def _facts(told: Standing, refused: str = "") -> str:
    return render_template(
        "articles/facts.html",
        head=told.head,
        told=told,
        refused=refused,
        at=request.form.get("evidence", 0, type=int),
        quote=request.form.get("quote", ""),
        labels={name: kind.LABEL for name, kind in QUESTION_TYPES.items()},
        pieces=_pieces,
        shown=SHOWN,
    )


def _confirm(uid: str) -> None:
    sent = request.form
    living.confirm(
        person(),
        uid,
        sent.get("evidence", 0, type=int),
        sent.get("quote", ""),
        sent.get("start", 0, type=int),
        base=sent.get("version", 0, type=int),
    )


def _retire(uid: str) -> None:
    if count := living.retire(person(), uid, request.form.getlist("question")):
        told = ngettext(
            "%(num)s question is asked no more.", "%(num)s questions are asked no more.", count
        )
        flash(told, "right")
    else:
        flash(_("Choose some questions first."), "partial")


def _pieces(proof: Proof) -> tuple[Piece, ...]:
    """Return what a proof said and what the text says now in its place, word by word."""
    if proof.suggestion is None:
        return ()
    return word_pieces(proof.quote, proof.suggestion.quote)
