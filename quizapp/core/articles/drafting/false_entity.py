"""A false statement: a name is replaced by another one of its kind."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.drafting.false_swaps import swapped
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.lexicon.closed_sets import siblings
from quizapp.core.articles.model import Draft
from quizapp.core.articles.parsing import Parsed

if TYPE_CHECKING:
    from spacy.tokens import Span

_KINDS = frozenset({"PERSON", "GPE"})


def draft(material: Material) -> Iterator[Draft]:
    """Swap the only name of its kind in a fact that tells one event."""
    for fact in material.stated:
        names = [one for one in fact.clause.span.ents if one.label_ in _KINDS]
        for name in names:
            if sum(one.label_ == name.label_ for one in names) > 1 or not _is_event(fact, name):
                continue
            other = _other(material.parsed, fact, name)
            made = swapped("false_entity", fact, list(name), other) if other else None
            if made is not None:
                yield made


def _is_event(fact: ParsedFact, name: "Span") -> bool:
    """Whether the name is what the statement is about, and it tells what happened once."""
    if fact.clause.root.tag_ not in ("VBD", "VBN") or fact.clause.children("neg"):
        return False
    if any(one.tag_ in ("PRP", "PRP$") for one in fact.clause.span):
        return False  # "his" would tell a woman's name from the man's
    if name.root.dep_ in ("conj", "poss", "appos", "compound") or _is_listed(name):
        return False
    if any(child.dep_ in ("appos", "relcl") for child in name.root.children):
        return False
    return name.label_ != "PERSON" or name.root.dep_ in ("nsubj", "nsubjpass", "pobj")


def _is_listed(name: "Span") -> bool:
    return any(child.dep_ == "conj" for child in name.root.children)


def _other(parsed: Parsed, fact: ParsedFact, name: "Span") -> str:
    """Return another name of the kind: of the article, or of a closed set."""
    words = {one.lower_ for one in name}
    sentence = fact.clause.sentence.text.lower()
    for one in parsed.sentences:
        for entity in one.span.ents:
            text = entity.text.removesuffix("’s").removesuffix("'s")  # noqa: RUF001
            if entity.label_ != name.label_ or words & {token.lower_ for token in entity}:
                continue
            if text.split()[-1].lower() in sentence or not text[:1].isupper():
                continue
            if not _stands_alike(entity, name):
                continue
            if any(token.pos_ != "PROPN" for token in entity if token.text not in ("’s", "'s")):  # noqa: RUF001
                continue
            if _looks_the_same(text, name.text):
                return text
    return next((one for one in siblings(name.text) if one.lower() not in sentence), "")


def _stands_alike(one: "Span", other: "Span") -> bool:
    """Whether both act, or both stand after the same preposition: not all tags are right."""
    if one.label_ == "PERSON":
        return one.root.dep_ == "nsubj" and one.root.head.tag_ in ("VBD", "VBZ")
    return one.root.dep_ == "pobj" and one.root.head.lower_ == other.root.head.lower_


def _looks_the_same(one: str, other: str) -> bool:
    """Whether both are full names, or both are short ones."""
    return (" " in one) == (" " in other) and not one.lower().startswith("the ")
