"""Anki's note types and decks, from the JSON of older collections and the tables of newer ones."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from quizapp.core.formats.parts import apkg_protobuf
from quizapp.core.formats.parts.apkg_values import blob, dicts, text, whole

OCCLUSION = 6  # a stock kind of note type
_ID = re.compile(r"-?[0-9]{1,18}")

Rows = Callable[[str], Iterable[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Side:
    """A template of a note type: one kind of card."""

    name: str
    front: str
    back: str


@dataclass(frozen=True, slots=True)
class Notetype:
    """What the notes of a kind have, and the cards that are made of them, by their place."""

    name: str
    fields: tuple[str, ...]
    sides: Mapping[int, Side]
    is_cloze: bool = False
    is_occlusion: bool = False
    css: str = ""

    def side(self, place: int) -> Side | None:
        """Return the template of a card; all cards of a cloze have the same one."""
        return self.sides.get(0 if self.is_cloze else place)

    def as_json(self) -> dict[str, Any]:
        """Return the note type as JSON, to be kept beside a question."""
        sides = [[n, side.name, side.front, side.back] for n, side in sorted(self.sides.items())]
        fields = list(self.fields)
        return {
            "name": self.name,
            "cloze": self.is_cloze,
            "occlusion": self.is_occlusion,
            "fields": fields,
            "templates": sides,
            "css": self.css,
        }

    @classmethod
    def of_json(cls, found: Any) -> "Notetype | None":
        """Return the note type that `as_json` wrote; None where it is damaged."""
        if not isinstance(found, dict) or not isinstance(found.get("fields"), list):
            return None
        rows = found.get("templates")
        sides = {
            whole(row[0]): Side(text(row[1]), text(row[2]), text(row[3]))
            for row in (rows if isinstance(rows, list) else ())
            if isinstance(row, list) and len(row) == 4
        }
        return cls(
            text(found.get("name")),
            tuple(text(name) for name in found["fields"]),
            sides,
            is_cloze=found.get("cloze") is True,
            is_occlusion=found.get("occlusion") is True,
            css=text(found.get("css")),
        )


def of_models(models: Mapping[str, Any]) -> dict[int, Notetype]:
    """Return the note types of an older collection by id."""
    return {
        int(id_): _of_model(model)
        for id_, model in models.items()
        if _ID.fullmatch(id_) and isinstance(model, dict)
    }


def _of_model(model: Mapping[str, Any]) -> Notetype:
    fields = sorted(dicts(model.get("flds")), key=lambda one: whole(one.get("ord")))
    sides = {
        whole(one.get("ord", place)): Side(
            text(one.get("name")), text(one.get("qfmt")), text(one.get("afmt"))
        )
        for place, one in enumerate(dicts(model.get("tmpls")))
    }
    return Notetype(
        text(model.get("name")),
        tuple(text(one.get("name")) for one in fields),
        sides,
        is_cloze=whole(model.get("type")) == 1,
        is_occlusion=whole(model.get("originalStockKind")) == OCCLUSION,
        css=text(model.get("css")),
    )


def of_tables(rows: Rows) -> dict[int, Notetype]:
    """Return the note types of a newer collection by id; `rows` runs a query."""
    fields: dict[int, list[str]] = {}
    for kind, name in rows("SELECT ntid, name FROM fields ORDER BY ntid, ord"):
        fields.setdefault(whole(kind), []).append(text(name))
    sides: dict[int, dict[int, Side]] = {}
    for kind, place, name, config in rows("SELECT ntid, ord, name, config FROM templates"):
        told = apkg_protobuf.texts(blob(config))
        side = Side(text(name), told.get(1, ""), told.get(2, ""))
        sides.setdefault(whole(kind), {})[whole(place)] = side
    found = {}
    for kind, name, config in rows("SELECT id, name, config FROM notetypes"):
        id_, numbers = whole(kind), apkg_protobuf.numbers(blob(config))
        found[id_] = Notetype(
            text(name),
            tuple(fields.get(id_, ())),
            sides.get(id_, {}),
            is_cloze=numbers.get(1) == 1,
            is_occlusion=numbers.get(9) == OCCLUSION,
            css=apkg_protobuf.texts(blob(config)).get(3, ""),
        )
    return found


def decks_of(decks: Mapping[str, Any]) -> dict[int, str]:
    """Return the names of an older collection's decks by id."""
    return {
        int(id_): text(deck.get("name"))
        for id_, deck in decks.items()
        if _ID.fullmatch(id_) and isinstance(deck, dict)
    }
