"""The words of drafts: what they ask for, and which of their words carry meaning."""

import re

from quizapp.core.articles.lexicon import rarity
from quizapp.core.articles.model import Draft

WORD = re.compile(r"[^\W\d_]+|\d(?:[\d,.]*\d)?")


def key_texts(draft: Draft) -> list[str]:
    """Return the texts that a key is made of, [] for true, false and numbers."""
    if isinstance(draft.key, str):
        return [draft.key]
    if isinstance(draft.key, tuple):
        return [part for one in draft.key for part in ((one,) if isinstance(one, str) else one)]
    return []


def content_words(text: str) -> set[str]:
    """Return the first letters of the words that carry meaning, so that forms count as one."""
    return {word.lower()[:6] for word in WORD.findall(text) if rarity(word) > 0.5 or len(word) > 5}
