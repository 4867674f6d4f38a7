"""From what a language model wrote to facts and drafts: forms checked, quotes found again."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

from jsonschema import Draft202012Validator

from quizapp.core.articles import segment
from quizapp.core.articles.lexicon.words import CONDITIONS, HEDGES
from quizapp.core.articles.llm_prompts import FACT, QUESTION
from quizapp.core.articles.model import Draft, FoundFact, Key, Span
from quizapp.core.articles.typography import fold, origins

MOST_FACTS, MOST_QUESTIONS = 40, 4  # of one answer, of one fact
LONGEST = 600  # characters of a text
WAY = "llm"
GAP, BLANK = "[[1]]", "_____"
_GAPS = re.compile(r"_{2,}|\[\[\d+\]\]|\[(?:blank|gap|_+|\.{3}|…)\]", re.IGNORECASE)
_UNFIT = re.compile(  # controls, marks that turn the direction of writing, lone surrogates
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_EDGES = " \"'.…"
_TRUTH = {"true": True, "false": False}
_question, _fact = Draft202012Validator(QUESTION), Draft202012Validator(FACT)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A draft as the model made it; a false statement says what in it was changed."""

    draft: Draft
    replaced: str = ""
    replacement: str = ""


@dataclass(frozen=True)
class Article:
    """A text in which quotes are found again."""

    text: str

    @cached_property
    def _folded(self) -> str:
        return fold(self.text)

    @cached_property
    def _origins(self) -> list[int]:
        return origins(self.text)

    @cached_property
    def _paragraphs(self) -> list[list[int]]:
        return segment.paragraphs(self.text)

    @cached_property
    def _sentences(self) -> list[tuple[int, int, str]]:
        ids = segment.sentence_ids(self.text)
        places = segment.sentences(self.text)
        return [(start, end, name) for (start, end), name in zip(places, ids, strict=True)]

    def find(self, quote: str) -> Span | None:
        """Return where a paragraph has these words; spaces and typographic marks may differ."""
        words = fold(unicodedata.normalize("NFC", quote)).strip(" ")
        for sought in filter(None, (words, words.strip(_EDGES))):
            at = self._folded.find(sought)
            while at >= 0:
                start, end = self._origins[at], self._origins[at + len(sought) - 1] + 1
                if self.paragraph_of(start) == self.paragraph_of(end - 1) is not None:
                    return Span(start, end, self.text[start:end])
                at = self._folded.find(sought, at + 1)
        return None

    def paragraph_of(self, place: int) -> int | None:
        """Return the number of the paragraph that holds a place, None where none does."""
        return next(
            (n for n, (start, end) in enumerate(self._paragraphs) if start <= place < end), None
        )

    def sentence_of(self, place: int) -> str:
        """Return the id of the sentence that holds a place."""
        return next((name for start, end, name in self._sentences if start <= place < end), "")


def facts(answer: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the facts of an answer that have the form asked for, with the questions that have it.

    What the model left out counts as empty.
    """
    for raw in answer["facts"][:MOST_FACTS]:
        questions = raw.get("questions") if isinstance(raw, dict) else None
        if isinstance(questions, list):
            made = map(_completed, questions[:MOST_QUESTIONS])
            fact = {**raw, "questions": [one for one in made if one is not None]}
            if _fact.is_valid(fact) and _is_fit((fact["statement"], fact["evidence"])):
                yield fact


def _completed(question: object) -> dict[str, Any] | None:
    if not isinstance(question, dict):
        return None
    empty = {"distractors": [], "also_right": [], "replaced": "", "replacement": ""}
    made = {**empty, **{name: value for name, value in question.items() if value is not None}}
    if isinstance(made.get("answer"), bool):
        made["answer"] = str(made["answer"]).lower()
    if not _question.is_valid(made):
        return None
    texts = (made["stem"], made["answer"], *made["distractors"], *made["also_right"])
    return made if _is_fit(texts) and made["stem"].strip() and made["answer"].strip() else None


def _is_fit(texts: Iterable[str]) -> bool:
    return all(len(text) <= LONGEST and not _UNFIT.search(text) for text in texts)


def found_fact(article: Article, statement: str, evidence: Span) -> FoundFact:
    """Return a fact of the article; hedges and conditions are those of its statement."""
    words = re.findall(r"[\w’'-]+", statement)  # noqa: RUF001 - the typographic mark is meant
    return FoundFact(
        statement=statement,
        evidence=evidence,
        paragraph=article.paragraph_of(evidence.start) or 0,
        sentence=article.sentence_of(evidence.start),
        hedges=tuple(word for word in words if word.lower() in HEDGES),
        conditions=tuple(word for word in words if word.lower() in CONDITIONS),
    )


def candidate(question: Mapping[str, Any], statement: str, evidence: Span) -> Candidate:
    """Return the draft that a question makes, with its gates still to pass."""
    kind = question["type"]
    answer = _line(question["answer"])
    stem = _GAPS.sub(GAP if kind == "cloze" else BLANK, _line(question["stem"]))
    key: Key = (answer,) if kind == "cloze" else answer
    if kind == "true_false":
        key = _TRUTH.get(answer.lower().rstrip("."), answer)
    draft = Draft(
        way=WAY,
        type=kind,
        stem=stem,
        key=key,
        fact=statement,
        evidence=evidence,
        options=_options(question, stem) if kind == "multiple_choice" else (),
        also_right=_also_right(question) if kind in ("short_answer", "cloze") else (),
    )
    return Candidate(draft, _line(question["replaced"]), _line(question["replacement"]))


def _options(question: Mapping[str, Any], stem: str) -> tuple[str, ...]:
    """Return the options in a chance order that is the same each time."""
    options = [_line(one) for one in (question["answer"], *question["distractors"])]
    Random(stem).shuffle(options)
    return tuple(options)


def _also_right(question: Mapping[str, Any]) -> tuple[str, ...]:
    texts = dict.fromkeys(filter(None, map(_line, question["also_right"][:5])))
    return tuple(one for one in texts if one != _line(question["answer"]))


def _line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
