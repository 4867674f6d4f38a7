"""Putting things in order: events that the article dates."""

from collections.abc import Iterator

from quizapp.core.articles.asking import drafted, mid_sentence
from quizapp.core.articles.clauses import sentence_of
from quizapp.core.articles.drafting import numbers
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.drafting.when import year_phrase
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.model import Draft

FEWEST, MOST = 3, 5
MOST_WORDS = 22


def draft(material: Material) -> Iterator[Draft]:
    """Ask for the order of events, where three or more are each told with their year."""
    dated: dict[int, tuple[str, ParsedFact]] = {}
    for fact in material.facts:
        found = year_phrase(fact)
        if found is None:
            continue
        prep, year = found
        rest = [one for one in fact.clause.span if one.i not in (prep.i, year.i)]
        while rest and rest[0].is_punct:
            rest = rest[1:]
        text = sentence_of(mid_sentence(rest, fact.clause.text(rest)))
        words = text.replace(",", " ").rstrip(".").split()
        if 4 <= len(words) <= MOST_WORDS and not any(numbers.year(one) for one in words):
            dated.setdefault(int(year.text), (text, fact))
    if len(dated) >= FEWEST:
        years = sorted(dated)[:MOST]
        events = tuple(dated[year][0] for year in years)
        stem = "Put these events in the order in which they happened, the earliest first."
        yield drafted("ordering", "ordering", stem, events, dated[years[0]][1])
