"""PDF files: lines made into paragraphs again, without what stands on every page."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from quizapp.core.articles.extracting.bylines import names_of
from quizapp.core.articles.extracting.found import Found, Source
from quizapp.core.articles.extracting.lists import is_sentence_end
from quizapp.core.articles.extracting.pdf_lines import Line, Pages, pages_of
from quizapp.core.articles.model import ArticleError

_PICTURES: Final = (
    "This PDF holds pictures of pages, not text. Bring the article as text, or use a program that "
    "recognises the letters in pictures (OCR) first."
)
_MARGIN = 0.12  # of a page's height, at its top and bottom, where running lines stand
_PAGE_NUMBER = re.compile(
    r"[-–—|\s]*(?:(?:page|p\.|seite|página)\s?)?(?:\d{1,4}|[ivxl]{1,6})"  # noqa: RUF001
    r"(?:\s?(?:of|/|von|de)\s?\d{1,4})?[-–—|\s]*",  # noqa: RUF001
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_BROKEN_WORD = re.compile(r"[^\W\d_][-\u2010\xad]$")
_LAST_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*[-\u2010\xad]$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_NO_TITLE = re.compile(r"untitled|microsoft word|\.(?:docx?|pdf|indd|tex|odt|qxd)\b|^\W*$", re.I)
_ITEM = re.compile(r"(?:[•‣◦▪●]|\(?\d{1,2}[.)])\s")
_LARGER = 1.12  # times the usual letters: those of a heading
_HEADING_WORDS = 16


def read(data: bytes) -> Source:
    """Return the paragraphs of a PDF, running headers and page numbers marked as such.

    ArticleError where it cannot be read or holds no text.
    """
    pages = pages_of(data)
    if sum(len(line.text) for page in pages.lines for line in page) < 20 * len(pages.lines) or not (
        any(pages.lines)
    ):
        raise ArticleError(_PICTURES)
    running = _running(pages.lines)
    usual = _usual_size(pages.lines)
    words = _whole_words(pages.lines)
    blocks: list[Found] = []
    for page in pages.lines:
        for group in _groups([line for line in page if _key(line) not in running]):
            _add(blocks, group, usual, words)
        told = [line for line in page if _key(line) in running]
        blocks.extend(Found(line.text, 0, "page_furniture") for line in told)
    return Source(
        tuple(blocks), title=_title(pages, running, usual), authors=names_of(pages.author)
    )


def _key(line: Line) -> tuple[str, bool]:
    """Return what running lines have in common: their words, and that they are at the margin."""
    at_margin = line.height < _MARGIN or line.height > 1 - _MARGIN
    if at_margin and _PAGE_NUMBER.fullmatch(line.text):
        return "#", True
    return _DIGITS.sub("#", line.text.lower()), at_margin


def _running(pages: Sequence[Sequence[Line]]) -> set[tuple[str, bool]]:
    """Return the keys of page numbers, and of the lines at the margin that most pages have."""
    keys = Counter(key for page in pages for key in {_key(line) for line in page} if key[1])
    most = max(2, len(pages) * 0.4)  # left and right pages may have one each
    return {key for key, count in keys.items() if count >= most} | {("#", True)}


def _usual_size(pages: Sequence[Sequence[Line]]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0]


def _whole_words(pages: Sequence[Sequence[Line]]) -> set[str]:
    """Return the words with hyphens that stand unbroken somewhere."""
    text = " ".join(line.text for page in pages for line in page)
    return {word.lower() for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)+", text)}


def _groups(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the lines of each heading and paragraph of a page."""
    group: list[Line] = []
    for line in lines:
        if group and (line.first or _begins(group, line)):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _begins(group: Sequence[Line], line: Line) -> bool:
    """Say whether a line begins a paragraph though nothing parts it from the lines above."""
    above = group[-1]
    if abs(line.size - above.size) > 0.1 * above.size or line.bold != above.bold:
        return not _is_run_in(above, line)
    if _ITEM.match(line.text):
        return True
    indented = line.left > min(one.left for one in group) + 0.7 * line.size
    return indented and is_sentence_end(above.text)


def _is_run_in(above: Line, line: Line) -> bool:
    """Say whether letters change inside a sentence: bold words, an index."""
    return not is_sentence_end(above.text) and line.text[0].islower() and above.size <= line.size


def _add(blocks: list[Found], group: Sequence[Line], usual: float, words: set[str]) -> None:
    """Add a paragraph, or go on with the last one where a column or page broke it."""
    text = _joined(group, words)
    level = _level(group, text, usual)
    before = next((n for n in range(len(blocks) - 1, -1, -1) if not blocks[n].reason), None)
    if not level and before is not None and _goes_on(blocks[before], text):
        whole = _paired(blocks[before].text, text, words)
        blocks[before] = Found(whole)
    else:
        blocks.append(Found(text, level))


def _goes_on(before: Found, text: str) -> bool:
    if before.level or is_sentence_end(before.text) or before.text.endswith(":"):
        return False
    return text[0].islower() or _BROKEN_WORD.search(before.text) is not None


def _level(group: Sequence[Line], text: str, usual: float) -> int:
    """Return the level of a heading, told by taller or bold letters; 0 for a paragraph."""
    if len(group) > 3 or len(text.split()) > _HEADING_WORDS or text.endswith((".", ";", ",")):
        return 0
    size = min(line.size for line in group)
    if size > usual * 1.5:
        return 1
    if size > usual * _LARGER:
        return 2
    return 3 if size >= usual * 0.95 and all(line.bold for line in group) else 0


def _joined(group: Sequence[Line], words: set[str]) -> str:
    text = group[0].text
    for _, line in pairwise(group):
        text = _paired(text, line.text, words)
    return text


def _paired(text: str, following: str, words: set[str]) -> str:
    """Join two lines; a word that was broken at the end of the first is made whole."""
    head, tail = _LAST_WORD.search(text), _FIRST_WORD.match(following)
    if head is None or tail is None or not tail[0][0].islower():
        return f"{text} {following}"
    if f"{head[0][:-1]}-{tail[0]}".lower() in words and not head[0].endswith("\xad"):
        return text + following
    return text[:-1] + following


def _title(pages: Pages, running: set[tuple[str, bool]], usual: float) -> str:
    """Return the PDF's own title, else what is set in the tallest letters on its first page."""
    if pages.title and not _NO_TITLE.search(pages.title):
        return pages.title
    lines = [line for page in pages.lines[:1] for line in page if _key(line) not in running][:12]
    tallest = max((line.size for line in lines), default=0.0)
    if tallest < usual * _LARGER:
        return ""
    return " ".join(line.text for line in lines if line.size == tallest)
