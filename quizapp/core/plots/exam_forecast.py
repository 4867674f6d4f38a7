"""What will be known up to a day, if no more is studied: the mean, and the band around it."""

from dataclasses import dataclass

from quizapp.core.plots import dates
from quizapp.core.plots.chart import Audience, Chart, Curves, Mark, Stroke, nothing

NAME = "exam_forecast"
TITLE = "What you will know, without further study"
AUDIENCE: Audience = "learner"


@dataclass(frozen=True)
class Day:
    """A day number with the facts known on it: about how many, and the ends of the band."""

    day: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Data:
    """Days from today to the one that counts; of how many facts; what opens the rows of each."""

    days: tuple[Day, ...] = ()
    facts: int = 0
    hrefs: tuple[str, ...] = ()


def build(data: Data) -> Chart:
    """Return the mean as a line with a dot for each day, and the ends of the band dashed."""
    if not data.days:
        return nothing(TITLE, "", "After the first answers this shows how much stays.")
    first, last = data.days[0], data.days[-1]
    span = max(last.day - first.day, 1)
    xs = tuple((one.day - first.day) / span for one in data.days)
    ends = (tuple(one.low for one in data.days), tuple(one.high for one in data.days))
    return Chart(
        title=TITLE,
        note="Facts known, an estimate. It lies between the dashed lines 8 times in 10.",
        sentence=(
            f"Known of {data.facts} facts: about {first.mean:.0f} on {dates.medium(first.day)}, "
            f"about {last.mean:.0f} on {dates.medium(last.day)}"
        ),
        series=Curves(
            strokes=(
                Stroke(xs, tuple(one.mean for one in data.days)),
                *(Stroke(xs, ys, other=True) for ys in ends),
            ),
            ticks=_ticks(data),
            marks=tuple(_mark(data, n) for n in range(len(data.days))),
            mark_xs=xs,
        ),
        caption="Facts known by day, without further study",
        head=("Day", "About", "8 times in 10"),
        rows=tuple(_row(one) for one in data.days),
    )


def _ticks(data: Data) -> tuple[tuple[float, str], ...]:
    first, last = data.days[0].day, data.days[-1].day
    ends = ((0.0, dates.short(first)), (1.0, dates.short(last)))
    return ends if last > first else ends[:1]


def _mark(data: Data, n: int) -> Mark:
    one = data.days[n]
    says = f"{dates.medium(one.day)}: about {one.mean:.0f} of {data.facts}, {_band(one)}"
    return Mark(
        one.mean, dates.short(one.day), says, data.hrefs[n] if n < len(data.hrefs) else None
    )


def _row(one: Day) -> tuple[str, ...]:
    return dates.short(one.day), f"{one.mean:.0f}", _band(one)


def _band(one: Day) -> str:
    return f"{one.low:.0f} to {one.high:.0f}"
