"""Saving an exam's answers one by one: every save is kept, and none overwrites another unseen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.question import BadResponse
from quizapp.database import writing
from quizapp.models import Attempt as AttemptRow
from quizapp.models import AttemptItem, AttemptSave
from quizapp.services.content import questions
from quizapp.services.content.questions import Absent
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import disguise
from quizapp.services.quizzes.attempt_views import Refused, is_over
from quizapp.services.quizzes.quizzes import Settings


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a save; its seq is the base of the next one."""

    seq: int
    saved_at: datetime


class Conflict(Refused):
    """Another tab saved another answer meanwhile: it stands, and this one is kept beside it."""

    def __init__(self, item: AttemptItem, asked_with: object) -> None:
        super().__init__("save-conflict")
        asked = questions.asked(item.question_id, item.question_version)
        self.seq, self.saved_at, self.response = item.draft_seq, item.draft_at, item.draft
        # It is told in the ids that the sender used; a page must not learn the real ones.
        self.told = item.draft
        if (
            asked_with is None
            or disguise.revealed(asked, item.option_seed, asked_with) != asked_with
        ):
            self.told = disguise.hidden(asked, item.option_seed, item.draft)


def save(
    person: Person,
    uid: str,
    slot: int,
    *,
    client_id: str,
    base_seq: int,
    response: object,
    flagged: bool,
    now: datetime,
) -> Saved:
    """Save what a page holds: an answer (None or an empty one clears it) and the flag.

    `base_seq` names the save that the page began with. One transaction. The same id with the same
    body gives the same result and writes nothing, also after the end. Raises Absent, BadResponse,
    Conflict, Busy, Refused (closed, practice, id-reused).
    """
    try:
        return _save(person, uid, slot, client_id, base_seq, response, flagged, now)
    except sa.exc.IntegrityError as error:  # the same id at the same moment for another attempt
        raise Refused("id-reused") from error


def _save(
    person: Person,
    uid: str,
    slot: int,
    client_id: str,
    base_seq: int,
    response: object,
    flagged: bool,
    now: datetime,
) -> Saved:
    with writing() as session:
        attempt = _locked(session, person, uid)
        item = session.get(AttemptItem, (person.id, attempt.n, slot))
        if item is None:
            raise Absent
        payload = {"response": _cleaned(item, response), "flagged": flagged, "base_seq": base_seq}
        known = _known(session, person, client_id)
        if known is None:
            _refuse_closed(attempt, now)
            known = _append(session, item, client_id, payload, now)
        elif (known.n, known.slot) != (attempt.n, slot) or _body(known.payload) != payload:
            raise Refused("id-reused")
        result = Saved(known.draft_seq, known.at)
        conflict = Conflict(item, response) if known.payload.get("conflict") else None
    if conflict:
        raise conflict
    return result


def _locked(session: Session, person: Person, uid: str) -> AttemptRow:
    """Return the attempt; a hand-in at the same time waits, or this save does."""
    attempt = session.scalar(
        sa.select(AttemptRow)
        .where(AttemptRow.user_id == person.id, AttemptRow.uid == uid)
        .with_for_update()
    )
    if attempt is None:
        raise Absent
    return attempt


def _refuse_closed(attempt: AttemptRow, now: datetime) -> None:
    if not Settings.of(attempt.settings).is_exam:
        raise Refused("practice")
    if attempt.state != "open" or is_over(attempt.deadline_at, now):
        raise Refused("closed")


def _cleaned(item: AttemptItem, response: object) -> dict[str, Any] | None:
    """Return the response in its type's own shape and ids, None where nothing is answered."""
    if response is None:
        return None
    asked = questions.asked(item.question_id, item.question_version)
    real = disguise.revealed(asked, item.option_seed, response)
    try:
        return dict(asked.kind.parse(asked.question, real))
    except BadResponse as error:
        if error.code == "no-answer":
            return None
        raise


def _known(session: Session, person: Person, client_id: str) -> AttemptSave | None:
    return session.scalar(
        sa.select(AttemptSave).where(
            AttemptSave.user_id == person.id, AttemptSave.client_id == client_id
        )
    )


def _body(payload: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if name != "conflict"}


def _append(
    session: Session, item: AttemptItem, client_id: str, payload: dict[str, Any], now: datetime
) -> AttemptSave:
    """Keep the save, and make it the answer unless another one came between."""
    response = payload["response"]
    stale = payload["base_seq"] < item.draft_seq
    conflict = stale and response != item.draft
    seq = _next_seq(session, item)
    kept = {**payload, "conflict": True} if conflict else payload
    save = AttemptSave(
        user_id=item.user_id,
        n=item.n,
        slot=item.slot,
        draft_seq=seq,
        client_id=client_id,
        payload=kept,
        at=now,
    )
    session.add(save)
    if not conflict:
        flagged = _merged_flag(session, item, payload) if stale else payload["flagged"]
        if response != item.draft:
            item.draft, item.draft_at = response, now  # a flag is no answer: it leaves the time
        item.flagged, item.draft_seq = flagged, seq
    return save


def _next_seq(session: Session, item: AttemptItem) -> int:
    last = session.scalar(sa.select(sa.func.max(AttemptSave.draft_seq)).where(*_saves_of(item)))
    return (last or 0) + 1


def _merged_flag(session: Session, item: AttemptItem, payload: Mapping[str, Any]) -> bool:
    """Return the flag of two tabs: whichever was changed since the page began."""
    base = session.scalar(
        sa.select(AttemptSave.payload).where(
            *_saves_of(item), AttemptSave.draft_seq == payload["base_seq"]
        )
    )
    changed = payload["flagged"] != bool(base and base.get("flagged"))
    return bool(payload["flagged"] if changed else item.flagged)


def _saves_of(item: AttemptItem) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        AttemptSave.user_id == item.user_id,
        AttemptSave.n == item.n,
        AttemptSave.slot == item.slot,
    )
