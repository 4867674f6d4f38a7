"""What one learner of a demo did in four weeks, answered through the services that pages call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from quizapp.core.question import Response
from quizapp.services.content.questions import Asked
from quizapp.services.courses import demo_answers, demo_plan
from quizapp.services.courses.demo_plan import GUESSING, Learner, Plan
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import attempts, handing_in, saving
from quizapp.services.quizzes.attempt_views import Attempt
from quizapp.services.study import answers, queue, shelf

SEEDS = 2**53
BETWEEN = timedelta(seconds=2)  # from one answer to the next question
MISTAKEN = 0.9  # who does not know a weak fact believes in something wrong, or else guesses
UNKNOWN = 0.15  # who does not know another fact says so, or else guesses
ESSAY_MS = 240_000


@dataclass(frozen=True, slots=True)
class Bank:
    """The bank that is learned; `facts` says by question id on the fact of which key it asks."""

    id: int
    slug: str
    facts: Mapping[int, str]


class Life:
    """One learner's time: chance, knowledge, and a clock that only goes on."""

    def __init__(
        self, person: Person, learner: Learner, plan: Plan, bank: Bank, start: datetime, seed: int
    ) -> None:
        self.person, self.learner, self.plan, self.bank = person, learner, plan, bank
        self.start, self.clock = start, start
        self.rng = Random(f"{learner.name} {seed}")

    def live(self, events: Mapping[datetime, Callable[[datetime], None]]) -> None:
        """Study on the planned days, and do each of `events` at its time; all in order."""
        shelf.put(self.person, self.bank.id, self.start)
        planned: dict[datetime, Callable[[datetime], None]] = dict(events)
        for session in demo_plan.sessions(self.learner, self.start, self.rng):
            planned[session.at] = lambda at, most=session.questions: self._study(at, most)  # type: ignore[misc]
        for at in sorted(planned):
            planned[at](max(at, self.clock))

    def _study(self, at: datetime, most: int) -> None:
        self.clock = at
        asked = queue.next_question(self.person, at, self.bank.id)
        while asked and most:
            raw, took_ms = self._answer(asked)
            done = answers.answer(
                self.person, self._id(), asked.uid, asked.version, raw or {},
                now=self._after(took_ms), took_ms=took_ms, bank=self.bank.slug,
                marks={"unknown": True} if raw is None else None,
            )  # fmt: skip
            asked, most = done.next, most - 1

    def practise(self, attempt: Attempt) -> None:
        """Answer a practice quiz to its end."""
        self.clock = attempt.started_at
        item = attempts.next_practice(self.person, attempt.uid)
        asked, slot = (item.asked, item.slot) if item else (None, None)
        while asked and slot:
            raw, took_ms = self._answer(asked)
            raw = raw or demo_answers.guess(asked.question, self.rng)  # a round takes no blank
            done = answers.answer_in_attempt(
                self.person, self._id(), asked.uid, asked.version, raw,
                attempt=attempt.uid, slot=slot, now=self._after(took_ms), took_ms=took_ms,
            )  # fmt: skip
            asked, slot = done.next, done.next_slot

    def sit(self, attempt: Attempt) -> Attempt:
        """Save an answer to each question of an exam, hand it in and return it."""
        self.clock = attempt.started_at
        for item in attempt.items:
            raw, took_ms = self._answer(item.asked)
            saving.save(
                self.person, attempt.uid, item.slot, client_id=self._id(), base_seq=0,
                response=raw, flagged=False, now=self._after(took_ms),
            )  # fmt: skip
        return handing_in.hand_in(self.person, attempt.uid, self._after(5_000))

    def seed(self) -> int:
        """Return a number by which an attempt draws its questions."""
        return self.rng.randrange(SEEDS)

    def _answer(self, asked: Asked) -> tuple[Response | None, int]:
        """Return a response, None for "I do not know", and the time that it takes."""
        fact = self.bank.facts.get(asked.id)
        took_ms = demo_plan.took_ms(self.learner, self.rng)
        if asked.kind.GRADED_BY == "person":
            took_ms += ESSAY_MS
        if self.rng.random() < self.plan.knows(self.learner, fact):
            return demo_answers.right(asked.question, self.rng), took_ms
        return self._without_knowing(asked, fact), took_ms

    def _without_knowing(self, asked: Asked, fact: str | None) -> Response | None:
        if self.learner.kind == GUESSING:
            return demo_answers.guess(asked.question, self.rng)
        chance = self.rng.random()
        if fact in self.plan.weak_facts and chance < MISTAKEN:
            return demo_answers.wrong(asked.question, self.rng)
        if asked.kind.GRADED_BY == "app" and chance < UNKNOWN:
            return None
        return demo_answers.guess(asked.question, self.rng)

    def _after(self, took_ms: int) -> datetime:
        self.clock += timedelta(milliseconds=took_ms)
        at = self.clock
        self.clock += BETWEEN
        return at

    def _id(self) -> str:
        return str(UUID(int=self.rng.getrandbits(128), version=4))
