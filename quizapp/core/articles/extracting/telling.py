"""Tells the article from what stands around it, alike for all kinds of sources."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from quizapp.core.articles.extracting.bylines import byline
from quizapp.core.articles.extracting.clean import cleaned
from quizapp.core.articles.extracting.found import Found, Source
from quizapp.core.articles.extracting.lists import is_sentence_end, with_lists_joined
from quizapp.core.articles.extracting.site_talk import heading_reason, talk_reason
from quizapp.core.articles.model import ReadBlock

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]|\w+")
_CAPTION = re.compile(
    r"(?:fig(?:ure|\.)|table|abb(?:ildung|\.)|tabelle|figura|tabla)\s?[A-Z]?\d[\d.-]*\s?[:.|—]\s"
    r"|(?:photo(?:graph)?s?|image|picture|illustration|credit|photo credit|foto|bild)\s?"
    r"(?:by|credits?|courtesy of)?\s?:",
    re.IGNORECASE,
)
_LONGEST_CAPTION = 60  # words
_LONE = 8  # words of a line without an end mark that is no paragraph
_BEGUN = 50  # words after which a line "Comments" opens the comments; before, it is a link to them
_WHOLE_SECTIONS = frozenset({"references", "related", "contents", "author_box"})
_OF_LINKS = frozenset({"related", "contents"})  # sections that end where prose begins
_AFTER_COMMENTS = frozenset({"newsletter", "cookies", "advertising", "site_talk"})
_PROSE = 25  # words of a paragraph that is no link
_UNSURE = frozenset({"", "not_main"})  # reasons that a block's own words can better


@dataclass(slots=True)
class _Pass:
    """What is known while the blocks are gone through."""

    title: str
    kept_words: int = 0
    words_left: int = 0  # of the main text, in the blocks that follow
    section: str = ""  # why the section that is open is left out whole
    section_level: int = 0
    section_inside: bool = True  # whether it began in the main text, and not beside it
    authors: tuple[str, ...] = ()
    dates: list[tuple[bool, date]] = field(default_factory=list)


def word_count(text: str) -> int:
    """Count the words; a sign of Chinese, Japanese, Korean or Thai counts as one."""
    return len(_WORD.findall(text))


def told_apart(source: Source) -> tuple[Source, tuple[ReadBlock, ...]]:
    """Return the source with title, authors and date completed, and every block kept or dropped.

    All texts are cleaned; blocks that are empty then are left out.
    """
    blocks = with_lists_joined(source.blocks)
    found = [replace(one, text=text) for one in blocks if (text := cleaned(one.text))]
    title = cleaned(source.title) or next((one.text for one in found if one.level == 1), "")
    state = _Pass(title, words_left=sum(word_count(one.text) for one in found if not one.reason))
    opening = _title_at(found, title)
    reasons = [
        _reason(one, state, before=number < opening, is_title=number == opening)
        for number, one in enumerate(found)
    ]
    reasons = list(_with_empty_headings(found, reasons))
    state.dates.sort(key=lambda known: known[0])  # when it was written, before when it was changed
    published = source.published or (state.dates[0][1] if state.dates else None)
    told = replace(
        source, title=title, authors=source.authors or state.authors, published=published
    )
    return told, tuple(
        ReadBlock("heading" if one.level else "paragraph", one.text, reason)
        for one, reason in zip(found, reasons, strict=True)
    )


def _title_at(found: Sequence[Found], title: str) -> int:
    """Return which block is the title, if more words follow it than stand before it; else -1."""
    if not title:
        return -1
    counts = [word_count(one.text) for one in found]
    folded = title.casefold()
    for number, one in enumerate(found):
        if one.text.casefold() == folded and one.reason in _UNSURE:
            return number if sum(counts[:number]) < sum(counts[number:]) else -1
    return -1


def _reason(one: Found, state: _Pass, *, before: bool, is_title: bool) -> str:
    """Return why the block is left out, or ""; note what it says."""
    reason = one.reason
    state.words_left -= 0 if reason else word_count(one.text)
    if reason in _UNSURE:
        reason = "title" if is_title else _own_reason(one, state) or reason
    if before and not reason:
        reason = "before_title"
    if not reason and not one.level:
        state.kept_words += word_count(one.text)
    return reason


def _own_reason(one: Found, state: _Pass) -> str:
    text = one.text
    if text.casefold() == state.title.casefold():
        return "title"
    headed = heading_reason(text) if one.level or not is_sentence_end(text) else ""
    _open_section(one, headed, state)
    if headed:
        return headed
    # what began beside the main text, such as a box of links, says nothing of the main text
    section = state.section if state.section_inside or one.reason else ""
    if section == "comments":
        talk = talk_reason(text)
        return talk if talk in _AFTER_COMMENTS else section
    if one.level:
        return section or _heading_talk(text)
    if section in _OF_LINKS and word_count(text) >= _PROSE and is_sentence_end(text):
        section = state.section = ""
    return section or _paragraph_reason(text, state)


def _open_section(one: Found, headed: str, state: _Pass) -> None:
    """Note where a section begins that is left out whole, and where it ends."""
    begun = state.kept_words >= _BEGUN
    if state.section == "comments" and state.section_inside:
        return  # nothing of the article follows them
    ends = not one.reason or state.kept_words >= 2 * state.words_left
    if headed == "comments" and begun and ends:
        state.section, state.section_level, state.section_inside = headed, 0, True
        return
    if one.level and (headed or one.level <= state.section_level):
        state.section = headed if headed in _WHOLE_SECTIONS else ""
        state.section_level = one.level if state.section else 0
    elif headed in _WHOLE_SECTIONS and begun:
        state.section, state.section_level = headed, 6
    else:
        return
    state.section_inside = not one.reason


def _heading_talk(text: str) -> str:
    talk = talk_reason(text)
    return talk if talk != "related" else ""


def _paragraph_reason(text: str, state: _Pass) -> str:
    said = byline(text)
    if said is not None and (state.kept_words < 2 * _BEGUN or not said.authors):
        state.authors = state.authors or said.authors
        if said.day is not None:
            state.dates.append((said.changed, said.day))
        return "byline"
    if talk := talk_reason(text):
        return talk
    words = word_count(text)
    if words <= _LONGEST_CAPTION and _CAPTION.match(text):
        return "caption"
    if words <= _LONE and not is_sentence_end(text) and not text.endswith((":", ";", ",")):
        return "too_short"
    return ""


def _with_empty_headings(found: Sequence[Found], reasons: Sequence[str]) -> Iterator[str]:
    """Yield the reasons anew: a heading above nothing that is kept is left out as well."""
    reach = 0  # headings of a smaller level than this one head something that is kept
    turned = []
    for one, reason in zip(reversed(found), reversed(reasons), strict=True):
        if not one.level and not reason:
            reach = 7
        elif one.level and not reason:
            reason = "" if reach > one.level else "empty_heading"  # noqa: PLW2901
            reach = min(reach, one.level)
        turned.append(reason)
    yield from reversed(turned)
