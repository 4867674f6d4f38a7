"""The weights of FSRS in Anki's presets: of the one by which most of the studied cards go."""

import struct
from collections import Counter
from dataclasses import dataclass
from math import isfinite
from typing import Any

from quizapp.core.formats.model import FormatError
from quizapp.core.formats.parts import apkg_protobuf
from quizapp.core.formats.parts.apkg_collection import Collection, opened
from quizapp.core.formats.parts.apkg_package import unpacked
from quizapp.core.formats.parts.apkg_values import blob, dicts, loaded, whole
from quizapp.core.formats.shared.source import Source

_FSRS_5, _FSRS_6 = 19, 21  # how many weights a version has
_FIELD_5, _FIELD_6 = 5, 6  # of a preset's settings
_NORMAL, _CONFIG_ID = 1, 1  # of a deck's kind
_FSRS_5_ENDS = (0.0, 0.5)  # what FSRS-6 has in the two new places where it is to be as FSRS-5


@dataclass(frozen=True, slots=True)
class Preset:
    """Weights of FSRS-6, and how many different ones the studied cards have."""

    weights: tuple[float, ...]
    others: int


def preset_of(source: Source) -> Preset | None:
    """Return the weights by which most studied cards go; None where they are Anki's own."""
    with unpacked(source) as path, opened(path) as collection:
        cards: Counter[tuple[float, ...]] = Counter()
        known = _of_decks(collection)
        for deck, count in collection.studied_by_deck().items():
            cards[known.get(deck, ())] += count
    chosen = next((weights for weights, _ in cards.most_common(1)), ())
    return Preset(chosen, len(cards) - 1) if chosen else None


def _of_decks(collection: Collection) -> dict[int, tuple[float, ...]]:
    """Return the weights of each deck's preset; none where it has not been fitted."""
    try:
        tables = collection.preset_tables()
        if tables is not None:
            presets = {whole(id_): _packed(blob(config)) for id_, config in tables[0]}
            decks = {whole(id_): _config_id(blob(kind)) for id_, kind in tables[1]}
        else:
            old_presets, old_decks = collection.preset_texts()
            presets = {whole(one.get("id")): _listed(one) for one in _each(old_presets)}
            decks = {whole(one.get("id")): whole(one.get("conf")) for one in _each(old_decks)}
    except FormatError:
        return {}
    return {deck: presets.get(config, ()) for deck, config in decks.items()}


def _each(text: Any) -> list[dict[str, Any]]:
    return dicts(list(loaded(text).values()))


def _packed(config: bytes) -> tuple[float, ...]:
    found: dict[int, bytes] = {}
    for number, value in apkg_protobuf.fields(config):
        if isinstance(value, bytes):
            found[number] = found.get(number, b"") + value
    for number in (_FIELD_6, _FIELD_5):
        data = found.get(number, b"")
        if data and len(data) % 4 == 0 and len(data) <= 4 * _FSRS_6:
            return _whole_set(struct.unpack(f"<{len(data) // 4}f", data))
    return ()


def _listed(config: dict[str, Any]) -> tuple[float, ...]:
    for name in ("fsrsParams6", "fsrsParams5"):
        found = config.get(name)
        if isinstance(found, list) and found and len(found) <= _FSRS_6:
            numbers = [one for one in found if isinstance(one, int | float)]
            return _whole_set(tuple(float(one) for one in numbers))
    return ()


def _whole_set(weights: tuple[float, ...]) -> tuple[float, ...]:
    """Return 21 weights as they were meant before they became short floats; none of another set."""
    if len(weights) == _FSRS_5:
        weights += _FSRS_5_ENDS
    if len(weights) != _FSRS_6:
        return ()
    return tuple(float(f"{one:.7g}") for one in weights) if all(map(isfinite, weights)) else ()


def _config_id(kind: bytes) -> int:
    """Return the preset of a deck; 0 of a filtered one."""
    for number, value in apkg_protobuf.fields(kind):
        if number == _NORMAL and isinstance(value, bytes):
            return apkg_protobuf.numbers(value).get(_CONFIG_ID, 1)
    return 0
