"""Settings of our types that QTI 1.2 has no place for, in one metadata field of the item."""

import json
from collections.abc import Mapping
from typing import Any

LABEL = "quizapp_settings"
MAX_LENGTH = 100_000
_TEXTS = ("fillers", "scoring", "weight", "unit", "factor")
_FLAGS = ("case", "diacritics", "shuffle", "unit_required", "wildcards")

Settings = dict[str, Any]


def written(settings: Mapping[str, Any]) -> str:
    """Return settings as the text of the field."""
    return json.dumps(settings, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def read(text: str) -> Settings:
    """Return the settings that a field holds; what is none of ours is left out."""
    if not text or len(text) > MAX_LENGTH:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    settings = _known(found)
    gaps = found.get("gaps")
    if isinstance(gaps, dict):
        settings["gaps"] = {
            name: _known(gap) for name, gap in gaps.items() if isinstance(gap, dict)
        }
    units = found.get("units")
    if isinstance(units, list):
        settings["units"] = [_known(unit) for unit in units if isinstance(unit, dict)]
    return settings


def apply(body: dict[str, Any], settings: Settings) -> None:
    """Put settings into the body that was read."""
    gaps = settings.pop("gaps", {})
    for holder, own in [(body, settings)] + [
        (body.get("gaps", {}).get(name), gap) for name, gap in gaps.items()
    ]:
        if not isinstance(holder, dict):
            continue
        if own.pop("wildcards", False):
            for answer in holder.get("answers", ()):
                answer["text"] = answer["text"].replace("\\*", "*")
        holder.update(own)


def _known(found: Mapping[str, Any]) -> Settings:
    settings: Settings = {name: found[name] for name in _TEXTS if isinstance(found.get(name), str)}
    settings |= {name: found[name] for name in _FLAGS if isinstance(found.get(name), bool)}
    typos = found.get("typos")
    if isinstance(typos, int) and typos in (0, 1, 2):
        settings["typos"] = int(typos)
    return settings
