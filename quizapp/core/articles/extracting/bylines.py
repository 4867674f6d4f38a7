"""Lines that say who wrote an article and when: "By Ann Poe | Updated May 17, 2024"."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

_MONTH_NAMES: Final = (
    "january jan januar janvier enero gennaio janeiro januari",
    "february feb februar février febrero febbraio fevereiro februari",
    "march mar märz mars marzo março maart",
    "april apr avril abril aprile",
    "may mai mayo maggio maio mei maj",
    "june jun juni juin junio giugno junho",
    "july jul juli juillet julio luglio julho",
    "august aug août agosto augustus augusti",
    "september sep sept septembre septiembre settembre setembro",
    "october oct oktober okt octobre octubre ottobre outubro",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre diciembre dicembre dezembro",
)
_MONTHS: Final = {
    name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()
}
_MONTH = "(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|º|\.)?"
_YEAR = r"(?P<year>(?:1[6-9]|20)\d\d)"
_DATE_FORMS = (
    rf"{_MONTH}\s{_DAY},?\s{_YEAR}",
    rf"{_DAY}\s(?:de\s)?{_MONTH},?\s(?:de\s)?{_YEAR}",
    rf"{_YEAR}[-/.](?P<m>\d\d)[-/.](?P<day>\d\d)",
    r"(?P<day>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?" + _YEAR,
)
_DATES = [re.compile(rf"(?<!\w){form}(?!\w)", re.IGNORECASE) for form in _DATE_FORMS]
_LABEL = re.compile(
    r"""(?:first\s|originally\s)?(?:last\s)?(?:updated|published|posted|modified|reviewed|created
    |written|issued|date|veröffentlicht|aktualisiert|stand|publié|mis\sà\sjour|publicado|actualizado
    |pubblicato|gepubliceerd)(?:\s(?:on|at|am|le|el|il|op))?|on|am|le""",
    re.IGNORECASE | re.VERBOSE,
)
_TIME = re.compile(
    r"""(?:at\s)?\d{1,2}[:.]\d\d(?::\d\d)?\s?(?:[ap]\.?m\.?)?(?:\s(?:[A-Z]{2,4}|Uhr))?
    |\d{1,2}[-\s](?:min(?:ute)?s?)(?:\sread)?|reading\stime:?""",
    re.IGNORECASE | re.VERBOSE,
)
_CHANGED = re.compile(r"updated|modified|reviewed|aktualisiert|mis à jour|actualizado", re.I)
_BY = re.compile(
    r"^(?:(?:words|text|story|article|written|reported|posted|published|reviewed)\s)?by:?\s"
    r"|^(?:authors?|autor(?:en|in)?|auteurs?|autores?):\s|^(?:von|par|por|di|door|av)\s",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s*[|·•–—]\s*|\s-\s|;\s")  # noqa: RUF001 - the dashes are meant
_AND = re.compile(r",\s(?:and|und|et|y)\s|\s(?:and|und|et|y|&)\s|,\s", re.IGNORECASE)
_NAME_WORD = (
    r"(?:[^\W\d_a-z][\w'’.-]*|[A-Z]\.|d'|von|van|de|der|den|da|di|del|la|le|bin|ibn|al|el|ter)"  # noqa: RUF001
)
_NAME = re.compile(rf"{_NAME_WORD}(?:\s{_NAME_WORD}){{0,5}}")
_DEGREE = re.compile(
    r"^(?:M\.?D|Ph\.?\s?D|M\.?Sc|B\.?Sc|M\.?A|B\.?A|R\.?N|D\.?O|Jr|Sr|FRCP|MPH)\.?$|"
    r"(?:editor|writer|reporter|correspondent|author|staff|journalist|contributor)$",
    re.IGNORECASE,
)
_NOBODY = frozenset(
    """admin administrator user author unknown staff editor webmaster root guest owner windows
    python-docx""".split()  # noqa: SIM905
) | {"microsoft office user", "windows user", "un-named", "openoffice user", "libreoffice user"}
_LONGEST = 160  # characters of such a line


@dataclass(frozen=True, slots=True)
class Byline:
    """What one line says: names, the date, and whether that is of a change, not the beginning."""

    authors: tuple[str, ...] = ()
    day: date | None = None
    changed: bool = False


def byline(line: str) -> Byline | None:
    """Return what a line says of author and date; None where it says anything else as well."""
    line = " ".join(line.split())
    if not line or len(line) > _LONGEST:
        return None
    day = day_in(line)
    rest = line
    for form in _DATES:
        rest = form.sub(" | ", rest)
    rest = _TIME.sub(" | ", rest)
    authors: list[str] = []
    for piece in _PARTS.split(rest):
        part = piece.strip(" ,.:()|")
        if not part or _LABEL.fullmatch(part):
            continue
        by = _BY.match(part + " ")
        part = _LABEL.sub("", part).strip(" ,.:") if by is None else part
        names = _names(_without_label(part[by.end() :])) if by else []
        if not names or authors:
            return None
        authors = names
    if not authors and day is None:
        return None
    return Byline(tuple(authors), day, bool(_CHANGED.search(line)))


def day_in(text: str) -> date | None:
    """Return the first full date that is written in a text."""
    found = [match for form in _DATES if (match := form.search(text))]
    for match in sorted(found, key=lambda match: match.start()):
        groups = match.groupdict()
        month = _MONTHS[groups["month"].lower()] if "month" in groups else int(groups["m"])
        try:
            return date(int(groups["year"]), month, int(groups["day"]))
        except ValueError:
            continue
    return None


def names_of(text: str) -> tuple[str, ...]:
    """Return the people that a field for authors names; none where it holds a program or "admin".

    Names are parted by semicolons, else by commas and "and".
    """
    text = " ".join(text.split())[:1000]
    parts = text.split(";") if ";" in text else _AND.split(text)
    names = [part.strip(" ,") for part in parts]
    good = [n for n in names if n and n.lower() not in _NOBODY and not _DEGREE.search(n)]
    return tuple(dict.fromkeys(n[:100] for n in good if "://" not in n and "@" not in n))[:20]


def _without_label(text: str) -> str:
    words = text.rsplit(maxsplit=1)
    return words[0] if len(words) > 1 and _LABEL.fullmatch(words[1]) else text


def _names(text: str) -> list[str]:
    """Return the names in "Ann Poe, MD, and Ben Roe"; none where it holds anything else."""
    found = []
    for part in _AND.split(text.strip(" ,.")):
        if _DEGREE.search(part) or not part:
            continue
        if not _NAME.fullmatch(part):
            return []
        found.append(part)
    return found
