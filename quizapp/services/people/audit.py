"""The audit: who did what to whom, without names, so that an erasure leaves it true."""

from datetime import datetime
from typing import Any

from quizapp.models import Audit


def note(
    session: Any,
    now: datetime,
    actor_id: int | None,
    action: str,
    subject_user_id: int | None,
    detail: str | None = None,
) -> None:
    """Note an act inside the caller's transaction; `detail` never holds a name or an address."""
    session.add(
        Audit(
            at=now, actor_id=actor_id, action=action, subject_user_id=subject_user_id, note=detail
        )
    )
