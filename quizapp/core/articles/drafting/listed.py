"""The members of a list that the article gives: "cereals such as wheat, rice and maize"."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quizapp.core.articles.asking import is_name
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.lexicon.words import EMPTY_NOUNS

if TYPE_CHECKING:
    from spacy.tokens import Token

FEWEST, MOST = 3, 6
LONGEST_MEMBER = 5  # words
_TO_BE_OF = frozenset("include comprise contain".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Listed:
    """What the members are (`kind`, in the plural) and the members, in order, as written."""

    kind: str
    members: tuple[str, ...]
    source: ParsedFact
    kind_is_name: bool  # it keeps its capital letter


def lists(facts: "list[ParsedFact] | tuple[ParsedFact, ...]") -> list[Listed]:
    """Return the lists of three to six short members among facts."""
    return [one for fact in facts for one in (*_such_as(fact), *_included(fact))]


def _members(fact: ParsedFact, first: "Token") -> tuple[str, ...]:
    """Return a noun and those joined to it; () where one of them is long."""
    found: list[str] = []
    one: Token | None = first
    while one is not None:
        following = next((child for child in one.children if child.dep_ == "conj"), None)
        own = [word for word in fact.clause.subtree(one)
               if following is None or word.i < following.left_edge.i]  # fmt: skip
        while own and (own[-1].is_punct or own[-1].dep_ == "cc"):
            own = own[:-1]
        text = fact.clause.text(own)
        if not own or len(own) > LONGEST_MEMBER or one.pos_ not in ("NOUN", "PROPN"):
            return ()
        if any(word.lower_ in ("other", "others", "more", "its", "their", "his") for word in own):
            return ()
        found.append(text)
        one = following
    return tuple(found) if FEWEST <= len(found) <= MOST else ()


def _such_as(fact: ParsedFact) -> Iterator[Listed]:
    for token in fact.clause.span:
        if token.lower_ != "as" or token.i == 0 or token.nbor(-1).lower_ != "such":
            continue
        head = token.head
        firsts = [child for child in token.children if child.dep_ == "pobj"]
        if head.tag_ == "NNS" and firsts and head.lemma_.lower() not in EMPTY_NOUNS:
            words = [one for one in fact.clause.subtree(head) if one.i <= head.i]
            words = [one for one in words if one.pos_ not in ("DET", "NUM")]
            members = _members(fact, firsts[0])
            if members and words and words[0].tag_ != "PRP$":
                yield Listed(fact.clause.text(words), members, fact, is_name(words[0]))


def _included(fact: ParsedFact) -> Iterator[Listed]:
    clause = fact.clause
    if clause.root.lemma_.lower() not in _TO_BE_OF or clause.subject.tag_ != "NNS":
        return
    for child in clause.children("dobj"):
        members = _members(fact, child)
        if members and clause.subject.i not in clause.named:
            words = [one for one in clause.subtree(clause.subject) if one.pos_ != "DET"]
            if words and words[0].tag_ != "PRP$":
                yield Listed(clause.text(words), members, fact, is_name(words[0]))
