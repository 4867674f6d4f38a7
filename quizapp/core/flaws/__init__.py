"""Item-writing flaws: what makes a question easier or harder than what it asks.

They are hints, not errors: a question that has one may be asked all the same.
"""

from quizapp.core.flaws import (
    all_of_the_above,
    cues,
    distractors,
    gap_texts,
    lengths,
    number_order,
    statements,
    stems,
    terms,
)
from quizapp.core.flaws.contract import Flaw, Rule
from quizapp.core.question import Question
from quizapp.core.registry import by_name

__all__ = ["RULES", "Flaw", "Rule", "find"]

RULES: dict[str, Rule] = by_name(
    lengths.LONGEST,
    lengths.UNEQUAL_LENGTHS,
    all_of_the_above.ALL,
    all_of_the_above.NONE,
    all_of_the_above.COMBINED,
    distractors.REPEATED,
    distractors.FILLING,
    stems.NEGATIVE,
    stems.UNFOCUSED,
    stems.EXTRA,
    stems.REFERENCE,
    stems.SEVERAL,
    terms.ABSOLUTE_TERMS,
    terms.VAGUE_TERMS,
    cues.ARTICLE,
    cues.REPEATED,
    cues.CONVERGENCE,
    cues.NUMBER,
    statements.TWO,
    statements.DOUBLE,
    gap_texts.EARLY,
    gap_texts.MANY,
    number_order.NUMBERS,
)


def find(question: Question, language: str = "en") -> list[Flaw]:
    """Return all flaws of a question, in the order of RULES.

    `language` is that of the question ("en", "en-GB"): rules that know the words of another are
    left out.
    """
    spoken = language.replace("_", "-").split("-")[0].casefold() or "en"
    return [
        flaw
        for rule in RULES.values()
        if rule.language in (None, spoken)
        for flaw in rule.find(question)
    ]
