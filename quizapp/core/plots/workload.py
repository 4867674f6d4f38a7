"""The work ahead in minutes a day: at the settings of now, and at those that are tried."""

from dataclasses import dataclass
from math import fsum

from quizapp.core.plots import dates
from quizapp.core.plots.chart import Audience, Chart, Curves, Stroke, nothing

NAME = "workload"
TITLE = "Minutes a day"
AUDIENCE: Audience = "learner"

_WEEKLY_FROM = 60  # days from which weeks are drawn


@dataclass(frozen=True)
class Way:
    """Settings in words, and the minutes and answers that each day would take with them."""

    name: str
    minutes: tuple[float, ...]
    answers: tuple[float, ...]


@dataclass(frozen=True)
class Data:
    """The settings of now, and those tried where they are others; `today` is a day number."""

    today: int = 0
    now: Way | None = None
    tried: Way | None = None


def build(data: Data) -> Chart:
    """Return a line for each, by day or by week; what is compared with is dashed."""
    if data.now is None or not (any(data.now.answers) or _any(data.tried)):
        return nothing(TITLE, "", "Nothing is ahead. After the first answers there is.")
    ways = [way for way in (data.now, data.tried) if way is not None]
    step = 7 if len(data.now.minutes) >= _WEEKLY_FROM else 1
    starts = range(0, len(data.now.minutes), step)
    each = "day" if step == 1 else "week"
    note = "Expected minutes a day, an estimate" + ("." if step == 1 else ", by week.")
    if data.tried:
        note += f" Dashed: as set now, {data.now.name}."
    return Chart(
        title=TITLE,
        note=note,
        sentence="; ".join(f"{way.name}: {_mean(way.minutes):.0f} minutes a day" for way in ways),
        series=Curves(
            strokes=tuple(
                _stroke(way, starts, step, other=data.tried is not None and way is data.now)
                for way in ways
            ),
            ticks=_ticks(data.today, len(data.now.minutes)),
        ),
        caption=f"Minutes and answers a day, by {each}",
        head=(
            each.capitalize(),
            *(f"{what}, {way.name}" for way in ways for what in ("Minutes", "Answers")),
        ),
        rows=tuple(_row(data.today, start, step, ways) for start in starts),
    )


def _any(way: Way | None) -> bool:
    return way is not None and any(way.answers)


def _mean(values: tuple[float, ...]) -> float:
    return fsum(values) / max(len(values), 1)


def _stroke(way: Way, starts: range, step: int, other: bool) -> Stroke:
    last = max(len(starts) - 1, 1)
    return Stroke(
        tuple(n / last for n in range(len(starts))),
        tuple(_mean(way.minutes[start : start + step]) for start in starts),
        way.name,
        other,
    )


def _ticks(today: int, days: int) -> tuple[tuple[float, str], ...]:
    return ((0.0, "today"), (0.5, dates.short(today + days // 2)), (1.0, dates.short(today + days)))


def _row(today: int, start: int, step: int, ways: list[Way]) -> tuple[str, ...]:
    cells = [dates.weekday(today + start) if step == 1 else dates.short(today + start)]
    for way in ways:
        cells.append(f"{_mean(way.minutes[start : start + step]):.1f}")
        cells.append(f"{_mean(way.answers[start : start + step]):.0f}")
    return tuple(cells)
