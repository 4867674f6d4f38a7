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
_ID = re.compile(r"[\w-]{1,64}")
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
    stem = Field("stem", "Question", "markdown", required=needs_stem)
    found = list(_field_problems((stem,), {"stem": question.stem}, ""))
    return found + list(_field_problems(fields, question.body, ""))


def equal_texts(name: str, entries: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Return a problem for each entry whose text has stood before: they cannot be told apart."""
    seen: set[str] = set()
    found = []
    for entry in entries:
        text = " ".join(str(entry.get("text", "")).split())
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
