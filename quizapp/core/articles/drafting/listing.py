"""Naming the members of a list that the article gives, on a flashcard."""

from collections.abc import Iterator

from quizapp.core.articles.asking import capital, drafted
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.drafting.listed import lists
from quizapp.core.articles.model import Draft

_COUNTS = {3: "Three", 4: "Four", 5: "Five", 6: "Six"}


def draft(material: Material) -> Iterator[Draft]:
    """Ask to recall what the article names of a kind."""
    for one in lists(list(material.facts)):
        kind = one.kind[:1].lower() + one.kind[1:] if not one.kind_is_name else one.kind
        number = _COUNTS[len(one.members)].lower()
        stem = f"Which {number} {kind} does the article name?"
        *most, last = one.members
        key = f"{', '.join(most)} and {last}"
        yield drafted("listing", "flashcard", stem, capital(key), one.source)
