"""H5P packages: the questions in them; their libraries, which are programs, are left alone."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from quizapp.core.formats.contract import Option, Written
from quizapp.core.formats.model import BankFile, FormatError, Item, Warned
from quizapp.core.formats.parts.h5p_content import Content, text, unfolded
from quizapp.core.formats.parts.h5p_question import NAME as _NAME
from quizapp.core.formats.parts.h5p_question import question
from quizapp.core.formats.parts.h5p_rights import LANGUAGE, notice
from quizapp.core.formats.shared.found_media import FoundMedia
from quizapp.core.formats.shared.html_texts import words_of
from quizapp.core.formats.shared.source import MIB, Source

NAME = _NAME
LABEL = "H5P"
SUFFIXES = (".h5p", ".zip")
READS = True
WRITES = False
TYPES: frozenset[str] = frozenset()
KEEPS: frozenset[str] = frozenset()
OPTIONS: tuple[Option, ...] = ()

HEAD, CONTENT = "h5p.json", "content/content.json"
MAX_JSON = 16 * MIB
NOT_H5P = "An H5P file is a zip file with h5p.json and content/content.json in it; this is none."
CARDS_TYPED = "H5P compares what is typed with the answer of a card; here you judge yourself."
TWICE = "Its id is there twice; it was given another one."


def sniff(head: bytes, filename: str, members: Sequence[str]) -> int:
    """Sure of a package with the two files that each has; fairly of one that lacks its content."""
    if HEAD not in members:
        return 20 if members and filename.lower().endswith(".h5p") else 0
    return 95 if CONTENT in members else 80


def read(source: Source) -> Iterator[Item]:
    """Yield the questions of a package, those of question sets and other containers one by one."""
    members = frozenset(source.names())
    if HEAD not in members or CONTENT not in members:
        raise FormatError(NOT_H5P)
    head, params = _document(source, HEAD), _document(source, CONTENT)
    library = text(head, "mainLibrary")
    if not library:
        raise FormatError(f"{HEAD} does not say what kind of content this is (mainLibrary).")

    def media(path: str) -> bytes | None:
        inside = f"content/{path.lstrip('/')}"
        return source.read(inside) if inside in members else None

    title = words_of(text(head, "title"))
    language = text(head, "defaultLanguage") or text(head, "language")
    if not LANGUAGE.fullmatch(language) or language == "und":
        language = "en"
    yield BankFile(title=title[:300], language=language, notice=notice(head, params))
    yield from _questions(Content(library, params, title=title), FoundMedia(media))


def write(items: Iterable[Item], filename: str) -> Written:
    """H5P packages are only read."""
    raise FormatError("H5P packages are only read; write another format.")


def _questions(content: Content, found: FoundMedia) -> Iterator[Item]:
    times: dict[str, int] = {}
    has_cards = False
    for position, part in enumerate(unfolded(content), 1):
        told = []
        if part.key is not None:
            times[part.key] = times.get(part.key, 0) + 1
            if times[part.key] > 1:  # copied in an editor
                part.key = f"{part.key}-{times[part.key]}"
                told.append(TWICE)
        item = question(part, position, lambda path: found.find(_address(path)), told)
        yield from found.drain()
        yield item
        has_cards = has_cards or part.kind == "Flashcards"
    if has_cards:
        yield Warned(None, "", None, CONTENT, CARDS_TYPED)


def _address(path: str) -> str:
    """Return a path of the package as texts write it: with percent signs."""
    return path if path.startswith("data:") else quote(path.removesuffix("#tmp"), safe="/%:?#")


def _document(source: Source, name: str) -> Mapping[str, Any]:
    """Return a JSON object; FormatError where it is none."""
    data = source.read(name, MAX_JSON)
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FormatError(f"{name} is not UTF-8 text.") from error
    except json.JSONDecodeError as error:
        message = f"{name} is not JSON that can be read: {error.msg}."
        raise FormatError(message, error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{name} is not JSON that can be read.") from error
    if not isinstance(value, Mapping):
        raise FormatError(f"{name} holds no JSON object.")
    return value
