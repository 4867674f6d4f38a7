"""A person's own settings, password, data and erasure."""

from datetime import time

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from quizapp.services.courses import course_privacy
from quizapp.services.people import accounts, erasure, passwords, preferences, privacy
from quizapp.services.people.people import LastAdmin
from quizapp.services.people.sessions import Person
from quizapp.services.people.throttling import Throttled
from quizapp.web import course_frame, course_words, identity, settings_ahead, words
from quizapp.web.forms import ChangePasswordForm, EraseForm, EraseGuestForm, SettingsForm
from quizapp.web.identity import account_required, now, someone_required
from quizapp.web.people import refuse, waiting_guest

blueprint = Blueprint("settings", __name__, url_prefix="/me")
Answer = str | AnyResponse | tuple[str, int]


@blueprint.route("/settings", methods=["GET", "POST"])
@someone_required
def index() -> Answer:
    """Show and store name, day, limits, memory and looks."""
    who = current_user.person
    form = SettingsForm(data=_as_form(who))
    if form.validate_on_submit():
        said = settings_ahead.save(who, _from_form(form), now())
        flash(" ".join((_("Your settings are saved."), *said)), "right")
        return redirect(url_for("settings.index"))
    email = accounts.email_of(who.id)
    page = render_template("settings/index.html", form=form, email=email, guest=waiting_guest())
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/password", methods=["GET", "POST"])
@account_required
def password() -> Answer:
    """Change the password; every other browser has to sign in anew."""
    form, who = ChangePasswordForm(), current_user.person
    if form.validate_on_submit():
        try:
            passwords.confirm_password(who.id, form.current.data, identity.address(), now())
            token = passwords.change_password(who.id, form.password.data, now())
        except passwords.WeakPassword as error:
            refuse(form, error)
        except (passwords.WrongPassword, Throttled) as error:
            return _refused("settings/password.html", form, form.current, error)
        else:
            identity.sign_in_anew(who, token)
            flash(_("Your password is changed. All other browsers are signed out."), "right")
            return redirect(url_for("settings.index"))
    return render_template("settings/password.html", form=form), 422 if form.errors else 200


@blueprint.get("/data")
@someone_required
def data() -> str | Response:
    """Offer what is kept about the person, and say who else looked at it."""
    who = current_user.person
    if request.args.get("format") == "csv":
        return _looks_csv(who)
    page = min(max(request.args.get("page", 1, type=int), 1), course_frame.MOST_PAGES)
    looks = course_privacy.of_person(who, page)
    return render_template("settings/data.html", looks=looks, words=course_words, day=words.day)


@blueprint.get("/data.json")
@someone_required
def data_json() -> Response:
    """Send everything that is kept about the person."""
    pieces = privacy.json_lines(privacy.export(current_user.person.id, now()))
    return _download(pieces, "application/json", "quizapp-data.json")


@blueprint.get("/answers.csv")
@someone_required
def answers_csv() -> Response:
    """Send the person's answers as a table."""
    lines = "".join(privacy.responses_csv(current_user.person.id, now()))
    return _download([lines], "text/csv; charset=utf-8", "quizapp-answers.csv")


@blueprint.route("/erase", methods=["GET", "POST"])
@someone_required
def erase() -> Answer:
    """Delete the person, after one more question."""
    who = current_user.person
    form = EraseGuestForm() if who.is_guest else EraseForm()
    if not form.validate_on_submit():
        page = render_template("settings/erase.html", form=form)
        return page, 422 if form.is_submitted() else 200
    try:
        if not who.is_guest:
            passwords.confirm_password(who.id, form.password.data, identity.address(), now())
        erasure.erase(who.id, now())
    except (passwords.WrongPassword, Throttled, LastAdmin) as error:
        return _refused("settings/erase.html", form, form.password, error)
    identity.forget()
    flash(_("Everything of yours is deleted."))
    return redirect(url_for("home.index"))


def _refused(template: str, form: object, field: object, error: Exception) -> tuple[str, int]:
    """Show the form again and say why; the words tell nothing that the person does not know."""
    said = {
        passwords.WrongPassword: (_("That is not your password."), 422),
        Throttled: (_("Too many tries. Wait a minute, then try again."), 429),
        LastAdmin: (_("Nobody else is admin. Make somebody admin first."), 422),
    }
    text, status = said[type(error)]
    field.errors = [text]  # type: ignore[attr-defined]
    return render_template(template, form=form), status


def _looks_csv(who: Person) -> Response:
    noted = course_privacy.of_person(who, size=course_privacy.MOST).entries
    rows = [(one.at.isoformat(), one.actor, course_words.noted(one), one.course) for one in noted]
    return course_frame.csv_file("quizapp-looks", ("at", "who", "what", "course"), rows)


def _download(pieces: object, mimetype: str, name: str) -> Response:
    response = Response(pieces, content_type=mimetype)  # type: ignore[arg-type]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _as_form(who: Person) -> dict[str, object]:
    return {
        "name": who.name,
        "tz": who.tz,
        "rollover": time(*divmod(who.rollover_minutes, 60)),
        "new_per_day": who.new_per_day,
        "reviews_per_day": who.reviews_per_day,
        "retention": round(who.desired_retention * 100),
        "rating_buttons": who.prefs.get("rating_buttons", 2),
        "single_keys": who.prefs.get("single_keys", True),
        "theme": who.prefs.get("theme", "system"),
    }


def _from_form(form: SettingsForm) -> preferences.Preferences:
    return preferences.Preferences(
        name=form.name.data or "",
        tz=form.tz.data,
        rollover_minutes=form.rollover.data.hour * 60 + form.rollover.data.minute,
        new_per_day=form.new_per_day.data,
        reviews_per_day=form.reviews_per_day.data,
        desired_retention=form.retention.data / 100,
        rating_buttons=form.rating_buttons.data,
        single_keys=form.single_keys.data,
        theme=form.theme.data,
    )
