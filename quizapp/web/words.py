"""Times and numbers as people say them, in the learner's own zone."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask_babel import format_date, format_datetime, get_locale, ngettext
from flask_babel import gettext as _

from quizapp.core.scheduling.days import learner_day
from quizapp.services.people.sessions import Person
from quizapp.services.study.answers import Rating
from quizapp.web.present import Button

MINUTE_S, HOUR_S = 60, 3600
MONTH_DAYS, YEAR_DAYS = 60, 730


def local(at: datetime, person: Person | None) -> datetime:
    """Return a time on the learner's own clock."""
    return at.astimezone(ZoneInfo(person.tz if person else "UTC"))


def day(at: datetime | date, person: Person | None = None) -> str:
    """Return a day as "Tue 26 May"."""
    if isinstance(at, datetime):
        at = local(at, person).date()
    return _day(at, str(get_locale()))


@lru_cache(maxsize=4096)
def _day(at: date, _locale: str) -> str:
    """Return the day in the locale of this request; formatting anew costs as much as a query."""
    return str(format_date(at, "EEE d MMM"))


def soon(at: datetime, person: Person, now: datetime) -> str:
    """Return a day as "today", "tomorrow" or "Tue 26 May", by the learner's own days."""
    days = [learner_day(time, person.tz, person.rollover_minutes) for time in (now, at)]
    if days[1] <= days[0]:
        return _("today")
    return _("tomorrow") if days[1] == days[0] + 1 else day(at, person)


def moment(at: datetime, person: Person | None) -> str:
    """Return a time as "Tue 26 May, 10:58"."""
    return format_datetime(local(at, person).replace(tzinfo=None), "EEE d MMM, HH:mm", rebase=False)


def minutes(seconds: float) -> str:
    """Return a length of time as "6 minutes"."""
    whole = max(round(seconds / MINUTE_S), 1)
    return ngettext("%(num)s minute", "%(num)s minutes", whole)


def in_days(days: int) -> str:
    """Return an interval as "in 4 days", "in 3 months"."""
    if days >= YEAR_DAYS:
        return ngettext("in %(num)s year", "in %(num)s years", round(days / 365))
    if days >= MONTH_DAYS:
        return ngettext("in %(num)s month", "in %(num)s months", round(days / 30))
    return ngettext("in %(num)s day", "in %(num)s days", days)


def button(rating: Rating, person: Person) -> Button:
    """Return a flashcard's rating in words: the interval, the date, the recall on that day."""
    if rating.wait_s is not None:
        wait = max(rating.wait_s // MINUTE_S, 1)
        when, date_ = ngettext("in %(num)s minute", "in %(num)s minutes", wait), _("today")
    else:
        when, date_ = in_days(rating.interval_days), day(rating.due_at, person)
    return Button(rating.rating, when, date_, round(100 * rating.recall))
