"""What admins do about people: look, invite, reset, give roles, shut out, let in."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from quizapp.services.people import accounts, links, mail, people
from quizapp.services.people.addresses import EmailInvalid, read_address
from quizapp.services.people.sessions import Person
from quizapp.services.study import pooled
from quizapp.web.forms import ActForm, InviteForm, RoleForm, TimeForm
from quizapp.web.identity import admin_required, now
from quizapp.web.people import refuse
from quizapp.web.shared import absolute

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
LONGEST_SEARCH = 200


@blueprint.get("")
@admin_required
def index() -> str:
    """List people, newest first."""
    return _page(InviteForm())


@blueprint.post("/invitations")
@admin_required
def invite() -> str | tuple[str, int]:
    """Make an invitation; the link is shown this once and stored nowhere."""
    form = InviteForm()
    try:
        if not form.validate_on_submit():
            return _page(form), 422
        to = read_address(form.email.data).email if form.email.data else None
    except EmailInvalid as error:
        refuse(form, error)
        return _page(form), 422
    token = links.make_link("invite", None, form.role.data, links.INVITE_HOURS, now(), _me())
    return _link_page("invite", token, to)


@blueprint.post("/people/<uid>/reset")
@admin_required
def reset(uid: str) -> str:
    """Make a link by which somebody sets a new password; shown this once."""
    who = _addressed(uid)
    token = links.make_link("reset", who.id, None, links.RESET_HOURS, now(), _me())
    return _link_page("reset", token, accounts.email_of(who.id), who)


@blueprint.post("/people/<uid>/role")
@admin_required
def role(uid: str) -> Response:
    """Give somebody another role."""
    who, form = _addressed(uid), RoleForm()
    if not form.validate_on_submit():
        abort(422)
    try:
        people.set_role(who.id, form.role.data, _me(), now())
    except people.LastAdmin:
        return _done(_("Nobody else is admin. Make somebody admin first."), "wrong")
    return _done(_("%(who)s has another role now.", who=_called(who)))


@blueprint.post("/people/<uid>/time")
@admin_required
def time(uid: str) -> Response:
    """Give somebody more time in exams; nobody else sees it, and no reason is kept."""
    who, form = _addressed(uid), TimeForm()
    if not form.validate_on_submit():
        abort(422)
    people.set_time_factor(who.id, form.percent.data, _me(), now())
    return _done(_("%(who)s has %(n)s percent of the time.", who=_called(who), n=form.percent.data))


@blueprint.post("/people/<uid>/disable")
@admin_required
def disable(uid: str) -> Response:
    """Shut somebody out at once."""
    who = _addressed(uid)
    try:
        people.disable(who.id, _me(), now())
    except people.LastAdmin:
        return _done(_("Nobody else is admin. Make somebody admin first."), "wrong")
    return _done(_("%(who)s is signed out and cannot sign in.", who=_called(who)))


@blueprint.post("/people/<uid>/enable")
@admin_required
def enable(uid: str) -> Response:
    """Let somebody in again."""
    who = _addressed(uid)
    people.enable(who.id, _me(), now())
    return _done(_("%(who)s can sign in again.", who=_called(who)))


def _page(form: InviteForm) -> str:
    search = request.args.get("q", "")[:LONGEST_SEARCH]
    listing = people.people(request.args.get("page", 1, type=int), search)
    return render_template(
        "admin/index.html",
        listing=listing,
        q=search,
        form=form,
        mails=_smtp() != "",
        pooled=pooled.current(),
    )


def _link_page(purpose: str, token: str, to: str | None, who: Person | None = None) -> str:
    address = absolute(url_for("people.link", token=token))
    sent = _mailed(purpose, address, to)
    hours = links.INVITE_HOURS if purpose == "invite" else links.RESET_HOURS
    return render_template(
        "admin/link.html",
        purpose=purpose,
        address=address,
        to=to,
        who=who,
        sent=sent,
        days=hours // 24,
    )


def _mailed(purpose: str, address: str, to: str | None) -> bool | None:
    """Mail a link; True when it went, False when it did not, None where there is nothing to do."""
    if not to or not _smtp() or not current_app.config["QUIZAPP_URL"]:
        return None
    subject = _("Your invitation to quizapp") if purpose == "invite" else _("Your new password")
    text = _("Open this link, it works once:\n\n%(address)s\n", address=address)
    try:
        mail.send(_smtp(), to, subject, text)
    except mail.MailFailed:
        current_app.logger.warning("a mail was not taken by the SMTP server", exc_info=True)
        return False
    return True


def _smtp() -> str:
    url: str = current_app.config["QUIZAPP_SMTP_URL"]
    return url


def _addressed(uid: str) -> Person:
    """Return whom an address names, where the form that was sent is ours."""
    who = people.find(uid)
    if who is None or not ActForm().validate_on_submit():
        abort(404)
    return who


def _called(who: Person) -> str:
    return who.name or accounts.email_of(who.id) or _("That person")


def _me() -> int:
    my_id: int = current_user.person.id
    return my_id


def _done(words: str, kind: str = "right") -> Response:
    flash(words, kind)
    return redirect(url_for("admin.index", q=request.args.get("q"), page=request.args.get("page")))
