"""The acts on chosen questions of a bank: what each needs to know, does, and says afterwards."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from quizapp.core.formats.shared.checking import MAX_TAG as LONGEST_TAG
from quizapp.core.statements import MAX_STATEMENT
from quizapp.models import Bank
from quizapp.services.content import banks, bulk, fact_lists, grouping, moving, question_lists
from quizapp.services.content.bulk import Done
from quizapp.services.content.question_lists import Filter
from quizapp.web import bank_frame
from quizapp.web.bank_forms import query_of
from quizapp.web.forms import tidy
from quizapp.web.identity import now

SHOWN = 20  # questions that a page of its own names
Ids = Sequence[int]


def run(bank: Bank, ids: Ids, wanted: Filter, back: str) -> ResponseReturnValue:
    """Do what the form asks for to these questions, or return the page that asks for more."""
    act = ACTS.get(request.form.get("act", ""))
    if act is None:
        abort(400)
    made = act(bank, ids, wanted, back)
    return made if made is not None else redirect(back, 303)


def _label(bank: Bank, ids: Ids, wanted: Filter, back: str) -> None:
    """Put a tag on questions or take it off."""
    tag = " ".join((tidy(request.form.get("label")) or "").split())
    if not tag or len(tag) > LONGEST_TAG or "\0" in tag:
        flash(_("Write a tag of %(n)s characters at the most.", n=LONGEST_TAG), "partial")
    elif request.form["act"] == "tag":
        _tell(bulk.add_tag(bank.id, ids, tag), _("The tag is on them now."))
    else:
        _tell(bulk.remove_tag(bank.id, ids, tag), _("The tag is off them now."))


def _retire(bank: Bank, ids: Ids, wanted: Filter, back: str) -> None:
    _tell(bulk.retire(bank.id, ids), _("They are asked no more."))


def _activate(bank: Bank, ids: Ids, wanted: Filter, back: str) -> None:
    _tell(bulk.activate(bank.id, ids), _("They are asked from now on."))


def _delete(bank: Bank, ids: Ids, wanted: Filter, back: str) -> str | None:
    if not request.form.get("sure"):
        return _ask("delete", bank, ids, wanted, back)
    done = bulk.remove(bank.id, ids)
    if done.deleted:
        flash(
            ngettext("%(num)s question deleted.", "%(num)s questions deleted.", done.deleted),
            "right",
        )
    if done.changed:
        words = _("They were used before, so they are kept as retired.")
        _tell(Done(done.changed, kept=done.kept), words)
    return None


def _move(bank: Bank, ids: Ids, wanted: Filter, back: str) -> str | None:
    who, target = bank_frame.editor(), request.form.get("target", "")
    if bank.origin is not None:
        flash(_(moving.FOLLOWS), "partial")
        return None
    if not target:
        others = [one for one in banks.visible_banks(who)
                  if one.id != bank.id and banks.may_edit(who, one)]  # fmt: skip
        return _ask("move", bank, ids, wanted, back, others=others)
    there = banks.editable(target, who)
    title = there.title
    try:
        done = moving.move(bank.id, ids, there.id, now())
    except moving.CannotMove as error:
        flash(_(str(error)), "partial")
    else:
        _tell(done, _("They are in %(bank)s now.", bank=title))
    return None


def _group(bank: Bank, ids: Ids, wanted: Filter, back: str) -> str | None:
    if len(ids) > grouping.MOST:
        flash(_("Group %(n)s questions at once at the most.", n=grouping.MOST), "partial")
        return None
    statement = tidy(request.form.get("statement")) or ""
    look, sure = request.form.get("look", ""), request.form.get("sure")
    under = _under(request.form.get("under", ""), statement)
    if sure and under:
        moved = grouping.group(bank.id, ids, now(), bank_frame.editor().id, **under)
        _tell(Done(moved), _("What learners know of it follows in a moment."))
        return None
    theirs = fact_lists.of_questions(ids)
    known = {one.uid for one in theirs}
    found = [one for one in fact_lists.offered(bank.id, look) if one.uid not in known]
    offered = found if look else []
    error = _("Choose a fact, or write a new one.") if sure else None
    return _ask(
        "group", bank, ids, wanted, back, facts=theirs, offered=offered, look=look, error=error,
        statement=statement, longest=MAX_STATEMENT,
    )  # fmt: skip


def _under(fact: str, statement: str) -> dict[str, str]:
    """Return the fact that the form chose, or the statement of a new one; empty for neither."""
    if fact and fact != "new":
        return {"fact": fact}
    return {"statement": statement} if 0 < len(statement) <= MAX_STATEMENT else {}


def _split(bank: Bank, ids: Ids, wanted: Filter, back: str) -> None:
    if len(ids) > grouping.MOST:
        flash(_("Split %(n)s questions at once at the most.", n=grouping.MOST), "partial")
        return
    moved = grouping.split(bank.id, ids, now(), bank_frame.editor().id)
    _tell(Done(moved), _("Each has a fact of its own now."))


ACTS: dict[str, Callable[[Bank, Ids, Filter, str], str | None]] = {
    "tag": _label,
    "untag": _label,
    "retire": _retire,
    "activate": _activate,
    "delete": _delete,
    "move": _move,
    "group": _group,
    "split": _split,
}


def _ask(act: str, bank: Bank, ids: Ids, wanted: Filter, back: str, **values: Any) -> str:
    """Return the page that names the chosen questions and asks what else has to be known."""
    return bank_frame.page(
        "chosen.html",
        bank,
        act=act,
        rows=question_lists.rows(ids[:SHOWN]),
        total=len(ids),
        uids=[] if request.form.get("all") else request.form.getlist("uid")[: bulk.CHUNK],
        kept=query_of(wanted, page=request.form.get("page")),
        back=back,
        **values,
    )


def _tell(done: Done, words: str) -> None:
    """Say what was done, and what was left as it was, with the reasons."""
    count = ngettext("%(num)s question changed.", "%(num)s questions changed.", done.changed)
    if done.changed:
        flash(f"{count} {words}", "right")
    elif not done.kept:
        flash(_("There was nothing to change."), "info")
    for kept in done.kept[: bulk.TOLD]:
        name = kept.name or kept.uid
        flash(_("%(name)s stays as it was. %(why)s", name=name, why=kept.reason), "partial")
    if len(done.kept) > bulk.TOLD:
        more = len(done.kept) - bulk.TOLD
        flash(ngettext("%(num)s more stays as it was.", "%(num)s more stay as they were.", more),
              "partial")  # fmt: skip
