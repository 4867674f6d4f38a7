"""The rows behind the plans: the facts of a planned day, and what they come to on exam day."""

from datetime import date, datetime
from typing import TypeVar

from flask import url_for
from flask_babel import gettext as _

from quizapp.services.people.sessions import Person
from quizapp.services.study import plan_listing
from quizapp.services.study.figure_rows import whole
from quizapp.services.study.plan_listing import PlannedFact
from quizapp.web import words
from quizapp.web.me_tables import Asked, Cell, Listing, day_words, percent

T = TypeVar("T")


def day(person: Person, now: datetime, asked: Asked) -> Listing:
    """List what is planned for a day (?day=), of an exam (?exam=), 0 of all else."""
    exam = asked.number("exam") if "exam" in asked.args else None
    number = asked.number("day")
    found = plan_listing.of_day(person, now, number, exam)
    shown, after = _cut(found, asked)
    head = (_("Fact"), _("What"), _("Recall now"), _("Due by itself"), _("Bank"))
    names = ("fact", "what", "recall", "due", "bank")
    lede = _("In the order of worth. Days ahead change with every answer of yours.")
    rows = [_row(one) for one in shown]
    return Listing(_("Planned for %(day)s", day=day_words(number)), lede, head, names, rows, after)


def known(person: Person, now: datetime, asked: Asked) -> Listing:
    """List the facts of an exam (?exam=) with the recall expected on the day."""
    found = plan_listing.on_exam_day(person, now, asked.number("exam"))
    shown, after = _cut(found, asked)
    head = (_("Fact"), _("Expected on the day"), _("Recall now"), _("Bank"))
    names = ("fact", "expected", "recall", "bank")
    rows = [
        (
            _fact(one),
            Cell(percent(recall), round(recall, 4), number=True),
            _recall(one),
            Cell(one.bank, one.bank),
        )
        for one, recall in shown
    ]
    lede = _("With this plan, the weakest first. They are estimates; their sum is the figure.")
    return Listing(_("Known on the day"), lede, head, names, rows, after)


def _cut(found: list[T], asked: Asked) -> tuple[list[T], str | None]:
    at = whole(asked.after) if asked.after else 0
    more = len(found) > at + asked.most
    return found[at : at + asked.most], str(at + asked.most) if more else None


def _row(one: PlannedFact) -> tuple[Cell, ...]:
    due = date.fromordinal(one.due_day) if one.due_day else None
    return (
        _fact(one),
        Cell(_("new") if one.is_new else _("again"), "new" if one.is_new else "again"),
        _recall(one),
        Cell(words.day(due) if due else "", due),
        Cell(one.bank, one.bank),
    )


def _fact(one: PlannedFact) -> Cell:
    href = url_for("me.rows", what="fact", id=one.uid)
    return Cell(one.statement, one.statement, None if one.is_new else href)


def _recall(one: PlannedFact) -> Cell:
    if one.recall is None:
        return Cell(_("never met"), None, number=True)
    return Cell(percent(one.recall), round(one.recall, 4), number=True)
