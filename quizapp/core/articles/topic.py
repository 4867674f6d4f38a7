"""What an article is about, in a few words, said before a question that does not name it."""

import re
from dataclasses import replace

from quizapp.core.articles.asking import capital
from quizapp.core.articles.draft_words import key_texts
from quizapp.core.articles.lexicon import rarity
from quizapp.core.articles.model import Draft
from quizapp.core.articles.parsing import Parsed

LONGEST, LONGEST_TITLE = 5, 9  # words
LEAST_WEIGHT = 0.3
HALF = 0.5  # of the weight of the main term
# These give what they are about in full.
WHOLE_WAYS = frozenset({"definition", "term", "false_definition", "matching"})
_WHAT_IS = re.compile(r"(?:what|who) (?:is|are|was|were) (?:an? |the )?(\w+(?: \w+){0,3})$", re.I)
_ASKS = re.compile(r"(?:what|why|how|when|who|where|a guide|an introduction|understanding)\b", re.I)


def topic_of(parsed: Parsed) -> str:
    """Return the part of the title that is short and names a term, else the title or main term."""
    title = " ".join(parsed.title.split()).rstrip(".?!:")
    if asked := _WHAT_IS.match(title):
        return capital(asked[1])
    parts = [one.strip() for one in re.split(r":|—| – |\?|\. ", title) if one.strip()]  # noqa: RUF001
    short = [one for one in parts if len(one.split()) <= LONGEST and not _ASKS.match(one)]
    naming = [one for one in short if _names(parsed, one)]
    if naming:
        return naming[0]
    said = [key for key in parsed.weights if _says(title, key) and parsed.weights[key] >= HALF]
    best = max(said or parsed.weights, key=lambda key: parsed.weights[key], default="")
    shown = next((str(one.tokens.text) for one in parsed.terms if one.key == best), "")
    if _ASKS.match(title) or len(title.split()) > LONGEST_TITLE:
        return capital(shown) or title
    return title


def _names(parsed: Parsed, text: str) -> bool:
    return any(
        weight >= LEAST_WEIGHT and _says(text, key) for key, weight in parsed.weights.items()
    )


def _says(text: str, key: str) -> bool:
    said = {word[:5] for word in re.findall(r"\w+", text.lower())}
    return all(word[:5] in said for word in key.split())


def with_topic(draft: Draft, topic: str) -> Draft:
    """Return the draft with the topic before its stem, unless the stem names it."""
    if not topic:
        return draft
    said = {word[:5] for word in re.findall(r"\w+", draft.shown.lower())}
    words = [word for word in re.findall(r"\w+", topic.lower()) if rarity(word) > 0.6]
    answers = {word[:5] for key in key_texts(draft) for word in re.findall(r"\w+", key.lower())}
    if draft.type != "flashcard" and any(word[:5] in answers for word in words):
        return draft  # the topic is what is asked
    if any(word[:5] in said for word in words):
        return draft
    return replace(draft, stem=f"{topic}: {draft.stem}")
