"""A bank file read, checked and hashed before anything is stored."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from quizapp.core.fingerprint import content_sha256, keep_ids
from quizapp.core.formats.contract import Format
from quizapp.core.formats.model import (
    ArticleIn,
    BankFile,
    FactIn,
    Item,
    MediaIn,
    QuestionIn,
    QuizIn,
    Refused,
    Warned,
)
from quizapp.core.formats.shared.checking import checked, derived_name
from quizapp.core.formats.shared.source import Source
from quizapp.core.markdown import render, to_plain
from quizapp.core.media_links import stored_link
from quizapp.core.question import Question
from quizapp.core.question_types.texts import fill_ids, texts

MAX_SEARCH = 20_000


@dataclass(slots=True)
class Prepared:
    """All that a file holds; `system` names the namespace of its keys."""

    system: str
    bank: BankFile
    articles: list[ArticleIn] = field(default_factory=list)
    facts: list[FactIn] = field(default_factory=list)
    questions: list[QuestionIn] = field(default_factory=list)
    quizzes: list[QuizIn] = field(default_factory=list)
    media: list[MediaIn] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    @property
    def read(self) -> int:
        """How many questions the file holds, sound or not."""
        return len(self.questions) + len(self.refused)


def prepare(plugin: Format, source: Source) -> Prepared:
    """Read the whole file; FormatError where that is impossible."""
    prepared = Prepared(plugin.NAME, BankFile(source.filename.partition(".")[0] or "Bank"))
    gathered: Mapping[type, list[Any]] = {
        ArticleIn: prepared.articles,
        FactIn: prepared.facts,
        QuestionIn: prepared.questions,
        QuizIn: prepared.quizzes,
        MediaIn: prepared.media,
        Warned: prepared.warnings,
        Refused: prepared.refused,
    }
    for item in _once(checked(plugin.read(source))):
        if isinstance(item, BankFile):
            prepared.bank = item
            prepared.system = item.system or plugin.NAME
        else:
            gathered[type(item)].append(item)
    return prepared


def _once(items: Iterable[Item]) -> Iterable[Item]:
    """Yield the items without articles and quizzes whose key was there before."""
    seen: set[tuple[type, str]] = set()
    for item in items:
        if isinstance(item, ArticleIn | QuizIn):
            if (type(item), item.key) in seen:
                message = f"The key {item.key} is there twice; the first one counts."
                yield Warned(None, item.key, None, None, message)
                continue
            seen.add((type(item), item.key))
        yield item


Rendered = dict[str, tuple[dict[str, str], str]]  # HTML and words to search, by fingerprint


class Content:
    """What a question version will hold. `rendered` keeps the slow part between two plans."""

    def __init__(
        self, item: QuestionIn, rendered: Rendered, old_body: Mapping[str, Any] | None = None
    ) -> None:
        body = keep_ids(old_body, item.body) if old_body else item.body
        self.question = Question(item.type, item.stem, fill_ids(item.type, body))
        self._item, self._rendered = item, rendered

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of type, stem and body."""
        return content_sha256(self.question.type, self.question.stem, self.question.body)

    @cached_property
    def name(self) -> str:
        """The name given, else one made from the stem."""
        return self._item.name or derived_name(self._item.stem)

    def rendered(self) -> tuple[dict[str, str], str]:
        """Return the HTML of each text by its path, and all words for search."""
        if self.sha256 not in self._rendered:
            words = " ".join(to_plain(text) for _, text in texts(self.question))
            self._rendered[self.sha256] = (html_of(self.question), words[:MAX_SEARCH])
        return self._rendered[self.sha256]


def html_of(question: Question) -> dict[str, str]:
    """Return the clean HTML of each Markdown text by its path, media as core.media_links says."""
    return {path: render(text, stored_link) for path, text in texts(question)}


def sha256_of(data: bytes) -> str:
    """Return the name under which media bytes are stored."""
    return hashlib.sha256(data).hexdigest()
