"""Anki's packages written: notes, decks, media, and what is known of each card's past."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from quizapp.core.formats.contract import SINGLE, Written
from quizapp.core.formats.model import (
    ArticleIn,
    BankFile,
    FactIn,
    Item,
    Loss,
    MediaIn,
    QuestionIn,
    QuizIn,
)
from quizapp.core.formats.parts import (
    apkg_database,
    apkg_history,
    apkg_marker,
    apkg_notes,
)
from quizapp.core.formats.parts.apkg_collection import CARD
from quizapp.core.formats.parts.apkg_dues import CRT
from quizapp.core.formats.parts.apkg_history import History
from quizapp.core.formats.parts.apkg_notetypes import OCCLUSION, Notetype
from quizapp.core.formats.parts.apkg_values import text, whole
from quizapp.core.formats.shared.checking import shown_name
from quizapp.core.formats.shared.left_out import LeftOut
from quizapp.core.formats.shared.zips import zipped

DAY = 86_400
FIRST_ID, IDS = 1_400_000_000_000, 1_000_000  # ids of a bank: a place by its title, then in order
# When a note was changed, as Anki takes a note again only if that differs: told by its content, as
# there is no clock here. Always before any change that is made in Anki itself.
MOD, MODS = 1_000_000_000, 500_000_000
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&()*+,-./:;=?@[]^_{|}~"
UNTITLED = "quizapp"
OPAQUE = "It is kept as it came from another format ({}) and has no card in Anki."
_SPACES = re.compile(r"[\s\u3000]+")


def write(items: Iterable[Item], filename: str) -> Written:
    """Return one package; the same items give the same bytes."""
    writing = _Writing()
    for item in items:
        writing.add(item)
    return writing.written()


class _Writing:
    def __init__(self) -> None:
        self._title, self._notice = UNTITLED, ""
        self._rows: dict[str, list[Sequence[Any]]] = {"notes": [], "cards": [], "revlog": []}
        self._models: dict[int, Mapping[str, Any]] = {}
        self._decks: dict[str, int] = {}
        self._media: list[MediaIn] = []
        self._losses: list[Loss] = []
        self._left_out = LeftOut()
        self._ids: dict[str, set[int]] = {"cards": set(), "revlog": set()}
        self._notes: dict[str, int] = {}  # ids by guid
        self._past: History | None = None  # of the first card with one: days count from its own
        self._questions = 0

    def add(self, item: Item) -> None:
        match item:
            case BankFile():
                self._title, self._notice = item.title or UNTITLED, item.notice
            case MediaIn():
                self._media.append(item)
            case QuestionIn():
                self._question(item)
            case ArticleIn() | FactIn() | QuizIn():
                self._left_out.add(item)

    def written(self) -> Written:
        past = self._past or History(crt=CRT)
        days = apkg_database.Days(past.crt, past.rollover, past.offset_minutes, past.weights)
        described = {id_: (name, "") for name, id_ in self._decks.items()}
        top = self._decks.get(_deck_part(self._title))
        if top:
            described[top] = (described[top][0], self._notice)
        data = apkg_database.collection(days, self._models, described, self._rows)
        files = {SINGLE: _packed(data, self._media)}
        return Written(files, self._questions, [*self._losses, *self._left_out.losses()])

    def _question(self, item: QuestionIn) -> None:
        why = self._opaque(item) if item.type == "opaque" else self._note(item)
        if why:
            self._losses.append(Loss(item.position, shown_name(item), why))
        else:
            self._questions += 1

    def _note(self, item: QuestionIn) -> str:
        """Add a question as a note; return why it has none."""
        try:
            note = apkg_notes.note_of(item)
        except apkg_notes.Unasked as reason:
            return str(reason)
        for words in dict.fromkeys(note.told):
            self._losses.append(Loss(item.position, shown_name(item), words))
        history = apkg_history.history_of(item.raw)
        known = history.note if history else {}
        deck = _deck_name(self._title, item.category)
        tags = [_SPACES.sub("_", tag.strip()) for tag in item.tags if tag.strip()]
        guid = self._guid(item)
        place = whole(history.card.get("ord")) if history else 0
        home = text(history.card.get("deck")) if history else ""
        marking = apkg_marker.Marking(guid, deck, tags, known, place, home)
        fields = [*note.fields, apkg_marker.written(item, note.fields, marking)]
        id_ = self._next_id()
        model = self._own_model(note.notetype)
        mod = item.changed_at or MOD + _number("\x1f".join(fields)) % MODS
        self._notes[guid] = id_
        self._rows["notes"].append(apkg_database.note_row(id_, guid, model, mod, tags, fields))
        self._card(id_, 0, deck, history)
        return ""

    def _opaque(self, item: QuestionIn) -> str:
        """Put back a card that could not be asked, with its note; return why that cannot be."""
        kind = text(item.body.get("raw_format"))
        history = apkg_history.loaded(text(item.body.get("raw"))) if kind == "apkg" else None
        notetype = Notetype.of_json(history.note.get("notetype")) if history else None
        fields = history.note.get("fields") if history else None
        if history is None or notetype is None or not isinstance(fields, list):
            return OPAQUE.format(kind)
        guid, tags = text(history.note.get("guid")), history.note.get("tags")
        if guid not in self._notes:
            self._notes[guid] = id_ = self._next_id()
            values = [text(value).replace("\x1f", " ") for value in fields] or [""]
            listed = [text(tag) for tag in tags] if isinstance(tags, list) else []
            model = self._foreign_model(notetype)
            mod = whole(history.note.get("mod"))
            row = apkg_database.note_row(id_, guid, model, mod, listed, values)
            self._rows["notes"].append(row)
        place = whole(history.card.get("ord"))
        self._card(self._notes[guid], place, text(history.card.get("deck")), history)
        return ""

    def _card(self, note: int, place: int, deck: str, history: History | None) -> None:
        known = history.card if history else {}
        id_ = self._free_id("cards", whole(known.get("id")) or self._next_id())
        card = {name: whole(known.get(name)) for name in CARD[:-1]}
        card |= {"ord": place, "odue": 0, "odid": 0}
        if history is None:
            card["due"] = len(self._rows["notes"])
        elif whole(known.get("odid")):
            card["due"] = whole(known.get("odue")) or card["due"]
        if history is not None:
            self._past = self._past or history
            if card["queue"] in (2, 3, -1, -2, -3) and card["type"] in (2, 3):
                card["due"] += round((history.crt - self._past.crt) / DAY)
        data = text(known.get("data"))
        own = [card[name] for name in CARD[3:-1]]
        head = (id_, note, self._deck(deck), place, card["mod"], -1)
        self._rows["cards"].append((*head, *own, data))
        for when, *review in history.reviews if history else ():
            row = (self._free_id("revlog", when), id_, -1, *review)
            self._rows["revlog"].append(row)

    def _deck(self, name: str) -> int:
        """Return the id of a deck, made with all decks above it."""
        parts = (name or self._title).split("::")
        for depth in range(1, len(parts) + 1):
            above = "::".join(parts[:depth])
            if above == "Default":
                self._decks[above] = 1
            elif above not in self._decks:
                self._decks[above] = FIRST_ID + _number(f"deck {above}") % 10**11
        return self._decks["::".join(parts)]

    def _own_model(self, short: str) -> int:
        name, fields, front, back, kind = apkg_notes.NOTETYPES[short]
        id_ = FIRST_ID + _number(f"{name} {fields} {front} {back}") % 10**11
        if id_ not in self._models:
            templates = [("Card 1", front, back)]
            css = apkg_notes.CSS
            self._models[id_] = apkg_database.model(id_, name, fields, templates, css, kind)
        return id_

    def _foreign_model(self, kind: Notetype) -> int:
        id_ = FIRST_ID + _number(json.dumps(kind.as_json(), sort_keys=True)) % 10**11
        if id_ not in self._models:
            sides = [(side.name, side.front, side.back) for _, side in sorted(kind.sides.items())]
            made = apkg_database.model(
                id_, kind.name, kind.fields, sides, kind.css, int(kind.is_cloze)
            )
            stock = {"originalStockKind": OCCLUSION} if kind.is_occlusion else {}
            self._models[id_] = made | stock
        return id_

    def _guid(self, item: QuestionIn) -> str:
        """Return what Anki knows the note by: of its bank and key, or else of what it says."""
        said = item.key or json.dumps([item.type, item.stem, dict(item.body)], sort_keys=True)
        number = 0
        while True:
            guid = _short(_number(f"{self._title}\n{said}" + (f"\n{number}" if number else "")))
            if guid not in self._notes:
                return guid
            number += 1

    def _next_id(self) -> int:
        start = FIRST_ID + _number(f"bank {self._title}") % 100_000 * IDS
        return start + len(self._rows["notes"]) + 1

    def _free_id(self, table: str, wanted: int) -> int:
        while wanted in self._ids[table]:
            wanted += 1
        self._ids[table].add(wanted)
        return wanted


def _deck_name(title: str, category: str | None) -> str:
    """Return the deck of a category under the bank's own, which is not named twice."""
    top = _deck_part(title)
    parts = [_deck_part(part) for part in (category or "").split("/") if part.strip()]
    return "::".join(parts if parts[:1] == [top] else [top, *parts])


def _deck_part(name: str) -> str:
    return re.sub(r":{2,}", ":", " ".join(name.replace('"', "'").split())).strip(":") or UNTITLED


def _number(said: str) -> int:
    return int.from_bytes(sha256(said.encode("utf-8", "replace")).digest()[:8], "big")


def _short(number: int) -> str:
    letters = []
    for _ in range(10):
        number, place = divmod(number, len(LETTERS))
        letters.append(LETTERS[place])
    return "".join(letters)


def _packed(collection: bytes, media: Sequence[MediaIn]) -> bytes:
    names = {str(number): item.name for number, item in enumerate(media)}
    files = {"collection.anki2": collection, "media": json.dumps(names).encode()}
    files |= {str(number): item.data for number, item in enumerate(media)}
    return zipped(files)
