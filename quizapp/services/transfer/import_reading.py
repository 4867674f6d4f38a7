"""A bank file on its way through an import: checked, in batches, and what was seen of it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from quizapp.core.formats.contract import Format
from quizapp.core.formats.model import (
    ArticleIn,
    BankFile,
    FactIn,
    Guessed,
    Item,
    MediaIn,
    QuestionIn,
    QuizIn,
    Refused,
    Warned,
)
from quizapp.core.formats.shared.checking import checked
from quizapp.core.formats.shared.source import MIB, Source

CHUNK = 500  # questions in one transaction
MEDIA_CHUNK = 4 * MIB
FEW = 20  # media files that one transaction may hold besides all the rest

Seen = Callable[[int], None]  # told how many questions were read, once per batch


@dataclass(frozen=True, slots=True)
class Choices:
    """What whoever brings a file decided about it: positions to leave out, tags by category."""

    leave_out: Collection[int] = frozenset()
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Batch:
    """What one transaction stores."""

    articles: list[ArticleIn] = field(default_factory=list)
    facts: list[FactIn] = field(default_factory=list)
    questions: list[QuestionIn] = field(default_factory=list)
    media: list[MediaIn] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """Whether it is time to store."""
        if not self.media:
            return len(self.questions) >= CHUNK
        size = sum(len(item.data) for item in self.media)
        return len(self.questions) >= CHUNK or len(self.media) >= FEW or size > MEDIA_CHUNK


class Reading:
    """Reads a file once; `system` names the namespace of its keys, `bank` what it calls itself."""

    def __init__(self, plugin: Format, source: Source, choices: Choices, seen: Seen | None) -> None:
        self._plugin, self._source, self._choices = plugin, source, choices
        self._seen = seen or (lambda questions: None)
        self.system = plugin.NAME
        self.bank = BankFile(source.filename.partition(".")[0] or "Bank")
        self.names_itself = False
        self.keys: set[str] = set()  # of its questions, refused ones too
        self.keyless = False  # whether a question has no key
        self.facts: set[str] = set()
        self.questions = self.media = 0
        self.quizzes: list[QuizIn] = []
        self.warnings: list[Warned] = []
        self.refused: list[Refused] = []
        self.guessed: dict[str, str] = {}

    @property
    def read(self) -> int:
        """How many questions were read so far, sound or not."""
        return self.questions + len(self.refused)

    def batches(self) -> Iterator[Batch]:
        """Yield what the file holds, bit by bit; FormatError where it cannot be read on."""
        batch = Batch()
        for item in _once(checked(self._plugin.read(self._source))):
            self._take(item, batch)
            if batch.is_full:
                self._seen(self.read)
                yield batch
                batch = Batch()
        self._seen(self.read)
        yield batch

    def _take(self, item: Item, batch: Batch) -> None:
        match item:
            case QuestionIn():
                self._question(item, batch)
            case Warned() if item.question not in self._choices.leave_out:
                self.warnings.append(item)
            case Refused() if item.question not in self._choices.leave_out:
                self.refused.append(item)
                self._note_key(item.key)
            case MediaIn():
                batch.media.append(item)
                self.media += 1
            case FactIn():
                batch.facts.append(item)
                self.facts.add(item.key)
            case ArticleIn():
                batch.articles.append(item)
            case QuizIn():
                self.quizzes.append(item)
            case Guessed():
                self.guessed[item.option] = item.value
            case BankFile():
                self.bank, self.names_itself = item, True
                self.system = item.system or self._plugin.NAME

    def _question(self, item: QuestionIn, batch: Batch) -> None:
        self._note_key(item.key)
        if item.position in self._choices.leave_out:
            return
        self.questions += 1
        tag = self._choices.tags.get(item.category or "")
        if tag and tag not in item.tags:
            item = replace(item, tags=[*item.tags, tag])
        batch.questions.append(item)

    def _note_key(self, key: str | None) -> None:
        if key is None:
            self.keyless = True
        else:
            self.keys.add(key)


def _once(items: Iterable[Item]) -> Iterator[Item]:
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
