"""Whether a statement stands alone: which of its words point to something it does not name."""

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from quizapp.core.articles.lexicon.words import (
    DEPENDENT_LEADS,
    PEOPLE,
    PERSONAL,
    POINTING,
    POSSESSIVE,
    TYING,
    UNIQUE,
)
from quizapp.core.articles.parsing import Parsed, Sentence

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

FREQUENT = 6  # a noun used this often is what the article is about
LONG = 13  # words: a statement that says enough to show that "the lens" is any lens
FARTHEST = 40  # words from a pronoun back to what it stands for
_PLURAL = ("NNS", "NNPS")
_FIGURE = re.compile(r"\b(?:figure|fig|table|chapter|section|page|above|below|appendix)\b\.? ?\d")
_TIME = re.compile(
    r"\b(?:at (?:the|that|this) (?:time|point|moment|stage)|by (?:then|now)|in those days|"
    r"(?:that|this|last|next) (?:year|month|week|day|century|decade)|these days|so far|"
    r"(?:years?|months?|weeks?|days?|decades?|centuries|hours?|minutes?) (?:later|earlier|before)|"
    r"the (?:day|night|year|week|month) (?:before|after)|at first|as (?:shown|seen|noted|we))\b",
    re.IGNORECASE,
)
_LOOSE = re.compile(
    r"\b(?:just that|(?:of the|of this|a new) kind\b(?! of)|something|d(?:o|id|oes) so|"
    r"followed in|the reverse)\b"
)
_ASIDE = re.compile(r", (they|he|she|it|we) \w+,", re.IGNORECASE)  # "Shadows, they noticed, ..."
_NUMBERS = frozenset("one two three four five six seven eight nine ten".split())  # noqa: SIM905
_HEADLESS = _NUMBERS | frozenset(
    """first second third hundred thousand million some many most others few several another each
    all none both any more less much""".split()  # noqa: SIM905
)


def unresolved(
    parsed: Parsed, sentence: Sentence, span: "Span", named: Collection[int] = ()
) -> tuple[str, ...]:
    """Return the words of a part of a sentence that lean on what is outside of it, as written.

    named: the places of pronouns that a name will be put for.
    """
    text = str(span.text)
    lowered = text.lower()
    found = [match.group() for match in _FIGURE.finditer(lowered)]
    found += [match.group() for match in _TIME.finditer(text)]
    found += [lead for lead in DEPENDENT_LEADS if re.match(rf"{lead}\b", lowered)]
    found += [match.group(1) for match in _ASIDE.finditer(text)]
    found += [match.group() for match in _LOOSE.finditer(text)]
    for token in span:
        if token.i in named:
            continue
        if (
            _compares(token, span)
            or _is_that(token)
            or _points(token, span, named)
            or _leans(token, span)
            or _is_headless(token)
        ):
            found.append(token.text)
        elif _is_anaphor(parsed, sentence, token, span):
            found.append(f"the {token.text}")
    return tuple(found)


def _needs_more(token: "Token", span: "Span", named: Collection[int]) -> bool:
    """Whether a word means nothing without what stands outside of the statement."""
    if _compares(token, span) or _is_that(token) or _is_headless(token):
        return True
    return _points(token, span, named) or _leans(token, span)


def _points(token: "Token", span: "Span", named: Collection[int]) -> bool:
    """Whether a pronoun has nothing before it in the statement that it can stand for."""
    word = token.lower_
    if any(_same_person(token, span.doc[place]) for place in named):
        return False
    if word in PERSONAL:
        return token.pos_ in ("PRON", "VERB", "AUX") or word == "us"
    if word in POINTING:
        return _is_open_pronoun(token, span)
    if word in POSSESSIVE and token.tag_ in ("PRP$", "PRP"):
        return not _has_antecedent(token, span)
    return False


_PERSONS = (
    frozenset("he him his himself".split()),  # noqa: SIM905
    frozenset("she her hers herself".split()),  # noqa: SIM905
    frozenset("it its itself".split()),  # noqa: SIM905
    frozenset("they them their theirs themselves".split()),  # noqa: SIM905
)


