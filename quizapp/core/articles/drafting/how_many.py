"""How many: a counted noun of the article, the number typed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quizapp.core.articles.asking import drafted, question
from quizapp.core.articles.clauses import tidy
from quizapp.core.articles.drafting import numbers
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.lexicon.words import EMPTY_NOUNS
from quizapp.core.articles.model import Draft

if TYPE_CHECKING:
    from spacy.tokens import Token

_ROUGH = frozenset(
    """about around roughly nearly almost over than least most up approximately some few several
    million billion thousand hundred dozen""".split()  # noqa: SIM905
)


def draft(material: Material) -> Iterator[Draft]:
    """Ask for the exact number in each fact that counts something."""
    for fact in material.stated:
        counted = [one for one in fact.clause.span if one.dep_ == "nummod" and _is_exact(one)]
        if len(counted) == 1 and not fact.fact.hedges:
            stem = _stem(fact, counted[0])
            value = numbers.number(counted[0].text)
            if stem and value is not None and value >= 2:
                yield drafted("how_many", "numeric", stem, value, fact)


def _is_exact(token: "Token") -> bool:
    if numbers.number(token.text) is None or any(token.children):
        return False
    around = [token.nbor(-1)] if token.i else []
    around += [token.nbor(1)] if token.i + 1 < len(token.doc) else []
    if any(one.lower_ in _ROUGH or one.text in ("$", "£", "€", "%", "–", "-") for one in around):  # noqa: RUF001
        return False
    return token.head.tag_ in ("NNS", "NNPS") and token.ent_type_ not in ("DATE", "TIME", "ORDINAL")


def _stem(fact: ParsedFact, number: "Token") -> str | None:
    clause = fact.clause
    noun = number.head
    phrase = clause.subtree(noun)
    if phrase[0].i != number.i or noun.lemma_.lower() in EMPTY_NOUNS:
        return None  # "the three gears": which ones?
    what = clause.text(phrase[1:])
    if noun.dep_ in ("nsubj", "nsubjpass") and noun.i == clause.subject.i:
        rest = [one for one in clause.span if one.i > phrase[-1].i and not clause.is_idle(one)]
        if any(one.i < number.i and not one.is_punct for one in clause.span):
            return None
        return f"{tidy(f'How many {what} {clause.text(rest)}').rstrip('.')}?"
    if noun.dep_ == "dobj" and noun.head.i == clause.root.i:
        return question(f"how many {what}", clause, phrase)
    return None
