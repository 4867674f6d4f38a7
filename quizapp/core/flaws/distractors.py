"""Options that nobody would take: said twice, or mere filling."""

import re

from quizapp.core.flaws.contract import Flaw, Rule
from quizapp.core.flaws.wording import choices, short, words
from quizapp.core.question import Question

_SMALL = frozenset(("a", "an", "the"))
_FILLING = re.compile(
    r"(?:i (?:do not|don.t) know|n/?a|other|something else|nothing|\?+|-+|…|\.{2,}|x+|tbd|todo"
    r"|(?:wrong|false|incorrect) (?:answer|option)(?: \w+)?"
    r"|(?:option|answer|distractor) [\da-h])\W*",
    re.IGNORECASE,
)


def _find_repeated(question: Question) -> list[Flaw]:
    found = []
    for each in choices(question):
        seen: dict[tuple[str, ...], str] = {}
        for option in each.options:
            said = tuple(word for word in words(option.text) if word not in _SMALL)
            digits = tuple(re.findall(r"[^\w\s.,;:!?'\"]|\d+(?:[.,]\d+)*", option.text))
            if said and (said + digits) in seen:
                text = f"This says the same as “{short(seen[said + digits])}”."
                found.append(Flaw(REPEATED.NAME, text, option.where))
            seen.setdefault(said + digits, option.text)
    return found


def _find_filling(question: Question) -> list[Flaw]:
    return [
        Flaw(FILLING.NAME, f"Nobody takes “{short(option.text)}” for the answer.", option.where)
        for each in choices(question)
        for option in each.distractors
        if _FILLING.fullmatch(option.text.strip()[:60])
    ]


REPEATED = Rule("repeated_options", "Two options that say the same", _find_repeated)
FILLING = Rule("filling_options", "Options that nobody would take", _find_filling, "en")
