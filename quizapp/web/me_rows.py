"""The rows behind the figures of a learner's page: facts and days here, answers in me_answers."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _

from quizapp.core.scheduling.days import learner_day
from quizapp.services.people.sessions import Person
from quizapp.services.study import figure_rows
from quizapp.services.study.figure_rows import FactRow, Page
from quizapp.web import me_answers, me_forecast, me_plan, me_told, words
from quizapp.web.me_tables import Asked, Cell, Listing, day_words, in_days, percent

STABILITY_FROM = (0, 1, 7, 21, 60, 180, 365)  # days; the bars of core.plots.stability
CSV_ROWS = 100_000


def build(what: str, person: Person, now: datetime, asked: Asked) -> Listing:
    """Return the rows of a figure; LookupError or ValueError for an address we never made."""
    return _KINDS[what](person, now, asked)


def _due(person: Person, now: datetime, asked: Asked) -> Listing:
    day = asked.number("day")
    page = figure_rows.due(person, now, day, asked.after, asked.most)
    today = learner_day(now, person.tz, person.rollover_minutes)
    title = _("Due today") if day == today else _("Due on %(day)s", day=day_words(day))
    lede = _("Suspended facts are left out.")
    if day == today:
        lede = _("With those that are overdue. Suspended facts are left out.")
    return _facts_listing(title, lede, page)


def _known(person: Person, now: datetime, asked: Asked) -> Listing:
    low, high, title = 0.0, float("inf"), _("What you know today")
    if "bin" in asked.args:
        n = asked.number("bin", len(STABILITY_FROM) - 1)
        low = float(STABILITY_FROM[n])
        high = float((*STABILITY_FROM, float("inf"))[n + 1])
        title = _("Facts with a stability of %(days)s", days=_span(low, high))
    page = figure_rows.known(person, now, (low, high), asked.after, asked.most)
    lede = _("The weakest first. Recall is the chance that you would know it now.")
    return _facts_listing(title, lede, page)


def _span(low: float, high: float) -> str:
    if high == float("inf"):
        return _("%(low)s days and more", low=int(low))
    return _("%(low)s to under %(high)s days", low=int(low), high=int(high))


def _facts_listing(title: str, lede: str, page: Page[FactRow]) -> Listing:
    head = (_("Fact"), _("Recall today"), _("Stability"), _("Due"), _("Lapses"), _("Bank"))
    names = ("fact", "recall", "stability_days", "due", "lapses", "bank")
    return Listing(title, lede, head, names, [_fact_row(row) for row in page.rows], page.after)


def _fact_row(row: FactRow) -> tuple[Cell, ...]:
    due = date.fromordinal(row.due_day)
    text = f"{row.statement} ({_('suspended')})" if row.suspended else row.statement
    return (
        Cell(text, row.statement, url_for("me.rows", what="fact", id=row.uid)),
        Cell(percent(row.recall), round(row.recall, 4), number=True),
        Cell(in_days(row.stability), round(row.stability, 2), number=True),
        Cell(words.day(due), due, url_for("me.rows", what="fact", id=row.uid, _anchor="why")),
        Cell(str(row.lapses), row.lapses, number=True),
        Cell(row.bank, row.bank),
    )


def _studied(person: Person, _now: datetime, asked: Asked) -> Listing:
    page = figure_rows.days(person, asked.after, asked.most)
    rows = [
        (
            Cell(
                day_words(row.day),
                date.fromordinal(row.day),
                url_for("me.rows", what="day", day=row.day),
            ),
            Cell(str(row.answers), row.answers, number=True),
            Cell(str(row.right), row.right, number=True),
            Cell(str(row.new_facts), row.new_facts, number=True),
            Cell(words.minutes(row.ms / 1000) if row.ms else "", row.ms, number=True),
        )
        for row in page.rows
    ]
    head = (_("Day"), _("Answers"), _("Right"), _("New facts"), _("Time"))
    names = ("day", "answers", "right", "new_facts", "took_ms")
    return Listing(_("Days studied"), _("The newest first."), head, names, rows, page.after)


_KINDS: Mapping[str, Callable[[Person, datetime, Asked], Listing]] = {
    "due": _due,
    "facts": _known,
    "days": _studied,
    "day": me_answers.one_day,
    "fact": me_answers.fact,
    "retention": me_answers.retention,
    "plan": me_plan.day,
    "planned": me_plan.known,
    "calibration": me_told.foretold,
    "fitted": me_told.fitted_on,
    "forecast": me_forecast.facts,
}
