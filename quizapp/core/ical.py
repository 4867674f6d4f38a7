"""A calendar file that other programs subscribe to (RFC 5545)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

LONGEST = 75  # octets of a line, its end not counted
ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class Event:
    """A moment with a title; `uid` is the same whenever the file is made."""

    uid: str
    at: datetime
    title: str


def calendar(name: str, events: Iterable[Event], stamp: datetime) -> bytes:
    """Return the file; `stamp` is when it is made. Times are in UTC, so it needs no zones."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//quizapp//due dates//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{escaped(event.uid)}",
            f"DTSTAMP:{utc(stamp)}",
            f"DTSTART:{utc(event.at)}",
            f"SUMMARY:{escaped(event.title)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return b"".join(folded(line) for line in [*lines, "END:VCALENDAR"])


def utc(at: datetime) -> str:
    """Return a moment in the form that needs no zone: 20260612T100000Z."""
    at = at.astimezone(UTC)
    return f"{at.year:04}{at:%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """Return a text as a value; control characters, which none may hold, are dropped."""
    kept = (letter for letter in text if letter in "\n\t" or letter.isprintable())
    return "".join(kept).translate(ESCAPED)


def folded(line: str) -> bytes:
    """Return a line with its end, cut where it is too long, never inside a character."""
    pieces, piece = [], b""
    for letter in line:
        octets = letter.encode()
        if len(piece) + len(octets) > LONGEST:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
