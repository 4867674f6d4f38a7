"""Cards as folds of the log of reviews: one step for the live path and for every replay."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from quizapp.core.scheduling import fsrs, fsrs6
from quizapp.core.scheduling.days import day_start, learner_day
from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS, MAXIMUM_DAYS, Memory, Weights
from quizapp.core.scheduling.fuzz import fuzzed

_PLACE = attrgetter("at", "seq")
DEFAULT_VERSION = 0  # of the parameters: the published weights


# Values, though not frozen ones: those take eight times as long to make, and replays make millions.
@dataclass(slots=True, unsafe_hash=True)
class ReviewRow:
    """A row of the log of reviews, as far as a card depends on it.

    kind: answer, import (an answer given elsewhere), undo (voids the row `voids_seq`), reset
    (forget the card) or reparam (new weights for all of the card's past).
    source: "study" makes learning steps within the day, any other ("quiz") does not.
    day: learner day of `at`. due_day, due_at: what was decided then; only undo and reset have none.
    """

    seq: int
    kind: str
    at: datetime
    day: int
    rating: int | None = None
    p_knew: float | None = None
    due_day: int | None = None
    due_at: datetime | None = None
    source: str = "study"
    engine: str = fsrs.ENGINE
    params_version: int = DEFAULT_VERSION
    voids_seq: int | None = None
    question_id: int | None = None


@dataclass(slots=True, unsafe_hash=True)
class CardState:
    """One learner's memory of one fact; names and units as in the table `cards`."""

    state: int
    step: int | None
    stability: float
    difficulty: float
    last_at: datetime
    last_day: int
    due_day: int
    due_at: datetime
    reps: int
    lapses: int
    log_seq: int
    engine: str
    params_version: int

    @property
    def memory(self) -> Memory:
        """The part that the memory model reads."""
        return Memory(self.state, self.step, self.stability, self.difficulty)

    @property
    def interval_days(self) -> int:
        """Learner days from the last review to the due day; 0 for a step within the day."""
        return self.due_day - self.last_day


class Scheduled(NamedTuple):
    """When a fact is asked again after an answer, and the memory that the answer leaves."""

    due_day: int
    due_at: datetime
    memory: Memory


def step(
    card: CardState | None, row: ReviewRow, weights: Weights, memory: Memory | None = None
) -> CardState:
    """Return the card after an answer (or an import); None is a fact never met.

    Memory and counts are computed, `due_day` and `due_at` are read from the row, and `engine` is
    the one that computed. Days since the last review are never negative, and the last day never
    goes back: a change of zone may give an answer a smaller day. A lapse is Again in state review.
    `memory` spares the work where `schedule` has just told it of the same card, answer and weights.
    Raises ValueError for a row of another kind, or one that lacks a rating or a due time.
    """
    if row.kind not in ("answer", "import"):
        raise ValueError(f"only `fold` applies a row of kind {row.kind}")
    if row.rating is None or row.due_day is None or row.due_at is None:
        raise ValueError(f"review {row.seq} lacks its rating or its due time")
    after = memory or _memory(card, row, weights)
    lapsed = card is not None and card.state == fsrs.REVIEW and row.rating == fsrs.AGAIN
    return CardState(
        state=after.state,
        step=after.step,
        stability=after.stability,
        difficulty=after.difficulty,
        last_at=row.at,
        last_day=max(row.day, card.last_day) if card else row.day,
        due_day=row.due_day,
        due_at=row.due_at,
        reps=(card.reps if card else 0) + 1,
        lapses=(card.lapses if card else 0) + lapsed,
        log_seq=max(row.seq, card.log_seq) if card else row.seq,
        engine=fsrs.ENGINE,
        params_version=row.params_version,
    )


def _memory(card: CardState | None, row: ReviewRow, weights: Weights) -> Memory:
    return fsrs.reviewed(
        card,
        row.rating or 0,
        _delta_days(card, row.day),
        fsrs6.model(weights),
        row.p_knew,
        row.source == "study",
    )[0]


def fold(
    rows: Iterable[ReviewRow],
    weights_by_version: Mapping[int, Weights],
    tz: str,
    rollover_minutes: int,
) -> CardState | None:
    """Return the card that the reviews of one learner and fact make, or None if none is left.

    `rows` are all rows of the questions that belong to the fact now, in any order, undo rows
    included. `due_at` of a learning step is read; of any other card it follows from `due_day` in
    the zone and rollover given. `log_seq` is the highest of all rows, so it also grows by an undo.
    Equal to what the live path stored, bit for bit, where every row was computed by this ENGINE;
    otherwise compare stability and difficulty with a relative tolerance of 1e-5.
    Raises KeyError for a params_version without weights (0 is built in).
    """
    rows = list(rows)
    card: CardState | None = None
    for _, _, after in history(rows, weights_by_version):
        card = after
    return card and finished(card, rows, tz, rollover_minutes)


def finished(
    card: CardState, rows: Iterable[ReviewRow], tz: str, rollover_minutes: int
) -> CardState:
    """Return what `fold` does where `history` has told the last card."""
    log_seq = max(row.seq for row in rows)
    if card.log_seq != log_seq:
        card = replace(card, log_seq=log_seq)
    return rezoned(card, tz, rollover_minutes)


def history(
    rows: Iterable[ReviewRow], weights_by_version: Mapping[int, Weights]
) -> Iterator[tuple[CardState | None, ReviewRow, CardState | None]]:
    """Yield card before, row, card after for each row that counts, in order of (at, seq).

    Left out are undo rows and what they void (an undo that is itself voided voids nothing). A
    reset leaves None. Up to the last reparam row all is computed with that row's weights, after it
    with each row's own. From this the sums per day can be rebuilt, too.
    """
    rows = _effective(rows)
    past = max((n for n, row in enumerate(rows) if row.kind == "reparam"), default=-1)
    card: CardState | None = None
    for n, row in enumerate(rows):
        before = card
        version = rows[past].params_version if n <= past else row.params_version
        if row.kind == "reset":
            card = None
        elif row.kind == "reparam":
            card = card and _reparam(card, row)
        else:
            card = step(card, row, _weights(weights_by_version, version))
        yield before, row, card


def rezoned(card: CardState, tz: str, rollover_minutes: int) -> CardState:
    """Return the card with `due_at` as its `due_day` begins in this zone and with this rollover.

    A card in a learning step keeps its `due_at`: its wait is minutes, wherever the learner is.
    """
    if card.state != fsrs.REVIEW:
        return card
    due_at = day_start(card.due_day, tz, rollover_minutes)
    return card if due_at == card.due_at else replace(card, due_at=due_at)


def schedule(
    card: CardState | None,
    rating: int,
    p_knew: float | None,
    at: datetime,
    day: int,
    tz: str,
    rollover_minutes: int,
    *,
    steps: bool,
    chance: float,
    retention: float = 0.9,
    weights: Weights = DEFAULT_WEIGHTS,
    maximum_days: int = MAXIMUM_DAYS,
    share: Callable[[int], float] | None = None,
) -> Scheduled:
    """Return what to write into the row of an answer given at `at` on learner day `day`, and more.

    A learning step is due after its wait, and its day is never before `day`; anything else at the
    start of the learner day that lies the (fuzzed) interval after `day`, so after `at`.
    `share` says how gladly a learner day is taken, 0..1: within the range of the fuzz, days off and
    easy days are avoided. `steps` must be what `ReviewRow.source` will say.
    Raises ValueError as `fsrs.review` does.
    """
    memory, wait_s = fsrs.reviewed(
        card,
        rating,
        _delta_days(card, day),
        fsrs6.model(weights),
        p_knew,
        steps,
    )
    if wait_s is not None:
        due_at = at + timedelta(seconds=wait_s)
        return Scheduled(max(day, learner_day(due_at, tz, rollover_minutes)), due_at, memory)
    days = fsrs.whole_days(memory.stability, retention, maximum_days, weights)
    ahead = None if share is None else lambda days: share(day + days)
    due_day = day + fuzzed(days, chance, maximum_days, ahead)
    return Scheduled(due_day, day_start(due_day, tz, rollover_minutes), memory)


def recall_at(card: CardState | None, at: datetime, weights: Weights) -> float | None:
    """Return the recall that is predicted for an instant, None of a fact never met."""
    if card is None:
        return None
    elapsed = max((at - card.last_at).total_seconds() / 86400, 0.0)
    return fsrs.retrievability(card.stability, elapsed, weights)


def _delta_days(card: CardState | None, day: int) -> int:
    return max(day - card.last_day, 0) if card else 0


def _weights(weights_by_version: Mapping[int, Weights], version: int) -> Weights:
    if version == DEFAULT_VERSION and version not in weights_by_version:
        return DEFAULT_WEIGHTS
    return weights_by_version[version]


def _reparam(card: CardState, row: ReviewRow) -> CardState:
    """Return the card, which its past has made with the row's weights, as the row schedules it."""
    return replace(
        card,
        due_day=card.due_day if row.due_day is None else row.due_day,
        due_at=row.due_at or card.due_at,
        params_version=row.params_version,
    )


def _effective(rows: Iterable[ReviewRow]) -> list[ReviewRow]:
    rows = list(rows)
    voided: set[int | None] = set()
    if not any(row.kind == "undo" for row in rows):
        return sorted(rows, key=_PLACE)
    kept = []
    # From the newest down, so that an undo is known to be void before it voids anything.
    for row in sorted(rows, key=lambda row: row.seq, reverse=True):
        if row.seq in voided:
            continue
        if row.kind == "undo":
            voided.add(row.voids_seq)
        else:
            kept.append(row)
    return sorted(kept, key=_PLACE)
