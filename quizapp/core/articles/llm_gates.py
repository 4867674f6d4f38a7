"""What a language model's draft must not be: gates on (draft, text), each with a reason code.

They believe nothing that the model says: the evidence has to be the article's, and what is asked
has to follow from the words of the evidence.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from quizapp.core.articles import llm_option_gates, segment
from quizapp.core.articles.lexicon.words import CONDITIONS, HEDGES
from quizapp.core.articles.llm_instructions import has_instruction, is_command
from quizapp.core.articles.llm_reading import BLANK, GAP, Candidate
from quizapp.core.articles.llm_support import (
    distractors_of,
    holds,
    is_supported,
    keys_of,
    numbers,
    telling,
)
from quizapp.core.articles.model import Draft
from quizapp.core.flaws.wording import words
from quizapp.core.text import Rules, comparable

Gate = Callable[[Draft, str], bool]
# What all drafts of an article ask of it is worked out once.
_paragraphs = lru_cache(maxsize=2)(segment.paragraphs)
_sentences = lru_cache(maxsize=2)(segment.sentences)
_telling = lru_cache(maxsize=2)(telling)

FEWEST_WORDS, MOST_WORDS = 4, 60  # of evidence
SUPPORTED = 0.6  # of the words of a key stand in the evidence
STATED = 0.7  # of those of a true statement
ABOUT = 0.5  # of the words of a stem stand in the article
LONGEST_STEM, LONGEST_KEY, LONGEST_CARD = 40, 12, 40  # words
_POINTS = re.compile(r"(?:it|its|they|their|he|his|she|her|this|these|those|such)\b", re.IGNORECASE)
_REFERS = re.compile(
    r"\b(?:the|this|that) (?:passage|article|text|excerpt|paragraph|quote|quotation|evidence|"
    r"author|writer)\b|\b(?:mentioned|stated|described|listed|given) (?:above|here)\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"https?:|www\.|<[a-z/!]|\]\(|```|!\[", re.IGNORECASE)


def has_bad_form(draft: Draft, text: str) -> bool:
    """Tell whether it lacks the answer of its type, or has more or fewer gaps than its type."""
    if draft.type == "true_false":
        return not isinstance(draft.key, bool)
    return draft.stem.count(GAP) != (draft.type == "cloze")


def has_other_evidence(draft: Draft, text: str) -> bool:
    """Tell whether the evidence is not what stands at its place."""
    span = draft.evidence
    return not span.quote or text[span.start : span.end] != span.quote


def has_evidence_of_bad_length(draft: Draft, text: str) -> bool:
    """Tell whether the evidence is too short to say anything, or too long to point anywhere."""
    return not FEWEST_WORDS <= len(draft.evidence.quote.split()) <= MOST_WORDS


def rests_on_an_instruction(draft: Draft, text: str) -> bool:
    """Tell whether the evidence is of a paragraph that speaks to a program, or is a command."""
    paragraphs = _around(draft, text, _paragraphs(text))
    sentences = _around(draft, text, _sentences(text))
    return any(map(has_instruction, paragraphs)) or any(map(is_command, sentences))


def _around(draft: Draft, text: str, places: list[list[int]]) -> list[str]:
    """Return the texts at those places that the evidence lies in."""
    span = draft.evidence
    return [text[start:end] for start, end in places if start < span.end and span.start < end]


def has_markup(draft: Draft, text: str) -> bool:
    """Tell whether it holds a link, HTML or code, which no question on an article needs."""
    texts = (draft.stem, *keys_of(draft), *draft.options, *draft.also_right, draft.fact)
    return any(map(_MARKUP.search, texts))


def has_unsupported_key(draft: Draft, text: str) -> bool:
    """Tell whether too little of the key stands in the evidence, or not its numbers and names."""
    quote = draft.evidence.quote
    if draft.key is True:
        return not is_supported(draft.stem, quote, STATED)
    return not all(is_supported(key, quote, SUPPORTED) for key in keys_of(draft))


def drops_hedge(draft: Draft, text: str) -> bool:
    """Tell whether what is called true leaves out a word that limits it: "often", "if"."""
    if draft.key is not True:
        return False
    limits = set(words(draft.evidence.quote)) & (HEDGES | CONDITIONS)
    return not limits <= set(words(draft.stem))


def has_bad_stem(draft: Draft, text: str) -> bool:
    """Tell whether it is no question, has several blanks, or is a question to be called true."""
    asks, blanks = draft.stem.endswith(("?", "？", "؟")), draft.stem.count(BLANK)  # noqa: RUF001
    if draft.type in ("true_false", "cloze"):
        return asks or blanks > 0
    return not asks and blanks != 1


def points_nowhere(draft: Draft, text: str) -> bool:
    """Tell whether it begins with a word that stands for something that was named elsewhere."""
    return _POINTS.match(draft.stem) is not None


def speaks_of_the_text(draft: Draft, text: str) -> bool:
    """Tell whether it asks about "the passage" instead of its matter."""
    return any(map(_REFERS.search, (draft.stem, *draft.options)))


def is_off_topic(draft: Draft, text: str) -> bool:
    """Tell whether its words are not those of the article, or it has numbers of its own."""
    stem = draft.stem.replace(GAP, " ")
    if draft.key is not False and not numbers(stem) <= _telling(text):
        return True
    return len(telling(stem) & _telling(text)) < ABOUT * len(telling(stem))


def is_too_long(draft: Draft, text: str) -> bool:
    """Tell whether it has more words than can be held in mind."""
    longest = LONGEST_CARD if draft.type == "flashcard" else LONGEST_KEY
    answers = (*keys_of(draft), *draft.options)
    return len(draft.stem.split()) > LONGEST_STEM or any(
        len(one.split()) > longest for one in answers
    )


def leaks(draft: Draft, text: str) -> bool:
    """Tell whether the stem has words of the key that the distractors do not have."""
    stem = telling(draft.stem.replace(GAP, " "))
    key = set().union(*map(telling, keys_of(draft)))
    if draft.type == "flashcard":  # a whole sentence names what it is about
        return len(key & stem) > SUPPORTED * len(key)
    return bool((key & stem).difference(*map(telling, distractors_of(draft))))


# In this order; the first that a draft runs into is its reason.
GATES: dict[str, Gate] = {
    "form": has_bad_form,
    "evidence_not_found": has_other_evidence,
    "evidence_length": has_evidence_of_bad_length,
    "instruction": rests_on_an_instruction,
    "markup": has_markup,
    "key_unsupported": has_unsupported_key,
    "dropped_hedge": drops_hedge,
    "stem": has_bad_stem,
    "unresolved": points_nowhere,
    "refers_to_text": speaks_of_the_text,
    "off_topic": is_off_topic,
    "too_long": is_too_long,
    "options": llm_option_gates.has_bad_options,
    "option_on_options": llm_option_gates.speaks_of_other_options,
    "option_kinds": llm_option_gates.has_options_of_two_kinds,
    "longest_key": llm_option_gates.has_longest_key,
    "leak": leaks,
    "also_true": llm_option_gates.has_true_distractor,
    "same_as_key": llm_option_gates.has_distractor_like_the_key,
}


def reason_against(candidate: Candidate, text: str) -> str:
    """Return the code of the first gate that keeps a draft out, "" if none does."""
    for code, gate in GATES.items():
        if gate(candidate.draft, text):
            return code
    is_shown = candidate.draft.key is not False or shows_change(candidate)
    return "" if is_shown else "change_not_shown"


def shows_change(candidate: Candidate) -> bool:
    """Tell whether a false statement is the evidence with one thing changed that is named.

    With the words of the evidence put back it has to be as well supported as a true statement.
    """
    stem, quote = candidate.draft.stem, candidate.draft.evidence.quote
    old, new = candidate.replaced, candidate.replacement
    if not old or not new or comparable(old, Rules()) == comparable(new, Rules()):
        return False
    if not holds(stem, new) or not holds(quote, old) or holds(quote, new):
        return False
    restored = re.sub(re.escape(new), lambda _: old, stem, count=1, flags=re.IGNORECASE)
    return is_supported(restored, quote, STATED)
