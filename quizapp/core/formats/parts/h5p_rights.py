"""Who made an H5P package and the pictures in it, as the notice of a bank."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from quizapp.core.formats.parts.h5p_content import Params, maps, text
from quizapp.core.formats.shared.html_texts import words_of

LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})?")
MAX_NOTICE = 10_000
MAX_DEPTH = 40
_UNDISCLOSED = ("", "U")


def notice(head: Params, params: Params) -> str:
    """Return a line for the package and one for each thing in it that names its rights."""
    lines = [_credit(head, "") or "", *_credits(params, 0)]
    return "\n".join(dict.fromkeys(line for line in lines if line))[:MAX_NOTICE]


def _credits(value: Any, depth: int) -> Iterator[str]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for one in value:
            yield from _credits(one, depth + 1)
    elif isinstance(value, Mapping):
        for name, entry in value.items():
            if name in ("metadata", "copyright") and isinstance(entry, Mapping):
                if line := _credit(entry, text(entry, "title")):
                    yield line
            else:
                yield from _credits(entry, depth + 1)


def _credit(rights: Params, title: str) -> str:
    """Return such as "Berries: Jo Doe, CC BY 4.0, https://..."; "" where nothing is said."""
    names = [text(one, "name") for one in maps(rights, "authors")] or [text(rights, "author")]
    licence = text(rights, "license")
    version = text(rights, "licenseVersion") or text(rights, "version")
    found = [words_of(name) for name in names]
    if licence not in _UNDISCLOSED:
        found.append(f"{licence} {version}".strip())
    found.append(words_of(text(rights, "source")))
    line = ", ".join(one[:1000] for one in found if one)
    return f"{words_of(title)[:200]}: {line}" if line and title else line
