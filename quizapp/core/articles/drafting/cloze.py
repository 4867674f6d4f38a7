"""A statement of the article with a key term left out."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from quizapp.core.articles.asking import drafted, is_name, mid_sentence, typed_forms
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.lexicon import rarity
from quizapp.core.articles.lexicon.words import LOOSE_MODIFIERS, PEOPLE, WEAK_VERBS
from quizapp.core.articles.model import Draft
from quizapp.core.articles.parsing import LONGEST_TERM, Parsed, core_of, key_of

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

LEAST_WEIGHT = 0.2
LEAST_RARITY = 0.75  # the most frequent words are no terms
FREQUENT = 6  # a noun used this often is what the article is about: no question
MOST_WORDS = 30
GAPS_A_FACT = 2
_PORTIONS = frozenset({"handful", "dozen", "majority", "minority", "rest", "remainder"})
_ERAS = frozenset({"bc", "ad", "bce", "ce", "am", "pm"})
_NAMES = frozenset({"PERSON", "GPE", "LOC", "NORP", "ORG", "EVENT", "FAC", "WORK_OF_ART",
                    "LANGUAGE", "PRODUCT"})  # fmt: skip


def draft(material: Material) -> Iterator[Draft]:
    """Leave out the term of each fact that matters most, and the next one in another draft."""
    for fact in material.stated:
        words = [one for one in fact.clause.span if not one.is_punct]
        if not 7 <= len(words) <= MOST_WORDS:
            continue
        found = sorted(_gaps(material.parsed, fact), key=lambda gap: -gap[0])
        for _, tokens in found[:GAPS_A_FACT]:
            made = _draft(fact, tokens)
            if made is not None:
                yield made


def _gaps(parsed: Parsed, fact: ParsedFact) -> "Iterator[tuple[float, Sequence[Token]]]":
    """Yield the phrases that can be left out, each with how good a gap it makes."""
    clause = fact.clause
    for chunk in clause.span.noun_chunks:
        core = core_of(chunk)
        if core is None or any(one.i in clause.named for one in core):
            continue
        if any(child.lower_ == "of" for child in core[-1].children):
            continue  # the gap would be half a term: "___ of field"
        tokens = _whole_name(core)
        if _is_hyphened(tokens):
            continue
        head = core[-1]
        if _is_one_of_several(head) or _is_twice(fact, tokens) or _is_glossed(head):
            continue
        if _is_no_term(head) or parsed.uses[head.lemma_.lower()] >= FREQUENT:
            continue
        if tokens[0].lower_ in LOOSE_MODIFIERS or (head.pos_ == "NOUN" and _is_open(tokens)):
            continue
        named = head.ent_type_ in _NAMES
        weight = parsed.weight(tokens)
        if not named and (weight < LEAST_WEIGHT or not _is_term(parsed, tokens)):
            continue
        subject = 0.15 if head.dep_ in ("nsubj", "nsubjpass") else 0.0
        yield weight + subject + (0.25 if named else 0.0), list(tokens)


def _is_no_term(head: "Token") -> bool:
    """Whether a noun is counted, of every day, or of one saying with its verb: "take hold"."""
    if head.lower_ in _ERAS or head.lemma_.lower() in PEOPLE or _is_address(head):
        return True
    if head.dep_ == "dobj" and head.head.lemma_.lower() in WEAK_VERBS:
        return True
    if head.head.lower_ in ("as", "like", "to") and head.dep_ == "pobj":
        before = head.head.nbor(-1).lower_ if head.head.i else ""
        if head.head.lower_ != "to" or before == "according":
            return True  # "such as ___": any other example would do
    return head.i > 0 and head.nbor(-1).like_num


def _is_address(head: "Token") -> bool:
    """Whether it tells where somebody comes from or works: "Alpheus Babcock of ___"."""
    if head.dep_ != "pobj" or head.ent_type_ not in ("GPE", "LOC", "ORG", "FAC"):
        return False
    return head.head.head.pos_ in ("NOUN", "PROPN") and head.head.lower_ in ("of", "at", "in")


def _is_hyphened(tokens: "Sequence[Token]") -> bool:
    """Whether it is a part of a longer word: two-year."""
    first, last = tokens[0], tokens[-1]
    before = first.nbor(-1).text if first.i else ""
    after = last.nbor(1).text if last.i + 1 < len(last.doc) else ""
    return before in ("-", "–", "/") or after in ("-", "–", "/")  # noqa: RUF001


def _whole_name(core: "Span") -> "Sequence[Token]":
    """Return the phrase, or the name that it is a part of: Bill of Rights."""
    for entity in core.doc.ents:
        if entity.label_ == "PERSON" and entity.start > core.start and entity.end == core.end:
            return list(entity)  # without what he was: "clarinettist"
        if entity.start <= core.start and entity.end > core.end:
            return [one for one in entity if one.lower_ != "the" or one.i > entity.start]
    return list(core)


def _is_term(parsed: Parsed, tokens: "Sequence[Token]") -> bool:
    """Whether a term is of the subject, so that no other word would do: silica, not town."""
    if any(rarity(one.lower_, one.lemma_.lower()) < LEAST_RARITY for one in tokens):
        return False
    head = tokens[-1].lemma_.lower()
    if head in parsed.title.lower() or tokens[-1].lower_ in _PORTIONS:
        return False
    if parsed.uses[head] < 2 and len(tokens) < 2:
        return False  # said once it is no term
    if any(child.dep_ == "nummod" for child in tokens[-1].children):
        return False  # four metres: the unit is not worth asking
    described = any(one.pos_ not in ("NOUN", "PROPN") for one in tokens)
    return not described or sum(one.key == key_of(tokens) for one in parsed.terms) > 1


def _is_one_of_several(head: "Token") -> bool:
    """Whether it stands in a list, where its neighbours would do as well."""
    return head.dep_ in ("conj", "appos") or any(child.dep_ == "conj" for child in head.children)


def _is_twice(fact: ParsedFact, tokens: "Sequence[Token]") -> bool:
    """Whether one of its words also stands elsewhere in the statement."""
    mine = {one.i for one in tokens}
    stems = {one.lemma_.lower()[:6] for one in tokens if not one.is_stop}
    return any(
        one.lemma_.lower()[:6] in stems for one in fact.clause.span
        if one.i not in mine and not one.is_stop
    )  # fmt: skip


def _is_glossed(head: "Token") -> bool:
    """Whether the text explains it right beside the gap, or names it in other words."""
    after = head.nbor(1).lower_ if head.i + 1 < len(head.doc) else ""
    return after == "such" or any(child.dep_ == "appos" for child in head.children)


def _is_open(tokens: "Sequence[Token]") -> bool:
    """Whether it begins with an adjective that any other could replace."""
    return tokens[0].tag_ in ("JJR", "JJS", "RB", "VBG") or tokens[0].dep_ == "advmod"


def _cue(answer: str) -> str:
    """Return the first letters of the words left out: other words would fit the gap as well."""
    return " ".join(f"{word[0]}…" for word in re.findall(r"[^\W_][^\s]*", answer))


def _draft(fact: ParsedFact, tokens: "Sequence[Token]") -> Draft | None:
    clause = fact.clause
    stem = clause.with_put(tokens, "[[1]]")
    stem = re.sub(r"\b([Aa])n? \[\[1]]", r"\1(n) [[1]]", stem)  # neither form tells the answer
    stem = stem.replace("[[1]]", f"[[1]] ({_cue(clause.text(tokens))})")
    answer = clause.text(tokens)
    key = answer if is_name(tokens[0]) else mid_sentence(tokens, answer)
    if not key or len(tokens) > LONGEST_TERM:
        return None
    return drafted("cloze", "cloze", stem, (key,), fact, also_right=typed_forms(tokens))
