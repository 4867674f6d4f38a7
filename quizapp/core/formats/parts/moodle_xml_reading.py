"""Moodle XML read question by question, with a word on everything that is otherwise in Moodle."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from quizapp.core.formats.model import Item, QuestionIn, RawBlock, Refused, Warned
from quizapp.core.formats.parts.moodle_xml_block import FILES_CUT, Block, Media, own_text
from quizapp.core.formats.parts.moodle_xml_common import add_common, category_of, name_of, tags_of
from quizapp.core.formats.parts.moodle_xml_source import Found, found_in
from quizapp.core.formats.parts.moodle_xml_types import GAP_READERS, READERS
from quizapp.core.formats.shared import plain
from quizapp.core.formats.shared.kept import MAX_RAW, kept
from quizapp.core.formats.shared.moodle_cloze_question import Unsupported, refuse_unsound
from quizapp.core.formats.shared.source import Source
from quizapp.core.markdown import MAX_MARKDOWN
from quizapp.core.problems import MAX_TEXT
from quizapp.core.quantities import decimal_of

NAME = "moodle_xml"

NO_TEXT = "It has no text; its name stands there."
REPEATED_KEY = "Its ID number is that of an earlier question too; it was left out here."
UNREADABLE = "It is not built as Moodle builds such questions."
_LISTS = {
    "multiple_choice": "options",
    "multiple_response": "options",
    "short_answer": "answers",
    "true_false": "",
}
_UNPENALISED = frozenset({"truefalse", "description", "essay"})
_SAID_AT_END = (
    ("hidden", "{} hidden in Moodle but not here."),
    ("points", "{} worth other than one point; here each counts as one, or as its quiz says."),
    ("penalty", "{} not the usual penalty per try; here a quiz sets it."),
)


def read(source: Source) -> Iterator[Item]:
    """Yield the questions in file order, each after the files that it shows."""
    reading = _Reading()
    for found in found_in(source):
        if isinstance(found, str):
            yield Warned(None, "", None, None, found)
        else:
            yield from reading.items(found)
    yield from reading.at_end()


@dataclass(slots=True)
class _Reading:
    """Goes through a file: where it is, in which category, which keys there were."""

    elements: int = 0
    position: int = 0
    category: str | None = None
    keys: set[str] = field(default_factory=set)
    media: Media = field(default_factory=Media)
    counts: dict[str, int] = field(default_factory=dict)

    def items(self, found: Found) -> Iterator[Item]:
        self.elements += 1
        path = f"/quiz/question[{self.elements}]"
        if found.element is None:
            self.position += 1
            yield Refused(self.position, "", found.line, path, found.broken)
            return
        block = Block(found.element, self.media)
        block.told += found.told
        kind = (found.element.get("type") or "").strip()
        if kind == "category":
            yield from self._switch(block, found.line, path)
            return
        self.position += 1
        self._count(block, kind)
        item = self._question(block, kind, found.line, path)
        yield from self.media.found.drain()
        yield item

    def at_end(self) -> Iterator[Item]:
        """Yield one warning for each thing that is otherwise for many questions."""
        for name, words in _SAID_AT_END:
            if count := self.counts.get(name):
                verbs = ("has", "have") if name == "penalty" else ("is", "are")
                noun = f"question {verbs[0]}" if count == 1 else f"questions {verbs[1]}"
                yield Warned(None, "", None, None, words.format(f"{count} {noun}"))

    def _switch(self, block: Block, line: int | None, path: str) -> Iterator[Item]:
        element = block.one("category")
        written = own_text(element).strip() if element is not None else ""
        self.category = category_of(written)
        info = block.one("info")
        if info is not None and own_text(info).strip():
            words = f"The description of the category {self.category or written} was left out."
            yield Warned(None, self.category or "", line, path, words)

    def _count(self, block: Block, kind: str) -> None:
        marks = decimal_of(block.value("defaultgrade") or block.value("defaultmark") or "1")
        penalty = block.value("penalty")
        usual = not penalty or f"0{penalty}"[-9:].lstrip("0").startswith(".3333")
        for name, is_so in (
            ("points", marks != 1 and kind != "description"),
            ("penalty", not usual and kind in READERS and kind not in _UNPENALISED),
            ("hidden", block.value("hidden") == "1"),
        ):
            self.counts[name] = self.counts.get(name, 0) + is_so

    def _question(self, block: Block, kind: str, line: int | None, path: str) -> QuestionIn:
        about: dict[str, Any] = {
            "name": name_of(block),
            "key": self._key(block),
            "line": line,
            "path": path,
            "category": self.category,
            "tags": tuple(tags_of(block)),
        }
        try:
            return self._asked(block, kind, about)
        except Unsupported as error:
            why = str(error)
        except (ValueError, LookupError, ArithmeticError, RecursionError):
            why = UNREADABLE
        return self._kept(block, why, about)

    def _asked(self, block: Block, kind: str, about: dict[str, Any]) -> QuestionIn:
        if kind in GAP_READERS:
            type, stem, body = GAP_READERS[kind](block)
        elif kind in READERS:
            stem = block.text(block.one("questiontext"))
            type, body = READERS[kind](block)
        else:
            raise Unsupported(f"Moodle's question type “{kind[:60]}” cannot be asked here.")
        stem = "\n\n".join(filter(None, (stem, block.old_picture())))
        if not stem and about["name"]:
            stem = plain.escaped(about["name"])
            block.told.append(NO_TEXT)
        add_common(block, kind, body)
        block.unused_files()
        if not _is_plainly_sound(type, stem, body):
            refuse_unsound(type, stem, body)
        raw = RawBlock(NAME, block.raw()[:MAX_RAW], _once(block.lossy)) if block.lossy else None
        return QuestionIn(
            self.position, type, stem, body, raw=raw, warnings=_once(block.told), **about
        )

    def _kept(self, block: Block, why: str, about: dict[str, Any]) -> QuestionIn:
        block.told.clear()  # nothing of the source is lost
        raw = block.raw()
        cut = [FILES_CUT] if FILES_CUT in block.told else []
        try:
            stem = block.text(block.one("questiontext"))
        except (ValueError, LookupError, RecursionError):
            stem = ""
        stem = stem if len(stem) <= MAX_MARKDOWN else ""
        item = kept(self.position, NAME, raw, why, stem=stem, **about)
        return QuestionIn(
            **{name: getattr(item, name) for name in QuestionIn.__slots__}
            | {"warnings": [*item.warnings, *cut]}
        )

    def _key(self, block: Block) -> str | None:
        key = block.value("idnumber") or None
        if key in self.keys:
            block.told.append(REPEATED_KEY)
            return None
        if key:
            self.keys.add(key)
        return key


def _is_plainly_sound(type: str, stem: str, body: dict[str, Any]) -> bool:
    """Whether nothing can be wrong: quickly told of most questions of the simple types."""
    if type not in _LISTS:
        return False
    entries = body.get(_LISTS[type], ())
    return bool(
        stem.strip()
        and (entries or type == "true_false")
        and len(stem) < MAX_MARKDOWN
        and all(entry["text"].strip() for entry in entries)
        and all(len(value) <= MAX_TEXT for entry in entries for value in entry.values())
        and sum(len(value) for value in body.values() if isinstance(value, str)) < MAX_MARKDOWN
        and "hints" not in body
    )


def _once(told: list[str]) -> list[str]:
    return list(dict.fromkeys(told))
