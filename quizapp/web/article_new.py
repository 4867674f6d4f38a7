"""Bringing an article: a text, a file or an address; then how far the drafting is."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from quizapp.config import MIB
from quizapp.core.articles.model import ArticleError
from quizapp.services.articles import drafting, llm_client
from quizapp.services.articles.drafting import Given
from quizapp.services.content import banks
from quizapp.services.people.sessions import Person
from quizapp.web.identity import instructor_required, now, person

blueprint = Blueprint("article_new", __name__, url_prefix="/articles")

FORM = MIB  # what a form adds to its file
MAX_TEXT = 4 * MIB
LONGEST_ADDRESS = 2000
LATE = timedelta(seconds=10)  # whoever has waited so long is told why
KINDS = ".html,.htm,.pdf,.docx,.txt,.md,.markdown"


@blueprint.url_value_preprocessor
def _allow_files(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Let the form that takes an article be larger than others, for those who may send it."""
    who = person()
    if endpoint == "article_new.start" and who is not None and who.may_teach:
        request.max_content_length = _most() + FORM
        request.max_form_memory_size = MAX_TEXT


@blueprint.get("/new")
@instructor_required
def new() -> ResponseReturnValue:
    """Ask for an article; ?bank= chooses where its questions go, ?of= fills in what failed."""
    if of := request.args.get("of"):
        return _form(asdict(drafting.brought(_me(), of)))
    return _form({"bank": request.args.get("bank", "")})


@blueprint.post("/new")
@instructor_required
def start() -> ResponseReturnValue:
    """Keep the article and have it drafted; the form comes back where it does not say which."""
    slug = request.form.get("bank", "")
    if slug:
        banks.editable(slug, _me())
    try:
        given = _given()
        uid = drafting.start(_me(), given, bank=slug or None, generator=_generator(), now=now())
    except ArticleError as error:
        return _form(request.form, _(str(error))), 422
    return redirect(url_for("article_new.progress", uid=uid), 303)


@blueprint.get("/drafts/<uid>")
@instructor_required
def progress(uid: str) -> ResponseReturnValue:
    """Say what is being done with an article; where that is over, go to the drafts."""
    found = drafting.progress(_me(), uid)
    if found.state == "done" and found.article:
        if found.kind == "sentence" and not found.first:
            return _write(uid, found.on)
        if found.kind == "part" and not found.first:
            flash(_("It stands in the article again. Nothing on it could be asked well."), "info")
        to = url_for("article_review.show", uid=found.article, at=found.first or None)
        return redirect(to, 303)
    is_late = now() - found.since > LATE
    return render_template("articles/progress.html", found=found, uid=uid, is_late=is_late)


def _write(uid: str, sentence: str) -> ResponseReturnValue:
    """Go on to a question of one's own on a sentence that nothing could be drafted on."""
    bank = drafting.brought(_me(), uid).bank
    words = _("Nothing could be drafted on this sentence. You can write a question on it yourself.")
    flash(words, "info")
    return redirect(url_for("questions.new", slug=bank, on=sentence), 303)


@blueprint.post("/drafts/<uid>/again")
@instructor_required
def again(uid: str) -> ResponseReturnValue:
    """Try a drafting again that failed, with what was brought for it."""
    try:
        drafting.again(_me(), uid, now=now())
    except ArticleError as error:
        flash(_(str(error)), "partial")
    return redirect(url_for("article_new.progress", uid=uid), 303)


def _form(values: Any, problem: str = "") -> str:
    return render_template(
        "articles/new.html",
        values=values,
        problem=problem,
        mine=banks.editable_banks(_me()),
        most=_most(),
        kinds=KINDS,
        llm=_model(),
    )


def _given() -> Given:
    """Return the one thing that the form holds; ArticleError where it holds none, or several."""
    text = request.form.get("text", "")
    file = request.files.get("file")
    address = request.form.get("address", "").strip()
    is_file = bool(file and file.filename)
    match (bool(text.strip()), is_file, bool(address)):
        case (True, False, False):
            return Given(kind="text", text=text)
        case (False, True, False):
            assert file is not None  # noqa: S101 - for mypy
            return Given(
                kind="file",
                data=file.stream.read(),
                filename=file.filename or "",
                mime=file.mimetype,
            )
        case (False, False, True):
            return Given(kind="address", url=_address(address))
        case (False, False, False):
            raise ArticleError(_("Paste a text, choose a file or give an address first."))
    raise ArticleError(_("That is more than one article. Give a text, a file or an address."))


def _address(written: str) -> str:
    """Return an address as one can be fetched; https where the scheme was left out."""
    address = written if "://" in written else f"https://{written}"
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ArticleError(_("That is not an address of a web page."))
    if len(address) > LONGEST_ADDRESS:
        raise ArticleError(_("That address is too long."))
    return address


def _model() -> dict[str, str] | None:
    """Return the language model that may be asked, and at whose address; None where none may."""
    endpoint = llm_client.endpoint()
    if endpoint is None:
        return None
    return {"model": endpoint.model, "host": urlsplit(endpoint.url).hostname or ""}


def _generator() -> str:
    return "llm" if request.form.get("generator") == "llm" and _model() else "local"


def _most() -> int:
    """Return how many bytes a file may have."""
    most: int = current_app.config["UPLOAD_LIMITS"].file
    return min(most, drafting.MAX_BYTES)


def _me() -> Person:
    who = person()
    assert who is not None  # noqa: S101 - instructor_required saw to it
    return who
