"""What holds for the items of every format: sound types, unique keys, known facts and media."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Any

from quizapp.core.formats.model import FactIn, Item, MediaIn, QuestionIn, Refused, Warned
from quizapp.core.markdown import images, to_plain
from quizapp.core.part_facts import part_facts
from quizapp.core.problems import MINOR
from quizapp.core.question import MAP, Question
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.question_types.texts import fill_ids, texts

MAX_NAME = 300
MAX_TAG = 200
MAX_KEY = 300
MAX_CATEGORY = 500
SHOWN = 3  # problems that one message tells
# Without an answer that is right the question cannot be asked yet, but it is not lost: a draft.
UNANSWERED = frozenset({"no-right-option", "no-right-answer", "no-answers"})
_MILD = MINOR | UNANSWERED
DRAFT = "It is kept as a draft until an answer is marked as right."
_BAD = re.compile("[\x00\ud800-\udfff]")  # what PostgreSQL cannot store


def checked(items: Iterable[Item]) -> Iterator[Item]:
    """Yield the items; unsound questions become refusals, blemishes warnings beside the question.

    Texts come out in NFC. Questions keep their bodies without ids where the file has none.
    """
    check = _Check()
    for item in items:
        match item:
            case QuestionIn():
                yield from check.question(item)
            case FactIn():
                yield from check.fact(item)
            case MediaIn():
                check.media.add(item.name)
                yield item
            case _:
                yield item
    yield from check.missing_media()


def shown_name(item: QuestionIn) -> str:
    """Return what a report calls a question: its name, else its key, else how it begins."""
    return item.name or item.key or derived_name(item.stem)[:80]


def derived_name(stem: str) -> str:
    """Return the name of a question that has none of its own."""
    return to_plain(stem)[:MAX_NAME]


class _Check:
    def __init__(self) -> None:
        self.media: set[str] = set()
        self._keys: set[str] = set()
        self._facts: set[str] = set()
        self._shown: list[tuple[QuestionIn, str]] = []  # questions and the media that they show

    def fact(self, item: FactIn) -> Iterator[Item]:
        if item.key in self._facts:
            message = f"Fact {item.key}: its key is there twice; the first one counts."
            yield Warned(None, item.key, None, None, message)
            return
        self._facts.add(item.key)
        yield item

    def question(self, item: QuestionIn) -> Iterator[Item]:
        item = _clean(item)
        found, minor = self._problems(item)
        if DRAFT in minor:
            item = replace(item, is_draft=True)
        if item.key is not None:
            self._keys.add(item.key)
        if found:
            told = " ".join(dict.fromkeys(found[:SHOWN]))
            name = shown_name(item)
            yield Refused(item.position, name, item.line, item.path, told, item.key)
            return
        if item.fact is not None and item.fact not in self._facts:
            minor.append(f"There is no fact {item.fact}; the question has a fact of its own.")
            item = replace(item, fact=None)
        yield item
        for message in (*minor, *item.warnings):
            yield _warned(item, message)

    def missing_media(self) -> Iterator[Item]:
        """Yield a warning for each image that is not among the media; known at the end only."""
        for item, name in self._shown:
            if name not in self.media:
                yield _warned(item, f"The image media/{name} is missing.")

    def _problems(self, item: QuestionIn) -> tuple[list[str], list[str]]:
        """Return what refuses a question, and what is only worth a warning."""
        if item.type not in QUESTION_TYPES:
            return [f"There is no question type {item.type[:60]!r}."], []
        if item.key is not None and item.key in self._keys:
            return [f"The key {item.key} is there twice."], []
        if _BAD.search("".join([item.key or "", item.name, item.category or "", *item.tags])):
            return ["It holds characters that cannot be stored."], []
        question = Question(item.type, item.stem, fill_ids(item.type, item.body))
        problems = QUESTION_TYPES[item.type].problems(question)
        refusing = [p.message for p in problems if p.code not in _MILD] if problems else []
        # hardly any shows a picture, and a repr is soon made
        if not refusing and ("![" in item.stem or "![" in repr(item.body)):
            shown = [one for _, text in texts(question) for one in images(text)]
            self._shown += [(item, name) for _, name in shown]
        minor = [p.message for p in problems if p.code in _MILD] if problems else []
        if any(problem.code in UNANSWERED for problem in problems):
            minor.append(DRAFT)
        if "raw_format" in item.body and not item.warnings:
            minor.append(f"Kept as it came ({item.body['raw_format']}); it cannot be asked.")
        minor += [
            f"There is no fact {fact}; its part counts for the question's own."
            for fact in part_facts(question.body).values()
            if fact not in self._facts
        ]
        return refusing, minor


def _warned(item: QuestionIn, message: str) -> Warned:
    return Warned(item.position, shown_name(item), item.line, item.path, message)


def _clean(item: QuestionIn) -> QuestionIn:
    """Return the question with its texts in NFC, its tags once each, its name short enough."""
    if _is_clean(item):
        return item
    tags = dict.fromkeys(" ".join(_nfc(tag).split())[:MAX_TAG] for tag in item.tags)
    return replace(
        item,
        stem=_nfc(item.stem),
        body=_nfc(item.body),
        name=_nfc(item.name)[:MAX_NAME],
        tags=[tag for tag in tags if tag],
        category=_nfc(item.category)[:MAX_CATEGORY] if item.category else None,
        key=_short(item.key) if item.key else None,
    )


def _is_clean(item: QuestionIn) -> bool:
    """Say whether nothing is to be cleaned, as with most questions: copying them takes longer."""
    texts = "\n".join((item.stem, item.name, item.category or "", item.key or "", *item.tags))
    tags = [*item.tags]
    return (
        (texts.isascii() or unicodedata.is_normalized("NFC", texts))
        and (not item.category or len(item.category) <= MAX_CATEGORY)
        and item.category != ""
        and item.key != ""
        and len(item.key or "") <= MAX_KEY
        and len(item.name) <= MAX_NAME
        and all(0 < len(tag) <= MAX_TAG and " ".join(tag.split()) == tag for tag in tags)
        and len(set(tags)) == len(tags)
        and _is_nfc(item.body)
    )


def _is_nfc(value: Any) -> bool:
    """Say whether the texts in a map or list are in NFC and its parts plain dicts and lists."""
    if type(value) is dict:
        parts = [*value, *value.values()]
    elif type(value) is list:
        parts = value
    else:
        return value is None or type(value) in (bool, int, float)
    for part in parts:
        if type(part) is str:
            if not part.isascii() and not unicodedata.is_normalized("NFC", part):
                return False
        elif not _is_nfc(part):
            return False
    return True


def _short(key: str) -> str:
    """Return a key that fits its column; a longer one by its hash, the same each time."""
    return key if len(key) <= MAX_KEY else f"sha256-{sha256(key.encode()).hexdigest()}"


def _nfc(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if isinstance(value, MAP):
        return {_nfc(key): _nfc(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_nfc(entry) for entry in value]
    return value
