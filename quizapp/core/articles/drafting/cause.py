"""Cause and effect: what causes something, and what something leads to."""

from collections.abc import Iterator

from quizapp.core.articles.asking import capital, drafted, mid_sentence, question, typed_forms
from quizapp.core.articles.clauses import tidy
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.model import Draft
from quizapp.core.articles.parsing import core_of

_CAUSES = frozenset("cause produce create trigger generate prevent destroy carry store".split())  # noqa: SIM905
_LEADS = {"lead": "to", "result": "in", "give": "to"}
_LEAST_WEIGHT = 0.35


def draft(material: Material) -> Iterator[Draft]:
    """Ask for the cause where it is one term, and for the effect on a flashcard."""
    for fact in material.facts:
        clause = fact.clause
        lemma = clause.root.lemma_.lower()
        if clause.children("neg") or clause.root.tag_ not in ("VBZ", "VBP", "VBD"):
            continue
        if lemma in _CAUSES and clause.children("dobj"):
            yield from _what_causes(material, fact)
        for prep in clause.children("prep"):
            effect = clause.subtree(prep)[1:]
            if _LEADS.get(lemma) != prep.lower_ or len(effect) < 2:
                continue
            stem = question("what", clause, effect)
            if stem is not None:
                yield drafted("cause", "flashcard", stem, capital(clause.text(effect)), fact)


def _what_causes(material: Material, fact: ParsedFact) -> Iterator[Draft]:
    clause = fact.clause
    words = clause.subtree(clause.subject)
    core = core_of(clause.span.doc[words[0].i : words[-1].i + 1])
    if core is None or any(one.i in clause.named for one in words):
        return
    if clause.subject.ent_type_ == "PERSON" or material.parsed.weight(core) < _LEAST_WEIGHT:
        return
    if any(one.i < words[0].i and not one.is_punct for one in clause.span):
        return
    rest = [one for one in clause.span if one.i > words[-1].i and not clause.is_idle(one)]
    stem = tidy(f"What {clause.text(rest)}").rstrip(".") + "?"
    if clause.subject.tag_ in ("NNS", "NNPS") and clause.root.tag_ == "VBP":
        return  # "What cause ...?"
    key = mid_sentence(list(core), clause.text(core))
    yield drafted("cause", "short_answer", stem, key, fact, also_right=typed_forms(list(core)))
