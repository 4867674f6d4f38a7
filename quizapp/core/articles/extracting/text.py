"""Plain text: a file, or what somebody copied from a page with all that stood around it."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from quizapp.core.articles.extracting.bylines import byline
from quizapp.core.articles.extracting.found import Found, Source
from quizapp.core.articles.extracting.lists import is_sentence_end, list_blocks
from quizapp.core.articles.extracting.site_talk import heading_reason, talk_reason
from quizapp.core.articles.extracting.telling import word_count

_MARKED = re.compile(r"(#{1,6})\s+(\S.*)")
_ITEM = re.compile(r"(?:[-*•‣◦–]|\(?\d{1,2}[.)])\s+(\S.*)")  # noqa: RUF001 - the dash is meant
_WIDEST = 120  # characters of a line in a text whose lines were broken to fit
_TITLE_WORDS = 20
_HEADING_WORDS = 10
_LONG = 12  # words of what a heading stands above, at least
_NEAR = 60  # blocks at the beginning among which the byline is sought


def read(text: str) -> Source:
    """Return the blocks of a text; its title is the line above the byline, else its first line."""
    chunks = _chunks(text)
    if _is_wrapped(chunks):
        chunks = [list(_unwrapped(chunk)) for chunk in chunks]
    blocks = [block for chunk in chunks for block in _blocks(chunk)]
    title = _title_at(blocks)
    known = [
        Found(one.text, 2) if number != title and _heads(one, blocks[number + 1 :]) else one
        for number, one in enumerate(blocks)
    ]
    return Source(tuple(known), title=blocks[title].text if title is not None else "")


def _chunks(text: str) -> list[list[str]]:
    """Return the lines between empty lines, trimmed."""
    chunks: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            chunks[-1].append(line.strip())
        elif chunks[-1]:
            chunks.append([])
    return [chunk for chunk in chunks if chunk]


def _is_wrapped(chunks: Sequence[Sequence[str]]) -> bool:
    """Say whether lines end where the next word did not fit, not where a paragraph ends."""
    widest = max((len(line) for chunk in chunks for line in chunk), default=0)
    pairs = [pair for chunk in chunks for pair in pairwise(chunk)]
    full = sum(len(one) + len(next_.split(maxsplit=1)[0]) + 8 > widest for one, next_ in pairs)
    return 30 < widest <= _WIDEST and len(pairs) >= 2 and full >= 0.6 * len(pairs)


def _unwrapped(chunk: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a chunk as long as they were before they were broken."""
    whole = ""
    for line in chunk:
        if whole and (_ITEM.match(line) or _MARKED.match(line) or _MARKED.match(whole)):
            yield whole
            whole = line
        else:
            whole = f"{whole} {line}".lstrip()
    yield whole


def _blocks(lines: Sequence[str]) -> Iterator[Found]:
    items: list[str] = []
    for line in lines:
        if item := _ITEM.fullmatch(line):
            items.append(item[1])
            continue
        yield from list_blocks(items)
        items = []
        if marked := _MARKED.fullmatch(line):
            yield Found(marked[2].rstrip(" #"), len(marked[1]))
        else:
            yield Found(line)
    yield from list_blocks(items)


def _title_at(blocks: Sequence[Found]) -> int | None:
    """Return which block is the title."""
    byline_at = _byline_at(blocks)
    if byline_at is not None:
        for number in range(byline_at - 1, max(-1, byline_at - 6), -1):
            if _may_be_title(blocks[number]):
                return number
    first = next((number for number, one in enumerate(blocks) if one.level == 1), None)
    if first is not None:
        return first
    return 0 if len(blocks) > 1 and _may_be_title(blocks[0]) else None


def _byline_at(blocks: Sequence[Found]) -> int | None:
    """Return the first line that names an author, else the first that names a date."""
    dated = None
    for number, one in enumerate(blocks[:_NEAR]):
        if heading_reason(one.text) == "comments":
            break
        said = byline(one.text)
        if said is not None and said.authors:
            return number
        if said is not None and dated is None:
            dated = number
    return dated


def _may_be_title(one: Found) -> bool:
    if heading_reason(one.text) or talk_reason(one.text) or byline(one.text):
        return False
    ends = is_sentence_end(one.text) and not one.text.endswith("?")
    return one.level in {0, 1} and word_count(one.text) <= _TITLE_WORDS and not ends


def _heads(one: Found, following: Sequence[Found]) -> bool:
    """Say whether a line without a mark of its own is the heading of the paragraph after it."""
    if one.level or not following or following[0].level or one.text[-1] in ",;:.!…":
        return False
    if one.text[0].islower() or word_count(one.text) > _HEADING_WORDS or byline(one.text):
        return False
    return following[0].text.endswith(":") or word_count(following[0].text) >= _LONG
