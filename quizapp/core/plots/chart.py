"""What a chart is, before it is drawn: a finding in words, marks, and the table with the rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Audience = Literal["learner", "instructor"]


@dataclass(frozen=True)
class Mark:
    """One bar or dot: its value (None leaves a gap), axis label, and whole words for a reader.

    `href` opens the rows behind it; `odd` is the one that matters, and `says` has to tell why.
    """

    value: float | None
    label: str
    says: str
    href: str | None = None
    odd: bool = False


@dataclass(frozen=True)
class Bars:
    """Counts, from zero. `ticks`: indices of marks labelled below; `strong`: of the one written."""

    marks: tuple[Mark, ...]
    ticks: tuple[int, ...]
    strong: int


@dataclass(frozen=True)
class Line:
    """Percentages 0..100 in time, the newest written at its mark; `goal` is a dashed line."""

    marks: tuple[Mark, ...]
    goal: float | None = None


@dataclass(frozen=True)
class Points:
    """Dots by two percentages: `xs` 0..100 to the right, values -100..100 up; below 0 is a zone.

    The names are those of the axes and of the zone.
    """

    marks: tuple[Mark, ...]
    xs: tuple[float, ...]
    x_name: str
    y_name: str
    zone: str


@dataclass(frozen=True)
class Stroke:
    """A line through (xs, ys); `name` is written at its end, `other` is what it is held against."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    name: str = ""
    other: bool = False


@dataclass(frozen=True)
class Curves:
    """Lines over time: `xs` 0..1 of the time shown, values percent or from zero up.

    marks: at `mark_xs`, round, and square where odd. ticks: (x, label). goal: a dashed line.
    """

    strokes: tuple[Stroke, ...]
    ticks: tuple[tuple[float, str], ...]
    marks: tuple[Mark, ...] = ()
    mark_xs: tuple[float, ...] = ()
    percent: bool = False
    goal: float | None = None


@dataclass(frozen=True)
class Half:
    """Half a year: 26 columns of weeks from Monday, each day a level 0..4, None after today.

    `months`: (column, short name) of those that are labelled.
    """

    sentence: str
    weeks: tuple[tuple[int | None, ...], ...]
    months: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Calendar:
    """A year of days, as halves that stack on a phone."""

    halves: tuple[Half, ...]


@dataclass(frozen=True)
class Chart:
    """A chart: draw it with `svg.draw`, and show `head` and `rows` in a table under it.

    title and note: above it. sentence: the finding, for who does not see it. caption: of the
    table; the first cell of a row is its head. empty: what to say instead when there is nothing
    to draw; then there are no series and no rows.
    """

    title: str
    note: str
    sentence: str
    series: Bars | Line | Points | Curves | Calendar | None
    caption: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    empty: str | None = None


class Plot(Protocol):
    """The contract of a module in `plots`; `build(Data())` is a chart of nothing."""

    @property
    def NAME(self) -> str: ...  # noqa: N802 - plug-ins are modules with constants
    @property
    def TITLE(self) -> str: ...  # noqa: N802
    @property
    def AUDIENCE(self) -> Audience: ...  # noqa: N802
    @property
    def Data(self) -> Callable[..., Any]:  # noqa: N802
        """The dataclass that `build` reads; all its fields have defaults."""

    def build(self, data: Any, /) -> Chart:
        """Return the chart of the data. Pure, and never raises for lack of data."""


def nothing(title: str, note: str, empty: str) -> Chart:
    """Return a chart with nothing to draw: `empty` says what will be here."""
    return Chart(title, note, empty, None, empty=empty)


def three_ticks(count: int) -> tuple[int, ...]:
    """Return the first, middle and last index of `count`: the labels of a time axis."""
    return tuple(sorted({0, count // 2, count - 1}))
