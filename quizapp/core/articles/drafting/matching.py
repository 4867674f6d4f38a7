"""Terms to be matched with their meanings, where the article explains three or more."""

from collections.abc import Iterator
from dataclasses import replace

from quizapp.core.articles.asking import capital, drafted
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.model import Draft

FEWEST, MOST = 3, 5
LONGEST_MEANING = 20  # words


def draft(material: Material) -> Iterator[Draft]:
    """Ask to match the defined terms with what they mean."""
    found = [
        one for one in material.definitions
        if not one.in_passing and len(one.meaning.split()) <= LONGEST_MEANING
    ]  # fmt: skip
    terms = " ".join(one.term.lower() for one in found)
    found = [one for one in found if terms.count(one.term.lower()) == 1][:MOST]
    if len(found) >= FEWEST:
        pairs = tuple((capital(one.term), one.meaning) for one in found)
        made = drafted(
            "matching", "matching", "Match each term with what it means.", pairs, found[0].source
        )
        yield replace(made, parts=tuple(one.source.fact.statement for one in found))
