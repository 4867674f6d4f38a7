"""When: a period or date of the article that is no single year, on a flashcard."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from quizapp.core.articles.asking import capital, drafted, question
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.drafting.when import year_phrase
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.model import Draft

if TYPE_CHECKING:
    from spacy.tokens import Token

_DATED = re.compile(
    r"\d{3}|century|centuries|age\b|middle ages|\b(?:bc|ad|bce|ce)\b", re.IGNORECASE
)
_PREPOSITIONS = frozenset("in on during between from since until by after before around".split())  # noqa: SIM905


def draft(material: Material) -> Iterator[Draft]:
    """Ask for the period of each fact that names one."""
    for fact in material.facts:
        phrase = None if year_phrase(fact) else _phrase(fact)
        if phrase is None:
            continue
        first = phrase[0].lower_
        opening = f"{first} when" if first in ("since", "until") else "when"
        stem = question(opening, fact.clause, phrase)
        if stem is not None:
            yield drafted(
                "period", "flashcard", stem, f"{capital(fact.clause.text(phrase))}.", fact
            )


def _phrase(fact: ParsedFact) -> "list[Token] | None":
    """Return the one dated phrase of a fact, if it hangs on its verb."""
    clause = fact.clause
    dates = [one for one in clause.span.ents if one.label_ == "DATE" and _DATED.search(one.text)]
    if len(dates) != 1:
        return None
    for prep in clause.children("prep"):
        phrase = clause.subtree(prep)
        inside = phrase[0].i <= dates[0].start and dates[0].end - 1 <= phrase[-1].i
        if inside and prep.lower_ in _PREPOSITIONS and len(phrase) <= len(dates[0]) + 3:
            return phrase
    return None
