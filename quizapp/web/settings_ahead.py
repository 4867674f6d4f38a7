"""Storing settings, and saying what a change of them changes ahead: never anything in the past."""

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from quizapp.services.people import preferences, sessions
from quizapp.services.people.preferences import Preferences
from quizapp.services.people.sessions import Person
from quizapp.services.study import workload
from quizapp.services.study.workload import Workload

DAYS = 30  # of which the estimate is the mean


def save(who: Person, wanted: Preferences, now: datetime) -> list[str]:
    """Store the settings; returns what to say of how the days ahead change, if they do.

    Raises ValueError as `preferences.save` does.
    """
    moved = (who.tz, who.rollover_minutes) != (wanted.tz, wanted.rollover_minutes)
    paced = (who.desired_retention, who.new_per_day) != (
        wanted.desired_retention,
        wanted.new_per_day,
    )
    due = workload.due_today(who, now) if moved else 0
    preferences.save(who.id, wanted)
    after = sessions.person(who.id)
    if after is None or not (moved or paced):
        return []
    said = [_("Nothing in the past changes.")]
    if paced:
        settings = [(who.desired_retention, who.new_per_day), (None, None)]
        said.append(_pace(*workload.at_settings(after, now, settings, DAYS)))
    if moved:
        said += _day(after, due, workload.due_today(after, now))
    return said


def _pace(before: Workload, after: Workload) -> str:
    if not (before.mean or after.mean):
        return _("Cards that are scheduled keep their days.")
    return _(
        "Cards that are scheduled keep their days. Over the next %(days)s days it takes about "
        "%(after)s a day instead of %(before)s: an estimate.",
        days=DAYS,
        after=minutes(after.mean),
        before=minutes(before.mean),
    )


def _day(after: Person, due_before: int, due_after: int) -> list[str]:
    hour, minute = divmod(after.rollover_minutes, 60)
    said = [
        _(
            "Cards fall due from %(time)s in %(zone)s.",
            time=f"{hour:02}:{minute:02}",
            zone=after.tz.replace("_", " "),
        )
    ]
    if due_before == due_after:
        said.append(
            ngettext(
                "%(num)s card is due today, as before.",
                "%(num)s cards are due today, as before.",
                due_after,
            )
        )
    else:
        said.append(
            ngettext(
                "%(num)s card is due today instead of %(before)s.",
                "%(num)s cards are due today instead of %(before)s.",
                due_after,
                before=due_before,
            )
        )
    return said


def minutes(mean: float) -> str:
    """Return minutes a day as "12 minutes", "under a minute"."""
    if mean < 1:
        return _("under a minute")
    return ngettext("%(num)s minute", "%(num)s minutes", round(mean))
