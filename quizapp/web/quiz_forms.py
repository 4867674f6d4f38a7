"""The form of a quiz's settings, and how its fields become what is stored."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DecimalField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from quizapp.core.question_types import QUESTION_TYPES
from quizapp.services.quizzes.quiz_settings import LONGEST_TITLE, RULES, Settings
from quizapp.web.forms import line_field, storable, tidy

MINUTE_S = 60
LABELS = {name: kind.LABEL for name, kind in QUESTION_TYPES.items()}
MOST_MINUTES = 43_200  # thirty days, as long as a quiz can take


def _number(label: Any, name: str) -> IntegerField:
    """Return a field for a number that may stay empty, within a bank file's bounds."""
    rule = RULES[name]
    return IntegerField(
        label, validators=[Optional(), NumberRange(rule["minimum"], rule["maximum"])]
    )


def _lines(text: str | None) -> str | None:
    """Return a text with line ends as we store them; browsers send CR LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if text else text


class NewForm(FlaskForm):  # type: ignore[misc]
    """The title of a new quiz; all else has defaults."""

    title = line_field(_l("Title"), LONGEST_TITLE, InputRequired(_l("Give the quiz a title.")))


class QuizForm(FlaskForm):  # type: ignore[misc]
    """Title and settings of a quiz."""

    title = line_field(_l("Title"), LONGEST_TITLE, InputRequired(_l("Give the quiz a title.")))
    description = TextAreaField(
        _l("What it is for (may stay empty)"),
        filters=[_lines, tidy],
        validators=[Length(max=RULES["description"]["maxLength"]), storable],
    )
    feedback = RadioField(
        _l("When learners see what was right"),
        choices=[
            SelectChoice("immediate", _l("Practice: after each answer")),
            SelectChoice("deferred", _l("Exam: after handing in")),
        ],
    )
    minutes = DecimalField(
        _l("Time limit, in minutes"),
        validators=[Optional(), NumberRange(0.1, MOST_MINUTES)],
    )
    tries = _number(_l("Attempts at the quiz"), "tries")
    pass_percent = _number(_l("Points to pass, in percent"), "pass_percent")
    shuffle = BooleanField(_l("Questions in random order"))
    shuffle_options = SelectField(
        _l("Order of the options"),
        choices=[
            SelectChoice("", _l("As each question says")),
            SelectChoice("yes", _l("Random")),
            SelectChoice("no", _l("As written")),
        ],
    )
    floor_zero = BooleanField(_l("No question takes points away"))
    question_tries = _number(_l("Tries at each question"), "question_tries")
    penalty_percent = _number(_l("Each try before takes, in percent"), "penalty_percent")
    hints = BooleanField(_l("Offer the hints of the questions"))


def of_quiz(title: str, settings: Settings) -> dict[str, Any]:
    """Return what the form shows of a quiz."""
    limit = settings.time_limit_s
    shown = {name: getattr(settings, name) for name in RULES if name != "time_limit_s"}
    order = {None: "", True: "yes", False: "no"}[settings.shuffle_options]
    minutes = None if limit is None else round(limit / MINUTE_S, 2)
    return {**shown, "title": title, "minutes": minutes, "shuffle_options": order}


def settings_in(form: QuizForm) -> dict[str, Any]:
    """Return the settings that a valid form gives."""
    minutes = form.minutes.data
    return {
        "description": form.description.data,
        "feedback": form.feedback.data,
        "time_limit_s": None if minutes is None else max(round(float(minutes) * MINUTE_S), 1),
        "tries": form.tries.data,
        "shuffle": form.shuffle.data,
        "pass_percent": form.pass_percent.data,
        "floor_zero": form.floor_zero.data,
        "question_tries": form.question_tries.data,
        "penalty_percent": form.penalty_percent.data or None,
        "hints": form.hints.data,
        "shuffle_options": {"yes": True, "no": False}.get(form.shuffle_options.data),
    }
