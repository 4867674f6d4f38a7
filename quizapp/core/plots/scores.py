"""Scores of the attempts at a quiz, in percent: every dot opens its attempt."""

from dataclasses import dataclass

from quizapp.core.plots import dates
from quizapp.core.plots.chart import Audience, Chart, Line, Mark, nothing

NAME = "scores"
TITLE = "Your scores"
AUDIENCE: Audience = "learner"

_SHOWN = 20  # dots beyond that touch


@dataclass(frozen=True)
class Attempt:
    """An attempt handed in: its number, learner day, share of the points, and where it opens."""

    number: int
    day: int
    share: float
    href: str | None = None


@dataclass(frozen=True)
class Data:
    """Attempts, oldest first; `pass_share` is the pass mark, 0..1."""

    attempts: tuple[Attempt, ...] = ()
    pass_share: float | None = None


def build(data: Data) -> Chart:
    """Return the last 20 attempts as a line, all of them as rows; below 0 is drawn at 0."""
    if not data.attempts:
        return nothing(TITLE, "", "Your scores will be here after the first attempt.")
    shown = data.attempts[-_SHOWN:]
    note = "Percent of the points"
    if data.pass_share is not None:
        note = f"{note}. The pass mark is {data.pass_share * 100:.0f}."
    return Chart(
        title=TITLE,
        note=note,
        sentence=_sentence(shown),
        series=Line(
            tuple(_mark(attempt, data.pass_share) for attempt in shown),
            None if data.pass_share is None else data.pass_share * 100,
        ),
        caption="Scores by attempt",
        head=("Attempt", "Day", "Score"),
        rows=tuple(_row(attempt) for attempt in data.attempts),
    )


def _percent(attempt: Attempt) -> str:
    return f"{attempt.share * 100:.0f}"


def _sentence(shown: tuple[Attempt, ...]) -> str:
    first, last = shown[0], shown[-1]
    newest = f"{_percent(last)} percent in attempt {last.number} on {dates.medium(last.day)}"
    if len(shown) == 1:
        return f"Score: {newest}"
    return f"Scores: from {_percent(first)} percent in attempt {first.number} to {newest}"


def _mark(attempt: Attempt, pass_share: float | None) -> Mark:
    below = pass_share is not None and attempt.share < pass_share - 1e-9
    says = f"Attempt {attempt.number}, {dates.medium(attempt.day)}: {_percent(attempt)} percent"
    if below:
        says += ", below the pass mark"
    value = min(max(attempt.share, 0.0), 1.0) * 100
    return Mark(value, dates.short(attempt.day), says, attempt.href, odd=below)


def _row(attempt: Attempt) -> tuple[str, ...]:
    return str(attempt.number), dates.short(attempt.day), f"{_percent(attempt)}%"
