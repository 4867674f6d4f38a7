"""Anki's packages read: each card becomes a question, with what Anki knows of its past."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from quizapp.core.formats.model import BankFile, Item, QuestionIn, RawBlock, Warned
from quizapp.core.formats.parts import apkg_history, apkg_marker, apkg_templates
from quizapp.core.formats.parts.apkg_cards import Made, Unmade, facts_of, question_of, turned_over
from quizapp.core.formats.parts.apkg_clozes import numbers_in
from quizapp.core.formats.parts.apkg_collection import CARD, Collection, Note, opened
from quizapp.core.formats.parts.apkg_fields import prepared
from quizapp.core.formats.parts.apkg_notetypes import Notetype, Side
from quizapp.core.formats.parts.apkg_package import PackageMedia, unpacked
from quizapp.core.formats.parts.apkg_sides import Card, asking
from quizapp.core.formats.parts.apkg_templates import Template
from quizapp.core.formats.shared.html import to_markdown
from quizapp.core.formats.shared.kept import kept
from quizapp.core.formats.shared.source import Source
from quizapp.core.markdown import images
from quizapp.core.question import Question
from quizapp.core.question_types.texts import texts

OCCLUSION = "A picture with hidden parts cannot be asked here."
NO_NOTETYPE = "Its note type is not in the file; its first field was taken as the front."
NO_SIDE = "Its note type has no template for this card."
FAULTS = "Note type {}: a template holds {}; its cards may read otherwise than in Anki."
UNUSED = "{} files of the package that no card shows were left out."
STRAYS = "{} cards whose notes are not in the file were left out."
MAX_SHOWN = 10_000
_SIGNS = "image-occlusion:"


def read(source: Source) -> Iterator[Item]:
    """Yield the top deck, the questions of all cards with their media, and what is to be told."""
    with unpacked(source) as path, opened(path) as collection:
        yield from _Reading(source, collection).items()


class _Reading:
    def __init__(self, source: Source, collection: Collection) -> None:
        self._collection = collection
        self._media = PackageMedia(source)
        self._templates: dict[tuple[int, int], tuple[Template, Template]] = {}
        self._told: list[str] = list(self._media.faults)
        self._position = 0
        self._keys: set[str] = set()
        self._col = {"crt": collection.crt, "rollover": collection.rollover}
        if isinstance(collection.offset, int):
            self._col["offset_minutes"] = collection.offset

    def items(self) -> Iterator[Item]:
        tops = {name.partition("::")[0] for name in self._collection.deck_names()} - {""}
        if len(tops) == 1 and tops != {"Default"}:
            yield BankFile(tops.pop())
        for note in self._collection.notes():
            for question in self._questions(note):
                yield from self._media.drain()
                yield question
            yield from self._told_now()
        yield from self._media.drain()
        if unused := self._media.unused():
            self._told.append(UNUSED.format(unused))
        if strays := self._collection.strays():
            self._told.append(STRAYS.format(strays))
        yield from self._told_now()

    def _told_now(self) -> Iterator[Item]:
        told, self._told = self._told, []
        yield from (Warned(None, "", None, None, message) for message in told)

    def _questions(self, note: Note) -> Iterator[QuestionIn]:
        kind = self._collection.notetypes.get(note.notetype_id)
        fields = _fields(note, kind)
        for card in note.cards or self._cards_of(note, kind, fields):
            self._position += 1
            yield self._named(self._question(note, kind, fields, card), note, card["ord"])

    def _named(self, item: QuestionIn, note: Note, place: int) -> QuestionIn:
        """Return a question with a key of its own: a note may be there beside what became of it."""
        key, number = item.key or "", 1
        while key in self._keys:
            key = f"{note.guid or note.id}:{place}" + (f"#{number}" if number > 1 else "")
            number += 1
        self._keys.add(key)
        return replace(item, key=key)

    def _question(
        self, note: Note, kind: Notetype | None, fields: Mapping[str, str], card: dict[str, Any]
    ) -> QuestionIn:
        number = card["ord"] + 1 if kind is not None and kind.is_cloze else card["ord"]
        item = QuestionIn(
            position=self._position,
            type="flashcard",
            stem="",
            body={},
            key=f"{note.guid or note.id}:{number}",
            tags=note.tags,
            category=card["deck"].replace("::", "/") or None,
            group=note.guid,
        )
        marked = apkg_marker.read(kind.fields, note.values, note.guid) if kind else None
        if kind is not None and marked is not None and card["ord"] == 0:
            if marked.question is not None:
                return self._own(item, note, kind, card, marked)
            fields = {name: value for name, value in fields.items() if name != apkg_marker.FIELD}
            item = replace(item, key=marked.key or item.key)
        try:
            made = self._made(note, kind, fields, card)
        except Unmade as reason:
            return self._kept(item, note, kind, fields, card, str(reason))
        raw = self._past(note, kind.name if kind else "", card)
        return replace(
            item, type=made.type, stem=made.stem, body=made.body, warnings=made.told, raw=raw
        )

    def _own(
        self,
        item: QuestionIn,
        note: Note,
        kind: Notetype,
        card: dict[str, Any],
        marked: apkg_marker.Marked,
    ) -> QuestionIn:
        """Return a question of ours as it went out, with what was done to its card since."""
        question = marked.question
        assert question is not None  # noqa: S101 - its caller looked
        for _, words in texts(Question(question.type, question.stem, question.body)):
            for _, name in images(words):
                self._media.find(name)
        is_there = card["deck"] == marked.deck
        home = marked.home if is_there and marked.home else card["deck"]
        studied = card | {"ord": marked.place, "deck": home}
        past = self._past(note, kind.name, studied, marked.note)
        return replace(
            question,
            position=item.position,
            tags=question.tags if sorted(note.tags) == sorted(marked.tags) else note.tags,
            category=question.category if is_there else item.category,
            raw=past or question.raw,
        )

    def _made(
        self, note: Note, kind: Notetype | None, fields: Mapping[str, str], card: dict[str, Any]
    ) -> Made:
        if kind is None:
            front, *rest = [prepared(value) for value in note.values]
            back = "<br><br>".join(value for value in rest if value)
            return turned_over(front, back, self._media.find, [NO_NOTETYPE])
        if kind.is_occlusion or (kind.is_cloze and any(_SIGNS in one for one in fields.values())):
            raise Unmade(OCCLUSION)
        side = kind.side(card["ord"])
        if side is None:
            raise Unmade(NO_SIDE)
        return question_of(self._card(note, kind, side, fields, card), self._media.find)

    def _card(
        self,
        note: Note,
        kind: Notetype,
        side: Side,
        fields: Mapping[str, str],
        card: dict[str, Any],
    ) -> Card:
        front, back = self._parsed(note.notetype_id, kind, card["ord"], side)
        facts = facts_of(note.tags, kind.name, card["deck"], side.name, card["flags"])
        return Card(fields, front, back, card["ord"] + 1 if kind.is_cloze else 0, facts)

    def _parsed(
        self, id_: int, kind: Notetype, place: int, side: Side
    ) -> tuple[Template, Template]:
        key = (id_, 0 if kind.is_cloze else place)
        if key not in self._templates:
            both = (apkg_templates.parse(side.front), apkg_templates.parse(side.back))
            self._templates[key] = both
            told = [FAULTS.format(kind.name[:100], fault) for one in both for fault in one.faults]
            self._told += dict.fromkeys(told)
        return self._templates[key]

    def _cards_of(
        self, note: Note, kind: Notetype | None, fields: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        """Yield the cards that Anki would make of a note that has none in the file."""
        if kind is None:
            yield _new_card(0)
        elif kind.is_cloze:
            numbers = {number for value in fields.values() for number in numbers_in(value)}
            yield from (_new_card(number - 1) for number in sorted(numbers))
        else:
            for place, side in sorted(kind.sides.items()):
                card = _new_card(place)
                front = asking(self._card(note, kind, side, fields, card), as_gaps=True)
                if front.names or front.typed or front.hints:
                    yield card

    def _past(
        self,
        note: Note,
        notetype: str,
        card: dict[str, Any],
        known: Mapping[str, Any] | None = None,
    ) -> RawBlock | None:
        told = known or {"guid": note.guid, "mod": note.mod, "notetype": notetype}
        reviews = self._collection.reviews(card["id"])
        return apkg_history.block(told, card, reviews, self._col)

    def _kept(
        self,
        item: QuestionIn,
        note: Note,
        kind: Notetype | None,
        fields: Mapping[str, str],
        card: dict[str, Any],
        why: str,
    ) -> QuestionIn:
        """Return a card that cannot be asked, with all that its note holds."""
        whole = {
            "guid": note.guid,
            "mod": note.mod,
            "notetype": kind.as_json() if kind else None,
            "fields": note.values,
            "tags": note.tags,
        }
        raw = apkg_history.dumped(whole, card, self._collection.reviews(card["id"]), self._col)
        question = kept(
            item.position,
            apkg_history.FORMAT,
            raw,
            why,
            stem=_shown(fields, self._media),
            key=item.key,
            category=item.category,
            tags=tuple(item.tags),
        )
        return replace(question, group=item.group)


def _fields(note: Note, kind: Notetype | None) -> dict[str, str]:
    """Return the prepared fields of a note by name; missing ones are empty."""
    names = kind.fields if kind else ()
    values = note.values + [""] * (len(names) - len(note.values))
    return {name: prepared(value) for name, value in zip(names, values, strict=False)}


def _new_card(place: int) -> dict[str, Any]:
    return dict.fromkeys(CARD, 0) | {"ord": place, "data": "", "deck": ""}


def _shown(fields: Mapping[str, str], media: PackageMedia) -> str:
    """Return what can be shown of a note that cannot be asked: its texts and pictures."""
    parts = [to_markdown(value, media.find).text for value in fields.values() if "{{c" not in value]
    return "\n\n".join(part for part in parts if part.strip())[:MAX_SHOWN]
