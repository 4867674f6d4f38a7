"""Bringing question files: drop one, look at what it becomes, store it, take it back."""

import io
import re
from dataclasses import asdict
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from quizapp.config import MIB
from quizapp.core.formats import FORMATS
from quizapp.core.formats.shared.source import Limits
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.services.content import banks
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import quizzes
from quizapp.services.transfer import undoing, uploads
from quizapp.web import words
from quizapp.web.identity import instructor_required, now, person

blueprint = Blueprint("imports", __name__, url_prefix="/import")

FORM = MIB  # what a form adds to its file
MAX_TEXT = 4 * MIB
SHOWN = 200  # questions that a preview lists
SHOWN_CATEGORIES = 100
MOST_RANGES = 500
MOST_WRITTEN = 200_000  # numbers that all ranges together stand for
READABLE = {name: plugin for name, plugin in FORMATS.items() if plugin.READS}


@blueprint.url_value_preprocessor
def _allow_files(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Let the one form that takes files be larger than all others, for those who may send it."""
    who = person()
    if endpoint == "imports.receive" and who is not None and who.may_teach:
        request.max_content_length = _limits().file + FORM
        request.max_form_memory_size = MAX_TEXT


@blueprint.get("")
@instructor_required
def new() -> ResponseReturnValue:
    """Ask for a file or a text."""
    who = _me()
    slug = request.args.get("bank", "")
    return render_template(
        "imports/new.html",
        bank=banks.editable(slug, who) if slug else None,
        formats=READABLE.values(),
        recent=uploads.recent(who),
        most=_limits().file,
        words=words,
    )


@blueprint.post("")
@instructor_required
def receive() -> ResponseReturnValue:
    """Keep a file or a pasted text, and go to its preview."""
    who, slug = _me(), request.form.get("bank", "")
    bank = banks.editable(slug, who) if slug else None
    file, text = request.files.get("file"), request.form.get("text", "")
    given: dict[str, Any] = {"limits": asdict(_limits())}  # the worker holds to them
    if file and file.filename:
        name, stream, options = file.filename, file.stream, given
    elif text.strip():
        reader = {"separator": request.form.get("separator", "tab")}
        name, stream = _("Pasted list") + ".txt", io.BytesIO(text.encode("utf-8", "replace"))
        options = {**given, "format": "csv", "reader": reader}
    else:
        flash(_("Choose a file or paste a list first."), "partial")
        return redirect(url_for("imports.new", bank=slug or None), 303)
    try:
        uid = uploads.receive(who, name, stream, bank.id if bank else None, options, now())
    except uploads.TooMany:
        flash(_("Too many files are waiting. Store or discard some of them first."), "partial")
        return redirect(url_for("imports.new", bank=slug or None), 303)
    return redirect(url_for("imports.show", uid=uid), 303)


@blueprint.get("/<uid>")
@instructor_required
def show(uid: str) -> ResponseReturnValue:
    """Show how far an upload is, its preview, or what became of it."""
    who = _me()
    upload = uploads.find(uid, who)
    report = upload.report
    problems: dict[int, list[str]] = {}
    for warned in report.get("warnings", []):
        if warned["question"] is not None:
            problems.setdefault(warned["question"], []).append(warned["message"])
    return render_template(
        "imports/show.html",
        upload=upload,
        report=report,
        problems=problems,
        shown=_shown(report, problems),
        formats=READABLE,
        labels={name: kind.LABEL for name, kind in QUESTION_TYPES.items()},
        plugin=FORMATS.get(report.get("format") or upload.options.get("format") or ""),
        mine=banks.editable_banks(who) if upload.state == "ready" else [],
        most_categories=SHOWN_CATEGORIES,
        can_quiz=_can_quiz(report),
    )


@blueprint.post("/<uid>/again")
@instructor_required
def again(uid: str) -> ResponseReturnValue:
    """Look at the file anew, read in another way."""
    who = _me()
    upload = uploads.find(uid, who)
    format_name = request.form.get("format", "")
    same = format_name == (upload.report.get("format") or "")
    reader = {
        name.removeprefix("reader-"): value[:40]
        for name, value in request.form.items()
        if name.startswith("reader-") and value and same
    }
    options = {"format": format_name if format_name in READABLE else None, "reader": reader}
    uploads.look_again(uid, who, options, now())
    return redirect(url_for("imports.show", uid=uid), 303)


@blueprint.post("/<uid>/store")
@instructor_required
def store(uid: str) -> ResponseReturnValue:
    """Store what the preview showed, with what was decided there."""
    who, form = _me(), request.form
    upload = uploads.find(uid, who)
    slug = form.get("bank", "")
    bank = banks.editable(slug, who) if slug else None
    title = form.get("title", "").strip()[:300]
    quiz = title or upload.report.get("title") or _("Quiz")
    choices = {
        "title": None if bank else title or None,
        "public": form.get("public") == "yes",
        "leave_out": sorted(_positions(form.getlist("leave_out"), form.get("leave_out_more", ""))),
        "leave_out_twins": form.get("leave_out_twins") == "yes",
        "tags": _tags(upload.report),
        "quiz": quiz if form.get("go") == "quiz" else None,
        "history": form.get("history") == "yes",
        "history_weights": form.get("history_weights") == "yes",
    }
    bank_id = bank.id if bank else None
    uploads.store(uid, who, choices, bank_id, now())
    return redirect(url_for("imports.show", uid=uid), 303)


@blueprint.post("/<uid>/discard")
@instructor_required
def discard(uid: str) -> ResponseReturnValue:
    """Let a file go."""
    uploads.discard(uid, _me())
    flash(_("The file was let go. Nothing of it was stored."), "info")
    return redirect(url_for("imports.new"), 303)


@blueprint.post("/<uid>/undo")
@instructor_required
def undo(uid: str) -> ResponseReturnValue:
    """Take back what was stored."""
    who = _me()
    upload = uploads.find(uid, who)
    if upload.import_id is None:
        abort(404)
    import_id = upload.import_id
    undoing.undo(import_id, who, now())
    return redirect(url_for("imports.show", uid=uid), 303)


def _limits() -> Limits:
    limits: Limits = current_app.config["UPLOAD_LIMITS"]
    return limits


def _me() -> Person:
    who = person()
    assert who is not None  # noqa: S101 - instructor_required saw to it
    return who


def _shown(report: Any, problems: dict[int, list[str]]) -> list[Any]:
    """Return the questions to list: all of a small file; of a large one those with news first."""
    entries = [{**entry, "stem": _with_gaps(entry)} for entry in report.get("entries", [])]
    if len(entries) <= SHOWN:
        return list(entries)
    news = [entry for entry in entries if entry["position"] in problems or entry["twin"]]
    rest = [entry for entry in entries if entry["position"] not in problems and not entry["twin"]]
    return (news + rest)[:SHOWN]


def _with_gaps(entry: Any) -> str:
    """Return a question's text with its gaps as a reader sees them."""
    has_gaps = QUESTION_TYPES[entry["type"]].WIDGET == "gaps"
    return re.sub(r"\[\[\d{1,4}\]\]", "_____", entry["stem"]) if has_gaps else entry["stem"]


def _can_quiz(report: Any) -> bool:
    """Say whether a quiz can ask any of a file's questions, as far as its report tells."""
    entries = report.get("entries", [])
    some_unseen = report.get("accepted", 0) > len(entries)
    return some_unseen or any(entry["type"] in quizzes.ASKED for entry in entries)


def _positions(ticked: list[str], written: str) -> set[int]:
    """Return the numbers of questions to leave out: boxes ticked, and a text like `3, 7-12`."""
    found = {int(value) for value in ticked if re.fullmatch(r"\d{1,7}", value, re.ASCII)}
    ranges = re.findall(r"(\d{1,7})(?:\s*[-\u2013]\s*(\d{1,7}))?", written[:10_000], re.ASCII)
    left = MOST_WRITTEN
    for first, last in ranges[:MOST_RANGES]:
        numbers = range(int(first), int(last or first) + 1)[:left]
        left -= len(numbers)
        found.update(numbers)
    return found


def _tags(report: Any) -> dict[str, str]:
    """Return the tag that was written for each category."""
    names = list(report.get("categories", {}))[:SHOWN_CATEGORIES]
    written = {name: request.form.get(f"tag-{n}", "").strip() for n, name in enumerate(names)}
    return {name: tag[:100].replace("\x00", "") for name, tag in written.items() if tag}
