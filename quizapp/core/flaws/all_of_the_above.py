"""Options that speak of other options: all or none of the above, A and B."""

import re

from quizapp.core.flaws.contract import Flaw, Rule
from quizapp.core.flaws.wording import choices
from quizapp.core.question import Question

_OTHERS = r"(?:of\s+)?(?:the\s+|these\s+|those\s+)?(?:above|answers?|options?|choices|these|those)"
_ALL = re.compile(rf"(?:all|both)\s+{_OTHERS}(?:\s+(?:are|is)\s+\w+)?\W*", re.IGNORECASE)
_NONE = re.compile(rf"(?:none|neither)\s+{_OTHERS}(?:\s+(?:are|is)\s+\w+)?\W*", re.IGNORECASE)
_LABEL = r"\(?(?:[A-H]|[1-8]|[IVX]{1,4})[.)]?"
_AND = r"\s*(?:,|and|or|&|\+)\s*"
_COMBINED = re.compile(
    rf"(?:(?i:both|neither|only|options?|answers?)\s+)*{_LABEL}(?:{_AND})+{_LABEL}"
    rf"(?:(?:{_AND})+{_LABEL})*(?:\s+(?:only|are\s+\w+))?\W*"
)


def _find_all(question: Question) -> list[Flaw]:
    return _matching(question, _ALL, ALL.NAME, "Whoever knows two right options has it.")


def _find_none(question: Question) -> list[Flaw]:
    return _matching(question, _NONE, NONE.NAME, "It shows what is wrong, not what is right.")


def _find_combined(question: Question) -> list[Flaw]:
    """Find options made of the letters of others, where they are not the matter itself."""
    words = "An option that combines others can be found by elimination: ask for several instead."
    found = _matching(question, _COMBINED, COMBINED.NAME, words)
    sizes = [len(each.options) for each in choices(question)]
    return found if sizes and len(found) < max(sizes) else []


def _matching(question: Question, pattern: re.Pattern[str], code: str, message: str) -> list[Flaw]:
    return [
        Flaw(code, message, option.where)
        for each in choices(question)
        for option in each.options
        if pattern.fullmatch(option.text.strip()[:200])
    ]


ALL = Rule("all_of_the_above", "All of the above", _find_all, "en")
NONE = Rule("none_of_the_above", "None of the above", _find_none, "en")
COMBINED = Rule("combined_options", "Options that combine others", _find_combined, "en")
