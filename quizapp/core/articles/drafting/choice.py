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
_ASKED = {"PERSON": "person", "GPE": "place", "LOC": "place", "NORP": "group", "DATE": "year",
          "ORG": "name"}  # fmt: skip


def draft(material: Material) -> Iterator[Draft]:
    """Leave the one name or year of its kind out of each fact, and offer three others."""
    names = _names(material.parsed)
    for fact in material.facts:
        clause = fact.clause
        if len(clause.span) > MOST_WORDS:
            continue
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
    known = siblings(name.text)
    others = [one for one in names.get(_kind(name), []) if _is_like(one, name.text)]
    if known:  # of a closed set: only its members are surely of one kind
        others = [one for one in others if one in known]
        others += [one for one in known if one not in others]
    elif name.label_ in ("GPE", "LOC", "NORP", "ORG"):
        return []  # the tagger's own word is not enough for these
    wrong = [one for one in others if one.split()[-1].lower() not in sentence]
    if name.label_ == "DATE":
        year = int(name.text)
        wrong = sorted(wrong, key=lambda one: abs(int(one) - year))
        wrong = [one for one in wrong if abs(int(one) - year) >= 3]
    if len(wrong) < WRONG:
        return []
    return sorted([name.text, *wrong[:WRONG]], key=str.casefold)


def _is_like(one: str, other: str) -> bool:
    """Whether both are full names, or both short ones, and they share no word."""
    if set(one.split()) & set(other.split()):
        return False
    return (" " in one) == (" " in other)
