"""Which of these belong: the members of a list in the article among those of another list."""

from collections.abc import Iterator

from quizapp.core.articles.asking import drafted
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.drafting.listed import Listed, lists
from quizapp.core.articles.lexicon.closed_sets import siblings
from quizapp.core.articles.model import Draft

RIGHT, WRONG = 3, 2


def draft(material: Material) -> Iterator[Draft]:
    """Ask which the article names, where a closed set gives others that it does not."""
    text = material.parsed.text.lower()
    for one in lists(list(material.facts)):
        wrong = _others(one, text)
        if len(wrong) < WRONG:
            continue
        right = one.members[:RIGHT]
        options = sorted([*right, *wrong[:WRONG]], key=str.casefold)
        kind = one.kind if one.kind_is_name else one.kind[:1].lower() + one.kind[1:]
        stem = f"Which of these does the article name as {kind}?"
        yield drafted("membership", "multiple_response", stem, right, one.source, options=options)


def _others(one: Listed, text: str) -> list[str]:
    found = [other for member in one.members for other in siblings(member)]
    return [other for other in dict.fromkeys(found) if other.lower() not in text]
