"""A false statement: a word of the article's statement is replaced by its opposite."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.drafting.false_swaps import swapped
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.lexicon.opposites import OPPOSITES
from quizapp.core.articles.model import Draft

if TYPE_CHECKING:
    from spacy.tokens import Token

_NEAR = frozenset({"ROOT", "acomp", "attr", "amod", "advmod", "conj", "xcomp", "prep", "ccomp"})


def draft(material: Material) -> Iterator[Draft]:
    """Turn the one word of each fact that has an opposite."""
    for fact in material.stated:
        found = [(one, OPPOSITES[one.lower_, one.pos_]) for one in fact.clause.span
                 if (one.lower_, one.pos_) in OPPOSITES]  # fmt: skip
        if len(found) != 1 or not _decides(fact, found[0][0]):
            continue
        token, other = found[0]
        made = swapped("false_opposite", fact, [token], other)
        if made is not None:
            yield made


def _decides(fact: ParsedFact, token: "Token") -> bool:
    """Whether the statement is about this word: it stands in the predicate, near its verb."""
    clause = fact.clause
    if token.i < clause.root.i or token.dep_ not in _NEAR or clause.children("neg"):
        return False
    if token.ent_type_ or fact.fact.conditions:
        return False
    depth = 0
    one = token
    while one.i != clause.root.i and depth < 4:
        if one.dep_ in ("relcl", "advcl", "acl", "csubj"):
            return False
        one, depth = one.head, depth + 1
    return one.i == clause.root.i
