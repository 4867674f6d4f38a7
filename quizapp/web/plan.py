"""A learner's plans: exams to be ready for, pauses, easy days, the way out of a backlog."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from quizapp.core.scheduling.days import learner_day
from quizapp.services.quizzes.quiz_settings import Unfit
from quizapp.services.study import plan_changes, plan_days, plan_rows
from quizapp.web import plan_shown
from quizapp.web.forms import ActForm
from quizapp.web.identity import now, person, someone_required
from quizapp.web.plan_forms import (
    ChangeForm,
    EasyForm,
    ExamForm,
    PauseForm,
    RescueForm,
    TakeUpForm,
)

blueprint = Blueprint("plan", __name__, url_prefix="/me/plan")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show the plans with the days ahead, and what can be planned; a stranger has none."""
    if person() is None:
        return redirect(url_for("home.index"))
    return _page()


@blueprint.post("/exams")
@someone_required
def exam() -> ResponseReturnValue:
    """Plan for an exam of one's own."""
    form = ExamForm()
    form.offer(plan_shown.targets(_who()))

    def make() -> None:
        target = plan_shown.target_of(form.target.data, form.target.choices)
        day = form.day.data.toordinal()
        title = form.title.data or plan_shown.name_of(form.target.data, form.target.choices)
        plan_changes.make_exam(_who(), title, day, form.minutes.data, target, now())

    return _done(form, make, _("Planned. Today's list follows it from now on."))


@blueprint.post("/offers/<assignment>")
@someone_required
def take_up(assignment: str) -> ResponseReturnValue:
    """Plan for what a course has set."""
    form = TakeUpForm()

    def make() -> None:
        plan_changes.take_up(_who(), assignment, form.minutes.data, now())

    return _done(form, make, _("Planned. Today's list follows it from now on."))


@blueprint.post("/exams/<int:number>")
@someone_required
def change(number: int) -> ResponseReturnValue:
    """Change name, day and minutes of an exam."""
    form = ChangeForm()

    def make() -> None:
        day = form.day.data.toordinal() if form.day.data else None
        title, minutes = form.title.data or "", form.minutes.data
        plan_changes.change_exam(_who(), number, title, day, minutes, now())

    return _done(form, make, _("Changed. The days ahead are planned anew."))


@blueprint.post("/pauses")
@someone_required
def pause() -> ResponseReturnValue:
    """Ask nothing for some days."""
    form = PauseForm()

    def make() -> None:
        days = (form.from_day.data.toordinal(), form.until_day.data.toordinal())
        plan_changes.pause(_who(), *days, now())

    return _done(form, make, _("Your pause is planned. What falls due in it is moved around it."))


@blueprint.post("/easy")
@someone_required
def easy() -> ResponseReturnValue:
    """Say on which days less is asked; dates that are not ticked any more go."""
    form = EasyForm()

    def make() -> None:
        weekdays, dates = form.said()
        kept = plan_shown.easy_dates(_who(), now())
        ticked = {day for day in kept if request.form.get(f"keep{day}")}
        dates = {day: kept[day] for day in ticked} | dates
        plan_changes.set_easy(_who(), weekdays, dates, now())

    return _done(form, make, _("Your easy days are stored."))


@blueprint.post("/rescue")
@someone_required
def rescue() -> ResponseReturnValue:
    """Take a backlog in so many minutes a day."""
    form = RescueForm()

    def make() -> None:
        plan_changes.rescue(_who(), form.minutes.data, now())

    return _done(form, make, _("What is overdue comes in small parts now, the most worth first."))


@blueprint.post("/<int:number>/end")
@someone_required
def end(number: int) -> ResponseReturnValue:
    """End a plan."""
    kind = plan_changes.end(_who(), number)
    said = {
        plan_rows.EXAM: _("The plan is ended. What you know of it stays."),
        plan_rows.PAUSE: _("The pause is taken back."),
        plan_rows.RESCUE: _("All that is due is asked again."),
    }
    flash(said.get(kind, _("The plan is ended.")), "info")
    return redirect(url_for("plan.index"), 303)


@blueprint.post("/beyond")
@someone_required
def beyond() -> ResponseReturnValue:
    """Go on without the plans today, or back to them."""
    on = request.form.get("on") != "0"
    plan_days.go_beyond(_who(), now(), on=on)
    return redirect(url_for("study.index" if on else "plan.index"), 303)


def _who() -> Any:
    return person()


def _done(form: FlaskForm, make: Callable[[], None], said: str) -> ResponseReturnValue:
    """Do what a valid form asks for; show the page with the reason where it cannot be."""
    if form.validate_on_submit():
        try:
            make()
        except Unfit as error:
            field = form[error.field] if error.field in form else next(iter(form))
            field.errors = [_(str(error))]
        else:
            flash(said, "right")
            return redirect(url_for("plan.index"), 303)
    return _page(form), 422


def _page(sent: FlaskForm | None = None) -> str:
    who = _who()
    shown = plan_shown.page(who, now(), sent)
    return render_template(
        "memory/plan.html",
        **shown,
        act=ActForm(),
        sent=sent,
        today=learner_day(now(), who.tz, who.rollover_minutes),
    )
