"""Bank items put into the one canonical document of `bank_yaml`."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
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
    SlotIn,
)
from quizapp.core.formats.shared.yaml_text import dump

Entry = dict[str, Any]

SCHEMA: Mapping[str, Any] = json.loads(
    Path(__file__).with_name("bank.schema.json").read_text(encoding="utf-8")
)
_DEFINITIONS: Mapping[str, Any] = SCHEMA["$defs"]


def write(items: Iterable[Item], filename: str) -> Written:
    """Return a folder's files; a lone bank.yaml where the file name ends in .yaml."""
    alone = filename.lower().endswith((".yaml", ".yml"))
    document = _Document(alone)
    for item in items:
        document.add(item)
    return document.written()


class _Document:
    """Gathers entries by kind; empty entries are left out, order is that of the schema."""

    def __init__(self, alone: bool) -> None:
        self._alone = alone
        self._head: Entry = {"format": "quizapp-bank/1"}
        self._lists: dict[str, list[Entry]] = {
            name: [] for name in ("articles", "facts", "questions", "quizzes")
        }
        self._files: dict[str, bytes] = {}
        self._losses: list[Loss] = []

    def add(self, item: Item) -> None:
        match item:
            case BankFile():
                head = {"title": item.title, "language": item.language, "notice": item.notice}
                self._head |= head
            case ArticleIn():
                self._lists["articles"].append(self._article(item))
            case FactIn():
                self._lists["facts"].append(_fact(item))
            case QuestionIn():
                self._lists["questions"].append(self._question(item))
            case QuizIn():
                self._lists["quizzes"].append(_quiz(item))
            case MediaIn():
                self._media(item)

    def written(self) -> Written:
        text = dump(_filled(self._head) | _filled(self._lists))
        count = len(self._lists["questions"])
        if self._alone:
            return Written({SINGLE: text.encode()}, count, self._losses)
        files = {"bank.yaml": text.encode()} | dict(sorted(self._files.items()))
        return Written(files, count, self._losses)

    def _article(self, item: ArticleIn) -> Entry:
        entry = {
            "key": item.key,
            "title": item.title,
            "authors": list(item.authors),
            "published": item.published.isoformat() if item.published else "",
            "source": _ordered(item.source, _DEFINITIONS["source"], "", []),
        }
        if self._alone:
            entry["text"] = item.text + "\n"
        else:
            self._files[f"articles/{item.key}.txt"] = f"{item.text}\n".encode()
        return _filled(entry)

    def _media(self, item: MediaIn) -> None:
        if self._alone:
            message = "A lone bank.yaml holds no media; write to a folder or a .zip."
            self._losses.append(Loss(None, item.name, message))
        else:
            self._files[f"media/{item.name}"] = item.data

    def _question(self, item: QuestionIn) -> Entry:
        raw = item.raw
        entry = {
            "key": item.key,
            "type": item.type,
            "name": item.name,
            "fact": item.fact or "",
            "category": item.category or "",
            "tags": list(item.tags),
            "stem": item.stem,
            "raw_block": _filled({"format": raw.format, "raw": raw.text, "lossy": list(raw.lossy)})
            if raw
            else {},
        }
        dropped: list[str] = []
        body = _ordered(item.body, _DEFINITIONS[item.type], "", dropped)
        if dropped:
            message = f"bank_yaml has no entry for {', '.join(dropped)}."
            self._losses.append(Loss(item.position, item.name or item.key or "", message))
        whole = _filled(entry) | body
        return {name: whole[name] for name in _names(_DEFINITIONS[item.type]) if name in whole}


def _fact(item: FactIn) -> Entry:
    evidence = [
        {"article": one.article, "start": one.start, "end": one.end, "quote": one.quote}
        for one in item.evidence
    ]
    return _filled({"key": item.key, "statement": item.statement, "evidence": evidence})


def _quiz(item: QuizIn) -> Entry:
    settings = _ordered(item.settings, _DEFINITIONS["quiz"], "", [])
    slots = [_slot(slot) for slot in item.slots]
    entry = {"key": item.key, "title": item.title, **settings, "slots": slots}
    return {name: entry[name] for name in _names(_DEFINITIONS["quiz"]) if name in entry}


def _slot(slot: SlotIn) -> Entry:
    weight = int(slot.weight) if slot.weight.is_integer() else slot.weight
    if slot.question is not None:
        return {"question": slot.question, "weight": weight}
    pool = slot.pool
    draw = {"tags": list(pool.tags), "facts": list(pool.facts), "n": pool.n} if pool else {}
    return {"pool": _filled(draw), "weight": weight}


def _names(schema: Mapping[str, Any]) -> Sequence[str]:
    return tuple(schema["properties"])


def _filled(entry: Mapping[str, Any]) -> Entry:
    return {name: value for name, value in entry.items() if value not in ("", [], {})}


def _ordered(value: Any, schema: Mapping[str, Any], path: str, dropped: list[str]) -> Any:
    """Return the value with its maps in the schema's order; what the schema lacks is dropped."""
    while "$ref" in schema:
        schema = _DEFINITIONS[schema["$ref"].rpartition("/")[2]]
    if isinstance(value, Mapping):
        return _ordered_map(value, schema, path, dropped)
    if isinstance(value, list | tuple):
        inner = schema.get("items", {})
        return [_ordered(entry, inner, f"{path}[]", dropped) for entry in value]
    return value


def _ordered_map(
    value: Mapping[str, Any], schema: Mapping[str, Any], path: str, dropped: list[str]
) -> Entry:
    known: Mapping[str, Any] = schema.get("properties", {})
    others = schema.get("additionalProperties", False)
    ordered = {}
    for name in (*known, *sorted(set(value) - set(known), key=lambda name: (len(name), name))):
        if value.get(name) is None:
            continue
        inside = f"{path}.{name}".lstrip(".")
        if name in known or others:
            ordered[name] = _ordered(value[name], known.get(name, others), inside, dropped)
        else:
            dropped.append(inside)
    return ordered
