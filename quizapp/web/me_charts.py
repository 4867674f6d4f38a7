"""The charts of a learner's page: each drawn as SVG, with the address behind every row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup

from quizapp.core.plots import due_days, retention, scores, stability, svg, year
from quizapp.core.plots.chart import Chart
from quizapp.services.study.dashboards import Dashboard
from quizapp.services.study.score_history import QuizScores
from quizapp.web.me_rows import STABILITY_FROM

SCORED_QUIZZES = 4  # the newest; the rows of older ones stand on the quizzes' own pages


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart to show: `hrefs` open what is behind each row of its table."""

    chart: Chart
    svg: Markup
    hrefs: Sequence[str] = ()


def due(board: Dashboard) -> Figure:
    """Draw what falls due on each of the next days."""
    last = board.today + len(board.due.per_day)
    rows = url_for("me.rows")  # once: building an address costs more than drawing a bar
    hrefs = tuple(f"{rows}?what=due&day={day}" for day in range(board.today, last))
    return _figure(due_days.build(due_days.Data(board.today, board.due, hrefs)), hrefs)


def stuck(board: Dashboard, goal: float) -> Figure:
    """Draw true retention by week against the learner's goal."""
    weeks = tuple((monday, found.true) for monday, found in board.weeks)
    rows = url_for("me.rows", what="retention", age="true", days=7)
    hrefs = tuple(f"{rows}&until={monday + 6}" for monday, _ in weeks)
    return _figure(retention.build(retention.Data(weeks, goal, hrefs)), hrefs)


def firm(board: Dashboard) -> Figure:
    """Draw how firm the memories are."""
    rows = url_for("me.rows", what="facts")
    hrefs = tuple(f"{rows}&bin={n}" for n in range(len(STABILITY_FROM)))
    return _figure(stability.build(stability.Data(board.stabilities, "stability", hrefs)), hrefs)


def studied(board: Dashboard) -> Figure:
    """Draw the year in days."""
    return _figure(year.build(year.Data(board.today, board.answers)))


def scored(quizzes: Iterable[QuizScores]) -> list[tuple[str, Figure]]:
    """Draw the scores at each of the quizzes taken last, with the quiz's title."""
    return [(quiz.title, _scores(quiz)) for quiz in list(quizzes)[:SCORED_QUIZZES]]


def _scores(quiz: QuizScores) -> Figure:
    hrefs = tuple(url_for("attempts.show", uid=score.uid) for score in quiz.scores)
    attempts = tuple(
        scores.Attempt(score.number, score.day, score.share, href)
        for score, href in zip(quiz.scores, hrefs, strict=True)
    )
    return _figure(scores.build(scores.Data(attempts, quiz.pass_share)), hrefs)


def _figure(chart: Chart, hrefs: Sequence[str] = ()) -> Figure:
    return Figure(chart, Markup(svg.draw(chart)), hrefs)  # noqa: S704 - it escapes every text
