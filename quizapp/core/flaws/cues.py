"""Cues by which the right option can be told without knowing the matter."""

import re
from collections import Counter

from quizapp.core.flaws.contract import Flaw, Rule
from quizapp.core.flaws.wording import (
    Choices,
    choices,
    content_words,
    number_of,
    parts_of,
    short,
    words,
)
from quizapp.core.question import Question

_ARTICLE = re.compile(r"\b(an?)\s*[:_.…]*$", re.IGNORECASE)
_VOWEL = re.compile(r"(?:[aeio]|u(?!ni(?![nm])|s[aeiu]|t[ie]|biq))", re.IGNORECASE)
_OTHER_SOUND = re.compile(r"(?:h(?:our|on(?:est|ou)|eir)|eu|one\b|once\b|ewe)", re.IGNORECASE)
_NUMBER_ASKED = re.compile(
    r"\b(?:how many|how much|(?:in )?(?:what|which) year|what percent(?:age)?)\b", re.IGNORECASE
)
CONVERGED = 4  # options, of two words each at least, that convergence is looked for in


def _find_article(question: Question) -> list[Flaw]:
    found = []
    for each in choices(question):
        match, key = _ARTICLE.search(each.before), each.key
        if match is None or key is None or _takes_an(key.text) is None:
            continue
        wants_an = match[1].casefold() == "an"
        misfits = [o for o in each.distractors if _takes_an(o.text) is (not wants_an)]
        if _takes_an(key.text) is wants_an and misfits:
            text = f"“{match[1]}” does not fit before “{short(misfits[0].text)}”: write “a/an”."
            found.append(Flaw(ARTICLE.NAME, text))
    return found


def _takes_an(text: str) -> bool | None:
    """Say whether "an" stands before a text; None where that cannot be told by its letters."""
    first = text.split(maxsplit=1)[0] if text.split() else ""
    if not first[:1].isalpha() or not first.isascii() or (len(first) > 1 and first.isupper()):
        return None
    if len(first) == 1 or first.casefold() in ("a", "an", "the"):
        return None
    if _OTHER_SOUND.match(first):
        return first[0] in "hH"
    return _VOWEL.match(first) is not None


def _find_repeated(question: Question) -> list[Flaw]:
    """Find a telling word of the stem that only the right option has."""
    found = []
    for each in choices(question):
        key = each.key
        if key is None or len(each.distractors) < 2:
            continue
        elsewhere = {word for o in each.distractors for word in content_words(o.text, 3)}
        asked = (parts_of(each.before) or [""])[-1]
        shared = content_words(asked, 5) & content_words(key.text, 5)
        if telling := sorted(shared - elsewhere):
            text = f"Only the right option repeats “{_as_written(key.text, telling[0])}”."
            found.append(Flaw(REPEATED.NAME, text, key.where))
    return found


def _as_written(text: str, root: str) -> str:
    return next((word for word in words(text) if word.startswith(root)), root)


def _find_convergence(question: Question) -> list[Flaw]:
    return [
        Flaw(CONVERGENCE.NAME, "The right option is the one that shares most with all others.", at)
        for each in choices(question)
        if (at := _converges_at(each))
    ]


def _converges_at(each: Choices) -> str | None:
    """Return where the key stands if each of its words is in another option, of no other's."""
    key = each.key
    sets = [content_words(option.text, 3) for option in each.options]
    if key is None or len(sets) < CONVERGED or min(len(found) for found in sets) < 2:
        return None
    counts = Counter(word for found in sets for word in found)
    # Words that all options have are the frame they share, not a cue.
    sets = [{word for word in found if counts[word] < len(sets)} for found in sets]
    whole = [bool(found) and all(counts[word] > 1 for word in found) for found in sets]
    is_alone = sum(whole) == 1 and whole[each.options.index(key)]
    return key.where if is_alone and len(sets[each.options.index(key)]) > 1 else None


def _find_number(question: Question) -> list[Flaw]:
    found = []
    for each in choices(question):
        key = each.key
        asked = _NUMBER_ASKED.search(each.before)
        if key is None or not asked or len(each.distractors) < 2:
            continue
        others = [number_of(option.text) for option in each.distractors]
        if number_of(key.text) is not None and all(number is None for number in others):
            text = "A number is asked for, and only the right option is one."
            found.append(Flaw(NUMBER.NAME, text, key.where))
    return found


ARTICLE = Rule("article_cue", "Only some options fit the a or an before them", _find_article, "en")
REPEATED = Rule("repeated_word", "A word of the question is in the right option", _find_repeated)
CONVERGENCE = Rule("convergence", "The right option shares most with the others", _find_convergence)
NUMBER = Rule("kind_cue", "Only the right option is what was asked for", _find_number, "en")
