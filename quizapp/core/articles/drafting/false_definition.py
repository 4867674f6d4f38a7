"""A false statement: a term of the article with the meaning of another one."""

from collections.abc import Iterator

from quizapp.core.articles.asking import capital, drafted
from quizapp.core.articles.definitions import Definition
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.model import Draft


def draft(material: Material) -> Iterator[Draft]:
    """Give each term the next one's meaning, where both are of one make."""
    found = [one for one in material.definitions if not one.is_named]
    for one, other in zip(found, [*found[1:], *found[:1]], strict=True):
        if one.term == other.term or not _are_alike(one, other):
            continue
        phrase = f"{one.article} {one.term}" if one.article else one.term
        verb = ("were" if one.past else "are") if one.plural else ("was" if one.past else "is")
        stem = f"{capital(phrase)} {verb} {other.meaning}."
        yield drafted("false_definition", "true_false", stem, False, one.source)


def _are_alike(one: Definition, other: Definition) -> bool:
    if (one.plural, one.is_person) != (other.plural, other.is_person):
        return False
    words = set(one.meaning.lower().split())
    return (
        one.term.lower() not in other.meaning.lower()
        and len(words & set(other.meaning.lower().split())) < len(words) / 2
    )
