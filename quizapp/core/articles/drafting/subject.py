"""What does it: the subject of a fact, where what is said of it fits nothing else."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quizapp.core.articles.asking import capital, drafted, mid_sentence, typed_forms
from quizapp.core.articles.clauses import tidy
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.lexicon import rarity
from quizapp.core.articles.lexicon.words import PEOPLE, WEAK_VERBS
from quizapp.core.articles.model import Draft
from quizapp.core.articles.parsing import core_of

if TYPE_CHECKING:
    from spacy.tokens import Token

FEWEST_WORDS, FEWEST_RARE = 5, 2
LEAST_RARITY = 0.66
LONGEST_TYPED, LONGEST_SUBJECT = 3, 9  # words
_NAMES = frozenset({"ORG", "GPE", "LOC", "FAC", "LAW", "EVENT", "PRODUCT"})
_SINGULAR = {"are": "is", "were": "was", "have": "has", "do": "does"}


def draft(material: Material) -> Iterator[Draft]:
    """Ask for the thing that each fact is about; typed where it is one short term."""
    for fact in material.facts:
        clause = fact.clause
        words = clause.subtree(clause.subject)
        if not _can_be_asked(fact, words):
            continue
        first = clause.children("aux", "auxpass")
        verb = first[0] if first else clause.root
        rest = [one for one in clause.span if one.i > words[-1].i and not clause.is_idle(one)]
        stem = _stem(fact, rest, verb)
        core = core_of(clause.span.doc[words[0].i : words[-1].i + 1])
        if core is not None and len(core) <= LONGEST_TYPED:
            tokens = list(core)
            key = mid_sentence(tokens, clause.text(tokens))
            yield drafted(
                "subject", "short_answer", stem, key, fact, also_right=typed_forms(tokens)
            )
        else:
            yield drafted("subject", "flashcard", stem, f"{capital(clause.text(words))}.", fact)


def _can_be_asked(fact: ParsedFact, words: "list[Token]") -> bool:
    clause = fact.clause
    subject = clause.subject
    if not _is_a_thing(subject) or subject.dep_ not in ("nsubj", "nsubjpass"):
        return False
    if _has_second_verb(fact) and subject.tag_ in ("NNS", "NNPS"):
        return False  # "What drafts and distribute ...?"
    if len(words) > LONGEST_SUBJECT or any(one.i in clause.named for one in words):
        return False
    if any(not one.is_punct for one in clause.span if one.i < words[0].i):
        return False
    lemma = clause.root.lemma_.lower()
    if lemma == "be" and not clause.children("acomp"):
        return False  # what it is: that is asked as a definition
    if lemma in WEAK_VERBS and not clause.children("auxpass"):
        return False
    if clause.children("neg", "mark") or any(one.dep_ == "conj" for one in subject.children):
        return False
    after = [one for one in clause.span if one.i > words[-1].i and not one.is_punct]
    rare = [one for one in after if rarity(one.lower_, one.lemma_.lower()) > LEAST_RARITY]
    has_pronoun = any(one.tag_ in ("PRP", "PRP$") for one in after)
    return len(after) >= FEWEST_WORDS and len(rare) >= FEWEST_RARE and not has_pronoun


def _is_a_thing(subject: "Token") -> bool:
    """Whether "what" can ask for it: no person, nor a name that the tagger does not know."""
    if subject.lemma_.lower() in PEOPLE or subject.ent_type_ in ("PERSON", "NORP", "DATE"):
        return False
    return subject.pos_ == "NOUN" or (subject.pos_ == "PROPN" and subject.ent_type_ in _NAMES)


def _has_second_verb(fact: ParsedFact) -> bool:
    """Whether a second verb shares the subject."""
    return any(one.pos_ in ("VERB", "AUX") for one in fact.clause.children("conj"))


def _stem(fact: ParsedFact, rest: "list[Token]", verb: "Token") -> str:
    clause = fact.clause
    text = clause.text([one for one in rest if one.i > verb.i])
    before = clause.text([one for one in rest if one.i < verb.i])
    joined = tidy(f"What {before} {_singular(verb)} {text}")
    return f"{joined.rstrip('.')}?"


def _singular(verb: "Token") -> str:
    """Return the verb's form after "what"."""
    from lemminflect import getInflection  # slow to import, and only drafting needs it

    if verb.lower_ in _SINGULAR:
        return _SINGULAR[verb.lower_]
    if verb.tag_ in ("VBP", "VB") and verb.dep_ == "ROOT":
        found = getInflection(verb.lemma_.lower(), "VBZ")
        return str(found[0]) if found else f"{verb.text}s"
    return str(verb.text)
