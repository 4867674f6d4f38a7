"""What something does to what: the object of a fact about one of the article's terms."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quizapp.core.articles.asking import capital, drafted, question
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.gates import RARE
from quizapp.core.articles.lexicon import rarity
from quizapp.core.articles.lexicon.words import PEOPLE, WEAK_VERBS
from quizapp.core.articles.model import Draft

if TYPE_CHECKING:
    from spacy.tokens import Token

LEAST_WEIGHT = 0.2
FEWEST_WORDS, MOST_WORDS = 2, 18


# Verbs that ask for what stands after their preposition.
_WITH = {
    "consist": "of", "depend": "on", "rely": "on", "feed": "on", "come": "from", "belong": "to",
    "turn": "into", "convert": "into", "differ": "from", "refer": "to", "respond": "to",
    "contribute": "to", "originate": "in", "derive": "from", "stem": "from", "arise": "from",
    "react": "with", "suffer": "from", "specialise": "in", "specialize": "in", "focus": "on",
    "adapt": "to", "protect": "against", "grow": "from", "evolve": "from", "develop": "from",
}  # fmt: skip


def draft(material: Material) -> Iterator[Draft]:
    """Ask for the object of each fact whose subject and verb leave one answer."""
    for fact in material.facts:
        clause = fact.clause
        phrase = _object(fact)
        if not FEWEST_WORDS <= len(phrase) <= MOST_WORDS or not _is_telling(material, fact):
            continue
        if not _ends_well(fact, phrase[-1].i):
            continue
        stem = question("what", clause, phrase)
        if stem is not None:
            yield drafted("what", "flashcard", stem, f"{capital(clause.text(phrase))}.", fact)


def _object(fact: ParsedFact) -> "list[Token]":
    """Return what the verb acts on, or what stands after the preposition it asks for; or []."""
    clause = fact.clause
    objects = clause.children("dobj")
    wanted = _WITH.get(clause.root.lemma_.lower())
    if wanted and not objects:
        objects = [
            one for prep in clause.children("prep") if prep.lower_ == wanted
            for one in prep.children if one.dep_ == "pobj"
        ]  # fmt: skip
    if len(objects) != 1 or objects[0].pos_ not in ("NOUN", "PROPN"):
        return []
    return [] if objects[0].ent_type_ == "PERSON" else clause.subtree(objects[0])


def _ends_well(fact: ParsedFact, place: int) -> bool:
    """Whether what follows can stay in the question, or belongs to a second verb."""
    clause = fact.clause
    following = [one for one in clause.root.children if one.i > place and one in clause.span]
    ties = ("prep", "advmod", "npadvmod", "cc", "conj")
    first = min(
        (one.left_edge.i for one in following if one.dep_ == "conj"), default=clause.span.end
    )
    commas = any(one.text == "," for one in clause.span if place < one.i < first - 1)
    return not commas and all(one.dep_ in ties or one.is_punct for one in following)


def _is_telling(material: Material, fact: ParsedFact) -> bool:
    clause = fact.clause
    subject = clause.subtree(clause.subject)
    lemma = clause.root.lemma_.lower()
    if (lemma in WEAK_VERBS and lemma not in _WITH) or clause.children("neg", "dative"):
        return False
    if clause.subject.lemma_.lower() in PEOPLE or len(subject) > 7:
        return False
    named = clause.subject.ent_type_ in ("PERSON", "ORG", "GPE")
    rare = any(rarity(one.lower_, one.lemma_.lower()) > RARE for one in subject if not one.is_stop)
    return named or rare or material.parsed.weight(subject) >= LEAST_WEIGHT
