"""What a question of a file becomes in its bank, made before anything is stored."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from quizapp.core.fingerprint import content_sha256, keep_ids
from quizapp.core.formats.model import QuestionIn
from quizapp.core.formats.shared.checking import derived_name
from quizapp.core.question import Question
from quizapp.core.question_types.texts import fill_ids
from quizapp.core.search import searchable
from quizapp.services.content.version_rows import html_of, words_of


@dataclass(frozen=True, slots=True)
class Texts:
    """The slow part of a question version: its HTML (None = made when first asked), its words."""

    html: dict[str, str] | None
    search_text: str


Made = dict[str, Texts]  # by fingerprint and name


class Content:
    """What a question version will hold. `made` keeps the slow part between two plans."""

    def __init__(
        self,
        item: QuestionIn,
        made: Made,
        renders: bool,
        old_body: Mapping[str, Any] | None = None,
    ) -> None:
        body = keep_ids(old_body, item.body) if old_body else item.body
        self.question = Question(item.type, item.stem, fill_ids(item.type, body))
        self._item, self._made, self._renders = item, made, renders
        self._texts: Texts | None = None

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of type, stem and body."""
        return content_sha256(self.question.type, self.question.stem, self.question.body)

    @cached_property
    def name(self) -> str:
        """The name given, else one made from the stem."""
        return self._item.name or derived_name(self._item.stem)

    def texts(self) -> Texts:
        """Return the HTML of each text by its path, and what is stored to find the question by."""
        if self._texts is None:
            sign = f"{self.sha256} {self.name} {self._item.tags}"
            if sign not in self._made:
                html = html_of(self.question) if self._renders else None
                words = searchable(self.name, self._item.tags, words_of(self.question))
                self._made[sign] = Texts(html, words)
            self._texts = self._made[sign]
        return self._texts


def sha256_of(data: bytes) -> str:
    """Return the name under which media bytes are stored."""
    return hashlib.sha256(data).hexdigest()
