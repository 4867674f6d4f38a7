"""H5P texts with gaps between asterisks: Blanks, where words are typed, and DragText."""

import re
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Any

from quizapp.core.formats.parts.h5p_content import Params, below, is_true, text, texts
from quizapp.core.formats.parts.h5p_media import with_media
from quizapp.core.formats.shared.html import gap_mark, with_gaps
from quizapp.core.formats.shared.html_texts import HtmlTexts, typed, words_of

NO_GAPS = "There is no gap in it; it is kept as it came."
TOO_MANY = "It has too many gaps; it is kept as it came."
WORD_PRAISE = "Feedback on words in their right places was left out."
MAX_GAPS = 500
_STARS = re.compile(r"<[A-Za-z/!][^<>]*>|\*([^*]*)\*")
_PRIVATE = re.compile("[\ue000\ue001]")
_SLASH = re.compile(r"(?<!\\)/")
_PRAISE = re.compile(r"\\\+((?:[^\\]|\\(?![-+]))*)")
_BLAME = re.compile(r"\\-((?:[^\\]|\\(?![-+]))*)")


class NotAskable(Exception):
    """Content that cannot be a question here; the text says why."""


@dataclass(slots=True)
class _Gaps:
    """Marks the gaps of HTML, gathering what stands in them; two asterisks are one."""

    inside: list[str] = field(default_factory=list)

    def marked(self, source: str) -> str:
        return _STARS.sub(self._mark, _PRIVATE.sub("", source))

    def _mark(self, match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        if not match[1]:
            return "*"
        self.inside.append(match[1])
        return gap_mark(len(self.inside))

    def stem(self, source: str, reading: HtmlTexts) -> str:
        made = reading.markdown(self.marked(source))
        return with_gaps(made)


def blanks(params: Params, reading: HtmlTexts) -> tuple[str, dict[str, Any]]:
    """Return stem and body of one cloze: the task, then all texts with their gaps."""
    gaps, behaviour = _Gaps(), below(params, "behaviour")
    task = with_media(params, text(params, "text"), reading)
    blocks = [gaps.stem(block, reading) for block in texts(params, "questions")]
    _require(gaps)
    rules: dict[str, Any] = {}
    if is_true(behaviour, "caseSensitive"):
        rules["case"] = True
    if is_true(behaviour, "acceptSpellingErrors"):
        rules["typos"] = 2
    entries, hints = {}, []
    for number, inside in enumerate(gaps.inside, 1):
        answers, _, tip = inside.partition(":")
        listed = [words_of(one.replace("\\/", "/")) for one in _SLASH.split(answers)]
        entries[str(number)] = {
            "kind": "typed",
            "answers": [{"text": typed(one)} for one in dict.fromkeys(listed) if one],
            **rules,
        }
        hints += _hint(number, tip, gaps, reading)
    stem = "\n\n".join(one for one in (task, *blocks) if one)
    return stem, {"gaps": entries, "hints": hints}


def drag_text(params: Params, reading: HtmlTexts) -> tuple[str, dict[str, Any]]:
    """Return stem and body of one cloze, whose words and distractors are its pool."""
    gaps = _Gaps()
    task = with_media(params, text(params, "taskDescription"), reading)
    # the text is plain, but comes with entities as all of H5P
    plain = escape(unescape(text(params, "textField")), quote=False)
    stem = gaps.stem("<br>".join(plain.strip().splitlines()), reading)
    _require(gaps)
    entries, hints, words = {}, [], []
    for number, inside in enumerate(map(unescape, gaps.inside), 1):
        entry: dict[str, Any] = {"kind": "word", "word": f"w{number}"}
        if blame := _BLAME.search(inside):
            entry["feedback"] = reading.markdown(escape(blame[1].strip(), quote=False))
        if _PRAISE.search(inside):
            reading.lose(WORD_PRAISE)
        word, _, tip = _BLAME.sub("", _PRAISE.sub("", inside)).partition(":")
        words.append(" ".join(word.split()))
        entries[str(number)] = entry
        hints += _hint(number, escape(tip, quote=False), gaps, reading)
    others = _Gaps()
    others.marked(text(params, "distractors"))
    words += [words_of(one.partition(":")[0]) for one in others.inside]
    pool = [{"id": f"w{place}", "text": word} for place, word in enumerate(words, 1) if word]
    stem = "\n\n".join(one for one in (task, stem) if one)
    return stem, {"gaps": entries, "words": pool, "hints": hints}


def _require(gaps: _Gaps) -> None:
    if not gaps.inside:
        raise NotAskable(NO_GAPS)
    if len(gaps.inside) > MAX_GAPS:
        raise NotAskable(TOO_MANY)


def _hint(number: int, tip: str, gaps: _Gaps, reading: HtmlTexts) -> list[str]:
    """Return the tip of a gap, which says what gap it is for where there are several."""
    made = reading.markdown(tip)
    if not made:
        return []
    return [f"({number}) {made}" if len(gaps.inside) > 1 else made]
