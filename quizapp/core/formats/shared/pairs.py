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


def paired(pairs: Sequence[tuple[str, str]]) -> Body:
    """Return the body of a matching; a pair without a left side is one more to choose from.

    The ids of the right sides follow a hash: learners see them, so they must not tell.
    """
    rights = list(dict.fromkeys(right for _, right in pairs if right))
    if len(rights) < 2:  # no sensible question, but one that is not lost
        return _unpaired(pairs)
    mixed = sorted(rights, key=lambda text: sha256(text.encode("utf-8", "replace")).digest())
    ids = {text: f"r{number}" for number, text in enumerate(mixed, 1)}
    return {
        "lefts": [{"text": left, "right": ids.get(right, "")} for left, right in pairs if left],
        "rights": [{"id": ids[text], "text": text} for text in rights],
    }
