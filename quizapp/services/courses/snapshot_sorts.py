"""What figures there are of a course: how each sort is made, and how long it is fresh."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from quizapp.services.courses import class_numbers, forecast_numbers

KIND: Final = "course"  # of the first page's snapshot
JOB: Final = "course.first_page"


@dataclass(frozen=True, slots=True)
class Sort:
    """What figures there are of a course; `make` takes its id, now, and whether somebody waits."""

    kind: str  # of the snapshot; with "_asked", of when its page was last asked for
    job: str
    fresh: timedelta  # older than this is not shown without saying so,
    aging: timedelta  # so the worker makes it anew a little earlier
    make: Callable[[int, datetime, bool], dict[str, Any]]

    @property
    def asked(self) -> str:
        """Return the kind of the snapshot that says when the page was last asked for."""
        return f"{self.kind}_asked"


FIRST_PAGE: Final = Sort(
    KIND, JOB, timedelta(minutes=5), timedelta(minutes=4),
    lambda course_id, now, _waited_for: class_numbers.of_course(course_id, now),
)  # fmt: skip
FORECAST: Final = Sort(
    "forecast", "course.forecast", timedelta(minutes=30), timedelta(minutes=25),
    lambda course_id, now, waited_for: forecast_numbers.of_course(
        course_id, now, at_once=waited_for
    ),
)  # fmt: skip
SORTS: Final = (FIRST_PAGE, FORECAST)
