"""What reading and drafting an article yields: blocks, facts with evidence, drafts of questions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from quizapp.core.articles.plain import plain_form

# text: multiple_choice, short_answer, flashcard. bool: true_false. float: numeric. texts:
# multiple_response, ordering (in order), cloze (by gap). pairs of texts: matching.
Key = str | bool | float | tuple[str, ...] | tuple[tuple[str, str], ...]


class ArticleError(Exception):
    """The article cannot be used; the message says why in plain words, for whoever brought it."""


@dataclass(frozen=True, slots=True)
class ReadBlock:
    """A heading or paragraph that was found; `dropped` says why it is not of the article, or ""."""

    kind: Literal["heading", "paragraph"]
    text: str  # plain, one line
    dropped: str = ""


@dataclass(frozen=True, slots=True)
class Extracted:
    """What was taken for an article: its title, who wrote it, when, and its blocks in order."""

    title: str
    blocks: tuple[ReadBlock, ...]
    authors: tuple[str, ...] = ()
    published: date | None = None
    language: str = "en"  # ISO 639-1
    url: str = ""

    @property
    def text(self) -> str:
        """The kept blocks in the plain form in which offsets are counted."""
        kept = [block for block in self.blocks if not block.dropped]
        return plain_form(
            "\n\n".join(f"## {one.text}" if one.kind == "heading" else one.text for one in kept)
        )

    @property
    def dropped(self) -> list[ReadBlock]:
        """The blocks that were left out."""
        return [block for block in self.blocks if block.dropped]


@dataclass(frozen=True, slots=True)
class Span:
    """Where an article proves something: `text[start:end] == quote`, in code points."""

    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class FoundFact:
    """One thing to know that the article states.

    statement: one sentence that stands alone. subject, relation, object: its parts as written, ""
    where there is none. hedges and conditions: words as written that limit the truth ("often",
    "if ..."). unresolved: words that point to something that the statement does not name.
    """

    statement: str
    evidence: Span
    paragraph: int  # counted from 0, headings not counted
    sentence: str  # the id of its sentence, see segment.sentence_ids
    subject: str = ""
    relation: str = ""
    object: str = ""
    hedges: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A question that nobody has accepted yet.

    stem: Markdown; a cloze has gaps `[[1]]`. options: in the order shown, for multiple choice and
    multiple response only. also_right: other typed answers that count as right. fact: the
    statement of the fact it asks; parts: for matching, the statement that each pair asks. lead: the
    sentence of the article that is shown before the stem, or "". features are what the score was
    made of; warnings are codes of item-writing flaws.
    """

    way: str
    type: str
    stem: str
    key: Key
    fact: str
    evidence: Span
    options: tuple[str, ...] = ()
    also_right: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    lead: str = ""
    score: float = 0.0
    features: Mapping[str, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """All that is read before answering, but for the options."""
        return f"From the article: “{self.lead}”\n\n{self.stem}" if self.lead else self.stem


@dataclass(frozen=True, slots=True)
class Rejected:
    """A draft that a gate kept out, and the gate's reason code."""

    draft: Draft
    reason: str


@dataclass(frozen=True, slots=True)
class Drafted:
    """All that drafting made of a text: its facts in order, its drafts best first."""

    facts: tuple[FoundFact, ...]
    drafts: tuple[Draft, ...]
    rejected: tuple[Rejected, ...] = ()
    told: tuple[str, ...] = ()  # in plain words: what could not be done, and why
