"""The headings and paragraphs of a page in the order of reading, each with what its place says."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from lxml import etree
from lxml import html as lxml_html

from quizapp.core.articles.extracting.found import Found
from quizapp.core.articles.extracting.html_zones import Element, is_hidden, zone_reason
from quizapp.core.articles.extracting.lists import is_sentence_end, list_blocks
from quizapp.core.articles.model import ArticleError

MAX_ELEMENTS = 30_000  # long encyclopaedia pages have some 15,000
MAX_DEPTH = 200  # elements within each other; browsers' own pages have some 30

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    """address article aside blockquote body center dd details dialog div dl dt fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav
    ol p pre section summary table tbody td tfoot th thead tr ul caption""".split()  # noqa: SIM905
)
_SKIPPED = frozenset(
    """script style template noscript svg math head iframe object embed video audio canvas map
    button select option textarea input label datalist progress meter noframes applet amp-img
    amp-analytics""".split()  # noqa: SIM905
)
_LISTS = frozenset({"ul", "ol"})
_NOTE = re.compile(r"cite|ref|note|fn", re.IGNORECASE)
_BREAK = "\0"  # a line break of the page, until it is known how many follow one another
_RAISED = str.maketrans("0123456789+-−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ")  # noqa: RUF001
_IS_RAISED = re.compile(r"[+−-]?\d{1,3}|n")  # noqa: RUF001
_GAP = re.compile(rf"{_BREAK}\s*(?:{_BREAK}\s*)+")
_SHORT = 10  # words of a line that is none of a paragraph
_LAYOUT_WORDS = 30  # in a cell: a table that holds more lays out the page


def parsed(markup: str) -> Element:
    """Return the root of a page; ArticleError where it is empty or nested beyond all sense."""
    try:
        root = lxml_html.document_fromstring(markup.encode("utf-8", "replace"), parser=_parser())
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise ArticleError("This page is empty or cannot be read as HTML.") from error
    depth = most = count = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        most, count = max(most, depth), count + 1
        if most > MAX_DEPTH or count > 2 * MAX_ELEMENTS:
            raise ArticleError("This page is built too deep or too large to be read.")
    return root


def _parser() -> lxml_html.HTMLParser:
    return lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)


@dataclass(slots=True)
class _Walk:
    """Where the walk through a page is: what has been read of the block that is open."""

    out: list[Found] = field(default_factory=list)
    zones: list[str] = field(default_factory=list)  # the reasons of the elements that are open
    letters: list[str] = field(default_factory=list)
    links: int = 0  # that are open
    linked: int = 0  # characters of the block that are in links
    level: int = 0
    lists: list[list[Found]] = field(default_factory=list)  # the items of the lists that are open

    @property
    def zone(self) -> str:
        return next((zone for zone in self.zones if zone), "")

    def add(self, text: str) -> None:
        """Read on in the block that is open."""
        self.letters.append(text)
        if self.links:
            self.linked += len("".join(text.split()))

    def flush(self) -> None:
        """End the block that is open."""
        text, self.letters, linked, self.linked = "".join(self.letters), [], self.linked, 0
        mostly_links = linked * 10 >= 6 * len("".join(text.split()))
        is_link = mostly_links and not self.level and not is_sentence_end(text.strip())
        for line in _lines(text):
            if self.lists and not self.level:
                self.lists[-1].append(Found(line, 0, self.zone))
                continue
            self._end_items()
            reason = self.zone or ("navigation" if is_link else "")
            self.out.append(Found(line, self.level, reason))

    def end_list(self) -> None:
        """End a list; what it says goes to the list around it, or out."""
        told = _told(self.lists.pop())
        (self.lists[-1] if self.lists else self.out).extend(told)

    def _end_items(self) -> None:
        """Put out the items so far, before a heading between them."""
        for items in self.lists:
            self.out.extend(_told(items))
            items.clear()


def _lines(text: str) -> Iterator[str]:
    """Yield the paragraphs of a block: parted by two line breaks, or by one where all are short."""
    for part in _GAP.split(text):
        lines = [line for line in (" ".join(one.split()) for one in part.split(_BREAK)) if line]
        if all(len(line.split()) <= _SHORT and not is_sentence_end(line) for line in lines):
            yield from lines
        else:
            yield " ".join(lines)


def _told(items: Sequence[Found]) -> list[Found]:
    return [
        one
        for reason, group in groupby(items, key=lambda item: item.reason)
        for one in list_blocks([item.text for item in group], reason)
    ]


def blocks_of(root: Element) -> list[Found]:
    """Return all that the page shows, block by block."""
    walk = _Walk()
    holding = _holding(root)
    walker = etree.iterwalk(root, events=("start", "end"))
    skipped: Element = None
    for event, element in walker:
        if event == "start":
            if _is_read(walk, element, holding):
                _enter(walk, element, zone_reason(element, holding))
            else:
                walker.skip_subtree()
                skipped = element
        else:
            if element is not skipped:
                _leave(walk, element)
            walk.add(element.tail or "")
    walk.flush()
    return walk.out


def _is_read(walk: _Walk, element: Element, holding: set[Element]) -> bool:
    """Say whether to go into an element; a table of data is put out here, as one block."""
    tag = element.tag
    if not isinstance(tag, str) or tag in _SKIPPED or is_hidden(element) or _is_mark(element):
        return False
    if tag == "table" and element not in holding and not _is_layout(element):
        walk.flush()
        rows = (" | ".join(_cells(row)) for row in element.iter("caption", "tr"))
        text = "; ".join(row for row in rows if row)
        if text:
            walk.out.append(Found(text, 0, walk.zone or zone_reason(element, holding) or "table"))
        return False
    return True


def _cells(row: Element) -> list[str]:
    cells = [row] if row.tag == "caption" else row.iter("td", "th")
    return [text for cell in cells if (text := " ".join("".join(cell.itertext()).split()))]


def _enter(walk: _Walk, element: Element, zone: str) -> None:
    tag = element.tag
    if tag in _BLOCKS and not _explains(element):
        walk.flush()
    walk.zones.append(zone)
    if tag in _LISTS:
        walk.lists.append([])
    elif tag in _HEADINGS:
        walk.level = _HEADINGS[tag]
    elif tag == "br":
        walk.add(_BREAK)
    elif tag == "a":
        walk.links += 1
    walk.add(_raised(element) if tag == "sup" else element.text or "")


def _leave(walk: _Walk, element: Element) -> None:
    tag = element.tag
    following = element.getnext() if tag == "dt" else None
    if following is not None and _explains(following):
        walk.add(": ")
    elif tag in _BLOCKS:
        walk.flush()
    if tag in _LISTS:
        walk.end_list()
    elif tag in _HEADINGS:
        walk.level = 0
    elif tag == "a":
        walk.links -= 1
    walk.zones.pop()


def _explains(element: Element) -> bool:
    """Say whether this tells what the term before it means: both are one paragraph."""
    before = element.getprevious() if element.tag == "dd" else None
    return before is not None and before.tag == "dt"


def _is_layout(table: Element) -> bool:
    """Say whether a table lays out the page rather than showing data."""
    if table.find(".//th") is not None or table.find("caption") is not None:
        return False
    cells: Sequence[Element] = table.findall(".//td")
    if any(cell.find(".//table") is not None or cell.find(".//p") is not None for cell in cells):
        return True
    return any(len(" ".join(cell.itertext()).split()) > _LAYOUT_WORDS for cell in cells)


def _is_mark(element: Element) -> bool:
    """Say whether this is the mark of a footnote."""
    if element.tag != "sup":
        return False
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    return element.find(".//a") is not None or _NOTE.search(named) is not None


def _raised(element: Element) -> str:
    text = element.text or ""
    return text.translate(_RAISED) if _IS_RAISED.fullmatch(text.strip()) else text


def _holding(root: Element) -> set[Element]:
    """Return the elements around the page's title and body."""
    anchors = [*root.iter("h1", "main"), *root.xpath('//*[@itemprop="articleBody"]')][:20]
    return {above for anchor in anchors for above in _above(anchor)}


def _above(element: Element) -> Iterator[Element]:
    yield element
    yield from element.iterancestors()
