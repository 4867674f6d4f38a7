"""The answers behind the figures of the memory model, as listings."""

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from quizapp.core.statistics.calibration import BINS_FROM
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import assigned
from quizapp.services.study import calibration
from quizapp.services.study.calibration import ToldRow
from quizapp.services.study.figure_rows import Page
from quizapp.web import words
from quizapp.web.me_tables import Asked, Cell, Listing, percent


def foretold(person: Person, now: datetime, asked: Asked) -> Listing:
    """List the answers of the calibration: of one bin, or all."""
    number = asked.number("bin", len(BINS_FROM) - 1) if "bin" in asked.args else None
    held = assigned.hidden(person.id, now)
    page = calibration.rows(person, number, asked.after, asked.most, held)
    if number is None:
        title = _("Answers that were foretold")
    else:
        high = (*BINS_FROM, 1.0)[number + 1]
        low, high_words = percent(BINS_FROM[number]), percent(high)
        title = _("Answers foretold with %(low)s to %(high)s", low=low, high=high_words)
    lede = _(
        "The newest first. Foretold is the chance that you would be right, guessing included, as "
        "the model saw it just before you answered."
    )
    return _listing(title, lede, page, person)


def fitted_on(person: Person, now: datetime, asked: Asked) -> Listing:
    """List the answers on which a version of the model rests."""
    number, held = asked.number("version"), assigned.hidden(person.id, now)
    page = calibration.rows_of_version(person, number, asked.after, asked.most, held)
    title = _("Answers behind version %(n)s", n=number)
    lede = _("All answers until then on facts that had a night to fade, the newest first.")
    return _listing(title, lede, page, person)


def _listing(title: str, lede: str, page: Page[ToldRow], person: Person) -> Listing:
    head = (_("Fact"), _("Foretold"), _("What came"), _("When"))
    names = ("fact", "foretold", "right", "answered_at")
    rows = [_row(row, person) for row in page.rows]
    return Listing(title, lede, head, names, rows, page.after)


def _row(row: ToldRow, person: Person) -> tuple[Cell, ...]:
    href = None if row.response_seq is None else url_for("study.answered", seq=row.response_seq)
    told = _("not noted") if row.told is None else percent(row.told)
    return (
        Cell(row.statement, row.statement, url_for("me.rows", what="fact", id=row.fact)),
        Cell(told, None if row.told is None else round(row.told, 4), number=True),
        Cell(
            _("Right") if row.right else _("Wrong"),
            row.right,
            verdict="right" if row.right else "wrong",
        ),
        Cell(words.moment(row.at, person), row.at, href),
    )
