"""Pairs as most formats write them: each left side with the text that it matches."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

Body = dict[str, Any]


def _unpaired(pairs: Sequence[tuple[str, str]]) -> Body:
    numbered = [(f"r{number}", *pair) for number, pair in enumerate(pairs, 1)]
    return {
        "lefts": [{"text": left, "right": own} for own, left, _ in numbered if left],
        "rights": [{"id": own, "text": right} for own, _, right in numbered],
    }


def blind_ids(texts: Sequence[str], letter: str) -> dict[str, str]:
    """Return an id for each different text; the ids tell nothing of the order of the texts."""
    mixed = sorted(
        dict.fromkeys(texts), key=lambda text: sha256(text.encode("utf-8", "replace")).digest()
    )
    return {text: f"{letter}{number}" for number, text in enumerate(mixed, 1)}


def paired(pairs: Sequence[tuple[str, str]]) -> Body:
    """Return the body of a matching; a pair without a left side is one more to choose from.

    Learners see the ids of the right sides, so they must not tell.
    """
    rights = list(dict.fromkeys(right for _, right in pairs if right))
    if len(rights) < 2:  # no sensible question, but one that is not lost
        return _unpaired(pairs)
    ids = blind_ids(rights, "r")
    return {
        "lefts": [{"text": left, "right": ids.get(right, "")} for left, right in pairs if left],
        "rights": [{"id": ids[text], "text": text} for text in rights],
    }
