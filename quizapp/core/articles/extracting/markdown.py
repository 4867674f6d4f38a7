"""Markdown: its own signs say what is a heading, a list or code."""

import re
from typing import Final

from markdown_it import MarkdownIt

from quizapp.core.articles.extracting.bylines import day_in, names_of
from quizapp.core.articles.extracting.found import Source
from quizapp.core.articles.extracting.html_blocks import blocks_of, parsed

_FRONT = re.compile(r"\A---[ \t]*\n(.{0,5000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^(title|authors?|date|lang|language):[ \t]*(\S.*)$", re.MULTILINE | re.I)
_FOOTNOTE = re.compile(r"^\[\^[^\]\n]{1,40}\]:[^\n]*(?:\n(?: {4}|\t)[^\n]*)*", re.MULTILINE)
_FOOTNOTE_MARK = re.compile(r"\[\^[^\]\n]{1,40}\]")
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def read(text: str) -> Source:
    """Return the blocks of a Markdown text; what its front matter says of it is kept.

    ArticleError where it holds nothing.
    """
    front = _FRONT.match(text)
    about = (
        {name.lower(): _unquoted(value) for name, value in _FIELD.findall(front[1])}
        if front
        else {}
    )
    body = text[front.end() :] if front else text
    body = _FOOTNOTE_MARK.sub("", _FOOTNOTE.sub("", body))
    return Source(
        tuple(blocks_of(parsed(_MARKDOWN.render(body)))),
        title=about.get("title", ""),
        authors=names_of(about.get("author") or about.get("authors") or ""),
        published=day_in(about.get("date", "")),
        language=about.get("lang") or about.get("language") or "",
    )


def _unquoted(value: str) -> str:
    return value.strip().strip("[]").replace('"', "").replace("'", "").strip()
