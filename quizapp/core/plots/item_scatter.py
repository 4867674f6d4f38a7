"""Each question by how many get it right, and how well it agrees with the rest of the quiz."""

from dataclasses import dataclass

from quizapp.core.plots.chart import Audience, Chart, Mark, Points, nothing

NAME = "item_scatter"
TITLE = "Easy or hard, and does it agree?"
AUDIENCE: Audience = "instructor"

_NAMED = 20  # dots that have their number written; of more only those that matter


@dataclass(frozen=True)
class Item:
    """A question: its number as shown, facility 0..100, discrimination -100..100, if it is odd."""

    name: str
    facility: float | None
    discrimination: float | None
    odd: bool = False
    href: str | None = None


@dataclass(frozen=True)
class Data:
    """The questions; those without a discrimination are in the table only."""

    items: tuple[Item, ...] = ()


def build(data: Data) -> Chart:
    """Return a dot per question, which opens it."""
    drawn = [
        (item, item.facility, item.discrimination)
        for item in data.items
        if item.facility is not None and item.discrimination is not None
    ]
    if not drawn:
        empty = "When several have handed in, each question will be a dot here."
        return nothing(TITLE, "", empty)
    few = len(drawn) <= _NAMED
    marks = tuple(
        Mark(y, item.name if few or item.odd else "", _says(item, x, y), item.href, item.odd)
        for item, x, y in drawn
    )
    return Chart(
        title=TITLE,
        note="Each dot is a question",
        sentence=_sentence([item for item, _, _ in drawn]),
        series=Points(
            marks,
            tuple(x for _, x, _ in drawn),
            "facility, percent",
            "agrees with the rest of the quiz",
            "works against the others",
        ),
        caption="Facility and agreement with the rest, by question",
        head=("Question", "Facility", "Agrees with the rest"),
        rows=tuple(_row(item) for item in data.items),
    )


def _says(item: Item, x: float, y: float) -> str:
    says = f"Question {item.name}: facility {x:.0f}, agreement {y:.0f}"
    return f"{says}, needs a look" if item.odd else says


def _sentence(items: list[Item]) -> str:
    start = "Each question by how many get it right and how well it agrees with the rest"
    odd = [item.name for item in items if item.odd]
    if not odd:
        return f"{start}: none stands apart"
    return f"{start}: {', '.join(odd)} {'needs' if len(odd) == 1 else 'need'} a look"


def _row(item: Item) -> tuple[str, ...]:
    facility = "-" if item.facility is None else f"{item.facility:.0f}%"
    agrees = "-" if item.discrimination is None else f"{item.discrimination:.0f}"
    return item.name, facility, agrees
