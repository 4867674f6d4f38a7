"""What an article is about, in a few words, said before a question that does not name it."""

import re
from dataclasses import replace

from quizapp.core.articles.asking import capital
from quizapp.core.articles.lexicon import rarity
from quizapp.core.articles.model import Draft
from quizapp.core.articles.parsing import Parsed

LONGEST = 5  # words
LEAST_WEIGHT = 0.3
# These give what they are about in full.
_WHOLE = frozenset({"definition", "term", "false_definition", "matching"})
_ASKS = re.compile(r"(?:what|why|how|when|who|where|a guide|an introduction|understanding)\b", re.I)


def topic_of(parsed: Parsed) -> str:
    """Return the title, or the part of it, that is short and names a term; else the main term."""
    title = " ".join(parsed.title.split()).rstrip(".?!:")
    for part in re.split(r":|—| – |\?|\. ", title):  # noqa: RUF001
        words = part.strip()
        if 1 <= len(words.split()) <= LONGEST and not _ASKS.match(words) and _names(parsed, words):
            return words
    best = max(parsed.weights, key=lambda key: parsed.weights[key], default="")
    shown = next((str(one.tokens.text) for one in parsed.terms if one.key == best), "")
    return capital(shown) or title


def _names(parsed: Parsed, text: str) -> bool:
    said = {word[:5] for word in re.findall(r"\w+", text.lower())}
    return any(
        weight >= LEAST_WEIGHT and all(word[:5] in said for word in key.split())
        for key, weight in parsed.weights.items()
    )


def with_topic(draft: Draft, topic: str) -> Draft:
    """Return the draft with the topic before its stem, unless the stem names it."""
    if not topic or draft.way in _WHOLE:
        return draft
    said = {word[:5] for word in re.findall(r"\w+", draft.stem.lower())}
    words = [word for word in re.findall(r"\w+", topic.lower()) if rarity(word) > 0.6]
    if any(word[:5] in said for word in words):
        return draft
    return replace(draft, stem=f"{topic}: {draft.stem}")
