"""The project's own format: a folder or zip with bank.yaml, articles and media; lossless."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from quizapp.core.articles.plain import locate, plain_form
from quizapp.core.formats import bank_document
from quizapp.core.formats.bank_document import SCHEMA
from quizapp.core.formats.contract import FEATURES, Option
from quizapp.core.formats.model import (
    ArticleIn,
    BankFile,
    EvidenceIn,
    FactIn,
    FormatError,
    Item,
    MediaIn,
    PoolIn,
    QuestionIn,
    QuizIn,
    RawBlock,
    Refused,
    SlotIn,
    Warned,
)
from quizapp.core.formats.shared.media import MAX_MEDIA, is_genuine, mime_of
from quizapp.core.formats.shared.source import MIB, Source
from quizapp.core.formats.shared.typed import Fault, Reading, Schema
from quizapp.core.formats.shared.yaml_tree import Listing, Mapped, Node, Scalar, parse

NAME = "bank_yaml"
LABEL = "quizapp bank"
SUFFIXES = ("/", ".zip", ".yaml", ".yml")
READS = True
WRITES = True
KEEPS = frozenset(FEATURES)
OPTIONS: tuple[Option, ...] = ()

FILE = "bank.yaml"
MAX_ARTICLE = 2 * MIB
SHOWN_FAULTS = 3
_CHOICES = SCHEMA["properties"]["questions"]["items"]["oneOf"]
_TYPES = tuple(choice["$ref"].rpartition("/")[2] for choice in _CHOICES)
TYPES = frozenset(_TYPES)
LISTS = ("articles", "facts", "questions", "quizzes")
# Entries of a question that are no part of its body.
OWN = frozenset({"key", "type", "name", "fact", "category", "tags", "stem", "raw_block"})

Typed = dict[str, Any]

write = bank_document.write


def sniff(head: bytes, filename: str, members: Sequence[str]) -> int:
    """Sure of a folder or zip with bank.yaml, and of a YAML file that names the format."""
    if FILE in members:
        return 100
    if b"quizapp-bank/" in head:
        return 95
    return 20 if filename.lower().endswith((".yaml", ".yml")) and not members else 0


def read(source: Source) -> Iterator[Item]:
    """Yield bank, media, articles, facts, questions and quizzes, each kind in file order."""
    root = parse(source.data() if source.is_single else source.read(FILE))
    lists = _lists(root)
    yield _bank(root)
    yield from _media(source)
    texts: dict[str, str] = {}
    for node in lists["articles"]:
        for item in _article(node, source):
            if isinstance(item, ArticleIn):
                texts[item.key] = item.text
            yield item
    for node in lists["facts"]:
        yield from _fact(node, texts)
    for position, node in enumerate(lists["questions"], 1):
        yield _question(node, position)
    for node in lists["quizzes"]:
        yield from _quiz(node)


def _lists(root: Node) -> dict[str, list[Node]]:
    if not isinstance(root, Mapped):
        message = "A bank file is a map that begins with format: quizapp-bank/1."
        raise FormatError(message, root.line)
    found: dict[str, list[Node]] = {}
    for name in LISTS:
        node = root.entries.get(name)
        if isinstance(node, Listing):
            found[name] = node.entries
        elif node is None or (isinstance(node, Scalar) and not node.text):
            found[name] = []
        else:
            raise FormatError(f"{name} should be a list.", node.line)
    return found


def _bank(root: Node) -> BankFile:
    assert isinstance(root, Mapped)  # noqa: S101 - _lists saw to it
    entries = {name: node for name, node in root.entries.items() if name not in LISTS}
    typed, faults = _typed(Mapped(root.line, entries, root.lines), SCHEMA)
    if faults:
        raise FormatError(_words(faults), faults[0].line)
    return BankFile(typed["title"], typed.get("language", "en"), typed.get("notice", ""))


def _typed(node: Node, schema: Schema) -> tuple[Typed, list[Fault]]:
    reading = Reading(SCHEMA["$defs"])
    return reading.value(node, schema) or {}, reading.faults


def _words(faults: Sequence[Fault]) -> str:
    told = [f"{fault.path or 'It'} {fault.message}" for fault in faults[:SHOWN_FAULTS]]
    more = len(faults) - SHOWN_FAULTS
    return "; ".join(told) + (f"; and {more} more." if more > 0 else ".")


def _warned(kind: str, typed: Typed, node: Node, message: str) -> Warned:
    name = str(typed.get("key") or "")
    return Warned(None, name, node.line, None, f"{kind} {name}: {message}".replace(" :", ":"))


def _media(source: Source) -> Iterator[Item]:
    for path in source.names():
        folder, _, name = path.partition("/")
        if folder != "media" or not name:
            continue
        mime = mime_of(name)
        if mime is None:
            yield Warned(None, name, None, path, "Banks hold no files of this kind; left out.")
            continue
        data = source.read(path, MAX_MEDIA)
        if is_genuine(mime, data):
            yield MediaIn(name, mime, data)
        else:
            yield Warned(None, name, None, path, "Its content is not what its name says; left out.")


def _article(node: Node, source: Source) -> Iterator[Item]:
    typed, faults = _typed(node, SCHEMA["$defs"]["article"])
    if faults:
        yield _warned("Article", typed, node, f"left out: {_words(faults)}")
        return
    path = f"articles/{typed['key']}.txt"
    written = typed.get("text")
    if path in source.names():
        written = _decoded(source.read(path, MAX_ARTICLE), path)
    if not (written or "").strip():
        where = "" if source.is_single else f" in {path}"
        yield _warned("Article", typed, node, f"left out: there is no text{where}.")
        return
    text = plain_form(written or "")
    if text != (written or "").strip("\n"):
        yield _warned("Article", typed, node, "its text was brought into the plain form.")
    published = typed.get("published")
    yield ArticleIn(
        key=typed["key"],
        text=text,
        title=typed.get("title", ""),
        authors=typed.get("authors", []),
        published=date.fromisoformat(published) if published else None,
        source=typed.get("source", {}),
    )


def _decoded(data: bytes, path: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError(f"{path} is not UTF-8 text.") from error
    if "\x00" in text:
        raise FormatError(f"{path} holds characters that cannot be stored.")
    return text


def _fact(node: Node, texts: Mapping[str, str]) -> Iterator[Item]:
    typed, faults = _typed(node, SCHEMA["$defs"]["fact"])
    if faults:
        yield _warned("Fact", typed, node, f"left out: {_words(faults)}")
        return
    evidence = []
    for claim in typed.get("evidence", []):
        text = texts.get(claim["article"], "")
        place = locate(text, claim["start"], claim["end"], claim["quote"])
        if place is None:
            message = f"{claim['article']} does not hold “{claim['quote'][:60]}” there; left out."
            yield _warned("Fact", typed, node, message)
            continue
        if place != (claim["start"], claim["end"]):
            message = f"its quote stands at {place[0]} to {place[1]}; that was taken."
            yield _warned("Fact", typed, node, message)
        evidence.append(EvidenceIn(claim["article"], *place, claim["quote"]))
    yield FactIn(typed["key"], typed["statement"], evidence)


def _question(node: Node, position: int) -> QuestionIn | Refused:
    kind = _text_of(node, "type")
    key = _text_of(node, "key") or None
    name = _text_of(node, "name") or key or ""
    if kind not in TYPES:
        given = f": {kind[:60]!r}." if kind else "."
        message = f"type should be one of {', '.join(_TYPES)}{given}"
        return Refused(position, name, node.line, None, message, key)
    typed, faults = _typed(node, SCHEMA["$defs"][kind])
    if faults:
        return Refused(position, name, faults[0].line, None, _words(faults), key)
    block = typed.get("raw_block")
    return QuestionIn(
        position=position,
        type=kind,
        stem=typed.get("stem", ""),
        body={name: value for name, value in typed.items() if name not in OWN},
        key=typed["key"],
        name=typed.get("name", ""),
        line=node.line,
        fact=typed.get("fact"),
        tags=typed.get("tags", []),
        category=typed.get("category") or None,
        raw=RawBlock(block["format"], block["raw"], block.get("lossy", [])) if block else None,
    )


def _text_of(node: Node, name: str) -> str:
    entry = node.entries.get(name) if isinstance(node, Mapped) else None
    return entry.text if isinstance(entry, Scalar) else ""


def _quiz(node: Node) -> Iterator[Item]:
    typed, faults = _typed(node, SCHEMA["$defs"]["quiz"])
    slots = typed.get("slots") or []
    if not faults and any(bool(slot.get("question")) == ("pool" in slot) for slot in slots):
        faults = [Fault(node.line, "slots", "has an entry that is not one question or one pool")]
    if faults:
        yield _warned("Quiz", typed, node, f"left out: {_words(faults)}")
        return
    settings = {name: typed[name] for name in typed if name not in ("key", "title", "slots")}
    yield QuizIn(typed["key"], typed["title"], settings, [_slot(slot) for slot in slots])


def _slot(slot: Typed) -> SlotIn:
    weight = float(slot.get("weight", "1"))
    if "question" in slot:
        return SlotIn(question=slot["question"], weight=weight)
    pool = slot["pool"]
    draw = PoolIn(pool["n"], pool.get("tags", []), pool.get("facts", []))
    return SlotIn(pool=draw, weight=weight)
