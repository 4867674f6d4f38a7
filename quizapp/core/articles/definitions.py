"""Where an article says what something is: the term, and what it means."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from quizapp.core.articles.asking import mid_sentence
from quizapp.core.articles.clauses import Clause
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.lexicon.words import EMPTY_NOUNS
from quizapp.core.articles.parsing import core_of, key_of

if TYPE_CHECKING:
    from spacy.tokens import Token

LONGEST_MEANING, SHORTEST_MEANING = 26, 6  # words
_MEANS = frozenset({"mean", "denote", "describe", "signify"})
_NAMES = frozenset({"call", "know", "term", "name", "dub", "nickname"})
_KINDS = frozenset({"type", "kind", "form", "sort", "branch", "method", "process", "way", "set",
                    "piece", "measure", "group", "area", "state", "system", "unit", "range",
                    "amount", "number", "rate", "degree", "level", "part", "period", "place",
                    "person", "name", "word", "study", "point", "instance"})  # fmt: skip
_NO_KINDS = EMPTY_NOUNS - _KINDS
_HEADS = frozenset({"nsubj", "nsubjpass", "pobj", "dobj"})
_NAMED_AS = re.compile(r"^(?:as|the|a|an)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Definition:
    """A term and its meaning, both spelled as in the middle of a sentence.

    article: "a", "an", "the" or "", as the term is used. is_person: "who", not "what".
    is_named: the article gives the description first and then the name.
    """

    term: str
    meaning: str
    source: ParsedFact
    tokens: "Sequence[Token]"
    article: str = ""
    plural: bool = False
    past: bool = False
    is_person: bool = False
    is_named: bool = False
    in_passing: bool = False  # "X, a Y that ...,": often not the whole of it


def definitions(facts: Sequence[ParsedFact]) -> list[Definition]:
    """Return the definitions among facts, one per term, in the order of the article."""
    found: dict[str, Definition] = {}
    for fact in facts:
        for one in (*_is_a(fact), *_means(fact), *_is_called(fact), *_apposition(fact)):
            words = len(one.meaning.split())
            if SHORTEST_MEANING <= words <= LONGEST_MEANING and not _repeats(one):
                found.setdefault(key_of(one.tokens), one)
    return list(found.values())


def _repeats(one: Definition) -> bool:
    """Whether the meaning uses the term, so that it explains nothing, or points elsewhere."""
    meaning = set(re.findall(r"\w+", one.meaning.lower()))
    if meaning & {"it", "they", "them", "this", "these", "those"}:
        return True
    return any(token.lower_ in meaning for token in one.tokens if not token.is_stop)


def _is_a(fact: ParsedFact) -> Iterator[Definition]:
    """Find "X is a Y that ..."."""
    clause = fact.clause
    if clause.root.lower_ not in ("is", "are", "was", "were") or clause.children("neg", "aux"):
        return
    heads = [one for one in clause.children("attr") if one.i > clause.root.i]
    if len(heads) != 1 or clause.subject.i > clause.root.i or fact.fact.unresolved:
        return
    head = heads[0]
    meaning = clause.subtree(head)
    if not _says_a_kind(head, meaning) or _begins_late(clause):
        return
    # All after the verb belongs to the meaning, or something is cut off it.
    last = [one for one in clause.span if not one.is_punct][-1]
    if meaning[-1].i < last.i or meaning[0].i > clause.root.i + 2:
        return
    term = _term(clause, clause.subject)
    if term is not None:
        yield _definition(fact, term, clause.text(meaning), clause.root.lower_)


def _says_a_kind(head: "Token", meaning: "list[Token]") -> bool:
    if head.pos_ not in ("NOUN", "PROPN") or head.lemma_.lower() in _NO_KINDS:
        return False
    if meaning[0].lower_ in ("one", "another", "some", "many", "most", "all", "what"):
        return False
    narrowed = {"relcl", "acl", "prep"} & {child.dep_ for child in head.children}
    if meaning[0].lower_ == "the":
        return bool(narrowed) and not any(one.tag_ in ("JJS", "RBS") for one in meaning[:3])
    return bool(narrowed) or len(meaning) >= SHORTEST_MEANING


def _begins_late(clause: Clause) -> bool:
    """Whether words stand before the subject, which would be cut off."""
    first = clause.subtree(clause.subject)[0]
    return any(not one.is_punct and not clause.is_idle(one) for one in clause.span
               if one.i < first.i)  # fmt: skip


def _means(fact: ParsedFact) -> Iterator[Definition]:
    """X refers to Y, X means Y."""
    clause = fact.clause
    verb = clause.root
    if fact.fact.unresolved or verb.tag_ not in ("VBZ", "VBP") or clause.children("neg", "aux"):
        return
    term = _term(clause, clause.subject)
    if term is None or _begins_late(clause):
        return
    if verb.lemma_ == "refer":
        objects = [one for prep in clause.children("prep") if prep.lower_ == "to"
                   for one in prep.children if one.dep_ == "pobj"]  # fmt: skip
    elif verb.lemma_ in _MEANS:
        objects = clause.children("dobj")
    else:
        return
    if objects and objects[0].lemma_.lower() not in _NO_KINDS:
        yield _definition(fact, term, clause.text(clause.subtree(objects[0])), "is")


def _is_called(fact: ParsedFact) -> Iterator[Definition]:
    """Find "The Y that ... is called X"."""
    clause = fact.clause
    verb = clause.root
    if verb.lemma_.lower() not in _NAMES or not clause.children("auxpass") or fact.fact.unresolved:
        return
    named = clause.children("oprd")
    named += [one for prep in clause.children("prep") if prep.lower_ == "as"
              for one in prep.children if one.dep_ == "pobj"]  # fmt: skip
    subject = clause.subtree(clause.subject)
    if not named or _begins_late(clause) or len(subject) < SHORTEST_MEANING:
        return
    if clause.subject.lemma_.lower() in _NO_KINDS or clause.subject.pos_ == "PRON":
        return
    tokens = [one for one in clause.subtree(named[0]) if one.pos_ != "DET"]
    if not 1 <= len(tokens) <= 4 or any(one.is_punct and one.text != "-" for one in tokens):
        return
    last = [one for one in clause.span if not one.is_punct][-1]
    if tokens[-1].i < last.i:
        return
    meaning = mid_sentence(subject, clause.text(subject))
    yield Definition(
        clause.text(tokens), meaning, fact, tokens, is_named=True,
        plural=clause.subject.tag_ in ("NNS", "NNPS"),
    )  # fmt: skip


def _apposition(fact: ParsedFact) -> Iterator[Definition]:
    """X, a Y that ..., does Z."""
    clause = fact.clause
    for token in clause.span:
        if token.dep_ != "appos" or token.pos_ not in ("NOUN", "PROPN"):
            continue
        meaning = clause.subtree(token)
        name = token.head
        first = meaning[0]
        if first.lower_ not in ("a", "an", "the") or first.i != name.i + 2:
            continue
        if first.nbor(-1).text != "," or token.lemma_.lower() in _NO_KINDS:
            continue
        term = _term(clause, name)
        narrowed = {"relcl", "acl", "prep"} & {child.dep_ for child in token.children}
        if term is not None and narrowed and not _points_back(meaning):
            verb = "was" if clause.root.tag_ == "VBD" else "is"
            yield replace(_definition(fact, term, clause.text(meaning), verb), in_passing=True)


def _points_back(tokens: "list[Token]") -> bool:
    return any(one.tag_ in ("PRP", "PRP$") and one.lower_ != "it" for one in tokens)


def _term(clause: Clause, head: "Token") -> "list[Token] | None":
    """Return the words of a defined term with its article; None if it is not short and plain."""
    words = [one for one in clause.subtree(head) if one.i <= head.i]
    if head.i in clause.named or head.pos_ not in ("NOUN", "PROPN") or not words:
        return None
    if core_of(clause.span.doc[words[0].i : head.i + 1]) is None:
        return None
    if words[0].pos_ == "DET" and words[0].lower_ not in ("a", "an", "the"):
        return None
    if any(one.i in clause.named or one.like_num for one in words):
        return None
    if head.lemma_.lower() in EMPTY_NOUNS or any(one.tag_ == "VBN" for one in words):
        return None
    if words[0].lower_ == "the" and head.tag_ == "NNS":
        return None  # "the cancer cells are the target": no definition of them
    after = [child for child in head.children if child.i > head.i]
    after = [child for child in after if child.dep_ in ("prep", "relcl", "acl", "conj")]
    if not after:
        return words
    more = list(after[0].subtree)  # "depth of field" is a term, "depth of the new sea" is none
    is_of = len(after) == 1 and after[0].lower_ == "of" and len(more) == 2
    return [*words, *more] if is_of and more[1].pos_ in ("NOUN", "PROPN") else None


def _definition(fact: ParsedFact, words: "list[Token]", meaning: str, verb: str) -> Definition:
    article = words[0].lower_ if words[0].pos_ == "DET" else ""
    tokens = words[1:] if article else words
    head = next((one for one in tokens if one.dep_ in _HEADS), tokens[-1])
    return Definition(
        term=mid_sentence(tokens, fact.clause.text(tokens)),
        meaning=_NAMED_AS.sub(lambda match: match.group().lower(), meaning).rstrip("."),
        source=fact,
        tokens=tokens,
        article=article,
        plural=head.tag_ in ("NNS", "NNPS"),
        past=verb in ("was", "were"),
        is_person=head.ent_type_ == "PERSON",
    )
