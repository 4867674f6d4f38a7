"""Web pages: trafilatura says what the main text is, the page itself what its blocks are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from quizapp.core.articles.extracting.bylines import names_of
from quizapp.core.articles.extracting.found import Found, Source
from quizapp.core.articles.extracting.html_blocks import blocks_of, parsed
from quizapp.core.articles.extracting.html_zones import Element
from quizapp.core.articles.model import ArticleError

MAX_SHOWN: Final = 500_000  # characters that a page shows

_RUN = 3  # words: a block is of the main text if most of its runs of so many words are
_NEAR = 40  # blocks at the beginning, among which the title is sought
_WORD = re.compile(r"\w+")
# A day of its own, so that the same page gives the same article on every day.
_DATES: Final = {"original_date": True, "extensive_search": False, "max_date": "2199-12-31"}


def read(markup: str, url: str = "") -> Source:
    """Return the blocks of a page with a reason where they are not of its main text.

    ArticleError where it cannot be read.
    """
    root = parsed(markup)
    blocks = blocks_of(root)
    if sum(len(one.text) for one in blocks) > MAX_SHOWN:
        raise ArticleError("This page holds too much text to be an article.")
    main, about = _main_of(markup, url)
    kept = _of_main(blocks, main)
    told = [
        one if one.reason or kept[number] else replace(one, reason="not_main")
        for number, one in enumerate(blocks)
    ]
    return Source(
        tuple(told),
        title=_title(root, blocks, about),
        authors=names_of(about.author or ""),
        published=_day(about.date),
        language=root.get("lang") or "",
    )


def _main_of(markup: str, url: str) -> tuple[list[str], Any]:
    """Return the blocks of what trafilatura takes for the main text, and what it says of it."""
    import trafilatura  # slow to load: only where pages are read
    from trafilatura.settings import Document

    try:
        found = trafilatura.bare_extraction(
            markup,
            url=url or None,
            favor_recall=True,
            include_comments=False,
            with_metadata=True,
            date_extraction_params=dict(_DATES),
        )
    except Exception as error:  # trafilatura raises whatever goes wrong inside it
        raise ArticleError("This page cannot be read: its HTML is too badly broken.") from error
    if not isinstance(found, Document) or found.body is None:
        return [], Document()
    return list(_texts(found.body)), found


def _texts(body: Element) -> Iterator[str]:
    for element in body.iter("p", "head", "item", "quote", "cell", "list", "table", "ab", "code"):
        if text := " ".join(" ".join(element.itertext()).split()):
            yield text
    yield " ".join(" ".join(body.itertext()).split())


def _of_main(blocks: Sequence[Found], main: Sequence[str]) -> list[bool]:
    """Say of each block whether it is of the main text; so is a heading between two that are."""
    words = _words(main[-1]) if main else []
    runs = set(zip(*(words[number:] for number in range(_RUN)), strict=False))
    whole = {tuple(_words(text)) for text in main}
    kept = [not one.reason and _is_of(_words(one.text), runs, whole) for one in blocks]
    for number in range(len(blocks) - 2, 0, -1):
        if blocks[number].level and not kept[number]:
            kept[number] = kept[number + 1] and any(kept[max(0, number - 2) : number])
    return kept


def _is_of(words: list[str], runs: set[tuple[str, ...]], whole: set[tuple[str, ...]]) -> bool:
    if len(words) <= _RUN + 1:
        return tuple(words) in whole
    mine = list(zip(*(words[number:] for number in range(_RUN)), strict=False))
    return sum(run in runs for run in mine) * 2 > len(mine)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _title(root: Element, blocks: Sequence[Found], about: Any) -> str:
    """Return the heading that the page's own title holds, else that title.

    The page's title mostly names the site as well. Where no heading is in it, a line may be.
    """
    named = " ".join((about.title or root.findtext(".//title") or "").split())
    heads = [one.text for one in blocks if one.level and not one.reason]
    lines = [one.text for one in blocks[:_NEAR] if not one.level and not one.reason]
    for text in (*heads, *(line for line in lines if " " in line)):
        if len(text) > 3 and text.casefold() in named.casefold():
            return text
    return named or next(iter(heads), "")


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None
