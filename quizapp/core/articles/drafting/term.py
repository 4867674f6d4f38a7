"""The other way round from a definition: the meaning is given, the term is asked."""

from collections.abc import Iterator

from quizapp.core.articles.asking import drafted, typed_forms
from quizapp.core.articles.definitions import Definition
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.model import Draft

FEWEST_WRONG = 3
NARROW = 8  # words of a description


def draft(material: Material) -> Iterator[Draft]:
    """Ask for each defined term; with options where enough terms of its make are explained."""
    for one in material.definitions:
        if (one.is_person or one.in_passing) and not _singles_out(one):
            continue
        stem = f"{'Who' if one.is_person else 'Which term'} fits this description: “{one.meaning}”?"
        yield drafted(
            "term", "short_answer", stem, one.term, one.source, also_right=typed_forms(one.tokens)
        )
        wrong = [other.term for other in material.definitions if _is_alike(one, other)]
        if len(wrong) >= FEWEST_WRONG:
            options = sorted([one.term, *wrong[:FEWEST_WRONG]], key=str.casefold)
            yield drafted("term", "multiple_choice", stem, one.term, one.source, options=options)


def _is_alike(one: Definition, other: Definition) -> bool:
    """Whether a term could be taken for another by its form alone."""
    if one.term == other.term or one.is_person != other.is_person:
        return False
    return one.plural == other.plural and other.term.lower() not in one.meaning.lower()


def _singles_out(one: Definition) -> bool:
    """Whether a description is long enough to fit this one only."""
    return len(one.meaning.split()) >= NARROW
