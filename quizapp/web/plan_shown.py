"""What the page of the plans shows: sentences' numbers, charts, and filled forms."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from markupsafe import Markup

from quizapp.core.plots import plan_days as chart
from quizapp.core.plots import svg
from quizapp.core.scheduling.days import learner_day
from quizapp.services.courses import course_facts
from quizapp.services.courses.access import CourseView
from quizapp.services.courses.assignments import AssignmentView
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes.quiz_settings import LONGEST_TITLE, Unfit
from quizapp.services.study import forecasts, plan_ahead, plan_days, plan_targets, plans, waiting
from quizapp.services.study.plan_ahead import Course
from quizapp.services.study.plan_rows import EASY, PAUSE, RESCUE, Wish
from quizapp.services.study.plan_targets import Backlog
from quizapp.services.study.plans import DAILY, Exam
from quizapp.web import words
from quizapp.web.me_charts import Figure
from quizapp.web.plan_forms import (
    ChangeForm,
    EasyForm,
    ExamForm,
    PauseForm,
    RescueForm,
    TakeUpForm,
)

Needs = Mapping[int, tuple[int, int]]  # by assignment: facts, minutes a day


@dataclass(frozen=True, slots=True)
class ShownExam:
    """An exam with the days to it; `course` None while they are worked out."""

    exam: Exam
    course: Course | None
    figure: Figure | None
    form: FlaskForm
    open: bool  # its form was sent and has to be mended


def page(person: Person, now: datetime, sent: FlaskForm | None) -> Mapping[str, Any]:
    """Return the values of the page; `sent` is a form with errors, shown as it was sent."""
    today = learner_day(now, person.tz, person.rollover_minutes)
    listed = plan_days.of_today(person, now)  # first: made anew, it ends what is over
    exams = plans.exams_of(person, now)
    has_plans = bool(exams) or bool(plans.wishes(person))
    ahead = plan_ahead.current(person, now) if has_plans else None
    wishes = plans.wishes(person)
    rescue = next((wish for wish in wishes if wish.kind == RESCUE), None)
    backlog = plan_targets.backlog(person, now)
    return {
        "has_plans": has_plans,
        "listed": listed,
        "show_forecast": forecasts.wanted(person),
        "beyond": plan_days.is_beyond(person, now),
        "counts": waiting.counts(person, now),
        "exams": [_exam(exam, ahead, today, sent) for exam in exams],
        "working": has_plans and ahead is None,
        "rest": _figure(ahead.rest, 0, "") if ahead and ahead.rest else None,
        "offers": [(exam, _offer(exam, sent)) for exam in plans.offered(person, now)],
        "pauses": [wish for wish in wishes if wish.kind == PAUSE],
        "rescue": rescue,
        "backlog": backlog,
        "new_exam": _exam_form(person, sent),
        "pause": _form(sent, PauseForm),
        "easy": _easy_form(person, now, sent),
        "easy_wish": next((wish for wish in wishes if wish.kind == EASY), None),
        "easy_dates": easy_dates(person, now),
        "rescue_form": _form(sent, RescueForm, minutes=_parts(backlog, rescue)),
        "day": lambda number: words.day(date.fromordinal(number)),
        "date_of": date.fromordinal,
    }


@dataclass(frozen=True, slots=True)
class Acting:
    """That a plan decides what is asked today; `off_until` names the last day of a pause."""

    off_until: str | None


def acting(person: Person, now: datetime) -> Acting | None:
    """Return how a plan acts today, for the pages that say what there is to do; None if none."""
    listed = plan_days.of_today(person, now)
    if listed is None:
        return None
    until = listed.off_until
    return Acting(words.day(date.fromordinal(until)) if until else None)


@dataclass(frozen=True, slots=True)
class Plannable:
    """A dated assignment with about how many minutes a day it takes; `planned`: it is in a plan."""

    minutes: int
    planned: bool


def plannable(person: Person, course: CourseView, now: datetime) -> Mapping[str, Plannable]:
    """Return what a learner of a course can plan for, or has, by the uid of the assignment."""
    if course.is_archived:
        return {}
    found = {
        exam.assignment: Plannable(exam.minutes_per_day, planned)
        for planned, exams in (
            (False, plans.offered(person, now, course.id)),
            (True, plans.exams_of(person, now)),
        )
        for exam in exams
    }
    return {uid: one for uid, one in found.items() if uid}


def needed(course: CourseView, assignments: Iterable[AssignmentView], now: datetime) -> Needs:
    """Return how many facts dated assignments ask, and minutes a day of a typical learner."""
    if course.is_archived:
        return {}
    facts = {one.id: one.facts for one in course_facts.of_course(course.id).given}
    found = {}
    for one in assignments:
        at = one.due_at or one.closes_at
        if at is not None and at > now and facts.get(one.id):
            count, days = len(facts[one.id]), max(ceil((at - now).total_seconds() / 86400), 1)
            found[one.id] = (count, plans.typical_minutes(count, days))
    return found


def targets(person: Person) -> list[tuple[str, str]]:
    """Return what an exam of one's own can be about: the value of a choice, and its words."""
    found = [("", _("Everything on my shelf"))]
    found += [(f"bank:{uid}", title) for uid, title in plan_targets.banks_of(person)]
    quizzes = plan_targets.quizzes_of(person)
    return found + [(f"quiz:{uid}", _("Quiz: %(title)s", title=title)) for uid, title in quizzes]


