"""Who is in a demo course, what they truly know, and when they study: drawn from a seed."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

WEEKS: Final = 4
DAYS: Final = 7 * WEEKS
WEAK_FACTS: Final = 4
FEWEST, MOST = 4, 100  # learners
ORDINARY, WEAK, STOPPED, GUESSING = "ordinary", "weak", "stopped", "guessing"
STOPS_ON: Final = 15  # the day from which the one who stops is not seen again
GUEST_EVERY: Final = 10  # one in ten joins without an account

# On the scale of a logistic function: 0 is an even chance, 2 is 88 %, -2 is 12 %.
_ABILITY = {ORDINARY: 1.8, WEAK: -1.0, STOPPED: 1.8, GUESSING: -3.0}
_SPREAD = {ORDINARY: 0.5, WEAK: 0.15, STOPPED: 0.0, GUESSING: 0.0}
_HARDER: Final = 4.2  # by so much a weak fact
_FACT_SPREAD: Final = 0.4
_DILIGENCE = {ORDINARY: (0.4, 0.7), WEAK: (0.2, 0.3), STOPPED: (0.6, 0.6), GUESSING: (0.6, 0.6)}

_NAMES = """
    Amara Bilal Chiara Dmitri Elif Femi Greta Hana Ivo Jonas Katya Leila Mateo Nadia Oskar Priya
    Quentin Rosa Samir Tove Uma Viktor Wanda Xenia Yusuf Zola Anouk Bruno Clara Dario
"""
_SURNAMES = """
    Adeyemi Brandt Castillo Dahl Eriksen Farouk Gruber Haddad Ivanova Jansen Kowalska Lindqvist
    Moreau Novak Okafor Petrov Quist Rossi Santos Takeda Ueda Varga Weiss Xu Yilmaz Zeman Arslan
    Bianchi Cohen Diallo
"""


@dataclass(frozen=True, slots=True)
class Learner:
    """An invented learner; ability is on the scale on which facts are difficult."""

    name: str
    kind: str  # ordinary, weak, stopped, guessing
    is_guest: bool
    ability: float
    diligence: float  # share of the days on which the learner studies
    pace_ms: int  # a usual answer takes so long


@dataclass(frozen=True, slots=True)
class Session:
    """One sitting: when it begins, and at most how many questions it asks."""

    at: datetime
    questions: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A class and what is true of it. The same seed, learners and facts give the same plan."""

    learners: tuple[Learner, ...]
    difficulty: Mapping[str, float]  # by the fact's key
    weak_facts: tuple[str, ...]  # keys, in the order of the facts

    def knows(self, learner: Learner, fact: str | None) -> float:
        """Return how likely the learner knows the fact whenever it is asked, 0..1."""
        return _logistic(learner.ability - self.difficulty.get(fact or "", 0.0))


def make(facts: Sequence[str], learners: int, seed: int) -> Plan:
    """Draw a class of so many learners (FEWEST to MOST) for the facts of these keys."""
    if not FEWEST <= learners <= MOST:
        raise ValueError(f"a demo has {FEWEST} to {MOST} learners")
    rng = Random(f"plan {seed}")
    weak = set(rng.sample(list(facts), min(WEAK_FACTS, len(facts))))
    difficulty = {
        fact: round(rng.gauss(0, _FACT_SPREAD) + (_HARDER if fact in weak else 0), 3)
        for fact in facts
    }
    kinds = [WEAK] * max(1, learners // 10) + [STOPPED, GUESSING]
    kinds += [ORDINARY] * (learners - len(kinds))
    rng.shuffle(kinds)
    people = zip(_names(learners, rng), kinds, strict=True)
    made = tuple(_learner(name, kind, place, rng) for place, (name, kind) in enumerate(people, 1))
    return Plan(made, difficulty, tuple(fact for fact in facts if fact in weak))


def sessions(learner: Learner, start: datetime, rng: Random) -> list[Session]:
    """Return when a learner studies in the four weeks from `start`, the earliest first."""
    last = STOPS_ON if learner.kind == STOPPED else DAYS
    found = []
    for day in range(last):
        studies, minutes, questions = rng.random(), rng.randrange(360), rng.randint(6, 10)
        if studies < learner.diligence:
            found.append(Session(start + timedelta(days=day, minutes=minutes), questions))
    return found


def took_ms(learner: Learner, rng: Random) -> int:
    """Return how long an answer takes; who guesses has hardly read the question."""
    if learner.kind == GUESSING:
        return rng.randint(600, 1_800)
    return int(learner.pace_ms * rng.lognormvariate(0, 0.35))


def _names(count: int, rng: Random) -> list[str]:
    """Draw names of which no two are the same."""
    firsts, lasts = _NAMES.split(), _SURNAMES.split()
    rng.shuffle(firsts)
    rng.shuffle(lasts)
    return [
        f"{firsts[n % len(firsts)]} {lasts[(n + n // len(firsts)) % len(lasts)]}"
        for n in range(count)
    ]


def _learner(name: str, kind: str, place: int, rng: Random) -> Learner:
    return Learner(
        name=name,
        kind=kind,
        is_guest=place % GUEST_EVERY == 0,
        ability=round(rng.gauss(_ABILITY[kind], _SPREAD[kind]), 3),
        diligence=rng.uniform(*_DILIGENCE[kind]),
        pace_ms=rng.randint(6_000, 14_000),
    )


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))
