"""What follows: "When A, B" asks what happens when A, with B on the back of a flashcard."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quizapp.core.articles.asking import drafted, mid_sentence
from quizapp.core.articles.clauses import sentence_of
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.model import Draft

if TYPE_CHECKING:
    from spacy.tokens import Token

FEWEST_WORDS = 4


def draft(material: Material) -> Iterator[Draft]:
    """Ask what each stated condition brings about."""
    for fact in material.facts:
        condition = _condition(fact)
        if condition is None:
            continue
        clause = fact.clause
        inside = {one.i for one in condition}
        rest = [one for one in clause.span if one.i not in inside and not clause.is_idle(one)]
        while rest and (rest[0].is_punct or rest[0].lower_ == "then"):
            rest = rest[1:]
        if len(rest) < FEWEST_WORDS or rest[0].lower_ in ("it", "they", "this", "he", "she"):
            continue
        asked = mid_sentence(condition, clause.text(condition))
        if clause.root.tag_ == "VBD" or any(one.tag_ == "VBD" for one in condition):
            continue  # what happened once is not brought about by a condition
        yield drafted(
            "what_happens",
            "flashcard",
            f"What happens {asked}?",
            sentence_of(clause.text(rest)),
            fact,
        )


def _condition(fact: ParsedFact) -> "list[Token] | None":
    """Return the "when ..." or "if ..." of a fact's verb that has no other condition."""
    clause = fact.clause
    found = []
    for child in clause.children("advcl"):
        tokens = clause.subtree(child)
        if tokens and tokens[0].lower_ in ("when", "if") and len(tokens) >= FEWEST_WORDS:
            found.append(tokens)
    if len(found) != 1 or len(fact.fact.conditions) != 1:
        return None
    tokens = found[0]
    whole = tokens[-1].i - tokens[0].i + 1 == len(tokens)
    has_subject = any(one.dep_ in ("nsubj", "nsubjpass") for one in tokens)
    if not whole or not has_subject or any(one.tag_ in ("PRP", "PRP$") for one in tokens):
        return None
    return [one for one in tokens if one.text != ","]
