"""Taking a quiz: its questions one by one, the review, handing in, and what came of it."""

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.core.question import BadResponse
from quizapp.services.content.questions import Absent
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import attempts, handing_in, saving
from quizapp.services.quizzes.attempt_views import Attempt, Refused
from quizapp.services.quizzes.saving import Conflict
from quizapp.services.study.responses import IdReused
from quizapp.web import attempt_pages, present
from quizapp.web.identity import now, person, redirect_to_sign_in

blueprint = Blueprint("attempts", __name__, url_prefix="/attempts")


@blueprint.before_request
def _know_who() -> ResponseReturnValue | None:
    return redirect_to_sign_in() if person() is None else None


@blueprint.get("/<uid>")
def show(uid: str) -> ResponseReturnValue:
    """Ask a question of an open attempt (?slot=), or show what a closed one came to."""
    who, attempt = _attempt(uid)
    slot = request.args.get("slot", type=int)
    if attempt.is_open and attempt.is_exam:
        return attempt_pages.exam(attempt, slot)
    if not attempt.is_open and attempt.hides(now()):
        return attempt_pages.held(attempt)
    if attempt.is_open or (slot is not None and not attempt.is_exam):
        return attempt_pages.practice(who, attempt, slot, again="again" in request.args)
    return attempt_pages.outcome(who, attempt, request.args.get("show"))


@blueprint.post("/<uid>")
def answer(uid: str) -> ResponseReturnValue:
    """Take an answer from the plain form: an exam saves it, practice judges it at once."""
    who, attempt = _attempt(uid)
    slot = request.form.get("slot", type=int, default=0)
    try:
        if attempt.is_exam:
            return _save(who, attempt, slot)
        return _judge(who, attempt, slot)
    except Absent:
        abort(404)
    except Refused as refused:
        flash(attempt_pages.reason(refused.code), "info")
        return redirect(url_for("attempts.show", uid=uid), 303)


def _save(who: Person, attempt: Attempt, slot: int) -> ResponseReturnValue:
    form, go = request.form, request.form.get("go", "save")
    response = None if go == "clear" else present.read_form(form.items(multi=True))
    try:
        saving.save(
            who,
            attempt.uid,
            slot,
            client_id=str(uuid4()),
            base_seq=form.get("base_seq", type=int, default=0),
            response=response,
            flagged=(form.get("flagged") == "1") != (go == "flag"),
            now=now(),
        )
    except Conflict as conflict:
        _who, fresh = _attempt(attempt.uid)
        return attempt_pages.exam(fresh, slot, given=response, conflict=conflict), 409
    except BadResponse as error:
        return attempt_pages.exam(attempt, slot, given=response, error=error), 422
    if go == "review":
        return redirect(url_for("attempts.review", uid=attempt.uid), 303)
    last = len(attempt.items)
    target = {"next": min(slot + 1, last), "back": max(slot - 1, 1)}.get(go, slot)
    return redirect(url_for("attempts.show", uid=attempt.uid, slot=target), 303)


def _judge(who: Person, attempt: Attempt, slot: int) -> ResponseReturnValue:
    response = present.read_form(request.form.items(multi=True)) or {}
    said: dict[str, Any] = {"now": now(), "hinted": bool(request.form.get("hint"))}
    try:
        try:
            attempts.answer_practice(who, attempt.uid, slot, _client_id(), response, **said)
        except IdReused:  # the browser went back to the form: another answer is another try
            attempts.answer_practice(who, attempt.uid, slot, str(uuid4()), response, **said)
    except BadResponse as error:
        flash(attempt_pages.unread(error), "partial")
        again = url_for("attempts.show", uid=attempt.uid, slot=slot, again=1)
        return redirect(again, 303)
    return redirect(url_for("attempts.show", uid=attempt.uid, slot=slot), 303)


def _client_id() -> str:
    try:
        return str(UUID(request.form.get("client_id", "")))
    except ValueError:
        return str(uuid4())


@blueprint.get("/<uid>/review")
def review(uid: str) -> ResponseReturnValue:
    """Name what is unanswered or flagged, before handing in."""
    _who, attempt = _attempt(uid)
    if not (attempt.is_open and attempt.is_exam):
        return redirect(url_for("attempts.show", uid=uid))
    return attempt_pages.review(attempt)


@blueprint.get("/<uid>/hand-in")
def confirm(uid: str) -> ResponseReturnValue:
    """Ask once more: handing in cannot be taken back."""
    _who, attempt = _attempt(uid)
    if not attempt.is_open:
        return redirect(url_for("attempts.show", uid=uid))
    return attempt_pages.confirm(attempt)


@blueprint.post("/<uid>/hand-in")
def hand_in(uid: str) -> ResponseReturnValue:
    """Hand in; a second time changes nothing."""
    who, _attempt_now = _attempt(uid)
    handing_in.hand_in(who, uid, now())
    return redirect(url_for("attempts.show", uid=uid), 303)


def _attempt(uid: str) -> tuple[Person, Attempt]:
    """Return the visitor and their attempt as it stands now; 404 where it is not theirs."""
    who = person() or abort(404)
    return who, handing_in.current(who, uid, now())
