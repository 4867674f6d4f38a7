"""The sentence that goes before a statement: with it, "it" and "the treaty" are clear."""

from dataclasses import replace
from typing import TYPE_CHECKING

from quizapp.core.articles import references
from quizapp.core.articles.clauses import Clause, sentence_of, text_of, without_lead
from quizapp.core.articles.draft_words import content_words, key_texts
from quizapp.core.articles.lexicon.words import POINTING, POSSESSIVE, TYING
from quizapp.core.articles.model import Draft, Span
from quizapp.core.articles.parsing import Sentence

if TYPE_CHECKING:
    from quizapp.core.articles.facts import ParsedFact

FEWEST_WORDS, MOST_WORDS = 4, 26
MOST_TOGETHER = 52  # words of the sentence before and of the stem
_PEOPLE = frozenset({"he", "she", "his", "her", "him"})
_QUOTES = frozenset('"“”:')
_CLEARED = POINTING | POSSESSIVE | (TYING - frozenset({"respectively", "above", "below", "next"}))
_WHOLE = frozenset({"matching", "ordering", "multiple_response"})  # made of several facts
_TIES = frozenset("that this these those such so nor yet but and or one".split())  # noqa: SIM905
_PLACED = frozenset({"here", "there", "thereby", "therein", "thereafter"})


def sentence_before(clause: Clause) -> Sentence | None:
    """Return the sentence before a clause in its paragraph, if it is clear by itself."""
    sentence = clause.sentence
    if not sentence.index or clause.start - sentence.start > 40:
        return None
    before = clause.parsed.sentences[sentence.index - 1]
    if before.paragraph != sentence.paragraph or not before.text.endswith("."):
        return None
    words = sum(not one.is_punct for one in before.span)
    if not FEWEST_WORDS <= words <= MOST_WORDS or _QUOTES & set(before.text):
        return None
    span = without_lead(before.span)
    if span[0].lower_ in _TIES:
        return None
    return None if references.unresolved(clause.parsed, before, span) else before


def shown(before: Sentence) -> str:
    """Return a sentence as it is shown before a stem."""
    return sentence_of(text_of(without_lead(before.span)))


def led(fact: "ParsedFact") -> "ParsedFact | None":
    """Return a fact that leans on the sentence before it with that sentence; None if it cannot."""
    clause = fact.clause
    reasons = [one.lower() for one in fact.fact.unresolved]
    if not all(one in _CLEARED - _PLACED or one.startswith("the ") for one in reasons):
        return None
    before = sentence_before(clause)
    if before is None or clause.parsed.text[before.end : clause.start].strip():
        return None
    people = sum(one.label_ == "PERSON" for one in before.span.ents)
    if _PEOPLE & set(reasons) and people != 1:
        return None
    start, end = before.start, clause.end
    lead = shown(before)
    clause.named = {}
    told = replace(
        fact.fact,
        statement=f"{lead} {clause.statement()}",
        evidence=Span(start, end, clause.parsed.text[start:end]),
        unresolved=(),
    )
    return replace(fact, fact=told, lead=lead, leans=True)


def with_lead(draft: Draft, fact: "ParsedFact") -> Draft:
    """Return a draft with the sentence before it, where it needs that or may need it."""
    led = replace(draft, lead=fact.lead)
    if fact.leans or not fact.lead:
        return led
    if draft.type in _WHOLE or not _is_loose(fact):
        return draft
    together = len(f"{fact.lead} {draft.stem}".split())
    return draft if together > MOST_TOGETHER or _tells_key(led) else led


def _tells_key(draft: Draft) -> bool:
    words = content_words(draft.lead)
    return any(words & content_words(key) for key in key_texts(draft))


def _is_loose(fact: "ParsedFact") -> bool:
    """Whether a noun with only "the", or a missing half of a sentence, may ask "of what?"."""
    clause = fact.clause
    if len(clause.quote) < 0.8 * len(clause.sentence.text):
        return True
    return any(
        one.lower_ == "the" and one.head.pos_ == "NOUN" and one.head.n_lefts == 1
        and not any(child.dep_ in ("prep", "relcl", "acl") for child in one.head.rights)
        for one in clause.span
    )  # fmt: skip
