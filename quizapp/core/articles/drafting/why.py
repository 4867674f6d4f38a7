"""Why: the reason that the article gives ("because", "to ..."), on a flashcard."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quizapp.core.articles.asking import capital, drafted, question
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.model import Draft

if TYPE_CHECKING:
    from spacy.tokens import Token

FEWEST_WORDS = 4


def draft(material: Material) -> Iterator[Draft]:
    """Ask for the reason that each fact gives."""
    for fact in material.stated:
        reason = _reason(fact)
        if not reason or len(reason) < FEWEST_WORDS or fact.clause.children("dobj", "conj")[1:]:
            continue
        stem = question("why", fact.clause, reason)
        if stem is not None:
            answer = capital(fact.clause.text(reason)).rstrip(".") + "."
            yield drafted("why", "flashcard", stem, answer, fact)


def _reason(fact: ParsedFact) -> "list[Token] | None":
    clause = fact.clause
    for child in clause.root.children:
        if child not in clause.span:
            continue
        tokens = clause.subtree(child)
        if child.dep_ == "advcl" and tokens[0].lower_ == "because":
            return tokens
        if child.dep_ == "prep" and child.lower_ == "because":
            return tokens
        if child.dep_ == "advcl" and _is_aim(child, tokens) and child.i > clause.root.i:
            return tokens
    return None


def _is_aim(verb: "Token", tokens: "list[Token]") -> bool:
    """Whether it is "to ..." and ends the clause: an aim, not a result."""
    return tokens[0].lower_ == "to" and verb.tag_ == "VB" and verb.head.lemma_ not in ("be", "come")
