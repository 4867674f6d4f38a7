"""What is wrong with the way something is asked."""

import re

from quizapp.core.flaws.contract import Flaw, Rule
from quizapp.core.flaws.wording import choices, parts_of, stem, words
from quizapp.core.question import Question

LONG_WORDS = 60  # before what is asked
_NEGATIVE = re.compile(
    r"\b(?:(?:which|what|who)\b(?:(?!\b(?:when|if|that|who|because|but)\b)[^.?!])*?\b(not|never|except)\b"
    r"|all\b[^.?!]*\b(except)\b|\b(least likely)\b|\b(not|except)\s*[:?_]*$)",
    re.IGNORECASE,
)
_RAW_NOT = re.compile(r"(?:\*{1,3}|_{1,3}|<(?:b|strong|em|u)>)\s*(?:not|never|except|least)", re.I)
_UNFOCUSED = re.compile(
    r"(?:which|what)(?: one)?(?: of (?:the |these )?(?:following|statements|below)"
    r"(?: (?:statements?|options?|sentences|answers?))?)?"
    r" (?:is|are) (?:not )?(?:true|correct|right|false|incorrect|wrong)\W*",
    re.IGNORECASE,
)
# "It is said that ..." and "Those who ..." point to nothing before them.
_REFERENCE = re.compile(
    r"(?:(?:they|he|she)\s+(?!who\b|that\b)\w+|(?:these|those)\s+(?:are|were|can|may|will|have|had|do)"
    r"|it\s+(?!is\b|was\b|has\b|takes\b|seems\b|appears\b|rains\b|follows\b|makes\b|depends\b)"
    r"(?:\w+s|\w+ed|can|may|will))\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"\b(?:select|choose|mark|tick|check|pick) all\b|\ball that apply\b", re.IGNORECASE
)
_CHOSEN = ("multiple_choice", "multiple_response")


def _asked(question: Question) -> str:
    """Return the last sentence of the stem: what is asked."""
    parts = parts_of(stem(question))
    return parts[-1] if parts else ""


def _find_negative(question: Question) -> list[Flaw]:
    if question.type not in _CHOSEN:
        return []
    match = _NEGATIVE.search(_asked(question))
    word = next((group for group in match.groups() if group), "") if match else ""
    if not word or word.isupper() or _RAW_NOT.search(question.stem):
        return []
    text = f"“{word}” is easily overlooked: ask for what is so, or write {word.upper()}."
    return [Flaw(NEGATIVE.NAME, text)]


def _find_unfocused(question: Question) -> list[Flaw]:
    if question.type not in _CHOSEN:
        return []
    asked = stem(question).strip()
    is_bare = len(words(asked)) < 3 and "?" not in asked and len(words(asked)) > 0
    if is_bare and any(len(words(o.text)) > 3 for each in choices(question) for o in each.options):
        return [Flaw(UNFOCUSED.NAME, "The options have to be read to know what is asked.")]
    if _UNFOCUSED.fullmatch(asked[:200]):
        return [Flaw(UNFOCUSED.NAME, "It says nothing of the matter: ask one thing.")]
    return []


def _find_extra(question: Question) -> list[Flaw]:
    if question.type not in (*_CHOSEN, "short_answer", "numeric"):
        return []
    before = sum(len(words(part)) for part in parts_of(stem(question))[:-1])
    text = f"{before} words come before what is asked: is all of it needed?"
    return [Flaw(EXTRA.NAME, text)] if before > LONG_WORDS else []


def _find_reference(question: Question) -> list[Flaw]:
    if question.type in ("description", "opaque", "essay"):
        return []
    text = stem(question).strip()
    if match := _REFERENCE.match(text):
        word = match[0].split()[0]
        return [Flaw(REFERENCE.NAME, f"Nothing tells what “{word}” stands for.")]
    return []


def _find_several(question: Question) -> list[Flaw]:
    if question.type == "multiple_choice" and _SEVERAL.search(stem(question)):
        return [Flaw(SEVERAL.NAME, "It asks for several options, but takes one only.")]
    return []


NEGATIVE = Rule("negative_stem", "A negative question", _find_negative, "en")
UNFOCUSED = Rule("unfocused_stem", "The question does not say what it asks", _find_unfocused, "en")
EXTRA = Rule("extra_information", "More information than is needed", _find_extra)
REFERENCE = Rule("unclear_reference", "It points to what is not there", _find_reference, "en")
SEVERAL = Rule("several_asked", "Several are asked for, one is taken", _find_several, "en")
