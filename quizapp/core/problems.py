"""What can be wrong with any question, found by walking the entries that its type describes."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from quizapp.core.fields import ID_LETTERS, keyed_entries
from quizapp.core.markdown import MAX_MARKDOWN, images
from quizapp.core.quantities import decimal_of
from quizapp.core.question import MAP, Field, Problem, Question

# Blemishes: the question can be asked and graded all the same, so an importer may keep it.
MINOR = frozenset(
    {
        "image-without-alt",
        "equal-texts",
        "shadowed-answer",
        "shares-below-one",
        "one-option",
        "several-right-options",
        "words-range",
    }
)
UNLIMITED = frozenset({"raw"})  # texts that nobody sees or types
MAX_TEXT = 1_000  # typed answers and other short texts
MAX_ID = 64
_ID = re.compile(rf"[\w-]{{1,{MAX_ID}}}")
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")

KINDS: dict[str, tuple[Callable[[Any], bool], str, str]] = {
    "markdown": (lambda value: isinstance(value, str), "not-a-text", "should be text"),
    "text": (lambda value: isinstance(value, str), "not-a-text", "should be text"),
    "number": (lambda value: decimal_of(value) is not None, "not-a-number", "should be a number"),
    "bool": (lambda value: isinstance(value, bool), "not-a-bool", "should be true or false"),
    "choice": (lambda value: isinstance(value, str), "not-a-text", "should be text"),
    "list": (lambda value: isinstance(value, list | tuple), "not-a-list", "should be a list"),
    "map": (lambda value: isinstance(value, MAP), "not-a-map", "should be a map"),
}


def general_problems(
    question: Question, fields: Iterable[Field], needs_stem: bool = True
) -> list[Problem]:
    """Return what can be told from the fields alone, whatever the type.

    Entries missing, of the wrong kind, with a bad or repeated id; images without alternative text;
    texts too long or unreadable. What only the type can know is not looked at.
    """
    stem = _STEM if needs_stem else _ANY_STEM
    fields = tuple(fields)
    if _is_sound(stem, {"stem": question.stem}) and _is_sound(fields, question.body):
        return []
    found = list(_field_problems(stem, {"stem": question.stem}, ""))
    return found + list(_field_problems(fields, question.body, ""))


_STEM = (Field("stem", "Question", "markdown", required=True),)
_ANY_STEM = (Field("stem", "Question", "markdown"),)


def _is_sound(fields: Iterable[Field], holder: Mapping[str, Any]) -> bool:
    """Say whether entries are such that the walk below surely finds nothing.

    Nearly all questions of a file are, and this is many times as fast as the walk.
    """
    for field in fields:
        value = holder.get(field.name)
        if value is None:
            if field.required:
                return False
        elif field.kind in ("markdown", "text"):
            if not _is_sound_text(value, field.required):
                return False
        elif field.kind == "list":
            if type(value) is not list or not _are_sound(field, value):
                return False
        elif field.kind == "number" and (value == "0" or value == "1"):  # noqa: PLR1714 - quicker
            continue
        elif any(True for _ in _field_problems((field,), holder, "")):
            return False
    return True


def _is_sound_text(value: Any, required: bool) -> bool:
    if type(value) is not str or len(value) > MAX_TEXT or "![" in value:
        return False
    if required and not value.strip():
        return False
    return "\x00" not in value if value.isascii() else not _UNREADABLE.search(value)


def _are_sound(field: Field, listed: list[Any]) -> bool:
    if not field.entry:
        return field.name not in ID_LETTERS and all(_is_sound_text(one, False) for one in listed)
    if field.name in ID_LETTERS and not _are_plain_ids(listed):
        return False
    return all(type(entry) is dict and _is_sound(field.entry, entry) for entry in listed)


def _are_plain_ids(listed: list[Any]) -> bool:
    ids = [entry.get("id") for entry in listed if type(entry) is dict]
    plain = all(type(own) is str and own.isalnum() and len(own) <= MAX_ID for own in ids)
    return plain and len(set(ids)) == len(listed)


def equal_texts(name: str, entries: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Return a problem for each entry whose text has stood before: they cannot be told apart."""
    entries = list(entries)
    texts = [" ".join(str(entry.get("text", "")).split()) for entry in entries]
    if len(set(texts)) == len(texts):
        return []
    seen: set[str] = set()
    found = []
    for entry, text in zip(entries, texts, strict=True):
        if text in seen:
            where = f"{name}.{entry['id']}.text"
            found.append(Problem("equal-texts", f"“{text[:60]}” is there twice.", where))
        seen.add(text)
    return found


def _field_problems(
    fields: Iterable[Field], holder: Mapping[str, Any], prefix: str
) -> Iterator[Problem]:
    for field in fields:
        value, path = holder.get(field.name), f"{prefix}{field.name}"
        blank = value is None or (isinstance(value, str) and not value.strip())
        if blank and field.required:
            yield Problem("missing", f"{field.label} is missing.", path)
        elif value is not None:
            yield from _value_problems(field, value, path)


def _value_problems(field: Field, value: Any, path: str) -> Iterator[Problem]:
    fits, code, words = KINDS[field.kind]
    if not fits(value):
        yield Problem(code, f"{field.label} {words}.", path)
    elif field.kind in ("markdown", "text"):
        yield from _text_problems(field, value, path)
    elif field.kind == "choice" and value not in field.choices:
        code = f"unknown-{field.name.replace('_', '-')}"
        yield Problem(code, f"{field.label} is one of {', '.join(field.choices)}.", path)
    elif field.name == "fraction" and not -1 <= (decimal_of(value) or 0) <= 1:
        yield Problem("fraction-range", f"{field.label} is between -1 and 1.", path)
    elif field.kind in ("list", "map"):
        yield from _entry_problems(field, value, path)


def _entry_problems(field: Field, value: Any, path: str) -> Iterator[Problem]:
    if field.name in ID_LETTERS:
        yield from _id_problems(value, path)
    inner = Field(field.name, field.label, "markdown")
    for key, entry in keyed_entries(value):
        if not field.entry:
            yield from _value_problems(inner, entry, f"{path}.{key}")
        elif isinstance(entry, MAP):
            yield from _field_problems(field.entry, entry, f"{path}.{key}.")
        else:
            yield Problem("not-a-map", f"{field.label} an entry is malformed.", f"{path}.{key}")


def _id_problems(listed: Iterable[Any], path: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, entry in enumerate(listed):
        own = entry.get("id") if isinstance(entry, MAP) else None
        if not isinstance(own, str) or not _ID.fullmatch(own):
            words = "An id is 1 to 64 letters, digits, - or _."
            yield Problem("bad-id", words, f"{path}.{place}")
        elif own in seen:
            yield Problem("duplicate-id", f"The id {own} is there twice.", f"{path}.{own}")
        else:
            seen.add(own)


def _text_problems(field: Field, text: str, path: str) -> Iterator[Problem]:
    limit = MAX_MARKDOWN if field.kind == "markdown" else MAX_TEXT
    if field.name not in UNLIMITED and len(text) > limit:
        yield Problem("too-long", f"{field.label} has more than {limit} characters.", path)
    if _UNREADABLE.search(text):
        words = f"{field.label} holds characters that cannot be stored."
        yield Problem("bad-characters", words, path)
    if field.kind == "markdown" and any(not alt for alt, _ in images(text)):
        words = "An image needs a text for those who cannot see it."
        yield Problem("image-without-alt", words, path)
