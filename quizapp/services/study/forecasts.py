"""What a learner will know on a day, with the band that says how sure that is."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

import sqlalchemy as sa

from quizapp.core.scheduling.days import learner_day
from quizapp.core.scheduling.forecast import Forecast, forecast
from quizapp.core.scheduling.fsrs import REVIEW, Weights, retrievability
from quizapp.core.scheduling.level import Level
from quizapp.core.scheduling.plan_recall import Recall
from quizapp.core.scheduling.repair import AT_RISK, answers_to_repair
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Card, User
from quizapp.services.people.sessions import Person
from quizapp.services.study import dashboards, levels, replay

PREF: Final = "forecast"  # of the learner's wishes; False: no forecast is shown to them
_CHUNK: Final = 5000  # numbers in one IN

_CARDS = sa.select(Card.fact_id, Card.state, Card.stability, Card.difficulty, Card.last_day).where(
    Card.user_id == sa.bindparam("user"), Card.fact_id.in_(sa.bindparam("facts", expanding=True))
)


class Faded(NamedTuple):
    """A memory on a day. recall: as the model has it. days: since the last answer, on that day."""

    recall: float
    days: int


class Kept(NamedTuple):
    """A memory as its last answer left it."""

    state: int
    stability: float
    difficulty: float
    last_day: int


@dataclass(frozen=True, slots=True)
class Known:
    """A learner's memories of some facts, by fact; those never met are left out."""

    kept: Mapping[int, Kept]
    level: Level
    weights: Weights

    def on(self, day: int) -> dict[int, Faded]:
        """Return what is left of them on a learner day."""
        found = {}
        for fact, one in self.kept.items():
            # What is still being learnt is not known for sure on the same day (see `memories`).
            days = max(day - one.last_day, 0 if one.state == REVIEW else 1)
            found[fact] = Faded(retrievability(one.stability, days, self.weights), days)
        return found

    def forecast(self, faded: Mapping[int, Faded], days_ahead: int) -> Forecast:
        """Return how many of what `on` returned will be known; `facts` are those that were met."""
        recalls = [one.recall for one in faded.values()]
        return forecast(recalls, self.level, days_ahead, [one.days for one in faded.values()])

    def chances(
        self, fact_ids: Iterable[int], faded: Mapping[int, Faded]
    ) -> list[tuple[int, float]]:
        """Return each fact with the learner's chance to know it, the lowest first."""
        found = [
            (fact, self.level.recall(*faded[fact]) if fact in faded else 0.0) for fact in fact_ids
        ]
        return sorted(found, key=lambda one: (one[1], one[0]))


@dataclass(frozen=True, slots=True)
class FactsForecast:
    """Facts known on a day without further study: the mean, and the band that holds 8 times in 10.

    at_risk: facts that are more likely forgotten than AT_RISK allows, with the chance to know
    them, the lowest first; then those never met, with 0. minutes_to_repair: what it takes at the
    learner's pace to bring all of them back. met: how many of the facts have been answered.
    """

    mean: float
    low: float
    high: float
    facts: int
    at_risk: list[tuple[int, float]]
    minutes_to_repair: float
    met: int


def of_facts(person: Person, fact_ids: Iterable[int], day: int, now: datetime) -> FactsForecast:
    """Return how many of these facts the learner will know on a learner day, no sooner than today.

    Closed form, without further study.
    """
    ids = sorted(set(fact_ids))
    return of_known(person, known_of(person, ids), ids, day, now)


def of_known(
    person: Person, known: Known, fact_ids: Collection[int], day: int, now: datetime
) -> FactsForecast:
    """Return what `of_facts` would, where the memories have been read already."""
    today = learner_day(now, person.tz, person.rollover_minutes)
    faded = known.on(day)
    found = known.forecast(faded, max(day - today, 0))
    at_risk = [one for one in known.chances(fact_ids, faded) if one[1] < AT_RISK]
    at_risk.sort(key=lambda one: one[0] not in known.kept)  # to be learnt first is another thing
    minutes = _minutes(person, [fact for fact, _ in at_risk], known, today, day)
    met, facts = len(known.kept), len(fact_ids)
    return FactsForecast(found.mean, found.low, found.high, facts, at_risk, minutes, met)


def known_of(person: Person, fact_ids: Sequence[int]) -> Known:
    """Return the learner's memories of these facts."""
    connection = db.session.connection()
    weights = replay.weights_of(connection, person.id, person.params_version)
    kept: dict[int, Kept] = {}
    for at in range(0, len(fact_ids), _CHUNK):
        some = {"user": person.id, "facts": fact_ids[at : at + _CHUNK]}
        kept.update({row[0]: Kept(*row[1:]) for row in connection.execute(_CARDS, some)})
    return Known(kept, levels.of_learner(connection, person.id), weights)


def _minutes(person: Person, fact_ids: Sequence[int], known: Known, today: int, day: int) -> float:
    recall = Recall(known.weights, known.level.shift)
    ahead = max(day - today, 0)
    answers = 0.0
    for fact in fact_ids:
        one = known.kept.get(fact)
        memory = (one.stability, one.difficulty) if one else None
        ago = max(today - one.last_day, 0) if one else 0
        answers += answers_to_repair(recall, memory, ago, ahead)
    return answers * dashboards.pace_ms(person) / 60_000


def wanted(person: Person) -> bool:
    """Say whether this person wants to see forecasts; who has not said so does."""
    return person.prefs.get(PREF) is not False


def switch(person: Person, *, on: bool) -> None:
    """Show forecasts to this person, or nowhere."""
    with writing() as session:
        user = session.get_one(User, person.id, with_for_update=True)
        user.prefs = {**user.prefs, PREF: on}
