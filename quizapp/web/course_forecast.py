"""The forecast of a course: what the class will know on a day, as an estimate, for its staff."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import BooleanField, DateField, IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional

from quizapp.core.plots import class_forecast, svg
from quizapp.services.content.questions import Absent
from quizapp.services.courses import access, course_forecast, forecast_terms
from quizapp.services.courses.access import CourseView
from quizapp.services.courses.course_forecast import Board, FactLine, LearnerLine, Target
from quizapp.services.courses.forecast_terms import LEAST_MINUTES, MOST_MINUTES, ForecastTerms
from quizapp.services.quizzes.quiz_settings import Unfit
from quizapp.web import class_words, course_frame
from quizapp.web.course_first import practice_title
from quizapp.web.course_frame import csv_file, page_asked, taught, wants_csv
from quizapp.web.identity import now, person
from quizapp.web.me_charts import Figure

blueprint = Blueprint("course_forecast", __name__)
PAGE = 50
LEARNERS = ("learner", "facts_expected", "low_80_percent", "high_80_percent", "facts")
FACTS = ("fact", "expected_percent", "learners", "never_met")


class ForecastForm(FlaskForm):  # type: ignore[misc]
    """Whether there are forecasts, for which day, and with how much study."""

    is_on = BooleanField(_l("Show forecasts of this course"))
    day = DateField(_l("Day for the course as a whole"), validators=[Optional()])
    minutes = IntegerField(
        _l("Minutes of study a day"),
        validators=[
            InputRequired(_l("Write a number.")),
            NumberRange(
                LEAST_MINUTES, MOST_MINUTES, message=_l("Give %(min)s to %(max)s minutes a day.")
            ),
        ],
    )


@blueprint.get("/courses/<uid>/forecast")
def index(uid: str) -> ResponseReturnValue:
    """Show what the class will know on a day: the next one, or that of ?of=."""
    course = access.for_staff(uid, person())
    return _board(course, _form(course)), 200


@blueprint.post("/courses/<uid>/forecast")
def change(uid: str) -> ResponseReturnValue:
    """Switch forecasts on or off, and set day and minutes."""
    course = access.for_instructor(uid, person())
    form = _form(course)
    if form.validate_on_submit():
        wanted = ForecastTerms(form.is_on.data, form.day.data, form.minutes.data)
        try:
            forecast_terms.change(taught(uid), wanted, now())
        except Unfit as error:
            form[error.field].errors = [_(str(error))]
        else:
            flash(_("Saved."), "right")
            return redirect(url_for("course_forecast.index", uid=uid), 303)
    return _board(course, form), 422


@blueprint.get("/courses/<uid>/forecast/learners")
def learners(uid: str) -> ResponseReturnValue:
    """List what each learner will know, those who will know least first; ?tenth= only these."""
    course = _shown(uid)
    target, lines = course_forecast.learners(course, now(), request.args.get("of", ""))
    tenth = request.args.get("tenth", type=int)
    if tenth is not None:
        lines = [one for one in lines if course_forecast.tenth(one.band, target.facts) == tenth]
    if wants_csv():
        rows = [_learner_row(one, target) for one in lines]
        return csv_file("forecast-of-learners", LEARNERS, rows)
    return _page("learners.html", course, target=target, tenth=tenth, **_paged(lines))


@blueprint.get("/courses/<uid>/forecast/facts")
def facts(uid: str) -> ResponseReturnValue:
    """List what the class will know of each fact, the weakest first."""
    course = _shown(uid)
    target, lines = course_forecast.facts(course, now(), request.args.get("of", ""))
    if wants_csv():
        return csv_file("forecast-of-facts", FACTS, [_fact_row(one) for one in lines])
    return _page("facts.html", course, target=target, **_paged(lines))


def _board(course: CourseView, form: ForecastForm) -> str:
    if not forecast_terms.of_course(course).is_on:
        return _page("off.html", course, form=form)
    board = course_forecast.board(course, now(), request.args.get("of", ""))
    if board is None:
        return _page("making.html", course)
    if board.target is None:
        return _page("empty.html", course, form=form, board=board)
    return _page(
        "show.html", course, form=form, board=board, target=board.target,
        chart=_chart(course, board, board.target), due=f"{board.target.day:%Y-%m-%d}T23:59",
        title=practice_title(),
    )  # fmt: skip


def _form(course: CourseView) -> ForecastForm:
    terms = forecast_terms.of_course(course)
    return ForecastForm(data={"is_on": terms.is_on, "day": terms.day, "minutes": terms.minutes})


def _shown(uid: str) -> CourseView:
    """Return the course whose forecast staff may see; Absent where it is switched off."""
    course = access.for_staff(uid, person())
    if not forecast_terms.of_course(course).is_on:
        raise Absent
    return course


def _chart(course: CourseView, board: Board, target: Target) -> Figure:
    """Draw the class on the day; each bar opens its learners."""
    rows = url_for("course_forecast.learners", uid=course.uid, of=target.key)
    hrefs = tuple(f"{rows}&tenth={n}" for n in range(course_forecast.TENTHS))
    chart = class_forecast.build(class_forecast.Data(tuple(board.tenths), hrefs))
    return Figure(chart, Markup(svg.draw(chart)), hrefs)  # noqa: S704 - it escapes every text


def _page(template: str, course: CourseView, **values: Any) -> str:
    return render_template(
        f"course_forecast/{template}", course=course, words=class_words, now=now(), day=_day,
        minutes_of=_minutes, **values,
    )  # fmt: skip


def _day(on: date) -> str:
    return course_frame.day(on, ZoneInfo("UTC"))  # a date is the same day in every zone


def _minutes(seconds: float) -> int:
    return max(round(seconds / 60), 1)


def _paged(lines: Sequence[Any]) -> dict[str, Any]:
    pages = max(1, -(-len(lines) // PAGE))
    number = min(page_asked(), pages)
    shown = lines[(number - 1) * PAGE : number * PAGE]
    return {"lines": shown, "total": len(lines), "number": number, "pages": pages}


def _learner_row(one: LearnerLine, target: Target) -> list[object]:
    band = one.band
    return [one.member.name, *(round(n, 1) for n in (band.mean, band.low, band.high)), target.facts]


def _fact_row(one: FactLine) -> list[object]:
    return [one.statement, round(100 * one.recall), one.learners, one.never_met]
