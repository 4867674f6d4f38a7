"""Taking a bank out: in which format, what that cannot carry, the file, and a view to print."""

import io
from urllib.parse import quote

from flask import Blueprint, abort, render_template, request, send_file
from flask.typing import ResponseReturnValue

from quizapp.core.formats import FORMATS
from quizapp.core.formats.contract import SINGLE
from quizapp.core.formats.shared.zips import zipped
from quizapp.core.markdown import to_plain
from quizapp.models import Bank
from quizapp.services.content import banks, printing
from quizapp.services.transfer import exporting
from quizapp.web.identity import account_required, person
from quizapp.web.present import View

blueprint = Blueprint("exports", __name__, url_prefix="/banks/<slug>")

WRITABLE = {name: plugin for name, plugin in FORMATS.items() if plugin.WRITES}
SHOWN = 200  # losses that a page lists
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@blueprint.get("/export")
@account_required
def show(slug: str) -> ResponseReturnValue:
    """List the formats."""
    bank = banks.editable(slug, person())
    return render_template("exports/index.html", bank=bank, formats=WRITABLE.values())


@blueprint.get("/export/<name>")
@account_required
def losses(slug: str, name: str) -> ResponseReturnValue:
    """Say beforehand what a format cannot carry of this bank."""
    bank, plugin = banks.editable(slug, person()), WRITABLE.get(name)
    if plugin is None:
        abort(404)
    written, lost = exporting.export_files(bank, name, _filename(bank, name))
    return render_template(
        "exports/losses.html",
        bank=bank,
        plugin=plugin,
        written=written,
        losses=lost,
        most=SHOWN,
        with_history=name in exporting.WITH_HISTORY,
    )


@blueprint.get("/export/<name>/file")
@account_required
def download(slug: str, name: str) -> ResponseReturnValue:
    """Send the file."""
    bank = banks.editable(slug, person())
    if name not in WRITABLE:
        abort(404)
    filename = _filename(bank, name)
    is_mine = request.args.get("history") == "mine" and name in exporting.WITH_HISTORY
    written, _ = exporting.export_files(bank, name, filename, person() if is_mine else None)
    single = SINGLE in written.files
    data = written.files[SINGLE] if single else zipped(written.files)
    response = send_file(io.BytesIO(data), mimetype="application/octet-stream", max_age=0)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    return response


@blueprint.get("/print")
@account_required
def paper(slug: str) -> ResponseReturnValue:
    """Show the questions for paper: with room for answers, or the answer sheet, or the key."""
    bank = banks.editable(slug, person())
    part = request.args.get("part", "questions")
    if part not in printing.PARTS:
        abort(404)
    tag = request.args.get("tag", "")[:200]
    items = [
        (View(one.asked, "paper", one.asked.shown(one.asked.id)), one.number, one.key)
        for one in printing.questions(bank.id, tag)
    ]
    tags = printing.tags(bank.id)
    return render_template(
        "exports/print.html",
        bank=bank,
        part=part,
        items=items,
        tag=tag,
        tags=tags,
        letter=_letter,
        marked=_marked,
    )


def _letter(number: int) -> str:
    return LETTERS[number - 1] if number <= len(LETTERS) else str(number)


def _marked(one: View, words: str) -> str:
    """Return what is right as it is marked on paper, in its order; `words` for other kinds."""
    shown, key = one.shown, one.key
    options, rights = shown.get("options"), shown.get("rights", [])
    told: list[str] = []
    if isinstance(options, list):
        right = key.get("options") or [key.get("option")]
        text = _texts(one, "options")
        told = [f"{_letter(n)} {text[id_]}" for n, id_ in enumerate(options, 1) if id_ in right]
    elif pairs := key.get("pairs"):
        left, text = _texts(one, "lefts"), _texts(one, "rights")
        told = [
            f"{left[id_]}: {_letter(rights.index(pairs[id_]) + 1)} {text[pairs[id_]]}"
            for id_ in shown["lefts"]
            if id_ in pairs
        ]
    elif order := list(key.get("order", ())):
        text = _texts(one, "items")
        told = [f"{order.index(id_) + 1} {text[id_]}" for id_ in shown["items"]]
    return "; ".join(told) or words


def _texts(one: View, name: str) -> dict[str, str]:
    return {id_: to_plain(entry["text"]) for id_, entry in one.entries(name).items()}


def _filename(bank: Bank, name: str) -> str:
    """Return the name of the file: the bank's address and the format's usual ending."""
    suffix = next(ending for ending in WRITABLE[name].SUFFIXES if ending != "/")
    return f"{bank.slug}{suffix}"
