"""Which fact to ask next, and in which form: pure choices over what the learner has and had."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

APART = 5  # questions between two of one sentence or of neighbours
NEW_EVERY = 4  # with reviews due, each fourth question is about a new fact
AHEAD = timedelta(minutes=20)  # a learning step may come this early when nothing else is left
MATURING_DAYS = 7.0  # stability from which questions ask for more than recognition
MATURE_DAYS = 21.0

Sentence = tuple[int, int]  # article id, index of the sentence


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fact that may be asked now; `due_at` None is a new one."""

    fact_id: int
    sentence: Sentence | None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FormChoice:
    """A question of a fact; `last_seq` numbers when this learner last met it, 0 for never."""

    question_id: int
    type: str
    hardness: int
    last_seq: int


def choose(
    due: Sequence[Candidate],
    new: Callable[[], Sequence[Candidate]],
    recent: Sequence[Candidate],
    answered_today: int,
    now: datetime,
) -> Candidate | None:
    """Return what to ask next; None when nothing is due and nothing new is left.

    `due` in order of urgency (learning steps due within AHEAD included); `new` gives the new ones
    in the bank's order and is called only where it matters; `recent` are the facts asked last,
    newest first. Due and new are mixed; facts on the same or a neighbouring sentence stay APART
    questions apart while anything else can be asked.
    """
    ready = [c for c in due if c.due_at is not None and c.due_at <= now]
    near = recent[: APART - 1]
    turn: list[Callable[[], Sequence[Candidate]]] = [lambda: ready, new]
    if answered_today % NEW_EVERY == NEW_EVERY - 1:
        turn.reverse()
    for candidates in turn:
        for candidate in candidates():
            if not any(close(candidate, other) for other in near):
                return candidate
    # Everything left is close to what was just asked: take what is farthest back.
    early = [c for c in due if c.due_at is None or c.due_at > now]
    return max([*ready, *new()] or early, key=lambda c: _distance(c, recent), default=None)


def close(one: Candidate, other: Candidate) -> bool:
    """Say whether two facts would give each other away: the same, or on neighbouring sentences."""
    if one.fact_id == other.fact_id:
        return True
    if one.sentence is None or other.sentence is None:
        return False
    return one.sentence[0] == other.sentence[0] and abs(one.sentence[1] - other.sentence[1]) <= 1


def _distance(candidate: Candidate, recent: Sequence[Candidate]) -> int:
    for distance, other in enumerate(recent):
        if candidate.fact_id == other.fact_id:
            return 2 * distance
        if close(candidate, other):
            return 2 * distance + 1
    return 2 * len(recent) + 2


def choose_form(forms: Sequence[FormChoice], stability_days: float | None) -> FormChoice:
    """Return the question to ask a fact with: not the type just seen, harder as memory grows.

    A new fact is recognised first; while its memory is young all forms but recall take turns.
    Among equals the one met longest ago, then the bank's order. Raises ValueError without forms.
    """
    if not forms:
        raise ValueError("a fact without questions cannot be asked")
    last = max(forms, key=lambda form: form.last_seq)
    others = forms
    if last.last_seq:
        others = [f for f in forms if f.type != last.type] or [
            f for f in forms if f.question_id != last.question_id
        ]
    wanted = wanted_hardness(stability_days)

    def far(form: FormChoice) -> int:
        if stability_days is not None and wanted == 1:
            return max(form.hardness - 2, 0)
        return abs(form.hardness - wanted)

    return min(others or forms, key=lambda form: (far(form), form.last_seq))


def wanted_hardness(stability_days: float | None) -> int:
    """Return 1 (recognise) for a young memory, 2 for a maturing, 3 (recall) for a mature one."""
    if stability_days is None or stability_days < MATURING_DAYS:
        return 1
    return 2 if stability_days < MATURE_DAYS else 3