def _same_person(one: "Token", other: "Token") -> bool:
    return any(one.lower_ in words and other.lower_ in words for words in _PERSONS)


def _is_open_pronoun(token: "Token", span: "Span") -> bool:
    word = token.lower_
    if word == "there" and (token.dep_ == "expl" or token.tag_ == "EX"):
        return False
    if word in ("this", "these", "those", "such", "here", "there", "then", "hers", "theirs"):
        following = token.nbor(1).lower_ if token.i + 1 < len(token.doc) else ""
        if word == "those":
            return following not in ("who", "whose")
        if word == "such":
            return following != "as"
        return not (word == "then" and _begins_if(span))
    if word in ("former", "latter"):
        return True
    if word == "it" and token.dep_ == "expl":
        return False
    return not _has_antecedent(token, span)


def _begins_if(span: "Span") -> bool:
    return any(token.lower_ in ("if", "when") for token in span[:2])


def _has_antecedent(token: "Token", span: "Span") -> bool:
    word = token.lower_
    above = {one.i for one in token.ancestors}
    before = [one for one in _nouns(span) if one.i < token.i and token.i - one.i < FARTHEST]
    before = [one for one in before if one.i not in above]
    if token.tag_ == "PRP" and not word.endswith(("self", "selves")):
        # "It" and "them" never stand for another part of their own clause.
        before = [one for one in before if _verb_of(one) != _verb_of(token)]
    if token.dep_ in ("nsubj", "nsubjpass"):  # a subject takes up a subject
        before = [one for one in before if one.dep_ in ("nsubj", "nsubjpass", "conj")]
    if word in ("he", "she", "him", "his", "her", "himself", "herself"):
        return any(
            one.ent_type_ == "PERSON" or one.lemma_.lower() in PEOPLE
            for one in before if one.tag_ not in _PLURAL
        )  # fmt: skip
    if word in ("they", "them", "their", "themselves"):
        return any(one.tag_ in _PLURAL or _is_joined(one) for one in before)
    return any(
        one.tag_ not in _PLURAL and one.ent_type_ not in ("PERSON", "ORG", "NORP") for one in before
    )


def _verb_of(token: "Token") -> int:
    return next((one.i for one in token.ancestors if one.pos_ in ("VERB", "AUX")), -1)


def _nouns(span: "Span") -> Iterator["Token"]:
    return (token for token in span if token.pos_ in ("NOUN", "PROPN"))


def _is_joined(token: "Token") -> bool:
    return any(child.dep_ == "conj" for child in token.children) or token.lemma_ in (
        "people", "police", "government", "team", "family", "company", "group", "population",
    )  # fmt: skip


def _leans(token: "Token", span: "Span") -> bool:
    """Whether a word ties the statement to another one: "another", "instead", "the same"."""
    word = token.lower_
    if word not in TYING:
        return False
    words = [one.lower_ for one in span]
    here = token.i - span.start
    before = words[here - 1] if here else ""
    after = words[here + 1] if here + 1 < len(words) else ""
    stands_alone = {
        "both": "and" in words[here:],
        "either": "or" in words[here:],
        "neither": "nor" in words[here:],
        "above": after == "all" or before == "from" or _has_object(token),
        "below": before == "from" or _has_object(token),
        "besides": _has_object(token),
        "other": before in ("and", "or", "each") or after == "than",
        "another": before == "one" or "one" in words[:here],
        "same": "as" in words[here:] or "that" in words[here:],
        "too": token.head.pos_ in ("ADJ", "ADV"),
        "later": token.pos_ != "ADV" or "than" in words[here:],
        "earlier": token.pos_ != "ADV" or "than" in words[here:],
        "following": token.pos_ == "ADP",
        "next": after == "to",
    }
    return not stands_alone.get(word, False)


