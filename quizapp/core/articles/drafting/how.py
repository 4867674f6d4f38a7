"""How something is done: the means that the article gives with "by ...ing", on a flashcard."""

from collections.abc import Iterator

from quizapp.core.articles.asking import capital, drafted, question
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.model import Draft

FEWEST_WORDS = 3


def draft(material: Material) -> Iterator[Draft]:
    """Ask for the means that each fact names."""
    for fact in material.facts:
        clause = fact.clause
        means = [
            one for one in clause.children("prep")
            if one.lower_ == "by" and any(child.dep_ == "pcomp" for child in one.children)
        ]  # fmt: skip
        if len(means) != 1:
            continue
        phrase = clause.subtree(means[0])
        stem = question("how", clause, phrase)
        if stem is not None and len(phrase) > FEWEST_WORDS:
            yield drafted("how", "flashcard", stem, f"{capital(clause.text(phrase))}.", fact)
