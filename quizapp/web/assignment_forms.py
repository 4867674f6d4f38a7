"""The forms about assignments; their times are those of the course's clocks."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Field,
    IntegerField,
    SelectChoice,
    SelectField,
    ValidationError,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from quizapp.core.local_times import to_wall, typed
from quizapp.services.courses.access import CourseView
from quizapp.services.courses.assignment_exceptions import Change
from quizapp.services.courses.assignment_terms import (
    MOST_LATE_HOURS,
    MOST_TRIES,
    TIMES,
    YEARS,
    Late,
    Terms,
)
from quizapp.services.courses.assignments import (
    LEAST_RETENTION,
    MOST_RETENTION,
    RETENTION,
    AssignmentView,
)
from quizapp.services.quizzes.quiz_settings import LONGEST_TITLE
from quizapp.services.quizzes.quizzes import QuizView
from quizapp.web.forms import line_field

MOST_OFFERED = 300  # quizzes or banks to choose from; others by their link
_SLUG = re.compile(r"(?:.*/(?:quizzes|banks)/)?([a-z0-9-]{1,80})(?:[/?#].*)?", re.DOTALL)


def _credible(_form: Any, field: Field) -> None:
    if field.data is not None and not YEARS[0] < field.data.year < YEARS[1] - 1:
        raise ValidationError(_l("This date cannot be right."))


def _time(label: Any, *more: Any) -> DateTimeLocalField:
    validators = [*(more or (Optional(),)), _credible]
    return DateTimeLocalField(label, format="%Y-%m-%dT%H:%M", validators=validators)


def _number(label: Any, low: int, high: int) -> IntegerField:
    return IntegerField(label, validators=[Optional(), NumberRange(low, high)])


class QuizTermsForm(FlaskForm):  # type: ignore[misc]
    """The terms of an assigned quiz."""

    title = line_field(_l("Title"), LONGEST_TITLE, Optional())
    opens_at = _time(_l("Opens"))
    due_at = _time(_l("Due"))
    closes_at = _time(_l("Closes"))
    tries = _number(_l("Attempts"), 1, MOST_TRIES)
    counts = SelectField(
        _l("Which attempt counts"),
        choices=[
            SelectChoice("first", _l("The first")),
            SelectChoice("last", _l("The last")),
            SelectChoice("best", _l("The best")),
            SelectChoice("mean", _l("The mean of all")),
        ],
    )
    until_hours = _number(_l("Late work is taken until, in hours after due"), 0, MOST_LATE_HOURS)
    percent_per_day = _number(_l("Late work loses, in percent a day"), 0, 100)
    held = BooleanField(_l("Hold results back"))
    released_at = _time(_l("Release them by themselves at"))


class NewQuizForm(QuizTermsForm):
    """A quiz to assign: one of a list, or one by its link."""

    quiz = SelectField(_l("Quiz"), validate_choice=False)
    link = line_field(_l("Or the link of a quiz"), 2000, Optional())

    def offer(self, found: Sequence[QuizView], asked: str) -> None:
        """Fill the list; `asked` is chosen, in the list or beside it."""
        self.quiz.choices = [SelectChoice("", _l("Choose a quiz"))] + [
            SelectChoice(
                one.slug, f"{one.title} ({one.bank_title})" if one.bank_title else one.title
            )
            for one in found[:MOST_OFFERED]
        ]
        if asked and not self.is_submitted():
            listed = asked in {one.slug for one in found[:MOST_OFFERED]}
            (self.quiz if listed else self.link).data = asked

    @property
    def slug(self) -> str:
        """The address of the quiz that is meant; "" where none is."""
        return slug_in(self.link.data) or slug_in(self.quiz.data)


class GoalForm(FlaskForm):  # type: ignore[misc]
    """The terms of a study goal."""

    title = line_field(_l("Title"), LONGEST_TITLE, Optional())
    due_at = _time(_l("To be known by"), InputRequired(_l("Say by when.")))
    percent = IntegerField(
        _l("A fact is known when it would be recalled with, in percent"),
        validators=[
            InputRequired(_l("Write a number.")),
            NumberRange(round(100 * LEAST_RETENTION), round(100 * MOST_RETENTION)),
        ],
        default=round(100 * RETENTION),
    )


class NewGoalForm(GoalForm):
    """A bank to be known: one of a list, or one by its link."""

    bank = SelectField(_l("Bank"), validate_choice=False)
    link = line_field(_l("Or the link of a bank"), 2000, Optional())

    def offer(self, found: Sequence[tuple[str, str]], asked: str) -> None:
        """Fill the list with (slug, title); `asked` is chosen, in the list or beside it."""
        self.bank.choices = [SelectChoice("", _l("Choose a bank"))] + [
            SelectChoice(slug, title) for slug, title in found[:MOST_OFFERED]
        ]
        if asked and not self.is_submitted():
            listed = asked in {slug for slug, _title in found[:MOST_OFFERED]}
            (self.bank if listed else self.link).data = asked

    @property
    def slug(self) -> str:
        """The address of the bank that is meant; "" where none is."""
        return slug_in(self.link.data) or slug_in(self.bank.data)


class ChangeForm(FlaskForm):  # type: ignore[misc]
    """What one person gets that differs; empty fields are as for everybody."""

    opens_at = _time(_l("Opens"))
    due_at = _time(_l("Due"))
    closes_at = _time(_l("Closes"))
    tries = _number(_l("Attempts"), 1, MOST_TRIES)
    excused = BooleanField(_l("Excused: it counts neither for nor against them"))


def slug_in(text: str | None) -> str:
    """Return the address's last part of a link to a quiz or bank; "" where there is none."""
    found = _SLUG.fullmatch((text or "").strip())
    return found[1] if found else ""


def walls(values: Any, course: CourseView) -> dict[str, datetime | None]:
    """Return the times that `values` has, on the clocks of the course."""
    names = [name for name in (*TIMES, "released_at") if hasattr(values, name)]
    times = {name: getattr(values, name) for name in names}
    return {name: at and to_wall(at, course.tz) for name, at in times.items()}


def filled(one: AssignmentView, course: CourseView) -> dict[str, Any]:
    """Return what the form of an assignment shows."""
    return {
        **walls(one, course),
        "title": one.title,
        "tries": one.tries,
        "counts": one.counts,
        "until_hours": one.late.until_hours,
        "percent_per_day": one.late.percent_per_day or None,
        "held": one.held,
        "percent": round(100 * (one.retention or RETENTION)),
    }


def terms_in(form: FlaskForm, course: CourseView, before: AssignmentView | None = None) -> Terms:
    """Return the terms that a valid form gives; `before` is what it was filled with."""
    said: dict[str, Any] = _times(form, course, before)
    for name in ("tries", "counts", "held"):
        if name in form:
            said[name] = form[name].data
    if "until_hours" in form:
        said["late"] = Late(form.until_hours.data, form.percent_per_day.data or 0)
    return Terms(title=form.title.data or "", **said)


def change_in(form: ChangeForm, course: CourseView, before: Change) -> Change:
    """Return what a valid form says of one person."""
    return Change(**_times(form, course, before), tries=form.tries.data, excused=form.excused.data)


def _times(form: FlaskForm, course: CourseView, before: Any) -> dict[str, Any]:
    return {
        name: typed(form[name].data, course.tz, getattr(before, name, None))
        for name in (*TIMES, "released_at")
        if name in form
    }
