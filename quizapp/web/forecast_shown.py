"""A forecast as its page shows it: figures with their addresses, the drawing, the facts at risk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from markupsafe import Markup

from quizapp.core.plots import exam_forecast as plot
from quizapp.core.plots import svg
from quizapp.core.scheduling.days import learner_day
from quizapp.services.people.sessions import Person
from quizapp.services.study import exam_forecasts, forecast_listing
from quizapp.services.study.exam_forecasts import ExamForecast
from quizapp.services.study.forecast_listing import FactOnDay
from quizapp.services.study.forecast_practice import PREFIX
from quizapp.web.me_charts import Figure

LISTED = 8  # facts at risk that are named; the rows hold all


@dataclass(frozen=True, slots=True)
class Shown:
    """One day ahead: the forecast, its drawing, the facts most at risk, and where things lead."""

    one: ExamForecast
    day: date
    days: int  # from today
    figure: Figure
    risky: Sequence[FactOnDay]
    rows: str
    practise: str


def all_of(person: Person, now: datetime) -> list[Shown]:
    """Return everything ahead of a learner as it is shown."""
    today = learner_day(now, person.tz, person.rollover_minutes)
    return [_shown(person, one, today, now) for one in exam_forecasts.of_person(person, now)]


def _shown(person: Person, one: ExamForecast, today: int, now: datetime) -> Shown:
    ahead = one.ahead
    return Shown(
        one,
        date.fromordinal(ahead.day),
        ahead.day - today,
        _figure(one),
        forecast_listing.named(person, one.found.at_risk[:LISTED], now),
        url_for("me.rows", what="forecast", exam=ahead.key),
        url_for("study.index", mistakes=f"{PREFIX}{ahead.key}"),
    )


def _figure(one: ExamForecast) -> Figure:
    rows = url_for("me.rows", what="forecast", exam=one.ahead.key)
    hrefs = tuple(f"{rows}&day={day}" for day, _ in one.course)
    days = tuple(plot.Day(day, found.mean, found.low, found.high) for day, found in one.course)
    drawn = plot.Data(days, one.found.facts, hrefs) if one.found.met else plot.Data()
    chart = plot.build(drawn)
    return Figure(chart, Markup(svg.draw(chart)), hrefs)  # noqa: S704 - it escapes every text
