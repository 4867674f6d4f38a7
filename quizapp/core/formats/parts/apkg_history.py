"""What Anki knows of a card's past: kept as it stands beside a question, and put back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quizapp.core.formats.model import RawBlock
from quizapp.core.formats.parts.apkg_values import whole

FORMAT = "apkg"
# What of a card says that it was studied or set aside; a new card's other numbers only its place.
_TELLING = ("type", "queue", "ivl", "reps", "lapses", "flags")
MAX_REVIEWS = 100_000
_FSRS_6 = 21  # how many weights FSRS-6 has


@dataclass(slots=True)
class History:
    """A card as Anki has it, the log of its reviews, and the days that its numbers count from.

    offset_minutes: of the zone in which `crt` has its date, west of UTC as Anki has it; None where
    an older Anki did not say. weights: of FSRS, where the history is to go out with them.
    """

    note: dict[str, Any] = field(default_factory=dict)
    card: dict[str, Any] = field(default_factory=dict)
    reviews: list[list[int]] = field(default_factory=list)
    crt: int = 0
    rollover: int = 4
    offset_minutes: int | None = None
    weights: list[float] = field(default_factory=list)


def block(
    note: Mapping[str, Any],
    card: Mapping[str, Any],
    reviews: Sequence[Sequence[int]],
    col: Mapping[str, Any],
) -> RawBlock | None:
    """Return a card's past as a raw block; None for a card that was never studied or set aside."""
    studied = any(card[name] for name in _TELLING) or card["data"] not in ("", "{}")
    if not studied and not reviews:
        return None
    return RawBlock(FORMAT, dumped(note, card, reviews, col))


def dumped(
    note: Mapping[str, Any],
    card: Mapping[str, Any],
    reviews: Sequence[Sequence[int]],
    col: Mapping[str, Any],
) -> str:
    """Return note, card and log as JSON, the same for the same."""
    past = {"note": note, "card": card, "revlog": reviews, "col": col}
    return json.dumps(past, ensure_ascii=False, separators=(",", ":"))


def history_of(raw: RawBlock | None) -> History | None:
    """Return the past that a raw block keeps; None where it is none of ours or damaged."""
    return loaded(raw.text) if raw is not None and raw.format == FORMAT else None


def loaded(raw: str) -> History | None:
    """Return the past in a JSON text; None where there is none."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not isinstance(found.get("card"), dict):
        return None
    note, col, reviews = found.get("note"), found.get("col"), found.get("revlog")
    col = col if isinstance(col, dict) else {}
    return History(
        note if isinstance(note, dict) else {},
        found["card"],
        [_review(row) for row in reviews[:MAX_REVIEWS] if isinstance(row, list) and len(row) == 7]
        if isinstance(reviews, list)
        else [],
        whole(col.get("crt")),
        whole(col.get("rollover", 4)),
        whole(col["offset_minutes"]) if "offset_minutes" in col else None,
        _weights(col.get("weights")),
    )


def _weights(found: Any) -> list[float]:
    if not isinstance(found, list) or len(found) != _FSRS_6:
        return []
    return [float(one) for one in found if isinstance(one, int | float)]


def _review(row: Sequence[Any]) -> list[int]:
    return [whole(value) for value in row]
