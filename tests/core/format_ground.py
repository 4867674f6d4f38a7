"""What the tests of file formats share: reading to items, and when two questions are the same."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from quizapp.core.fields import ID_LETTERS
from quizapp.core.formats.contract import SINGLE, Format
from quizapp.core.formats.model import Item, QuestionIn, Refused, Warned
from quizapp.core.formats.shared.checking import checked
from quizapp.core.formats.shared.shares import plain
from quizapp.core.formats.shared.source import Source
from quizapp.core.formats.shared.zips import zipped
from quizapp.core.markdown import render
from quizapp.core.question import Field
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.question_types.texts import fill_ids
from tests.core.samples import SAMPLES


def read(plugin: Format, data: bytes | str, filename: str = "", **options: str) -> list[Item]:
    """Return all that a file becomes, checked as an import does."""
    raw = data.encode() if isinstance(data, str) else data
    name = filename or f"file{plugin.SUFFIXES[0]}"
    return list(checked(plugin.read(Source.of(name, raw, options))))


def questions(items: list[Item]) -> list[QuestionIn]:
    return [item for item in items if isinstance(item, QuestionIn)]


def warnings(items: list[Item]) -> list[str]:
    return [item.message for item in items if isinstance(item, Warned)]


def refusals(items: list[Item]) -> list[str]:
    return [item.message for item in items if isinstance(item, Refused)]


def written(plugin: Format, items: list[Item]) -> bytes:
    """Return one file of these items: a zip where the format has several files."""
    name = f"file{plugin.SUFFIXES[0]}" if plugin.SUFFIXES[0] != "/" else "file.zip"
    files = plugin.write(items, name).files
    return files[SINGLE] if SINGLE in files else zipped(files)


def samples() -> Iterator[QuestionIn]:
    """Yield the sample of each type as a question of a file."""
    for position, (kind, question) in enumerate(SAMPLES.items(), 1):
        yield QuestionIn(position, kind, question.stem, question.body, key=f"q-{kind}")


def canonical(item: QuestionIn) -> dict[str, Any]:
    """Return all that makes a question, so that the same questions are equal.

    Markdown is compared as it shows; ids count by the place of what they name; what is a default
    counts as absent.
    """
    body = fill_ids(item.type, item.body)
    places = {
        entry["id"]: f"#{place}"
        for name in ID_LETTERS
        for place, entry in enumerate(body.get(name) or [])
    }
    if item.type == "numeric":
        body["answers"] = [_as_tolerance(answer) for answer in body.get("answers", [])]
    scoring = body.get("scoring", "right_minus_wrong")
    if item.type == "multiple_response" and scoring == "right_minus_wrong":
        body = _with_shares(body)
    if item.type == "matching":
        body = _matched(body)
    if item.type == "opaque" and str(body.get("raw", "")).lstrip().startswith("<"):
        body["raw"] = "XML"  # written anew with the namespaces that its place asks for
    fields = QUESTION_TYPES[item.type].FIELDS
    return {
        "type": item.type,
        "stem": render(item.stem),
        **_shown(fields, body, places),
    }


def _with_shares(body: dict[str, Any]) -> dict[str, Any]:
    """Return a multiple response in which each option has its share of right minus wrong."""
    options = body.get("options", [])
    right = [float(one.get("fraction") or 0) > 0 for one in options]
    share = f"{1 / max(1, sum(right)):.7f}".rstrip("0").rstrip(".")
    told = [
        one | {"fraction": share if is_right else f"-{share}"}
        for one, is_right in zip(options, right, strict=True)
    ]
    return body | {"options": told, "scoring": "sum_floor0"}


def _matched(body: dict[str, Any]) -> dict[str, Any]:
    """Return a matching whose pairs are told by their texts: the order of the rights is free."""
    texts = {right["id"]: right["text"] for right in body.get("rights", [])}
    lefts = [left | {"right": texts.get(left.get("right"))} for left in body.get("lefts", [])]
    rights = sorted(body.get("rights", []), key=lambda right: render(right["text"]))
    return body | {"lefts": lefts, "rights": rights}


def _as_tolerance(answer: dict[str, Any]) -> dict[str, Any]:
    """Return any tolerance as an absolute one around a value: others know only that."""
    if answer.get("tolerance_type") == "relative":
        share = Decimal(answer["tolerance"]) * abs(Decimal(answer["value"]))
        rest = {name: value for name, value in answer.items() if name != "tolerance_type"}
        return rest | {"tolerance": plain(share)}
    if "min" not in answer or "max" not in answer:
        return answer
    low, high = Decimal(answer["min"]), Decimal(answer["max"])
    rest = {name: value for name, value in answer.items() if name not in ("min", "max")}
    return rest | {"value": plain((low + high) / 2), "tolerance": plain((high - low) / 2)}


def _shown(fields: tuple[Field, ...], holder: Mapping[str, Any], places: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields:
        value = holder.get(field.name, field.default)
        if value in (None, "", [], {}) or str(value) == str(field.default):
            continue
        if field.kind == "markdown":
            found[field.name] = render(value)
        elif field.name in ("right", "word"):
            found[field.name] = places.get(value, value)
        elif field.kind == "list" and field.entry:
            found[field.name] = [_shown(field.entry, entry, places) for entry in value]
        elif field.kind == "map":
            found[field.name] = {k: _shown(field.entry, e, places) for k, e in value.items()}
        elif field.kind == "list":
            found[field.name] = [render(entry) for entry in value]
        else:
            found[field.name] = value
    return found
