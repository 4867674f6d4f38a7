"""The forms that are not built from a question: fields, labels, and what each accepts."""

import unicodedata
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    IntegerField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TimeField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from quizapp.services.people import preferences, weak_passwords
from quizapp.services.people.people import LEAST_TIME_PCT, MOST_TIME_PCT


def tidy(text: str | None) -> str | None:
    """Return a text in the one form that is stored, without white space at its ends."""
    return unicodedata.normalize("NFC", text).strip() if text else text


def storable(_form: Any, field: Field) -> None:
    """Refuse a character that PostgreSQL cannot store."""
    if "\0" in (field.data or ""):
        raise ValidationError(_l("This holds a character that cannot be stored."))


def line_field(label: Any, longest: int, *more: Any) -> StringField:
    """Return a field for a line of text."""
    return StringField(label, filters=[tidy], validators=[*more, Length(max=longest), storable])


def password_field(label: Any, autocomplete: str) -> PasswordField:
    """Return a field for a password, which no filter may touch."""
    return PasswordField(
        label,
        validators=[InputRequired(_l("Write the password."))],
        render_kw={"autocomplete": autocomplete, "maxlength": weak_passwords.LONGEST},
    )


def email_field() -> StringField:
    """Return a field for an e-mail address; the service decides what is one."""
    field: StringField = line_field(
        _l("Email"), 320, InputRequired(_l("Write your e-mail address."))
    )
    field.kwargs["render_kw"] = {
        "type": "email",
        "autocomplete": "username",
        "autocapitalize": "none",
        "spellcheck": "false",
    }
    return field


class ActForm(FlaskForm):  # type: ignore[misc]
    """A button: only the token that shows where it came from."""


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Who are you?"""

    email = email_field()
    password = password_field(_l("Password"), "current-password")


class SignUpForm(FlaskForm):  # type: ignore[misc]
    """A new account."""

    name = line_field(_l("Name"), 200)
    name.kwargs["render_kw"] = {"autocomplete": "name"}
    email = email_field()
    password = password_field(_l("Password"), "new-password")


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password by a link."""

    password = password_field(_l("New password"), "new-password")


class ChangePasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password in place of the one that is known."""

    current = password_field(_l("Password now"), "current-password")
    password = password_field(_l("New password"), "new-password")


class EraseForm(FlaskForm):  # type: ignore[misc]
    """An account goes with its password."""

    password = password_field(_l("Password"), "current-password")


class EraseGuestForm(FlaskForm):  # type: ignore[misc]
    """A guest has no password, so a tick has to do."""

    sure = BooleanField(
        _l("Yes, delete everything"), validators=[InputRequired(_l("Tick this to delete."))]
    )


class SettingsForm(FlaskForm):  # type: ignore[misc]
    """What people set for themselves."""

    name = line_field(_l("Name"), 200)
    tz = SelectField(_l("Time zone"))
    rollover = TimeField(_l("A new day begins at"), validators=[InputRequired()])
    new_per_day = IntegerField(
        _l("New facts a day"),
        validators=[InputRequired(), NumberRange(*preferences.NEW_PER_DAY)],
    )
    reviews_per_day = IntegerField(
        _l("Reviews a day"),
        validators=[InputRequired(), NumberRange(*preferences.REVIEWS_PER_DAY)],
    )
    retention = IntegerField(
        _l("Desired retention, in percent"), validators=[InputRequired(), NumberRange(70, 97)]
    )
    rating_buttons = RadioField(
        _l("Buttons after a flashcard"),
        coerce=int,
        choices=[
            SelectChoice(2, _l("Two: Again, Good")),
            SelectChoice(4, _l("Four: Again, Hard, Good, Easy")),
        ],
    )
    single_keys = BooleanField(_l("Single keys answer and rate"))
    theme = RadioField(
        _l("Colours"),
        choices=[
            SelectChoice("system", _l("As the system has them")),
            SelectChoice("light", _l("Light")),
            SelectChoice("dark", _l("Dark")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = preferences.zones()
        current = kwargs.get("data", {}).get("tz")
        if current and current not in zones:  # an alias that a browser names
            zones.append(current)
        self.tz.choices = [SelectChoice(zone, zone.replace("_", " ")) for zone in zones]


class TimeForm(FlaskForm):  # type: ignore[misc]
    """How much time somebody has in exams, in percent of the usual."""

    percent = IntegerField(
        _l("Time in exams, percent"), validators=[NumberRange(LEAST_TIME_PCT, MOST_TIME_PCT)]
    )


class RoleForm(FlaskForm):  # type: ignore[misc]
    """What somebody may do."""

    role = SelectField(
        _l("Role"),
        choices=[
            SelectChoice("learner", _l("Learner")),
            SelectChoice("instructor", _l("Instructor")),
            SelectChoice("admin", _l("Admin")),
        ],
    )


class InviteForm(RoleForm):
    """An invitation; mailed where there is an address to mail it to."""

    email = line_field(_l("Send it to (e-mail, may stay empty)"), 320, Optional())
