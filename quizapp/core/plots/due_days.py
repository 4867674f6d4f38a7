"""Cards due on each of the next days: a bar a day, and every bar opens its cards."""

from dataclasses import dataclass, field

from quizapp.core.plots import dates
from quizapp.core.plots.chart import Audience, Bars, Chart, Mark, nothing
from quizapp.core.statistics.recall import Due

NAME = "due_days"
TITLE = "Coming up"
AUDIENCE: Audience = "learner"


@dataclass(frozen=True)
class Data:
    """Cards due per day from `today` (a learner day), and where each bar leads."""

    today: int = 1
    due: Due = field(default_factory=Due)
    hrefs: tuple[str, ...] = ()


def build(data: Data) -> Chart:
    """Return a bar for each day; what is overdue stands in today's bar and is named there."""
    count = len(data.due.per_day)
    note = f"Cards due on each of the next {count} days"
    if not count or not (data.due.overdue or any(data.due.per_day)):
        return nothing(TITLE, "", "Nothing is due in the next days. Cards come back here.")
    marks = tuple(_mark(data, n) for n in range(count))
    last = data.today + count - 1
    now = f"{data.due.now} today{_overdue(data)}"
    sentence = f"{note}, from {now} to {data.due.per_day[-1]} on {dates.long(last)}"
    return Chart(
        title=TITLE,
        note=note,
        sentence=sentence,
        series=Bars(marks, ticks=tuple(range(0, count, 7)), strong=0),
        caption=f"Cards due, {dates.medium(data.today)} to {dates.medium(last)}",
        head=("Day", "Due"),
        rows=tuple((mark.label, f"{mark.value:.0f}") for mark in marks),
    )


def _overdue(data: Data) -> str:
    return f" ({data.due.overdue} of them overdue)" if data.due.overdue else ""


def _mark(data: Data, n: int) -> Mark:
    label = dates.weekday(data.today + n)
    count = data.due.per_day[n] if n else data.due.now
    says = f"{label}: {count} due{'' if n else _overdue(data)}"
    return Mark(count, label, says, data.hrefs[n] if n < len(data.hrefs) else None)
