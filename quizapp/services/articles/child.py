"""Reading and drafting in a child process, so that neither a bomb nor a model stays in ours."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Any, Final

from quizapp.core.articles.model import ArticleError, Drafted, Extracted
from quizapp.services.articles import wire
from quizapp.services.articles.sandbox import MIB, Failed, Limits, run

PROGRAM: Final = Path(__file__).with_name("child_main.py")
READING: Final = Limits(seconds=13, memory=1200 * MIB)  # whoever waits has an answer in 15 s
LEAST_S: Final = 4  # for reading, however long fetching took
DRAFTING: Final = Limits(seconds=60, memory=1200 * MIB)
_WORDS: Final = {
    ("read", "time"): "This takes too long to read. Bring a shorter or simpler file.",
    ("read", "memory"): "This takes too much memory to read. Bring a shorter or simpler file.",
    ("read", "broken"): "This is built in a way that cannot be read safely.",
    ("draft", "time"): "Drafting questions from this takes too long. Bring a part of it.",
    ("draft", "memory"): "Drafting questions from this takes too much memory. Bring a part of it.",
    ("draft", "broken"): "Drafting questions from this failed. Please report the article.",
}
log = logging.getLogger("quizapp.articles")


def read(
    data: bytes, filename: str, mime: str = "", url: str = "", spent_s: float = 0.0
) -> Extracted:
    """Return the article in a file; ArticleError where there is none that can be read in time.

    spent_s: for how long somebody has waited for it already. Stopped where somebody else ended
    the child, which says nothing of the file.
    """
    task = {"do": "read", "filename": filename, "mime": mime, "url": url}
    return wire.to_extracted(_told("read", task, data, _reading(spent_s)))


def read_text(text: str, spent_s: float = 0.0) -> Extracted:
    """Return the article in a pasted text; as `read`."""
    data = text.encode(errors="replace")
    return wire.to_extracted(_told("read", {"do": "read_text"}, data, _reading(spent_s)))


def _reading(spent_s: float) -> Limits:
    return replace(READING, seconds=max(READING.seconds - ceil(spent_s), LEAST_S))


def draft(text: str, title: str, language: str, limit: int) -> Drafted:
    """Return facts and drafts; the drafts that gates kept out are not told. Errors as `read`."""
    task = {"do": "draft", "title": title, "language": language, "limit": limit}
    return wire.to_drafted(_told("draft", task, text.encode(), DRAFTING))


def _told(work: str, task: Mapping[str, Any], data: bytes, limits: Limits) -> Any:
    try:
        told = run(PROGRAM, task, data, limits)
    except Failed as failed:
        log.warning("a child that was to %s failed: %s", work, failed)
        raise ArticleError(_WORDS[work, failed.kind]) from failed
    if "error" in told:
        raise ArticleError(told["error"])
    return told["answer"]
