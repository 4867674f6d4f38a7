"""Moodle's questions whose text has gaps: embedded answers, words to choose or drag, gapfill."""

import re
from html import unescape
from typing import Any

from quizapp.core.formats.parts.moodle_xml_block import Block, own_text
from quizapp.core.formats.shared import html
from quizapp.core.formats.shared.moodle_cloze_question import (
    Unsupported,
    cloze_of,
)
from quizapp.core.formats.shared.pairs import blind_ids
from quizapp.core.gaps import GAP

Entry = dict[str, Any]
Question = tuple[str, str, Entry]  # type, stem, body

PATTERN = "An answer was written as a pattern; here it is plain text."
NO_DUPLICATES = "In Moodle the same word counts only once; here it counts in each gap."
_TAGS = re.compile(r"<[^<>]{0,200}>")
_SPECIAL = re.compile(r"[\\^$.?*+()\[\]{}]")


def cloze(block: Block) -> Question:
    """Read embedded answers: the text is the whole question."""
    element = block.one("questiontext")
    if element is None:
        raise Unsupported("It has no text.")

    def inner(text: str) -> str:
        converted = html.to_markdown(text) if text else html.Converted("")
        block.note(converted.told)
        return converted.text

    found = cloze_of(own_text(element), lambda text: block.markdown(text, element), inner)
    block.told += found.told
    block.lossy += found.lossy
    return found.type, found.stem, found.body


def choices(block: Block) -> Question:
    """Read words to choose or drag: `[[2]]` is a gap whose right word is the second choice."""
    pool = [
        (_word(own_text(choice)), "".join(c.text or "" for c in choice if c.tag == "group").strip())
        for choice in (*block.all("selectoption"), *block.all("dragbox"))
    ]
    element = block.one("questiontext")
    if element is None or not pool:
        raise Unsupported("It has no text or no words to choose from.")
    right: list[int] = []

    def mark(match: re.Match[str]) -> str:
        if not 1 <= int(match[1]) <= len(pool):
            return match[0]
        right.append(int(match[1]) - 1)
        return html.gap_mark(len(right))

    marked = GAP.sub(mark, own_text(element))
    if not right:
        raise Unsupported("Its text has no gap that could be read.")
    stem = html.with_gaps(block.markdown(marked, element))
    if len({pool[place][1] or "1" for place in right}) == 1:
        group = pool[right[0]][1] or "1"
        words = [word for word, own in pool if (own or "1") == group]
        return "cloze", stem, word_gaps([pool[place][0] for place in right], words)
    gaps = {str(number): _choice(pool, place, block) for number, place in enumerate(right, 1)}
    return "cloze", stem, {"gaps": gaps}


def _choice(pool: list[tuple[str, str]], place: int, block: Block) -> Entry:
    word, group = pool[place]
    options = [
        {"text": html.plain.escaped(one), "fraction": "1" if one == word else "0"}
        for one in dict.fromkeys(one for one, own in pool if (own or "1") == (group or "1"))
    ]
    shuffle = {} if block.is_true("shuffleanswers", False) else {"shuffle": False}
    return {"kind": "choice", "options": options, **shuffle}


def word_gaps(right: list[str], words: list[str]) -> Entry:
    """Return gaps to be filled from one pool: its words in file order, each text once."""
    ids = blind_ids([*words, *right], "w")
    gaps = {
        str(number): {"kind": "word", "word": ids[word]} for number, word in enumerate(right, 1)
    }
    pool = dict.fromkeys([*words, *right])
    return {"gaps": gaps, "words": [{"id": ids[word], "text": word} for word in pool]}


def gapfill(block: Block) -> Question:
    """Read what the plug-in gapfill writes: the right words stand in brackets in the text."""
    element, signs = block.one("questiontext"), block.value("delimitchars", "[]")
    if element is None or len(signs) != 2:
        raise Unsupported("Its gaps cannot be found in its text.")
    first, last = re.escape(signs[0]), re.escape(signs[1])
    right: list[str] = []

    def mark(match: re.Match[str]) -> str:
        right.append(_word(match[1]))
        return html.gap_mark(len(right))

    marked = re.sub(f"{first}([^{first}{last}]{{1,500}}){last}", mark, own_text(element))
    if not right or not all(right):
        raise Unsupported("Its text has no gap that could be read.")
    stem = html.with_gaps(block.markdown(marked, element))
    if block.is_true("noduplicates", False) and len(set(right)) < len(right):
        block.lose("noduplicates", NO_DUPLICATES)
    patterns = not block.is_true("disableregex", False)
    if block.value("answerdisplay", "gapfill") != "gapfill" and not any("|" in w for w in right):
        others = [_word(own_text(answer)) for answer in block.all("answer")]
        return "cloze", stem, word_gaps(right, [word for word in others if word])
    return "cloze", stem, {"gaps": _typed_gaps(right, block, patterns)}


def _typed_gaps(right: list[str], block: Block, patterns: bool) -> Entry:
    case = {"case": True} if block.is_true("casesensitive", False) else {}
    gaps: Entry = {}
    for number, word in enumerate(right, 1):
        texts = [text.strip() for text in word.split("|")] if patterns else [word]
        if patterns and any(_SPECIAL.search(text) for text in texts):
            block.lose("disableregex", PATTERN)
        answers = [{"text": text.replace("*", "\\*")} for text in texts if text]
        gaps[str(number)] = {"kind": "typed", "answers": answers, **case}
    return gaps


def _word(written: str) -> str:
    text = unescape(_TAGS.sub("", written)) if "<" in written or "&" in written else written
    return " ".join(text.split())
