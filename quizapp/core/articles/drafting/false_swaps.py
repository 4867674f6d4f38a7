"""A statement with one phrase put in place of another; shared by the ways that make false ones."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from quizapp.core.articles.asking import drafted
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.model import Draft

if TYPE_CHECKING:
    from spacy.tokens import Token


def swapped(way: str, fact: ParsedFact, tokens: "Sequence[Token]", other: str) -> Draft | None:
    """Return the fact's statement with `other` for the tokens, as a draft whose key is false."""
    clause = fact.clause
    if any(one.i in clause.named for one in tokens):
        return None
    stem = clause.with_put(tokens, other)
    article = "an" if other[:1].lower() in "aeio" else "a"
    stem = re.sub(rf"\b[Aa]n? (?={re.escape(other)}\b)", f"{article} ", stem)
    stem = stem[:1].upper() + stem[1:]
    return (
        drafted(way, "true_false", stem, False, fact) if stem != fact.clause.statement() else None
    )
