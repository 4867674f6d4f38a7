"""The forms about plans: exams, pauses, easy days, the way out of a backlog."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectChoice, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from quizapp.services.quizzes.quiz_settings import LONGEST_TITLE
from quizapp.services.study.plans import DAILY, MINUTES
from quizapp.web.forms import line_field

SHARES = (  # percent of a usual day
    SelectChoice("100", _l("As usual")),
    SelectChoice("75", _l("Three quarters")),
    SelectChoice("50", _l("Half")),
    SelectChoice("25", _l("A quarter")),
    SelectChoice("0", _l("Nothing")),
)
WEEKDAYS = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)


def _minutes() -> IntegerField:
    return IntegerField(
        _l("Minutes a day"),
        validators=[
            InputRequired(_l("Write a number.")),
            NumberRange(*MINUTES, message=_l("Give 1 to 600 minutes a day.")),
        ],
        default=DAILY,
    )


def _day(label: Any, *more: Any) -> DateField:
    return DateField(label, validators=[*(more or (InputRequired(_l("Give a day.")),))])


class ExamForm(FlaskForm):  # type: ignore[misc]
    """An exam of one's own."""

    title = line_field(_l("Name (may stay empty)"), LONGEST_TITLE, Optional())
    target = SelectField(_l("What it asks"), validate_choice=False)
    day = _day(_l("Day of the exam"))
    minutes = _minutes()

    def offer(self, targets: Sequence[tuple[str, str]]) -> None:
        """Fill the list of what an exam can be about: (value, words)."""
        self.target.choices = [SelectChoice(*one) for one in targets]


class ChangeForm(FlaskForm):  # type: ignore[misc]
    """An exam that is planned for; the day stays where a course has set it."""

    title = line_field(_l("Name"), LONGEST_TITLE, Optional())
    day = _day(_l("Day of the exam"), Optional())
    minutes = _minutes()


class TakeUpForm(FlaskForm):  # type: ignore[misc]
    """Minutes for what a course has set."""

    minutes = _minutes()


class PauseForm(FlaskForm):  # type: ignore[misc]
    """Days on which nothing is asked."""

    from_day = _day(_l("First day off"))
    until_day = _day(_l("Last day off"))


class RescueForm(FlaskForm):  # type: ignore[misc]
    """Minutes a day for a backlog."""

    minutes = _minutes()


class EasyForm(FlaskForm):  # type: ignore[misc]
    """How much is asked on each day of the week, and on one more date."""

    date = _day(_l("One more date"), Optional())
    share = SelectField(_l("On that date"), choices=SHARES[1:], default="0")

    @property
    def weekdays(self) -> Sequence[SelectField]:
        """The field of each day of the week, from Monday."""
        return [self[f"weekday{n}"] for n in range(len(WEEKDAYS))]

    def said(self) -> tuple[dict[int, float], dict[int, float]]:
        """Return shares by weekday, and of the new date by learner day."""
        weekdays = {
            n: int(field.data) / 100 for n, field in enumerate(self.weekdays) if field.data != "100"
        }
        dates = {self.date.data.toordinal(): int(self.share.data) / 100} if self.date.data else {}
        return weekdays, dates


for _n, _name in enumerate(WEEKDAYS):
    setattr(EasyForm, f"weekday{_n}", SelectField(_name, choices=SHARES, default="100"))