def name_of(value: str, choices: Sequence[Any]) -> str:
    """Return what is asked in the words of the offer: the name of a plan that got none."""
    offered = {choice.value: str(choice.label) for choice in choices}
    return offered.get(value, "")[:LONGEST_TITLE]


def target_of(value: str, choices: Sequence[Any]) -> dict[str, str]:
    """Return the goal of a choice; Unfit for what is not offered."""
    if not value:
        return {}
    if value not in {str(choice.value) for choice in choices}:
        raise Unfit("target", "This cannot be chosen any more. Choose another.")
    kind, _colon, uid = value.partition(":")
    return {kind: uid}


def easy_dates(person: Person, now: datetime) -> dict[int, float]:
    """Return the single easy dates that are to come, and their share."""
    today = learner_day(now, person.tz, person.rollover_minutes)
    found = next((wish.goal for wish in plans.wishes(person) if wish.kind == EASY), {})
    dates = {int(day): share for day, share in found.get("dates", {}).items()}
    return {day: dates[day] for day in sorted(dates) if day >= today}


def _exam(
    exam: Exam, ahead: plan_ahead.Ahead | None, today: int, sent: FlaskForm | None
) -> ShownExam:
    course = ahead.exams.get(exam.id) if ahead else None
    figure = _figure(course, exam.id, exam.title) if course and exam.day > today else None
    mine = isinstance(sent, ChangeForm) and (request.view_args or {}).get("number") == exam.id
    day = date.fromordinal(exam.day)
    form = (
        sent if mine else ChangeForm(None, title=exam.title, day=day, minutes=exam.minutes_per_day)
    )
    _apart(form, exam.id)
    return ShownExam(exam, course, figure, form, mine)


def _figure(course: Course, number: int, title: str) -> Figure:
    rows = url_for("me.rows", what="plan", exam=number)
    hrefs = tuple(f"{rows}&day={one.day}" for one in course.days)
    days = tuple(
        chart.PlannedDay(one.day, one.minutes, len(one.reviews), len(one.new), href)
        for one, href in zip(course.days, hrefs, strict=True)
    )
    drawn = chart.build(chart.Data(days, title))
    return Figure(drawn, Markup(svg.draw(drawn)), hrefs)  # noqa: S704 - it escapes every text


def _form(
    sent: FlaskForm | None, kind: type[FlaskForm], name: str | None = None, **data: Any
) -> FlaskForm:
    """Return the form that was sent, if it is this one, else one with these values."""
    if isinstance(sent, kind) and name == (request.view_args or {}).get("assignment"):
        return _apart(sent, name or "")
    filled = {key: value for key, value in data.items() if value is not None}
    return _apart(kind(None, **filled), name or "")


def _offer(exam: Exam, sent: FlaskForm | None) -> FlaskForm:
    return _form(sent, TakeUpForm, exam.assignment, minutes=exam.minutes_per_day)


def _apart(form: FlaskForm, key: object) -> FlaskForm:
    """Give the fields ids of their own, as several forms of a kind stand on the page."""
    for field in form:
        field.id = f"{type(form).__name__.lower()}{key}-{field.name}"
        field.label.field_id = field.id
    return form


def _parts(backlog: Backlog, rescue: Wish | None) -> int:
    """Return the minutes a day to offer for a backlog: fewer than all of it takes."""
    if rescue is not None:
        return int(rescue.goal["minutes"])
    return min(DAILY, max(backlog.minutes // 3, 1))


def _exam_form(person: Person, sent: FlaskForm | None) -> FlaskForm:
    form = _form(sent, ExamForm)
    form.offer(targets(person))
    return form


def _easy_form(person: Person, now: datetime, sent: FlaskForm | None) -> FlaskForm:
    wish = next((one for one in plans.wishes(person) if one.kind == EASY), None)
    shares = wish.goal.get("weekdays", {}) if wish else {}
    said = {f"weekday{day}": str(round(100 * share)) for day, share in shares.items()}
    return _form(sent, EasyForm, **said)
