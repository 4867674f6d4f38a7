"""How long each question takes: the median in seconds."""

from dataclasses import dataclass

from quizapp.core.plots.chart import Audience, Bars, Chart, Mark, nothing, three_ticks

NAME = "item_times"
TITLE = "Time per question"
AUDIENCE: Audience = "instructor"

_DRAWN = 60  # bars beyond that are too thin


@dataclass(frozen=True)
class Item:
    """A question: its number as shown, median and quartiles in seconds, and of how many answers."""

    name: str
    n: int
    median_s: float
    low_s: float | None = None
    high_s: float | None = None
    href: str | None = None


@dataclass(frozen=True)
class Data:
    """The questions whose times are known; `is_timed` False: told by the saves of an exam."""

    items: tuple[Item, ...] = ()
    is_timed: bool = True


def build(data: Data) -> Chart:
    """Return a bar per question, of more than 60 the slowest, and all of them as rows."""
    if not data.items:
        return nothing(TITLE, "", "How long the answers took will be here.")
    least = sorted((item.median_s for item in data.items), reverse=True)[:_DRAWN][-1]
    drawn = [item for item in data.items if item.median_s >= least][:_DRAWN]
    slowest = max(range(len(drawn)), key=lambda at: drawn[at].median_s)
    note = "Median seconds until the first answer"
    if not data.is_timed:
        note = "Median seconds since the answer before, as an exam saves them"
    if len(drawn) < len(data.items):
        note = f"{note}. The {len(drawn)} slowest are drawn."
    return Chart(
        title=TITLE,
        note=note,
        sentence=f"Time per question: question {drawn[slowest].name} takes longest, "
        f"{drawn[slowest].median_s:.0f} seconds",
        series=Bars(
            tuple(Mark(item.median_s, item.name, _says(item), item.href) for item in drawn),
            ticks=three_ticks(len(drawn)),
            strong=slowest,
        ),
        caption="Seconds by question",
        head=("Question", "Median", "Middle half", "Answers"),
        rows=tuple(_row(item) for item in data.items),
    )


def _says(item: Item) -> str:
    return f"Question {item.name}: {item.median_s:.0f} seconds"


def _row(item: Item) -> tuple[str, ...]:
    middle = "-"
    if item.low_s is not None and item.high_s is not None:
        middle = f"{item.low_s:.0f} to {item.high_s:.0f} s"
    return item.name, f"{item.median_s:.0f} s", middle, str(item.n)
