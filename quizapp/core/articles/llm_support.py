"""Whether a text says no more than its evidence: by its telling words, numbers and names."""

import re

from quizapp.core.articles.model import Draft
from quizapp.core.flaws.wording import content_words
from quizapp.core.text import Rules, comparable

SHORTEST_WORD = 3  # letters
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")  # noqa: RUF001 - the typographic mark is meant
_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b")  # noqa: RUF001


def is_supported(said: str, quote: str, share: float) -> bool:
    """Tell whether so much of what is said stands in the quote, its numbers and names exactly.

    A text without telling words has to stand there as it is.
    """
    if not numbers(said) <= numbers(quote) or not _names(said) <= _words(quote):
        return False
    meant = telling(said)
    if not meant:
        return holds(quote, said)
    return len(meant & telling(quote)) >= share * len(meant)


def telling(text: str) -> set[str]:
    """Return the words that carry the matter, without their endings, and the numbers."""
    return content_words(_POSSESSIVE.sub("", text), SHORTEST_WORD) | numbers(text)


def numbers(text: str) -> set[str]:
    """Return the numbers of a text, as written."""
    return set(_NUMBER.findall(text))


def holds(text: str, part: str) -> bool:
    """Tell whether a text holds these words; case and typography aside."""
    inside = re.escape(comparable(part, Rules()))
    return re.search(rf"(?<!\w){inside}(?!\w)", comparable(text, Rules())) is not None


def keys_of(draft: Draft) -> list[str]:
    """Return the texts of a key, [] for true and false."""
    if isinstance(draft.key, str):
        return [draft.key]
    key = draft.key if isinstance(draft.key, tuple) else ()
    return [one for one in key if isinstance(one, str)]


def distractors_of(draft: Draft) -> list[str]:
    """Return the options that are not the key."""
    return [one for one in draft.options if one != draft.key]


def _names(text: str) -> set[str]:
    """Return the words with a capital that do not begin the text."""
    begins = _WORD.match(text)
    return {word for word in _words(text[begins.end() if begins else 0 :]) if word[0].isupper()}


def _words(text: str) -> set[str]:
    return set(_WORD.findall(_POSSESSIVE.sub("", text)))
