"""The year in days: a calendar heat map of answers, in two halves of 26 weeks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from quizapp.core.plots import dates
from quizapp.core.plots.chart import Audience, Calendar, Chart, Half, nothing
from quizapp.core.statistics.recall import heat_levels

NAME = "year"
TITLE = "Your year"
AUDIENCE: Audience = "learner"

_HALF_WEEKS = 26


@dataclass(frozen=True)
class Data:
    """Answers by learner day; days without any may be left out."""

    today: int = 1
    answers: Mapping[int, int] = field(default_factory=dict)


def build(data: Data) -> Chart:
    """Return the 52 weeks (from Monday) that end with the week of today, and sums by month."""
    last_monday = data.today - (data.today - 1) % 7
    first = last_monday - 7 * (2 * _HALF_WEEKS - 1)
    studied = {day: n for day, n in data.answers.items() if first <= day <= data.today and n > 0}
    if not studied:
        return nothing(TITLE, "", "Every day on which you study will be marked here.")
    most = max(studied, key=lambda day: studied[day])
    answers = "1 answer" if studied[most] == 1 else f"{studied[most]} answers"
    finding = f"Studied on {len(studied)} of the last {data.today - first + 1} days"
    return Chart(
        title=TITLE,
        note="none to 30 and more answers a day",
        sentence=f"{finding}, most on {dates.long(most)} with {answers}",
        series=Calendar(
            (
                _half(first, data.today, studied),
                _half(first + 7 * _HALF_WEEKS, data.today, studied),
            )
        ),
        caption="Days studied and answers by month",
        head=("Month", "Days", "Answers"),
        rows=_months(first, data.today, studied),
    )


def _half(first: int, today: int, studied: Mapping[int, int]) -> Half:
    end = min(first + 7 * _HALF_WEEKS - 1, today)
    mondays = range(first, first + 7 * _HALF_WEEKS, 7)
    days = sum(first <= day <= end for day in studied)
    start, until = dates.month_year(first), dates.month_year(end)
    if start[-4:] == until[-4:]:
        start = dates.month(first)
    return Half(
        sentence=f"Days studied, {start} to {until}: {days} of {end - first + 1}",
        weeks=tuple(_week(monday, today, studied) for monday in mondays),
        months=_labels(mondays),
    )


def _week(monday: int, today: int, studied: Mapping[int, int]) -> tuple[int | None, ...]:
    levels = heat_levels([studied.get(monday + n, 0) for n in range(7)])
    return tuple(level if monday + n <= today else None for n, level in enumerate(levels))


def _labels(mondays: range) -> tuple[tuple[int, str], ...]:
    """Return the columns in which a month begins, and the first one where there is room."""
    begins = [
        (n, dates.short_month(monday + 6))
        for n, monday in enumerate(mondays)
        if date.fromordinal(monday + 6).day <= 7
    ]
    if begins[0][0] >= 3:  # a name is as wide as two columns
        begins.insert(0, (0, dates.short_month(mondays[0])))
    return tuple((n, name) for n, name in begins if n < _HALF_WEEKS - 1)


def _months(first: int, today: int, studied: Mapping[int, int]) -> tuple[tuple[str, ...], ...]:
    days: dict[str, list[int]] = {}
    for day in range(first, today + 1):
        days.setdefault(dates.month_year(day), []).append(studied.get(day, 0))
    return tuple(
        (
            f"{name[:3]}{name[-5:]}" if n == 0 or name.startswith("January") else name[:3],
            str(sum(count > 0 for count in counts)),
            str(sum(counts)),
        )
        for n, (name, counts) in enumerate(days.items())
    )
