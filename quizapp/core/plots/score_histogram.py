"""How the scores of a quiz are spread: attempts by tenths of the points."""

from dataclasses import dataclass

from quizapp.core.plots.chart import Audience, Bars, Chart, Mark, nothing

NAME = "score_histogram"
TITLE = "Scores"
AUDIENCE: Audience = "instructor"

_TENTHS = 10


@dataclass(frozen=True)
class Data:
    """One percentage of the points per attempt; below 0 counts with the lowest."""

    percents: tuple[float, ...] = ()


def build(data: Data) -> Chart:
    """Return a bar per tenth of the points; the tallest has its count written."""
    if not data.percents:
        return nothing(TITLE, "", "The scores will be here when somebody has handed in.")
    counts = [0] * _TENTHS
    for percent in data.percents:
        # 70 percent made of sevenths is 70 but for the last bit.
        counts[min(max(int((percent + 1e-9) // 10), 0), _TENTHS - 1)] += 1
    fullest = max(range(_TENTHS), key=lambda tenth: counts[tenth])
    return Chart(
        title=TITLE,
        note="Attempts by percent of the points",
        sentence=f"Scores of {_attempts(len(data.percents))}: most often {_words(fullest)}, "
        f"{counts[fullest]} of them",
        series=Bars(
            tuple(
                Mark(count, f"{tenth * 10}", f"{_words(tenth)}: {_attempts(count)}")
                for tenth, count in enumerate(counts)
            ),
            ticks=(0, 5, 9),
            strong=fullest,
        ),
        caption="Attempts by score",
        head=("Percent of the points", "Attempts"),
        rows=tuple((_words(tenth), str(count)) for tenth, count in enumerate(counts)),
    )


def _words(tenth: int) -> str:
    if tenth == 0:
        return "under 10%"
    return "90 to 100%" if tenth == _TENTHS - 1 else f"{tenth}0 to {tenth}9%"


def _attempts(count: int) -> str:
    return "1 attempt" if count == 1 else f"{count} attempts"
