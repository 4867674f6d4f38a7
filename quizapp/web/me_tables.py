"""Rows as one kind of table: for people with links, for programs as CSV."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from quizapp.services.people.privacy import safe_cell
from quizapp.services.study.figure_rows import FactRow
from quizapp.web import words


@dataclass(frozen=True, slots=True)
class Cell:
    """What a person reads, what a program reads, and where it leads."""

    text: str
    value: Any
    href: str | None = None
    verdict: str | None = None  # the icon before the text
    number: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of rows with the figure that they make up."""

    title: str
    lede: str
    head: tuple[str, ...]
    names: tuple[str, ...]  # of the columns in the CSV
    rows: Sequence[tuple[Cell, ...]]
    after: str | None = None  # where the next page begins
    fact: FactRow | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows are wanted: the arguments of the address, the place to begin, how many."""

    args: Mapping[str, str]
    after: str | None
    most: int

    def number(self, name: str, most: int = 3_652_059) -> int:
        """Return an argument that is a number; ValueError where it is none."""
        text = self.args[name]
        if not (text.isascii() and text.isdecimal() and int(text[:9]) <= most and len(text) < 9):
            raise ValueError(name)
        return int(text)


def as_csv(listing: Listing) -> str:
    """Return the rows as CSV that a spreadsheet cannot run."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(listing.names)
    for row in listing.rows:
        writer.writerow([safe_cell(_plain(cell.value)) for cell in row])
    return file.getvalue()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def percent(share: float) -> str:
    """Return a share as "86%"."""
    return f"{share * 100:.0f}%"


def in_days(days: float) -> str:
    if days < 1:
        return _("under a day")
    return ngettext("%(num)s day", "%(num)s days", round(days))


def day_words(day: int) -> str:
    return words.day(date.fromordinal(day))
