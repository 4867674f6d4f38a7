"""The answers to one question, as lists side by side."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields

from quizapp.core.question import Response


@dataclass(slots=True)
class Answers:
    """The answers to one question: entry i of every list is of the attempt `sittings[i]`.

    fractions: of the points, penalties and the floor counted in; None awaits a person. payloads:
    the first answer as JSON, None where there is none. took_ms: as measured, else from the answer
    before it in the attempt to at_s, the seconds when it was given; then the attempt is in `told`.
    said_right, regraded: attempts whose learner overruled the judgement, that were judged anew.
    """

    sittings: list[int] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    fractions: list[float | None] = field(default_factory=list)
    payloads: list[str | None] = field(default_factory=list)
    took_ms: list[int | None] = field(default_factory=list)
    at_s: list[float | None] = field(default_factory=list)
    told: set[int] = field(default_factory=set)
    said_right: set[int] = field(default_factory=set)
    regraded: set[int] = field(default_factory=set)

    def only(self, wanted: Collection[int]) -> "Answers":
        """Return the answers at these places of the lists."""
        kept = Answers(told=self.told, said_right=self.said_right, regraded=self.regraded)
        for one in fields(self):
            values = getattr(self, one.name)
            if isinstance(values, list):
                setattr(kept, one.name, [values[at] for at in wanted])
        return kept

    def extend(self, other: "Answers") -> None:
        """Take in the answers to another version."""
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            mine.extend(theirs) if isinstance(mine, list) else mine.update(theirs)

    def moved(self, places: Mapping[int, int]) -> "Answers":
        """Return the answers of those attempts that have a new place, at that place."""
        kept = self.only([at for at, sitting in enumerate(self.sittings) if sitting in places])
        kept.sittings = [places[sitting] for sitting in kept.sittings]
        for name in ("told", "said_right", "regraded"):
            old = getattr(self, name)
            setattr(kept, name, {places[sitting] for sitting in old if sitting in places})
        return kept


def response_of(payload: str | None) -> Response:
    """Return an answer from its JSON; empty where there is none."""
    found: Response = json.loads(payload) if payload else {}
    return found
