"""Whether a course shows forecasts, for which day of its own, and with how much study a day."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Course, Setting
from quizapp.services.courses import snapshots
from quizapp.services.courses.access import CourseView
from quizapp.services.courses.courses import Archived
from quizapp.services.courses.forecast_numbers import KEY, MINUTES
from quizapp.services.quizzes.quiz_settings import Unfit

LEAST_MINUTES: Final = 1
MOST_MINUTES: Final = 240
MOST_DAYS: Final = 730  # ahead


@dataclass(frozen=True, slots=True)
class ForecastTerms:
    """What the instructor has set. day: of the course as a whole; None: its last day."""

    is_on: bool = True
    day: date | None = None
    minutes: int = MINUTES


def of_course(course: CourseView) -> ForecastTerms:
    """Return what is set, or what is usual."""
    row = db.session.get(Setting, KEY.format(course.uid))
    found: dict[str, Any] = row.value if row else {}
    day = found.get("day")
    return ForecastTerms(
        is_on=bool(found.get("on", True)),
        day=date.fromisoformat(day) if day else None,
        minutes=int(found.get("minutes", MINUTES)),
    )


def change(course: CourseView, terms: ForecastTerms, now: datetime) -> None:
    """Set what is wanted; figures are made anew. Raises Unfit, Archived."""
    today = now.astimezone(ZoneInfo(course.tz)).date()
    if terms.day is not None and not 0 < (terms.day - today).days <= MOST_DAYS:
        raise Unfit("day", f"Give a day that is to come, at most {MOST_DAYS} days ahead.")
    if not LEAST_MINUTES <= terms.minutes <= MOST_MINUTES:
        raise Unfit("minutes", f"Give {LEAST_MINUTES} to {MOST_MINUTES} minutes.")
    value = {
        "on": terms.is_on,
        "day": terms.day.isoformat() if terms.day else None,
        "minutes": terms.minutes,
    }
    with writing() as session:
        if session.get_one(Course, course.id).archived_at is not None:
            raise Archived
        session.merge(Setting(key=KEY.format(course.uid), value=value))
        snapshots.forget_in(session, course.uid, snapshots.FORECAST)
