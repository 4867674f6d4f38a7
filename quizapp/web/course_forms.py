"""The forms with which courses are made, joined and peopled."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectChoice, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from quizapp.services.courses.access import ASSISTANT, INSTRUCTOR, LEARNER
from quizapp.services.courses.courses import (
    LEAST_RETENTION_DAYS,
    MOST_RETENTION_DAYS,
    Wanted,
)
from quizapp.services.courses.joining import LONGEST_NAME
from quizapp.services.people import preferences
from quizapp.services.quizzes.quiz_settings import LONGEST_TITLE, Unfit
from quizapp.web.forms import line_field

LONGEST_CODE = 40  # as it is typed, with whatever stands between the letters


class CodeForm(FlaskForm):  # type: ignore[misc]
    """The code that an instructor shows."""

    code = line_field(
        _l("Code of the course"), LONGEST_CODE, InputRequired(_l("Type the code you were given."))
    )
    code.kwargs["render_kw"] = {
        "autocomplete": "off",
        "autocapitalize": "characters",
        "spellcheck": "false",
    }


class NameForm(FlaskForm):  # type: ignore[misc]
    """By which name the class knows somebody."""

    name = line_field(
        _l("Your name in this class"),
        LONGEST_NAME,
        InputRequired(_l("Say by which name the class knows you.")),
    )
    name.kwargs["render_kw"] = {"autocomplete": "name"}


class RoleForm(FlaskForm):  # type: ignore[misc]
    """What somebody is in a course."""

    role = SelectField(
        _l("Role"),
        choices=[
            SelectChoice(LEARNER, _l("Learner")),
            SelectChoice(ASSISTANT, _l("Assistant")),
            SelectChoice(INSTRUCTOR, _l("Instructor")),
        ],
    )


class CourseForm(FlaskForm):  # type: ignore[misc]
    """What a course is called, where it is, and when it ends."""

    title = line_field(_l("Title"), LONGEST_TITLE, InputRequired(_l("Give the course a title.")))
    tz = SelectField(_l("Time zone"))
    ends_on = DateField(_l("Last day (may stay empty)"), validators=[Optional()])
    retention_days = IntegerField(
        _l("Delete results after so many days (may stay empty)"),
        validators=[Optional(), NumberRange(LEAST_RETENTION_DAYS, MOST_RETENTION_DAYS)],
        render_kw={"inputmode": "numeric"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = preferences.zones()
        current = kwargs.get("data", {}).get("tz")
        if current and current not in zones:  # an alias that a browser names
            zones.append(current)
        self.tz.choices = [SelectChoice(zone, zone.replace("_", " ")) for zone in zones]

    def wanted(self, now: datetime) -> Wanted:
        """Return what was asked for; Unfit where the last day is over already."""
        ends_on = self.ends_on.data
        if ends_on and ends_on < now.astimezone(ZoneInfo(self.tz.data)).date():
            raise Unfit("ends_on", "That day is over. A course ends today or later.")
        return Wanted(self.title.data, self.tz.data, ends_on, self.retention_days.data)
