"""What a bank file holds, whatever its format: readers yield these items, writers take them.

Order of a reading: at most one BankFile first, articles before facts, facts before the questions
that name them, quizzes last; media, refusals and warnings anywhere. A value that a format does not
know keeps its default. Texts are Markdown unless said otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any


class FormatError(ValueError):
    """A file that cannot be read as a whole; the text is plain words for people."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True, slots=True)
class BankFile:
    """What the file says of itself; `system` names the namespace of its keys, "" = the format."""

    title: str
    language: str = "en"
    notice: str = ""
    system: str = ""


@dataclass(frozen=True, slots=True)
class ArticleIn:
    """A source text in the plain form of docs: NFC, LF, paragraphs parted by one empty line."""

    key: str
    text: str
    title: str = ""
    authors: Sequence[str] = ()
    published: date | None = None
    source: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EvidenceIn:
    """Where an article proves a fact: text[start:end] == quote, in code points."""

    article: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class FactIn:
    """One thing to know."""

    key: str
    statement: str
    evidence: Sequence[EvidenceIn] = ()


@dataclass(frozen=True, slots=True)
class RawBlock:
    """The block of the file that a question came from, and what of it could not be read."""

    format: str
    text: str
    lossy: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class QuestionIn:
    """One question. `body` is the type's own part with `feedback` and the list `hints` in it.

    position: from 1 in the file. key: its external id, None where the file has none. name: "" =
    made from the stem. fact: the key of its fact, None = a fact of its own. Entries of lists may
    lack ids. raw: for a question that was read only in part; an opaque one has its block in `body`.
    warnings: plain words, each becomes a `Warned` of its own. group: questions of one group
    probably ask the same fact (the cards of an Anki note); only ever a suggestion. changed_at: when
    its text was last changed, in Unix seconds, for formats that know; 0 where that is not known.
    """

    position: int
    type: str
    stem: str
    body: Mapping[str, Any]
    key: str | None = None
    name: str = ""
    line: int | None = None
    path: str | None = None
    fact: str | None = None
    tags: Sequence[str] = ()
    category: str | None = None
    raw: RawBlock | None = None
    warnings: Sequence[str] = ()
    group: str = ""
    is_draft: bool = False
    changed_at: int = 0


@dataclass(frozen=True, slots=True)
class PoolIn:
    """A draw of `n` questions that carry all of `tags` and belong to any of `facts`."""

    n: int
    tags: Sequence[str] = ()
    facts: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class SlotIn:
    """A place of a quiz: the key of a question, or a pool."""

    question: str | None = None
    pool: PoolIn | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class QuizIn:
    """A quiz; `settings` has feedback, time_limit_s, tries, shuffle, pass_percent ... if given."""

    key: str
    title: str
    settings: Mapping[str, Any]
    slots: Sequence[SlotIn]


@dataclass(frozen=True, slots=True)
class MediaIn:
    """A file that texts show as `media/NAME`."""

    name: str
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that was read otherwise than it stood; `question` is its position or None."""

    question: int | None
    name: str
    line: int | None
    path: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A question that was not taken, and why. `key` is its external id as far as it is known."""

    question: int
    name: str
    line: int | None
    path: str | None
    message: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Guessed:
    """What a reader took for the value of one of its OPTIONS, as nobody had chosen it."""

    option: str
    value: str


@dataclass(frozen=True, slots=True)
class Loss:
    """What a written file cannot carry; `question` is its position in the file written or None."""

    question: int | None
    name: str
    message: str


Item = BankFile | ArticleIn | FactIn | QuestionIn | QuizIn | MediaIn | Warned | Refused | Guessed
