"""Which year completes a statement: the article's own years to choose from."""

from collections.abc import Iterator

from quizapp.core.articles.asking import drafted
from quizapp.core.articles.drafting import numbers
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.drafting.missing_year import without_year
from quizapp.core.articles.model import Draft

WRONG = 3
NEAREST, FARTHEST = 3, 60  # years between the right one and a wrong one


def draft(material: Material) -> Iterator[Draft]:
    """Leave the only year out of each fact, and offer three others of about that time.

    Other names are not offered: which people and places are of one kind cannot be told.
    """
    known = {
        year for one in material.parsed.sentences for token in one.span
        if token.ent_type_ == "DATE" and (year := numbers.year(token.text))
    }  # fmt: skip
    for fact in material.facts:
        stem, right = without_year(fact)
        if not stem:
            continue
        others = [one for one in known if NEAREST <= abs(one - right) <= FARTHEST
                  and str(one) not in fact.clause.sentence.text]  # fmt: skip
        if len(others) < WRONG:
            continue
        nearest = sorted((abs(one - right), one) for one in others)[:WRONG]
        options = [str(one) for one in sorted([right, *(one for _, one in nearest)])]
        yield drafted("choice", "multiple_choice", stem, str(right), fact, options=options)
