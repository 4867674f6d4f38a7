"""A flashcard from a definition: the term in front, its meaning on the back."""

from collections.abc import Iterator

from quizapp.core.articles.asking import capital, drafted
from quizapp.core.articles.definitions import Definition
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.model import Draft


def draft(material: Material) -> Iterator[Draft]:
    """Ask what each defined term means."""
    for one in material.definitions:
        yield drafted("definition", "flashcard", _stem(one), capital(one.meaning), one.source)


def _stem(one: Definition) -> str:
    if one.is_named:
        return f"In this article, what does “{one.term}” mean?"
    verb = ("were" if one.past else "are") if one.plural else ("was" if one.past else "is")
    phrase = f"{one.article} {one.term}" if one.article else one.term
    return f"{'Who' if one.is_person else 'What'} {verb} {phrase}?"
