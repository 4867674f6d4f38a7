"""How firm memories are: a histogram of stability in days, or of the recall expected today."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

from quizapp.core.plots.chart import Audience, Bars, Chart, Mark, nothing

NAME = "stability"
TITLE = "How firm it is"
AUDIENCE: Audience = "learner"

# (from days, on the axis, in words); the fourth begins where Anki calls a card mature.
_STABILITY = (
    (0.0, "<1 d", "under 1 day"),
    (1.0, "1 d", "1 to 6 days"),
    (7.0, "1 w", "7 to 20 days"),
    (21.0, "3 w", "21 to 59 days"),
    (60.0, "2 m", "60 to 179 days"),
    (180.0, "6 m", "180 to 364 days"),
    (365.0, "1 y", "a year and more"),
)
_RECALL = tuple((n / 10, f"{n}0%", f"{n}0 to {n}9%") for n in range(1, 9))
_RECALL = ((0.0, "0%", "under 10%"), *_RECALL, (0.9, "90%", "90% and more"))


@dataclass(frozen=True)
class Data:
    """One value per card: stability in days, or retrievability 0..1; `hrefs` by bin."""

    values: tuple[float, ...] = ()
    of: Literal["stability", "recall"] = "stability"
    hrefs: tuple[str, ...] = ()


def build(data: Data) -> Chart:
    """Return a bar per bin (7 of stability, 10 of recall); the tallest has its count written."""
    if not data.values:
        return nothing(TITLE, "", "After the first answers this shows how firm your memories are.")
    bins = _STABILITY if data.of == "stability" else _RECALL
    counts = _counts(data.values, [start for start, _, _ in bins])
    fullest = max(range(len(bins)), key=lambda n: counts[n])
    what = "stability" if data.of == "stability" else "expected recall"
    marks = (_mark(data, n, words, label, counts[n]) for n, (_, label, words) in enumerate(bins))
    return Chart(
        title=TITLE,
        note=_note(data.of),
        sentence=f"{what.capitalize()} of {len(data.values)} facts: most often "
        f"{bins[fullest][2]}, {counts[fullest]} of them",
        series=Bars(
            tuple(marks),
            ticks=tuple(range(len(bins))) if data.of == "stability" else (0, 5, 9),
            strong=fullest,
        ),
        caption=f"Facts by {what}",
        head=("Days" if data.of == "stability" else "Recall", "Facts"),
        rows=tuple((words, str(count)) for (_, _, words), count in zip(bins, counts, strict=True)),
    )


def _note(of: str) -> str:
    if of == "stability":
        return "Facts by stability: the days until recall falls to 90 percent"
    return "Facts by the recall expected today"


def _counts(values: tuple[float, ...], starts: list[float]) -> list[int]:
    counts = [0] * len(starts)
    for value in values:
        # Recall on the due day is 0.9 but for the last bit.
        counts[max(bisect_right(starts, value + 1e-9) - 1, 0)] += 1
    return counts


def _mark(data: Data, n: int, words: str, label: str, count: int) -> Mark:
    facts = "1 fact" if count == 1 else f"{count} facts"
    href = data.hrefs[n] if n < len(data.hrefs) else None
    return Mark(count, label, f"{words}: {facts}", href)
