"""How a fact was kept: recall falls after each answer and starts anew, against what is wanted."""

from collections.abc import Callable
from dataclasses import dataclass
from math import floor

from quizapp.core.plots import dates
from quizapp.core.plots.chart import Audience, Chart, Curves, Mark, Stroke, nothing

NAME = "forgetting"
TITLE = "How you kept it"
AUDIENCE: Audience = "learner"

_SHOWN = 30  # answers beyond that touch
_POINTS = 16  # of the line between two answers; denser where it falls fast


def _kept(_days: float) -> float:
    return 1.0


@dataclass(frozen=True)
class Answer:
    """An answer: when (in days, fractions count), and what memory was before and after it.

    day: the learner's own. recall: foretold, None of a first answer. form and outcome are words.
    falls: the recall (0..1) so many days after it, while there is no other.
    """

    at: float
    day: int
    recalled: bool
    recall: float | None
    stability: float
    form: str = ""
    outcome: str = ""
    falls: Callable[[float], float] = _kept


@dataclass(frozen=True)
class Data:
    """Answers, oldest first; now and the end of what is shown in days; wanted: 0..1."""

    answers: tuple[Answer, ...] = ()
    now: float = 0.0
    end: float = 0.0
    wanted: float = 0.9
    hrefs: tuple[str | None, ...] = ()


def build(data: Data) -> Chart:
    """Return a saw with a mark for each answer: round recalled, square forgotten."""
    if not data.answers:
        return nothing(TITLE, "", "After the first answer this shows how recall falls with time.")
    hrefs = (*data.hrefs, *[None] * (len(data.answers) - len(data.hrefs)))
    shown = list(zip(data.answers, hrefs, strict=True))[-_SHOWN:]
    start = shown[0][0].at
    end = max(data.end, data.now, start + 1)
    return Chart(
        title=TITLE,
        note=_note(data, end),
        sentence=_sentence(data),
        series=Curves(
            strokes=tuple(_strokes([one for one, _ in shown], start, end)),
            ticks=_ticks(start, end, data.now),
            marks=tuple(_mark(one, href) for one, href in shown),
            mark_xs=tuple((one.at - start) / (end - start) for one, _ in shown),
            percent=True,
            goal=data.wanted * 100,
        ),
        caption="Your answers, and what was foretold",
        head=("Day", "Form", "Outcome", "Recall foretold", "Stability after"),
        rows=tuple(_row(one) for one in data.answers),
    )


def _strokes(answers: list[Answer], start: float, end: float) -> list[Stroke]:
    found = []
    for one, until in zip(answers, [*(each.at for each in answers[1:]), end], strict=True):
        steps = [(until - one.at) * (n / _POINTS) ** 2 for n in range(_POINTS + 1)]
        xs = tuple((one.at + days - start) / (end - start) for days in steps)
        ys = tuple(100 * one.falls(days) for days in steps)
        found.append(Stroke(xs, ys))
    return found


def _ticks(start: float, end: float, now: float) -> tuple[tuple[float, str], ...]:
    ticks = [(0.0, dates.short(floor(start))), (1.0, dates.short(floor(end)))]
    here = (now - start) / (end - start)
    if 0.2 < here < 0.75:
        ticks.insert(1, (here, "today"))
    return tuple(ticks)


def _note(data: Data, end: float) -> str:
    note = "Expected recall in percent: an estimate. Round: recalled. Square: forgotten."
    note += f" Dashed: the {data.wanted * 100:.0f}% that you want to know."
    if end > data.now:
        note += " After today the line says what comes without another answer."
    if len(data.answers) > _SHOWN:
        note += f" The last {_SHOWN} answers are drawn."
    return note


def _sentence(data: Data) -> str:
    last = data.answers[-1]
    now = last.falls(max(data.now - last.at, 0.0))
    times = "once" if len(data.answers) == 1 else f"{len(data.answers)} times"
    missed = sum(not one.recalled for one in data.answers)
    kept = f"answered {times}, forgotten {missed}" if missed else f"answered {times}"
    return (
        f"Expected recall today {now * 100:.0f} percent; {kept}, last on {dates.medium(last.day)}"
    )


def _mark(one: Answer, href: str | None) -> Mark:
    foretold = "first answer" if one.recall is None else f"{one.recall * 100:.0f} percent foretold"
    says = f"{dates.medium(one.day)}: {'recalled' if one.recalled else 'forgotten'}, {foretold}"
    value = 100.0 if one.recall is None else one.recall * 100
    return Mark(value, dates.short(one.day), says, href, odd=not one.recalled)


def _row(one: Answer) -> tuple[str, ...]:
    foretold = "-" if one.recall is None else f"{one.recall * 100:.0f}%"
    days = f"{one.stability:.1f}" if one.stability < 10 else f"{one.stability:.0f}"
    return dates.short(one.day), one.form, one.outcome, foretold, f"{days} days"
