"""Banks made, described, shared, copied, deleted and brought back."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from quizapp.models import Bank
from quizapp.services.content import bank_members, banks, managing
from quizapp.services.content.bank_members import Full, NoInstructor
from quizapp.services.people.throttling import Throttled
from quizapp.services.transfer import copying
from quizapp.web import bank_frame, words
from quizapp.web.bank_forms import CopyForm, HeadForm, MemberForm, VisibilityForm
from quizapp.web.identity import account_required, instructor_required, now, person

blueprint = Blueprint("bank_settings", __name__, url_prefix="/banks")
SHOWN_LOSSES = 10


@blueprint.route("/new", methods=["GET", "POST"])
@instructor_required
def new() -> ResponseReturnValue:
    """Make an empty bank, which only its owner sees."""
    form = HeadForm(data={"language": "en"})
    if form.validate_on_submit():
        slug = managing.create(bank_frame.editor(), form.head())
        flash(_("Made. Only you see it until you share it."), "right")
        return redirect(url_for("bank_editing.questions", slug=slug), 303)
    status = 422 if form.is_submitted() else 200
    return render_template("bank_editing/new.html", form=form), status


@blueprint.get("/deleted")
@account_required
def deleted() -> str:
    """List one's deleted banks."""
    found = managing.deleted(bank_frame.editor())
    return render_template("bank_editing/deleted.html", banks=found, words=words)


@blueprint.post("/deleted/<uid>")
@account_required
def restore(uid: str) -> ResponseReturnValue:
    """Bring a deleted bank back."""
    slug = managing.restore(uid, bank_frame.editor(), now())
    flash(_("The bank is back as it was."), "right")
    return redirect(url_for("bank_editing.questions", slug=slug), 303)


@blueprint.route("/<slug>/manage/settings", methods=["GET", "POST"])
def settings(slug: str) -> ResponseReturnValue:
    """Say what a bank is called, in which language, with which notice."""
    bank = banks.editable(slug, person())
    head = HeadForm(data={"title": bank.title, "language": bank.language, "notice": bank.notice})
    if head.validate_on_submit():
        managing.describe(bank.id, head.head())
        flash(_("Saved."), "right")
        return redirect(url_for("bank_settings.settings", slug=slug), 303)
    return _page(bank, head=head), 422 if head.is_submitted() else 200


@blueprint.post("/<slug>/manage/visibility")
def visibility(slug: str) -> ResponseReturnValue:
    """Say who may see a bank."""
    bank, form = banks.owned(slug, person()), VisibilityForm()
    if not form.validate_on_submit():
        return _page(bank, seen=form), 422
    managing.show_to(bank.id, form.visibility.data, bank_frame.editor(), now())
    flash(_("Saved."), "right")
    return redirect(url_for("bank_settings.settings", slug=slug), 303)


@blueprint.post("/<slug>/manage/members")
def share(slug: str) -> ResponseReturnValue:
    """Let another instructor view or edit a bank."""
    bank, form = banks.owned(slug, person()), MemberForm()
    if not form.validate_on_submit():
        return _page(bank, member=form), 422
    bank_id, email, access = bank.id, form.member.data, form.access.data
    try:
        bank_members.add(bank_id, email, access, bank_frame.editor(), now())
    except (NoInstructor, Full, Throttled) as error:
        form.member.errors = [_refusal(error)]
        return _page(banks.owned(slug, person()), member=form), 422
    flash(_("Shared."), "right")
    return redirect(url_for("bank_settings.settings", slug=slug), 303)


@blueprint.post("/<slug>/manage/members/<uid>/remove")
def unshare(slug: str, uid: str) -> ResponseReturnValue:
    """Take a bank away from somebody."""
    bank = banks.owned(slug, person())
    bank_members.remove(bank.id, uid, bank_frame.editor(), now())
    flash(_("Shared with them no longer."), "info")
    return redirect(url_for("bank_settings.settings", slug=slug), 303)


@blueprint.post("/<slug>/manage/copy")
@instructor_required
def copy(slug: str) -> ResponseReturnValue:
    """Make a bank of one's own out of a bank."""
    bank, form = banks.editable(slug, person()), CopyForm()
    if not form.validate_on_submit():
        return _page(bank, copied=form), 422
    made, losses = copying.copy_bank(bank, bank_frame.editor(), form.title.data, now())
    flash(_("Here is the copy. Only you see it until you share it."), "right")
    for loss in losses[:SHOWN_LOSSES]:
        flash(loss.message, "partial")
    return redirect(url_for("bank_editing.questions", slug=made), 303)


@blueprint.post("/<slug>/manage/delete")
def delete(slug: str) -> ResponseReturnValue:
    """Delete a bank, for now."""
    bank = banks.owned(slug, person())
    managing.delete(bank.id, bank_frame.editor(), now())
    flash(_("Deleted. You can bring it back below whenever you like."), "info")
    return redirect(url_for("bank_settings.deleted"), 303)


def _page(bank: Bank, **forms: object) -> str:
    head = {"title": bank.title, "language": bank.language, "notice": bank.notice}
    shown = {
        "head": HeadForm(formdata=None, data=head),
        "seen": VisibilityForm(formdata=None, data={"visibility": bank.visibility}),
        "member": MemberForm(formdata=None),
        "copied": CopyForm(formdata=None, data={"title": _("Copy of %(bank)s", bank=bank.title)}),
    }
    members = bank_members.members(bank.id) if banks.owns(person(), bank) else []
    address = url_for("banks.show", slug=bank.slug, _external=True)
    return bank_frame.page(
        "settings.html", bank, members=members, address=address, **(shown | forms)
    )


def _refusal(error: Exception) -> str:
    if isinstance(error, Full):
        return _("This bank is shared with as many people as it can be.")
    if isinstance(error, Throttled):
        return _("Too many tries. Wait a minute, then try again.")
    return _("No instructor has this address here. They need an account as an instructor first.")
