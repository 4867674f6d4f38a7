"""Which name completes a statement: names of one kind to choose from, all of the article's own."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quizapp.core.articles.asking import drafted
from quizapp.core.articles.drafting import numbers
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.lexicon.closed_sets import siblings
from quizapp.core.articles.model import Draft
from quizapp.core.articles.parsing import Parsed

if TYPE_CHECKING:
    from spacy.tokens import Span

WRONG = 3
MOST_WORDS = 30
LONGEST_AGO = 80  # years between the right year and a wrong one
_ASKED = {"PERSON": "person", "GPE": "place", "LOC": "place", "NORP": "group", "DATE": "year",
          "ORG": "name"}  # fmt: skip
_BY_SET = frozenset({"GPE", "LOC", "NORP", "ORG"})


def draft(material: Material) -> Iterator[Draft]:
    """Leave the one name or year of its kind out of each fact, and offer three others."""
    names = _names(material.parsed)
    for fact in material.facts:
        clause = fact.clause
        if len(clause.span) > MOST_WORDS or clause.root.tag_ not in ("VBD", "VBN"):
            continue  # what is so in general may be so of others, too
        here = [one for one in clause.span.ents if _kind(one)]
        for name in here:
            if sum(_kind(one) == _kind(name) for one in here) > 1 or not _stands_free(fact, name):
                continue
            options = _options(fact, name, names)
            if options:
                text = clause.with_put(list(name), "_____")
                stem = f"Which {_ASKED[name.label_]} completes the sentence? “{text}”"
                key = name.text
                yield drafted("choice", "multiple_choice", stem, key, fact, options=options)


def _kind(name: "Span") -> str:
    """Return the kind of a name, "" for what cannot be asked; of dates only years can."""
    if name.label_ == "PERSON" and any(one.pos_ != "PROPN" for one in name):
        return ""
    if name.label_ == "DATE":
        return "DATE" if numbers.year(name.text) else ""
    return name.label_ if name.label_ in _ASKED and name.text[:1].isupper() else ""


def _stands_free(fact: ParsedFact, name: "Span") -> bool:
    """Whether the name is no part of another one and stands in no list."""
    root = name.root
    if root.dep_ in ("conj", "compound", "amod", "nmod", "poss", "appos"):
        return False
    if any(child.dep_ in ("conj", "appos") for child in root.children):
        return False
    return name[0].i not in fact.clause.named and "’" not in name.text and "'" not in name.text  # noqa: RUF001


def _names(parsed: Parsed) -> dict[str, list[str]]:
    """Return the names of an article by kind, each once, in order."""
    found: dict[str, dict[str, None]] = {}
    for sentence in parsed.sentences:
        for entity in sentence.span.ents:
            if _kind(entity) and "’" not in entity.text and "'" not in entity.text:  # noqa: RUF001
                found.setdefault(_kind(entity), {})[entity.text] = None
    return {kind: list(texts) for kind, texts in found.items()}


def _options(fact: ParsedFact, name: "Span", names: dict[str, list[str]]) -> list[str]:
    sentence = fact.clause.sentence.text.lower()
    others = [one for one in names.get(_kind(name), []) if _is_like(one, name.text)]
    if name.label_ in _BY_SET:  # the tagger's word is not enough: one closed set has them all
        known = siblings(name.text)
        others = [one for one in others if one in known]
    wrong = [one for one in others if one.split()[-1].lower() not in sentence]
    if name.label_ == "DATE":
        year = int(name.text)
        wrong = sorted(wrong, key=lambda one: abs(int(one) - year))
        wrong = [one for one in wrong if 3 <= abs(int(one) - year) <= LONGEST_AGO]
    if len(wrong) < WRONG:
        return []
    return sorted([name.text, *wrong[:WRONG]], key=str.casefold)


def _is_like(one: str, other: str) -> bool:
    """Whether both are full names, or both short ones, and they share no word."""
    return not set(one.split()) & set(other.split()) and (" " in one) == (" " in other)
