"""A false statement: a number or a year is replaced by one that is clearly another."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quizapp.core.articles.drafting import numbers
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.drafting.false_swaps import swapped
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.model import Draft

if TYPE_CHECKING:
    from spacy.tokens import Token

_FROM, _TO = 12, 80  # years by which a wrong year is off


def draft(material: Material) -> Iterator[Draft]:
    """Swap the only number of each fact."""
    for fact in material.stated:
        found = [one for one in fact.clause.span if one.like_num or numbers.year(one.text)]
        if len(found) != 1 or fact.clause.children("neg") or fact.fact.hedges:
            continue
        other = _other(material, fact, found[0])
        made = swapped("false_number", fact, found, other) if other else None
        if made is not None:
            yield made


def _other(material: Material, fact: ParsedFact, token: "Token") -> str | None:
    if token.lower_ == "one" or token.text[:1] == "’":  # noqa: RUF001
        return None
    value = numbers.year(token.text)
    if value is None or token.ent_type_ != "DATE":
        counted = token.dep_ in ("nummod", "compound", "quantmod") and token.head.pos_ in (
            "NOUN", "SYM", "NUM", "PROPN",
        )  # fmt: skip
        if token.ent_type_ in ("DATE", "ORDINAL") and not counted:
            return None
        return numbers.another(token.text) if counted else None
    years = {
        found for one in material.parsed.sentences for word in one.span
        if (found := numbers.year(word.text)) and word.ent_type_ == "DATE"
    }  # fmt: skip
    near = sorted(one for one in years if _FROM <= abs(one - value) <= _TO)
    if near and str(near[0]) not in fact.clause.sentence.text:
        return str(near[0])
    return str(value - 30 if value % 2 else value + (30 if value <= 1970 else -30))
