"""Calendar files as other programs read them."""

from datetime import UTC, datetime, timedelta, timezone

from quizapp.core.ical import LONGEST, Event, calendar, escaped

STAMP = datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_a_file_holds_its_events_in_utc() -> None:
    at = datetime(2026, 6, 12, 12, 30, tzinfo=timezone(timedelta(hours=2)))
    text = calendar("Due", [Event("a1@quizapp", at, "Quiz; one, two")], STAMP).decode()
    assert text.split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//quizapp//due dates//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Due",
        "BEGIN:VEVENT",
        "UID:a1@quizapp",
        "DTSTAMP:20260302T100000Z",
        "DTSTART:20260612T103000Z",
        "SUMMARY:Quiz\\; one\\, two",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_long_lines_are_folded_between_characters() -> None:
    title = "Immunität für alle 🧬 " * 12
    found = calendar("Due", [Event("a", STAMP, title)], STAMP)
    lines = found.split(b"\r\n")
    assert max(map(len, lines)) <= LONGEST
    assert all(line.decode() is not None for line in lines)  # no character is cut
    assert f"SUMMARY:{title}" in found.decode().replace("\r\n ", "")


def test_a_title_cannot_begin_a_line_of_its_own() -> None:
    assert escaped("a\r\nEND:VCALENDAR\x07\\") == "a\\nEND:VCALENDAR\\\\"
