"""Reporting a question, and the inbox of whoever can mend it."""

from urllib.parse import urlsplit

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from quizapp.services.content import evidence, question_reports, stems
from quizapp.services.content.questions import Absent
from quizapp.services.people import throttling
from quizapp.services.people.throttling import Throttled
from quizapp.web import identity, words
from quizapp.web.forms import tidy
from quizapp.web.identity import account_required, now, person, person_or_guest

blueprint = Blueprint("reports", __name__)


def _lines(text: str | None) -> str | None:
    """Return a text with line ends as we store them; browsers send CR LF."""
    return text.replace("\r\n", "\n") if text else text


class ReportForm(FlaskForm):  # type: ignore[misc]
    """What is wrong with a question?"""

    text = TextAreaField(
        _l("What is wrong?"),
        filters=[tidy, _lines],
        validators=[
            DataRequired(_l("Say in a few words what is wrong.")),
            Length(max=question_reports.LONGEST),
        ],
        render_kw={"rows": 5, "maxlength": question_reports.LONGEST},
    )


@blueprint.route("/questions/<uid>/report", methods=["GET", "POST"])
def new(uid: str) -> ResponseReturnValue:
    """Show the question and its evidence, and take what is wrong with it."""
    version = request.values.get("version", type=int)
    where, question = question_reports.shown(uid, version, person())
    form, back = ReportForm(), _back(where.bank_slug)
    if form.validate_on_submit():
        try:
            throttling.take(_limits(), now())
            question_reports.send(person_or_guest(), uid, version, form.text.data, now())
        except Throttled:
            form.text.errors = [_("That is enough for today. Thank you; please go on tomorrow.")]
            return _page(form, question, where, back), 429
        flash(_("Thank you. Your report is with whoever looks after this bank."), "right")
        return redirect(back, 303)
    return _page(form, question, where, back), 422 if form.is_submitted() else 200


@blueprint.get("/reports")
@account_required
def index() -> ResponseReturnValue:
    """List the reports on one's own banks."""
    state = "closed" if request.args.get("state") == "closed" else "open"
    who = current_user.person
    return render_template(
        "reports/index.html",
        reports=question_reports.inbox(who, state),
        counts=question_reports.counts(who),
        state=state,
        stems=stems,
        words=words,
    )


@blueprint.post("/reports/<int:number>")
@account_required
def decide(number: int) -> ResponseReturnValue:
    """Close a report, or open it again."""
    state = request.form.get("state", "")
    try:
        question_reports.decide(current_user.person, number, state)
    except Absent:
        abort(404)
    except ValueError:
        abort(400)
    flash(_("Closed.") if state == "closed" else _("Open again."), "info")
    return redirect(url_for("reports.index"), 303)


def _page(form: ReportForm, question: object, where: object, back: str) -> str:
    return render_template(
        "reports/new.html",
        form=form,
        question=question,
        where=where,
        passage=evidence.of_fact(where.fact_id),  # type: ignore[attr-defined]
        stems=stems,
        back=back,
    )


def _back(bank: str) -> str:
    """Return where the reader came from, where that is a page of ours; else the bank's study."""
    try:
        came = urlsplit(request.referrer or "")
    except ValueError:  # a header may hold anything
        came = urlsplit("")
    ours = came.netloc == request.host and came.path != request.script_root + request.path
    here = came.path if ours else None
    if here and came.query:
        here = f"{here}?{came.query}"
    wanted = identity.safe_next(request.values.get("next") or here)
    return wanted or url_for("study.index", bank=bank)


def _limits() -> dict[str, int]:
    """Return what a report counts against: the address, as a new guest costs nothing."""
    network = throttling.network(identity.address())
    return {f"report:{network}": throttling.PER_ADDRESS}
