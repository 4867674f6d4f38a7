"""Day numbers in the words of a chart, whatever the locale of the machine."""

from datetime import date

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def month(day: int) -> str:
    """Return "June"."""
    return _MONTHS[date.fromordinal(day).month - 1]


def short_month(day: int) -> str:
    """Return "Jun"."""
    return month(day)[:3]


def month_year(day: int) -> str:
    """Return "June 2026"."""
    return f"{month(day)} {date.fromordinal(day).year}"


def short(day: int) -> str:
    """Return "7 Jun"."""
    return f"{date.fromordinal(day).day} {short_month(day)}"


def medium(day: int) -> str:
    """Return "7 June"."""
    return f"{date.fromordinal(day).day} {month(day)}"


def long(day: int) -> str:
    """Return "Sunday 7 June"."""
    return f"{_WEEKDAYS[date.fromordinal(day).weekday()]} {medium(day)}"


def weekday(day: int) -> str:
    """Return "Sun 7"."""
    moment = date.fromordinal(day)
    return f"{_WEEKDAYS[moment.weekday()][:3]} {moment.day}"
