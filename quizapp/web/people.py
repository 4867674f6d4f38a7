"""Coming and going: sign-in, sign-up, sign-out, one-time links, bringing answers along."""

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import Field

from quizapp.services.people import accounts, links, merging, passwords, sessions, throttling
from quizapp.services.people.addresses import EmailInvalid
from quizapp.services.people.sessions import Person
from quizapp.services.people.throttling import Throttled
from quizapp.web import identity
from quizapp.web.forms import ActForm, NewPasswordForm, SignInForm, SignUpForm
from quizapp.web.identity import account_required, now, person

blueprint = Blueprint("people", __name__)
Answer = str | Response | tuple[str, int]


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Answer:
    """Give the browser a session of the account whose password it knows."""
    if _has_account():
        return redirect(_back())
    form = SignInForm()
    if not form.validate_on_submit():
        return _form_page("people/sign_in.html", form)
    try:
        user_id = passwords.check_password(
            form.email.data, form.password.data, identity.address(), now()
        )
    except Throttled:
        return _form_page("people/sign_in.html", form, 429)
    if user_id is None:
        return _form_page("people/sign_in.html", form, 422)
    return _enter(user_id)


@blueprint.route("/sign-up", methods=["GET", "POST"])
def sign_up() -> Answer:
    """Make an account; a guest's answers are its answers."""
    if _has_account():
        return redirect(_back())
    form = SignUpForm()
    if not form.validate_on_submit():
        return _form_page("people/sign_up.html", form)
    try:
        throttling.take(throttling.sign_up_limits(identity.address()), now())
        made = accounts.sign_up(person(), *_filled(form), identity.browser_tz(), now())
    except Throttled:
        return _form_page("people/sign_up.html", form, 429)
    except _REFUSED as error:
        refuse(form, error)
        return _form_page("people/sign_up.html", form, 422)
    return _welcome(made)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End the session; the browser is a stranger from now on."""
    identity.sign_out()
    flash(_("You are signed out."))
    return redirect(url_for("home.index"))


@blueprint.route("/links/<token>", methods=["GET", "POST"])
def link(token: str) -> Answer:
    """Open a one-time link: looking at it does not use it up, sending its form does."""
    try:
        found = links.find_link(token, now())
        form = SignUpForm() if found.makes_account else NewPasswordForm()
        if not form.validate_on_submit():
            return _form_page("people/link.html", form, link=found)
        return _use(token, found, form)
    except links.LinkGone:
        return render_template("people/link_gone.html"), 404
    except _REFUSED as error:
        refuse(form, error)
        return _form_page("people/link.html", form, 422, link=found)


@blueprint.route("/merge", methods=["GET", "POST"])
@account_required
def merge() -> Answer:
    """Ask whether the guest's answers come along, and do it."""
    guest = waiting_guest()
    if guest is None:
        return redirect(_back())
    if not ActForm().validate_on_submit():
        return render_template("people/merge.html", baggage=merging.baggage(guest.id))
    if request.form.get("choice") == "bring":
        count = merging.merge(guest.id, current_user.person.id, now())
        flash(
            ngettext("%(num)s answer is yours now.", "%(num)s answers are yours now.", count),
            "right",
        )
    else:
        sessions.end(session["guest"])
    session.pop("guest")
    return redirect(_back())


def waiting_guest() -> Person | None:
    """Return the guest whom this browser was before it signed in, until that is decided."""
    found = sessions.find(session["guest"], now()) if "guest" in session else None
    return found if found and found.is_guest else None


def refuse(form: FlaskForm, error: Exception) -> None:
    """Say beside its field why a service refused what the form holds."""
    if isinstance(error, accounts.NotAGuest):
        abort(409)
    field, words = _words(form, error)
    field.errors = [*field.errors, words]


_REFUSED = (EmailInvalid, accounts.EmailTaken, passwords.WeakPassword, accounts.NotAGuest)


def _words(form: FlaskForm, error: Exception) -> tuple[Field, str]:
    if isinstance(error, passwords.WeakPassword):
        return form.password, password_words(error.code)
    if isinstance(error, EmailInvalid):
        return form.email, _("That is not an e-mail address.")
    return form.email, _("There is an account with this address. Sign in instead.")


def password_words(code: str) -> str:
    """Say why a password is refused."""
    words: dict[str, str] = {
        "short": _("At least 8 characters. A few words in a row are easy to keep in mind."),
        "long": _("At most 1000 characters."),
        "common": _("Many people use this one or one like it, so it is guessed first."),
        "personal": _("This is your name or address, so it is easily guessed."),
    }
    return words[code]


def _has_account() -> bool:
    who = person()
    return who is not None and not who.is_guest


def _back() -> str:
    return identity.safe_next(request.args.get("next")) or url_for("me.dashboard")


def _filled(form: SignUpForm) -> tuple[str, str, str]:
    return form.email.data, form.name.data or "", form.password.data


def _form_page(
    template: str, form: FlaskForm, status: int | None = None, **values: object
) -> Answer:
    """Show a form, with what was wrong with it; 422 where it was sent and is not accepted."""
    who = person()
    answers = merging.baggage(who.id).answers if who and who.is_guest else 0
    status = status or (422 if form.is_submitted() else 200)
    next_path = identity.safe_next(request.args.get("next"))
    page = render_template(
        template, form=form, status=status, answers=answers, next=next_path, **values
    )
    return page, status


def _use(token: str, found: links.Link, form: FlaskForm) -> Response:
    if found.makes_account:
        guest = None if _has_account() else person()
        zone = identity.browser_tz()
        return _welcome(accounts.accept_link(token, guest, *_filled(form), zone, now()))
    return _enter(accounts.set_password(token, form.password.data, now()).id)


def _welcome(made: Person) -> Response:
    identity.sign_in(made, sessions.start(made.id, now()))
    flash(_("Your account is there. Everything from this browser is in it."), "right")
    return redirect(_back())


def _enter(user_id: int) -> Response:
    """Sign in, in a session that is new in every part; a guest who has something is asked about."""
    was = current_user.token if current_user.is_authenticated else None
    guest = person()
    asks = guest is not None and guest.is_guest and merging.baggage(guest.id).anything
    if was and not asks:
        sessions.end(was)
    token = sessions.start(user_id, now())
    who = sessions.find(token, now())
    if who is None:  # disabled in between
        return redirect(url_for("people.sign_in"))
    identity.sign_in(who, token)
    if not asks:
        return redirect(_back())
    session["guest"] = was
    return redirect(url_for("people.merge", next=identity.safe_next(request.args.get("next"))))
