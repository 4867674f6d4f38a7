"""What something is for: a use or purpose that the article states, on a flashcard."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quizapp.core.articles.asking import capital, drafted, question
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.model import Draft

if TYPE_CHECKING:
    from spacy.tokens import Token

FEWEST_WORDS = 3


def draft(material: Material) -> Iterator[Draft]:
    """Ask what each thing is used for, and what each act was done for ("in order to")."""
    for fact in material.facts:
        clause = fact.clause
        use = _use(fact)
        if use and len(use) >= FEWEST_WORDS:
            stem = question("what", clause, use)
            if stem is not None:
                stem = f"{stem.rstrip('?')} for?"
                yield drafted("purpose", "flashcard", stem, _answer(fact, use), fact)
            continue
        aim = _aim(fact)
        if aim and len(aim) > FEWEST_WORDS:
            stem = question("for what purpose", clause, aim)
            if stem is not None:
                yield drafted("purpose", "flashcard", stem, _answer(fact, aim), fact)


def _answer(fact: ParsedFact, tokens: "list[Token]") -> str:
    return capital(fact.clause.text(tokens)).rstrip(".") + "."


def _use(fact: ParsedFact) -> "list[Token] | None":
    """Return "to ..." or "for ..." after "is used"."""
    clause = fact.clause
    if clause.root.lower_ != "used" or not clause.children("auxpass"):
        return None
    for child in clause.children("xcomp", "advcl", "prep"):
        tokens = clause.subtree(child)
        if child.i > clause.root.i and tokens[0].lower_ in ("to", "for"):
            last = [one for one in clause.span if not one.is_punct][-1]
            return tokens if tokens[-1].i >= last.i else None
    return None


def _aim(fact: ParsedFact) -> "list[Token] | None":
    """Return "in order to ..."."""
    clause = fact.clause
    for child in clause.children("advcl"):
        tokens = [one for one in clause.subtree(child) if not one.is_punct]
        if [one.lower_ for one in tokens[:3]] == ["in", "order", "to"]:
            return tokens
    return None
