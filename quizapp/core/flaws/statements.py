"""True or false questions that say two things, or deny what they deny."""

import re
from dataclasses import replace

from quizapp.core.flaws.contract import Flaw, Rule
from quizapp.core.flaws.wording import parts_of, stem
from quizapp.core.question import Question

_PARTED = re.compile(
    r"\w;\s+\w|\bwhereas\b|,\s*(?:and|but)\s+(?:it|they|he|she|this|these)\b", re.I
)
# Sentences that say what to do, and state nothing.
_TASK = re.compile(
    r"(?:please )?(?:read|look|see|consider|decide|say|judge|examine|study|suppose|assume|imagine"
    r"|think|recall|remember|choose|true or false|is it true|is this|here)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not|never|no|nobody|nothing|neither|nor|without|cannot|except|un(?:able|likely|common"
    r"|usual|important|necessary|true)|in(?:capable|correct)|im(?:possible|probable)|\w+n['’]t)\b",  # noqa: RUF001
    re.IGNORECASE,
)
_PAIRED = re.compile(r"\bneither\b[^.;]*\bnor\b|\bnot only\b|\bwhether or not\b", re.IGNORECASE)


def _asked(question: Question) -> str:
    """Return what is to be judged: of several paragraphs the last, the others lead up to it."""
    return stem(replace(question, stem=question.stem.rstrip().rsplit("\n\n", 1)[-1]))


def _find_two(question: Question) -> list[Flaw]:
    if question.type != "true_false":
        return []
    said = _asked(question)
    stated = [part for part in parts_of(said) if not _TASK.match(part)]
    is_two = len(stated) == 2 and not said.rstrip().endswith(("?", ":"))
    if is_two or _PARTED.search(said):
        text = "It says two things, of which one may be true and the other false."
        return [Flaw(TWO.NAME, text)]
    return []


def _find_double(question: Question) -> list[Flaw]:
    if question.type != "true_false":
        return []
    for part in parts_of(_asked(question)):
        left = _PAIRED.sub("neither", part)
        if len(_NEGATION.findall(left)) > 1:
            return [Flaw(DOUBLE.NAME, "It denies twice: say what is so.")]
    return []


TWO = Rule("two_statements", "True or false of two statements at once", _find_two, "en")
DOUBLE = Rule("double_negation", "A double negation", _find_double, "en")
