"""How a class will stand on a day: learners by the share of the facts that each will know."""

from dataclasses import dataclass

from quizapp.core.plots.chart import Audience, Bars, Chart, Mark, nothing

NAME = "class_forecast"
TITLE = "The class on the day"
AUDIENCE: Audience = "instructor"

_TENTHS = 10


@dataclass(frozen=True)
class Data:
    """Learners by tenths of the facts, under 10 percent first; `hrefs` by tenth."""

    tenths: tuple[int, ...] = ()
    hrefs: tuple[str, ...] = ()


def build(data: Data) -> Chart:
    """Return a bar per tenth of the facts; the tallest has its count written."""
    if not any(data.tenths):
        return nothing(TITLE, "", "The class will be here when somebody has joined.")
    fullest = max(range(_TENTHS), key=lambda tenth: data.tenths[tenth])
    return Chart(
        title=TITLE,
        note="Learners by percent of the facts that each is expected to know",
        sentence=f"Expected of {_learners(sum(data.tenths))}: most often {_words(fullest)} of the "
        f"facts, {data.tenths[fullest]} of them",
        series=Bars(
            tuple(_mark(data, tenth, count) for tenth, count in enumerate(data.tenths)),
            ticks=(0, 5, 9),
            strong=fullest,
        ),
        caption="Learners by what each is expected to know",
        head=("Percent of the facts", "Learners"),
        rows=tuple((_words(tenth), str(count)) for tenth, count in enumerate(data.tenths)),
    )


def _mark(data: Data, tenth: int, count: int) -> Mark:
    href = data.hrefs[tenth] if tenth < len(data.hrefs) else None
    return Mark(count, f"{tenth * 10}%", f"{_words(tenth)}: {_learners(count)}", href)


def _words(tenth: int) -> str:
    if tenth == 0:
        return "under 10%"
    return "90 to 100%" if tenth == _TENTHS - 1 else f"{tenth}0 to {tenth}9%"


def _learners(count: int) -> str:
    return "1 learner" if count == 1 else f"{count} learners"