def _has_object(token: "Token") -> bool:
    return any(child.dep_ in ("pobj", "pcomp") for child in token.children)


def _is_that(token: "Token") -> bool:
    """Whether it is "that" as in "that war" or "good at that"."""
    if token.lower_ != "that":
        return False
    return token.dep_ in ("det", "pobj", "dobj") and token.tag_ != "WDT"


def _compares(token: "Token", span: "Span") -> bool:
    """Whether the statement says "more" or "farther" without saying than what."""
    if token.tag_ not in ("JJR", "RBR") or any(
        one.lower_ in ("than", "the")
        for one in span
        if one.i == token.i - 1 or one.lower_ == "than"
    ):
        return False
    if (
        token.lower_ in ("more", "less")
        and token.i + 1 < span.end
        and (token.nbor(1).lower_ in ("or", "and"))
    ):
        return False
    before = token.nbor(-1).lower_ if token.i else ""
    if before in ("no", "or", "any") or _verb_of(token) != span.root.i:
        return False
    head = token.head
    if token.dep_ in ("acomp", "advmod", "attr", "conj") and head.pos_ in ("VERB", "AUX", "ADJ"):
        return True
    return token.dep_ == "amod" and head.dep_ in ("dobj", "attr", "nsubj", "nsubjpass")


def _is_headless(token: "Token") -> bool:
    """Whether a quantity stands for a thing that is not named: "Some live in trees"."""
    if token.lower_ == "ones" or (token.lower_ == "one" and token.dep_ in ("dobj", "pobj", "attr")):
        return not any(child.dep_ in ("prep", "relcl") for child in token.children)
    if token.like_num and token.dep_ in ("dobj", "pobj") and token.ent_type_ in ("CARDINAL", ""):
        return not any(child.dep_ == "prep" for child in token.children)
    if token.dep_ in ("nsubj", "nsubjpass") and token.pos_ == "ADJ" and token.tag_ == "JJS":
        return True  # "The smallest weigh less": the smallest what?
    if token.lower_ == "both" and token.dep_ in ("dobj", "pobj"):
        return True
    if token.dep_ not in ("nsubj", "nsubjpass") or token.lower_ not in _HEADLESS:
        return False
    return not any(child.dep_ == "prep" and child.lower_ == "of" for child in token.children)


def _is_anaphor(parsed: Parsed, sentence: Sentence, token: "Token", span: "Span") -> bool:
    """Whether "the N" means an N that only an earlier sentence made known."""
    if token.pos_ != "NOUN" or token.lemma_.lower() in UNIQUE:
        return False
    children = [child for child in token.children if not child.is_punct and child in span]
    if not any(child.lower_ == "the" for child in children):
        return False
    narrowing = [child for child in children if child.dep_ not in ("det", "conj", "cc")]
    if any(child.dep_ in ("prep", "relcl", "acl", "compound", "poss", "appos")
           for child in narrowing):  # fmt: skip
        return False
    subject = token.dep_ in ("nsubj", "nsubjpass")
    best = any(child.tag_ == "JJS" for child in narrowing)
    counted = any(child.dep_ == "nummod" for child in narrowing)  # "the two stories"
    if narrowing and not counted and (not subject or (best and token.tag_ in _PLURAL)):
        return False
    lemma = token.lemma_.lower()
    if _named_in(span, token, lemma):
        return False
    if _is_topic(parsed, lemma) and (not subject or len(span) >= LONG):
        return False
    return subject or token.dep_ == "dobj" or parsed.is_known_before(lemma, sentence)


def _named_in(span: "Span", token: "Token", lemma: str) -> bool:
    return any(one.i < token.i and one.lemma_.lower() == lemma for one in span)


def _is_topic(parsed: Parsed, lemma: str) -> bool:
    """Whether the article is about this: "the lens" in a text on cameras points nowhere."""
    if re.search(rf"\b{re.escape(lemma)}", parsed.title.lower()):
        return True
    return parsed.uses[lemma] >= FREQUENT
