"""Turning a statement round into a question, and the small parts that ways of drafting share."""

import functools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from quizapp.core.articles.clauses import Clause, tidy
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.lexicon import rarity
from quizapp.core.articles.model import Draft, Key

if TYPE_CHECKING:
    from spacy.tokens import Token

_BE = frozenset({"is", "are", "was", "were"})
_DO = {"VBD": "did", "VBZ": "does", "VBP": "do", "VB": "do"}  # the tagger takes some VBP for VB


def drafted(
    way: str,
    type: str,
    stem: str,
    key: Key,
    source: ParsedFact,
    *,
    options: Sequence[str] = (),
    also_right: Sequence[str] = (),
) -> Draft:
    """Return a draft that asks a fact."""
    return Draft(
        way=way,
        type=type,
        stem=stem,
        key=key,
        fact=source.fact.statement,
        evidence=source.fact.evidence,
        options=tuple(options),
        also_right=tuple(also_right),
    )


def question(opening: str, clause: Clause, without: Iterable["Token"]) -> str | None:
    """Return "OPENING + helper verb + subject + the rest?"; None where that would not read well.

    without: the words that are asked for.
    """
    left_out = {token.i for token in without}
    verb = clause.root
    if any(child.dep_ == "cc" and child.lower_ != "and" for child in verb.children):
        return None
    # Of "X found A and won B" only the first is asked: the helper verb would not fit both.
    second = _second_verbs(clause)
    if left_out & second:
        return None
    left_out |= second
    helpers = clause.children("aux", "auxpass")
    subject = clause.subtree(clause.subject)
    if any(token.i in left_out for token in subject):
        return None
    front = [one for one in clause.span if one.i < subject[0].i and one.i not in left_out]
    front = [one for one in front if one.text != "," and one not in helpers]
    if len([one for one in front if one.pos_ not in ("ADV", "CCONJ")]) > 6 or (
        front and front[0].dep_ in ("mark", "cc", "advcl")
    ):
        return None
    words = _turned(clause, helpers)
    if words is None:
        return None
    helper, main = words
    rest = [
        one
        for one in clause.span
        if one.i > subject[-1].i
        and one is not verb
        and one not in helpers[:1]
        and one.i not in left_out
        and not clause.is_idle(one)
    ]
    while rest and (rest[-1].is_punct or rest[-1].lower_ == "and"):
        rest = rest[:-1]  # fmt: skip
    between = [one for one in rest if one.i < verb.i]
    if any(one.dep_ not in ("advmod", "neg", "aux", "auxpass", "punct") for one in between):
        return None
    after = [one for one in rest if one.i > verb.i]
    pieces = (
        opening, helper, _with_mark(clause, subject), clause.text(between), main,
        clause.text(after), _lower_start(clause, front) if front else "",
    )  # fmt: skip
    text = tidy(" ".join(piece for piece in pieces if piece)).rstrip(".")
    return f"{text[:1].upper()}{text[1:]}?"


def _with_mark(clause: Clause, subject: "list[Token]") -> str:
    """Return the subject; after "X, a Y that ..." with the comma that ends it."""
    text = _lower_start(clause, subject)
    inner = any(one.text == "," for one in subject[:-1])
    following = subject[-1].i + 1
    ends = following < clause.span.end and clause.span.doc[following].text == ","
    return f"{text}," if inner and (ends or subject[-1].text == ",") else text


def _second_verbs(clause: Clause) -> set[int]:
    """Return the places of the verbs that share the subject, with what hangs on them."""
    found: set[int] = set()
    for child in clause.children("conj"):
        found |= {one.i for one in clause.subtree(child)}
    if found:
        found |= {one.i for one in clause.children("cc")}
    return found


def _turned(clause: Clause, helpers: "list[Token]") -> tuple[str, str] | None:
    """Return the helper verb that comes first, and the main verb's form after the subject."""
    verb = clause.root
    if helpers:
        return helpers[0].text.lower(), verb.text
    if verb.lower_ in _BE:
        return verb.lower_, ""
    if verb.tag_ not in _DO or verb.lemma_ == "be":
        return None
    return _DO[verb.tag_], verb.lemma_.lower()


def _lower_start(clause: Clause, tokens: "list[Token]") -> str:
    """Return words as in the middle of a sentence."""
    text = clause.text(tokens)
    first = tokens[0]
    return text if is_name(first) or first.i in clause.named else text[:1].lower() + text[1:]


def is_name(token: "Token") -> bool:
    """Tell whether a word keeps its capital letter wherever it stands."""
    if token.pos_ == "DET":
        return False
    if token.text == "I" or (len(token.text) > 1 and token.text[1:] != token.text[1:].lower()):
        return True
    if token.pos_ == "PROPN" and token.text[:1].isupper():
        return not token.is_sent_start or token.ent_type_ != "" or rarity(token.lower_) > 0.85
    return token.ent_type_ in ("PERSON", "GPE", "NORP", "ORG", "LOC", "FAC", "EVENT", "LANGUAGE")


def mid_sentence(tokens: "Sequence[Token]", text: str) -> str:
    """Return a phrase spelled as in the middle of a sentence."""
    if not tokens or not tokens[0].is_sent_start or is_name(tokens[0]):
        return text
    return text[:1].lower() + text[1:]


def capital(text: str) -> str:
    """Return a text with a capital first letter."""
    return text[:1].upper() + text[1:]


@functools.cache
def forms_of(lemma: str) -> tuple[str, ...]:
    """Return the singular and the plural of a noun."""
    from lemminflect import getInflection  # slow to import, and only drafting needs it

    found = [*getInflection(lemma, "NN"), *getInflection(lemma, "NNS")]
    return tuple(dict.fromkeys(found))


def typed_forms(tokens: "Sequence[Token]") -> list[str]:
    """Return other spellings of a term that are as right as its own: its singular or plural."""
    if not tokens or tokens[-1].pos_ != "NOUN":
        return []
    text = "".join(token.text_with_ws for token in tokens).strip()
    head = tokens[-1]
    stem = text[: len(text) - len(head.text)]
    return [stem + form for form in forms_of(head.lemma_.lower()) if form != head.text]
