"""An answer as it was given, and the facts that it tests."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quizapp.core.question import Grade, Response
from quizapp.services.content.questions import Asked


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was given."""

    client_id: str
    asked: Asked
    response: Response
    grade: Grade
    source: str  # study, practice (recorded but not scheduled), quiz
    answered_at: datetime
    received_at: datetime
    took_ms: int | None = None
    attempt_n: int | None = None
    slot: int | None = None
    try_no: int = 1
    marks: Mapping[str, Any] | None = None

    @property
    def body_sha256(self) -> str:
        """What tells the same answer sent twice from another one under the same id."""
        body = [self.asked.id, self.asked.version, self.response, self.attempt_n, self.slot]
        return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts that a question tests now, and the bank they belong to."""

    bank_id: int
    fact_id: int | None
    parts: Mapping[str, int]
