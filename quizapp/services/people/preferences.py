"""What people set for themselves: name, day, limits, memory, looks."""

from dataclasses import dataclass
from zoneinfo import available_timezones

from quizapp.database import writing
from quizapp.models import User
from quizapp.services.people import sessions
from quizapp.services.study import plan_rows, replay

RETENTION = (0.70, 0.97)
NEW_PER_DAY = (0, 1000)
REVIEWS_PER_DAY = (0, 9999)
ROLLOVER = (0, 23 * 60 + 59)
THEMES = ("system", "light", "dark")
RATING_BUTTONS = (2, 4)
_PLANNED_BY = (  # of these a plan's lists are made
    "tz",
    "rollover_minutes",
    "new_per_day",
    "reviews_per_day",
    "desired_retention",
)


@dataclass(frozen=True, slots=True)
class Preferences:
    """A person's settings, all of them."""

    name: str
    tz: str
    rollover_minutes: int
    new_per_day: int
    reviews_per_day: int
    desired_retention: float
    rating_buttons: int
    single_keys: bool
    theme: str


def of_person(person: sessions.Person) -> Preferences:
    """Return a person's settings as they are."""
    return Preferences(
        name=person.name,
        tz=person.tz,
        rollover_minutes=person.rollover_minutes,
        new_per_day=person.new_per_day,
        reviews_per_day=person.reviews_per_day,
        desired_retention=person.desired_retention,
        rating_buttons=person.prefs.get("rating_buttons", RATING_BUTTONS[0]),
        single_keys=person.prefs.get("single_keys", True),
        theme=person.prefs.get("theme", THEMES[0]),
    )


def save(user_id: int, wanted: Preferences) -> None:
    """Store a person's settings; ValueError for one out of range, and nothing is stored.

    A change of zone or rollover moves when cards are due, and no row of the logs. What is planned
    for today is planned anew where it depends on them.
    """
    _check(wanted)
    with writing() as session:
        user = session.get_one(User, user_id, with_for_update=True)
        moved = (user.tz, user.rollover_minutes) != (wanted.tz, wanted.rollover_minutes)
        if any(getattr(user, name) != getattr(wanted, name) for name in _PLANNED_BY):
            plan_rows.forget_lists(session, user.uid)
        for name in ("name", *_PLANNED_BY):
            setattr(user, name, getattr(wanted, name))
        user.prefs = {
            **user.prefs,
            "rating_buttons": wanted.rating_buttons,
            "single_keys": wanted.single_keys,
            "theme": wanted.theme,
        }
        session.flush()
        person = sessions.person(user_id)
        if moved and person:
            replay.rezone(session.connection(), person)


def zones() -> list[str]:
    """Return the names of the time zones that people choose from."""
    return ["UTC", *sorted(z for z in available_timezones() if "/" in z and z[:4] != "Etc/")]


def _check(wanted: Preferences) -> None:
    bounded = {
        "rollover_minutes": ROLLOVER,
        "new_per_day": NEW_PER_DAY,
        "reviews_per_day": REVIEWS_PER_DAY,
        "desired_retention": RETENTION,
    }
    for name, (low, high) in bounded.items():
        if not low <= getattr(wanted, name) <= high:
            raise ValueError(name)
    if wanted.tz not in available_timezones():
        raise ValueError("tz")
    if wanted.theme not in THEMES or wanted.rating_buttons not in RATING_BUTTONS:
        raise ValueError("prefs")
