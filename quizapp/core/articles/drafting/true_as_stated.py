"""A true statement, as the article makes it."""

from collections.abc import Iterator

from quizapp.core.articles.asking import drafted
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.model import Draft


def draft(material: Material) -> Iterator[Draft]:
    """Ask whether each fact is true."""
    for fact in material.stated:
        yield drafted("true_as_stated", "true_false", fact.clause.statement(), True, fact)
