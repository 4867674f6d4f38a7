"""Where something happened: a place of the article, typed."""

from collections.abc import Iterator

from quizapp.core.articles.asking import drafted, question
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.model import Draft

_PLACES = frozenset({"GPE", "LOC", "FAC"})


def draft(material: Material) -> Iterator[Draft]:
    """Ask for the place of each fact that tells an event in one place."""
    for fact in material.stated:
        clause = fact.clause
        places = [one for one in clause.span.ents if one.label_ in _PLACES]
        if len(places) != 1 or clause.root.tag_ not in ("VBD", "VBN"):
            continue
        place = places[0]
        prep = place.root.head
        if prep.lower_ not in ("in", "at") or prep.head.i != clause.root.i:
            continue
        phrase = clause.subtree(prep)
        if phrase[-1].i != place.end - 1 or place.root.dep_ != "pobj":
            continue
        stem = question("where", clause, phrase)
        if stem is not None:
            key = clause.text([one for one in phrase if one.i != prep.i])
            bare = key.removeprefix("the ")
            yield drafted("where", "short_answer", stem, key, fact, also_right=[bare])
