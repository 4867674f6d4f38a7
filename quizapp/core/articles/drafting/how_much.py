"""How long, how high, about how many: a measure of the article, on a flashcard."""

from collections.abc import Iterator

from quizapp.core.articles.asking import capital, drafted, question
from quizapp.core.articles.clauses import tidy
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.model import Draft

_MEASURED = frozenset("long high tall wide deep old thick large heavy far big fast hot".split())  # noqa: SIM905
_MANY = ("NNS", "NNPS")


def draft(material: Material) -> Iterator[Draft]:
    """Ask for the measure, or the rounded number, that each fact gives."""
    for fact in material.facts:
        yield from _measure(fact)
        yield from _count(fact)


def _measure(fact: ParsedFact) -> Iterator[Draft]:
    """Ask "How tall is the tower?"."""
    clause = fact.clause
    for child in clause.children("acomp"):
        amounts = [one for one in child.children if one.dep_ == "npadvmod"]
        if child.lower_ not in _MEASURED or len(amounts) != 1 or clause.children("neg"):
            continue
        phrase = clause.subtree(amounts[0])
        if any(one.like_num for one in phrase):
            stem = question(f"how {child.lower_}", clause, [*phrase, child])
            if stem is not None:
                key = f"{capital(clause.text(phrase))}."
                yield drafted("how_much", "flashcard", stem, key, fact)


def _count(fact: ParsedFact) -> Iterator[Draft]:
    """Ask "How many volcanoes are active?" where the number is given with "about"."""
    clause = fact.clause
    numbers = [one for one in clause.span if one.dep_ == "nummod" and any(one.children)]
    if len(numbers) != 1 or numbers[0].head.tag_ not in _MANY:
        return
    noun = numbers[0].head
    amount = clause.subtree(numbers[0])
    phrase = clause.subtree(noun)
    if not any(one.like_num for one in amount) or phrase[0].i != amount[0].i:
        return
    what = clause.text([one for one in phrase if one not in amount])
    key = f"{capital(clause.text(amount))}."
    if noun.i == clause.subject.i:
        after = [one for one in clause.span if one.i > phrase[-1].i and not clause.is_idle(one)]
        if not any(not one.is_punct for one in clause.span if one.i < phrase[0].i):
            stem = f"{tidy(f'How many {what} {clause.text(after)}').rstrip('.')}?"
            yield drafted("how_much", "flashcard", stem, key, fact)
