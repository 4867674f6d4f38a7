"""Foretold against what came: whether the memory model can be believed, with n for each bin."""

from dataclasses import dataclass

from quizapp.core.plots.chart import Audience, Chart, Curves, Mark, Stroke, nothing
from quizapp.core.statistics.calibration import Bin

NAME = "calibration"
TITLE = "Foretold and come true"
AUDIENCE: Audience = "learner"


@dataclass(frozen=True)
class Data:
    """The bins in order, empty ones too, and the address of the answers in each."""

    bins: tuple[Bin, ...] = ()
    hrefs: tuple[str, ...] = ()


def build(data: Data) -> Chart:
    """Return a dot with its likely range for each bin that has answers, and the line to meet."""
    filled = [(n, one) for n, one in enumerate(data.bins) if one.right.answered]
    if not filled:
        empty = "After some answers on facts that had a night to fade this shows how well they "
        return nothing(TITLE, "", f"{empty}were foretold.")
    least = 0.5 if filled[0][1].low >= 0.5 else 0.0
    off = [one for _, one in filled if _is_off(one)]
    return Chart(
        title=TITLE,
        note="Answers that were right, in percent, by the chance foretold just before, with the "
        "likely range. On the dotted line both are the same.",
        sentence=_sentence(len(filled), off),
        series=Curves(
            strokes=(
                Stroke((0.0, 1.0), (least * 100, 100.0), other=True),
                *(_range(one, least) for _, one in filled),
            ),
            ticks=tuple((x, f"{(least + x * (1 - least)) * 100:.0f}%") for x in (0.0, 0.5, 1.0)),
            marks=tuple(_mark(data, n, one) for n, one in filled),
            mark_xs=tuple(_x(one.told, least) for _, one in filled),
            percent=True,
        ),
        caption="Answers by the chance that was foretold",
        head=("Foretold", "On average", "Right", "Answers", "Likely range"),
        rows=tuple(_row(one) for one in data.bins),
    )


def _x(chance: float, least: float) -> float:
    return min(max((chance - least) / (1 - least), 0.0), 1.0)


def _range(one: Bin, least: float) -> Stroke:
    low, high = one.right.likely_range
    return Stroke((_x(one.told, least),) * 2, (low * 100, high * 100))


def _is_off(one: Bin) -> bool:
    low, high = one.right.likely_range
    return not low <= one.told <= high


def _sentence(filled: int, off: list[Bin]) -> str:
    if not off:
        return f"In all {filled} groups of answers what came agrees with what was foretold"
    worst = max(off, key=lambda one: abs(one.told - (one.right.value or 0)))
    return (
        f"In {filled - len(off)} of {filled} groups of answers what came agrees with what was "
        f"foretold; farthest off: {worst.told * 100:.0f} percent foretold, "
        f"{(worst.right.value or 0) * 100:.0f} percent right"
    )


def _mark(data: Data, n: int, one: Bin) -> Mark:
    value = (one.right.value or 0) * 100
    says = f"Foretold {_words(one)}: {one.right.passed} of {one.right.answered} right"
    if _is_off(one):
        says += ", which differs"
    href = data.hrefs[n] if n < len(data.hrefs) else None
    return Mark(value, f"{one.told * 100:.0f}%", says, href, _is_off(one))


def _words(one: Bin) -> str:
    if one.low == 0:
        return f"under {one.high * 100:.0f}%"
    return f"{one.low * 100:.0f} to {one.high * 100:.0f}%"


def _row(one: Bin) -> tuple[str, ...]:
    if not one.right.answered:
        return _words(one), "-", "-", "0", "-"
    low, high = one.right.likely_range
    likely = f"{low * 100:.0f} to {high * 100:.0f}%"
    share = f"{(one.right.value or 0) * 100:.0f}%"
    return _words(one), f"{one.told * 100:.0f}%", share, str(one.right.answered), likely
