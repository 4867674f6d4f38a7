"""Bring your history: what Anki logged of a learner's cards becomes the learner's own reviews.

They are reviews of kind `import` without a response: marks, statistics of questions and the sums
of days stay what was answered here; only memories grow.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

from quizapp.core.formats.contract import Format
from quizapp.core.formats.shared.source import Source
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.services.people import sessions
from quizapp.services.study import responses
from quizapp.services.transfer import history_rows, history_weights
from quizapp.services.transfer.history_rows import Past
from quizapp.services.transfer.history_storing import Aim, Chunk, Taken
from quizapp.services.transfer.import_matching import Target, plan
from quizapp.services.transfer.import_reading import Reading

FACTS, ROWS = 25, 500  # in one transaction: a tenth of a second, so nobody waits for long
PATIENCE_S: Final = 10.0
MAX_ROWS: Final = 1_000_000  # of one package
NOT_ASKED, NO_MORE = "not_asked", "no_more"
_ASKED = {name for name, kind in QUESTION_TYPES.items() if kind.GRADED_BY in ("app", "learner")}


def bring(
    plugin: Format,
    source: Source,
    aim: Aim,
    now: datetime,
    seen: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """Take over history and weights of a file whose questions are stored; returns what to tell.

    FormatError where the file cannot be read.
    """
    weights = history_weights.offer(plugin, source.again(), aim.user_id, aim.uses_weights, now)
    taken = take_over(plugin, source.again(source.options), aim, now, seen)
    return taken.as_json() | {"weights": weights}


def take_over(
    plugin: Format,
    source: Source,
    aim: Aim,
    now: datetime,
    seen: Callable[[int], None] | None = None,
) -> Taken:
    """Take over the history in a file whose questions are stored, bit by bit.

    What is there already is not doubled, so it may be repeated after it was broken off, and with a
    newer package of the same cards adds what is new. FormatError where the file cannot be read.
    """
    taken = Taken()
    for chunk in _chunks(_pasts(plugin, source, aim, now, taken, seen)):
        with writing(PATIENCE_S) as session:
            if sessions.person(aim.user_id) is None:
                break
            responses.take_seq(session.connection(), aim.user_id, 0)
            person = sessions.person(aim.user_id)  # locked: the weights in use are settled
            assert person is not None  # noqa: S101 - its row is locked
            Chunk(session, person, aim, now, taken).store(chunk)
    return taken


def _pasts(
    plugin: Format,
    source: Source,
    aim: Aim,
    now: datetime,
    taken: Taken,
    seen: Callable[[int], None] | None,
) -> Iterator[Past]:
    """Yield the past of each question of the file that can be asked here."""
    reading = Reading(plugin, source, aim.choices, seen)
    used: set[int] = set()
    left = MAX_ROWS
    for batch in reading.batches():
        target = Target(aim.bank_id, reading.system, reading.facts, renders=False)
        steps = plan(db.session(), target, batch.questions, used)
        db.session.rollback()
        for step in steps:
            past = history_rows.past_in(step.item, step.old.id if step.old else 0, now)
            if past is None:
                continue
            if step.old is None or step.item.type not in _ASKED or step.old.status != "active":
                taken.left_out[NOT_ASKED] += past.log.answers
            elif (left := left - len(past.log.entries)) < 0:
                taken.left_out[NO_MORE] += past.log.answers
            else:
                yield past


def _chunks(pasts: Iterator[Past]) -> Iterator[list[Past]]:
    chunk: list[Past] = []
    rows = 0
    for past in pasts:
        more = len(past.log.entries)
        if chunk and (len(chunk) >= FACTS or rows + more > ROWS):
            yield chunk
            chunk, rows = [], 0
        chunk.append(past)
        rows += more
    if chunk:
        yield chunk
