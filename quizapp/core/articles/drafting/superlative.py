"""What is the largest, the first or the only one: "X is the largest Y" asks for X."""

from collections.abc import Iterator

from quizapp.core.articles.asking import drafted, mid_sentence
from quizapp.core.articles.clauses import tidy
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.lexicon.words import PEOPLE
from quizapp.core.articles.model import Draft
from quizapp.core.articles.parsing import core_of

_BE = frozenset({"is", "are", "was", "were"})
_ONLY = frozenset({"first", "only", "last"})
FEWEST_WORDS = 4


def draft(material: Material) -> Iterator[Draft]:
    """Ask for the subject of each fact that says it is the most of its kind."""
    for fact in material.facts:
        clause = fact.clause
        heads = clause.children("attr")
        if clause.root.lower_ not in _BE or len(heads) != 1 or clause.children("neg"):
            continue
        told = clause.subtree(heads[0])
        if told[0].lower_ != "the" or heads[0].i < clause.root.i:
            continue
        if not any(one.tag_ == "JJS" or one.lower_ in _ONLY for one in told[1:4]):
            continue
        subject = clause.subtree(clause.subject)
        core = core_of(clause.span.doc[subject[0].i : subject[-1].i + 1])
        if core is None or any(one.i in clause.named for one in subject):
            continue
        if any(not one.is_punct for one in clause.span if one.i < subject[0].i):
            continue
        rest = [one for one in clause.span if one.i > clause.root.i and not clause.is_idle(one)]
        if len(rest) < FEWEST_WORDS:
            continue
        word = "Who" if heads[0].lemma_.lower() in PEOPLE else "What"
        stem = f"{tidy(f'{word} {clause.root.lower_} {clause.text(rest)}').rstrip('.')}?"
        key = mid_sentence(list(core), clause.text(core))
        yield drafted("superlative", "short_answer", stem, key, fact)
