"""Which year completes a statement, typed as a number."""

from collections.abc import Iterator

from quizapp.core.articles.asking import drafted
from quizapp.core.articles.drafting import numbers
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.model import Draft

MOST_WORDS = 30


def draft(material: Material) -> Iterator[Draft]:
    """Leave the only year out of each fact."""
    for fact in material.stated:
        stem, year = without_year(fact)
        if stem:
            yield drafted("missing_year", "numeric", stem, float(year), fact)


def without_year(fact: ParsedFact) -> tuple[str, int]:
    """Return the question for the only year of a fact, and the year; ("", 0) if it has none."""
    clause = fact.clause
    years = [one for one in clause.span if numbers.year(one.text)]
    if len(years) != 1 or len(clause.span) > MOST_WORDS or years[0].dep_ != "pobj":
        return "", 0
    text = clause.with_put(years, "_____")
    return f"Which year completes the sentence? “{text}”", int(years[0].text)
