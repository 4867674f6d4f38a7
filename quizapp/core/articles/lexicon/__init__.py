"""Small word lists that drafting needs: how common a word is, opposites, closed sets, marks."""

import functools
import math
from importlib import resources

# The 10,000 most frequent English words, most frequent first; derived from the frequency list of
# SymSpell (MIT), which rests on Google Books Ngram data (CC BY 3.0) and SCOWL.
_COMMON = "common_words.txt"


@functools.cache
def _ranks() -> dict[str, int]:
    text = resources.files(__package__).joinpath(_COMMON).read_text(encoding="ascii")
    return {word: rank for rank, word in enumerate(text.split(), 1)}


def rarity(word: str, lemma: str = "") -> float:
    """Return how rare a word is, 0 (the) to 1 (not among the 10,000 most frequent)."""
    ranks = _ranks()
    rank = min(ranks.get(word.lower(), 10_001), ranks.get(lemma, 10_001))
    return min(1.0, math.log10(rank) / 4)
