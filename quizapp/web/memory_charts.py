"""The charts of a fact's memory and of the work ahead, with the address behind every row."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from flask import url_for
from markupsafe import Markup

from quizapp.core.plots import forgetting, svg, workload
from quizapp.core.plots.chart import Chart
from quizapp.core.scheduling.fsrs import REVIEW, retrievability
from quizapp.core.scheduling.level import Level
from quizapp.services.people.sessions import Person
from quizapp.services.study.fact_story import Story, Told
from quizapp.services.study.workload import Workload
from quizapp.web import fact_words, words
from quizapp.web.me_charts import Figure
from quizapp.web.me_tables import percent

LEAST_AHEAD_DAYS = 3.0
AHEAD_SHARE = 0.25  # of the time that the log covers, shown after the due day


def kept(story: Story, uid: str, person: Person, now: datetime) -> Figure:
    """Draw how a fact was kept; each answer opens the page that shows it again."""
    here = url_for("me.rows", what="fact", id=uid)
    hrefs = tuple(
        here if one.response_seq is None else url_for("study.answered", seq=one.response_seq)
        for one in story.answers
    )
    answers = tuple(_answer(one, story.level, person) for one in story.answers)
    if answers and story.card and story.card.state != REVIEW:
        answers = (*answers[:-1], replace(answers[-1], falls=_in_a_day(answers[-1].falls)))
    at = _in_days(now, person)
    end = at
    if answers:
        due = max(at, float(story.answers[-1].due_day))
        end = due + max(LEAST_AHEAD_DAYS, AHEAD_SHARE * (due - answers[0].at))
    data = forgetting.Data(answers, at, end, person.desired_retention, hrefs)
    return _figure(forgetting.build(data), hrefs)


def load(today: int, now: Workload, tried: Workload | None) -> Figure:
    """Draw the minutes a day as set now, and as tried; a day's row opens what is due on it."""
    ways = [None if one is None else _way(one) for one in (now, tried)]
    chart = workload.build(workload.Data(today, *ways))
    days = len(now.minutes)
    step = max(days // max(len(chart.rows), 1), 1)
    rows = url_for("me.rows")
    hrefs = tuple(
        f"{rows}?what=due&day={today + step * n}" if step == 1 else f"{rows}?what=facts"
        for n in range(len(chart.rows))
    )
    return _figure(chart, hrefs)


def way_name(load: Workload) -> str:
    """Return settings in short: "90%, 10 new"."""
    return f"{percent(load.retention)}, {load.new_per_day} new"


def _way(load: Workload) -> workload.Way:
    return workload.Way(way_name(load), load.minutes, load.reviews)


def _answer(told: Told, level: Level, person: Person) -> forgetting.Answer:
    return forgetting.Answer(
        at=_in_days(told.at, person),
        day=told.day,
        recalled=told.rating > 1,
        recall=told.recall,
        stability=told.stability,
        form=fact_words.form(told.form),
        outcome=fact_words.outcome(told),
        falls=lambda days: _recall(told, level, days),
    )


def _recall(told: Told, level: Level, days: float) -> float:
    """Return the recall so many days after an answer, as `memories.of_person` has it."""
    return level.recall(retrievability(told.stability, days, told.weights), days)


def _in_a_day(falls: Callable[[float], float]) -> Callable[[float], float]:
    """Return the recall of what is still being learnt: that of the next day until then."""
    return lambda days: falls(max(days, 1.0))


def _in_days(at: datetime, person: Person) -> float:
    """Return a time as days of the learner's calendar, fractions counted."""
    local = words.local(at, person)
    return local.toordinal() + (local.hour * 60 + local.minute + local.second / 60) / 1440


def _figure(chart: Chart, hrefs: Sequence[str] = ()) -> Figure:
    return Figure(chart, Markup(svg.draw(chart)), hrefs)  # noqa: S704 - it escapes every text
