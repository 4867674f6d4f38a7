"""True retention by week against the goal: whether the intervals are right for this learner."""

from dataclasses import dataclass

from quizapp.core.plots import dates
from quizapp.core.plots.chart import Audience, Chart, Line, Mark, nothing
from quizapp.core.statistics.recall import Share

NAME = "retention"
TITLE = "What stuck"
AUDIENCE: Audience = "learner"


@dataclass(frozen=True)
class Data:
    """(Monday's day number, share recalled when due) by week, oldest first, and the goal 0..1."""

    weeks: tuple[tuple[int, Share], ...] = ()
    goal: float = 0.9
    hrefs: tuple[str, ...] = ()


def build(data: Data) -> Chart:
    """Return a line with a gap where a week had no answers; each row has its n and likely range."""
    weeks = [week for week in data.weeks if week[1].answered]
    if not weeks:
        empty = "After the first reviews this shows how much you recalled when it was due."
        return nothing(TITLE, "", empty)
    return Chart(
        title=TITLE,
        note=f"Recalled when due, percent by week. Your goal is {data.goal * 100:.0f}.",
        sentence=_sentence(weeks[0], weeks[-1]),
        series=Line(tuple(_mark(data, n) for n in range(len(data.weeks))), data.goal * 100),
        caption="True retention by week",
        head=("Week of", "Recalled", "Answers", "Likely range"),
        rows=tuple(_row(monday, share) for monday, share in data.weeks),
    )


def _sentence(first: tuple[int, Share], last: tuple[int, Share]) -> str:
    finding = "Share recalled when due, by week: "
    if first == last:
        return f"{finding}{_percent(last[1])} percent on {dates.medium(last[0])}"
    start = f"from {_percent(first[1])} percent on {dates.medium(first[0])}"
    return f"{finding}{start} to {_percent(last[1])} percent on {dates.medium(last[0])}"


def _percent(share: Share) -> str:
    return "-" if share.value is None else f"{share.value * 100:.0f}"


def _mark(data: Data, n: int) -> Mark:
    monday, share = data.weeks[n]
    value = None if share.value is None else share.value * 100
    says = f"Week of {dates.medium(monday)}: {share.passed} of {share.answered} recalled"
    href = data.hrefs[n] if n < len(data.hrefs) else None
    return Mark(value, dates.short(monday), says, href)


def _row(monday: int, share: Share) -> tuple[str, ...]:
    if not share.answered:
        return dates.short(monday), "-", "0", "-"
    low, high = share.likely_range
    likely = f"{low * 100:.0f} to {high * 100:.0f}%"
    return dates.short(monday), f"{_percent(share)}%", str(share.answered), likely
