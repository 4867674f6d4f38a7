"""Which column of a table is what: names that authors, Kahoot and our own export give them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from quizapp.core.text import visible

OWN = "details"  # the column that only our own export has: what no other column says, as JSON

_NAMES = {
    "key": "key id guid",
    "type": "type kind",
    "name": "name",
    "category": "category deck folder topic chapter",
    "tags": "tags tag labels keywords",
    "stem": "stem question front term prompt word text frage pregunta",
    "answer": "answer back definition meaning translation antwort",
    "correct": "correct correctanswer correctanswers rightanswer solution key",
    "feedback": "feedback explanation generalfeedback",
    "hint": "hint hints tip",
    "time": "time timelimit timelimitsec timelimitseconds",
    "points": "points score",
    OWN: OWN,
}
_BY_NAME = {name: column for column, names in _NAMES.items() for name in names.split()}
_BY_NAME["key"] = "key"
_OPTION = re.compile(
    r"(?:option|answer|choice|distractor|antwort)?(\d{1,2}|[a-z])(?:max\d+characters)?"
)
_SQUEEZE = re.compile(r"[\W_]+")
_LIMIT = re.compile(r"\(?max\.?\s*\d+.*|\(sec.*|[\u2013-]\s*(?:max|choose|at least).*", re.DOTALL)
MAX_OPTIONS = 26


@dataclass(slots=True)
class Columns:
    """Where each column stands; options in their order."""

    at: dict[str, int] = field(default_factory=dict)
    options: list[int] = field(default_factory=list)

    @property
    def is_own(self) -> bool:
        """Whether the table is one that we wrote: its cells are Markdown."""
        return OWN in self.at and "type" in self.at

    def cell(self, row: Sequence[str], name: str) -> str:
        """Return a cell of a row, "" where it has none."""
        place = self.at.get(name, -1)
        return row[place].strip() if 0 <= place < len(row) else ""

    def choices(self, row: Sequence[str]) -> list[str]:
        """Return the options of a row in order, empty ones included."""
        return [row[place].strip() if place < len(row) else "" for place in self.options]


CARDS = Columns({"stem": 0, "answer": 1, "tags": 2})  # what a table without a header is


def columns_of(row: Sequence[str]) -> Columns | None:
    """Return what the columns are if this row names them; None where it does not."""
    found = Columns()
    for place, cell in enumerate(row[:100]):
        name = _SQUEEZE.sub("", _LIMIT.sub("", visible(cell).casefold()))
        known = _BY_NAME.get(name)
        if known and known not in found.at:
            found.at[known] = place
        elif not known and _OPTION.fullmatch(name) and len(found.options) < MAX_OPTIONS:
            found.options.append(place)
    asks = "stem" in found.at
    if not asks or not (found.options or {"answer", "correct", "type"} & found.at.keys()):
        return None
    return found


def is_table_head(text: str) -> bool:
    """Say whether the first line of a text names the columns of a table."""
    line = text.partition("\n")[0]
    return any(columns_of(line.replace('"', "").split(sign)) for sign in ",;\t|")
