"""When something happened: the year of an event, typed as a number, or a dated phrase."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quizapp.core.articles.asking import drafted, question
from quizapp.core.articles.drafting import numbers
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.model import Draft

if TYPE_CHECKING:
    from spacy.tokens import Token


def draft(material: Material) -> Iterator[Draft]:
    """Ask for the year of each fact that names one, "In 1492, ..."."""
    for fact in material.stated:
        found = year_phrase(fact)
        if found is None:
            continue
        prep, year = found
        stem = question("in which year", fact.clause, [prep, year])
        if stem is not None:
            yield drafted("when", "numeric", stem, float(year.text), fact)


def year_phrase(fact: ParsedFact) -> "tuple[Token, Token] | None":
    """Return "in" and the year where a fact has exactly one year, hanging on its verb."""
    clause = fact.clause
    years = [one for one in clause.span if numbers.year(one.text) and one.ent_type_ == "DATE"]
    if len(years) != 1 or clause.root.tag_ not in ("VBD", "VBN"):
        return None
    year = years[0]
    prep = year.head
    if prep.lower_ != "in" or year.dep_ != "pobj" or prep.head.i != clause.root.i:
        return None
    return None if any(year.children) or prep.i + 1 != year.i else (prep, year)
