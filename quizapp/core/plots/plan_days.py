"""Minutes a day by a plan: a bar a day, and every bar opens its facts."""

from dataclasses import dataclass
from typing import NamedTuple

from quizapp.core.plots import dates
from quizapp.core.plots.chart import Audience, Bars, Chart, Mark, nothing

NAME = "plan_days"
TITLE = "Minutes a day"
AUDIENCE: Audience = "learner"

_LABELLED = 4  # days at most: as many labels have room


class PlannedDay(NamedTuple):
    """A learner day: about how many minutes, facts asked again, facts met, and what it opens."""

    day: int
    minutes: float
    reviews: int
    new: int
    href: str | None = None


@dataclass(frozen=True)
class Data:
    """The days of a plan in order; `until` says what they lead to, such as "the exam"."""

    days: tuple[PlannedDay, ...] = ()
    until: str = ""


def build(data: Data) -> Chart:
    """Return a bar for each day; the day that takes longest is written out."""
    days = data.days
    if not any(one.minutes for one in days):
        return nothing(TITLE, "", "Nothing is planned. Days with something to do are shown here.")
    most = max(range(len(days)), key=lambda n: (days[n].minutes, -n))
    total = sum(one.minutes for one in days)
    note = f"About so long on each day{f' until {data.until}' if data.until else ''}"
    return Chart(
        title=TITLE,
        note=note,
        sentence=(
            f"{note}, {dates.medium(days[0].day)} to {dates.medium(days[-1].day)}: "
            f"{total / len(days):.0f} minutes in the mean, at most {days[most].minutes:.0f}"
            f" on {dates.long(days[most].day)}"
        ),
        series=Bars(
            tuple(_mark(one) for one in days),
            ticks=tuple(range(0, len(days), max(-(-len(days) // _LABELLED), 1))),
            strong=most,
        ),
        caption=f"The plan by day, {dates.medium(days[0].day)} to {dates.medium(days[-1].day)}",
        head=("Day", "Minutes", "Again", "New"),
        rows=tuple(_row(one) for one in days),
    )


def _mark(one: PlannedDay) -> Mark:
    label = dates.short(one.day)
    says = f"{dates.medium(one.day)}: about {one.minutes:.0f} minutes, {one.reviews} facts again"
    return Mark(round(one.minutes, 1), label, f"{says}, {one.new} new", one.href)


def _row(one: PlannedDay) -> tuple[str, ...]:
    return dates.medium(one.day), f"{one.minutes:.0f}", str(one.reviews), str(one.new)
