"""Fill-in questions in which too much is missing, or too early."""

from quizapp.core.flaws.contract import Flaw, Rule
from quizapp.core.flaws.wording import parts_of, stem, words
from quizapp.core.gaps import GAP, gap_numbers
from quizapp.core.question import Question

MOST_SHARE = 0.34  # gaps among words and gaps of one sentence
EARLY_WORDS = 3  # words with two gaps among them are too early to know what is asked


def _find_early(question: Question) -> list[Flaw]:
    if question.type != "cloze":
        return []
    for part in parts_of(stem(question)):
        gaps = [match.start() for match in GAP.finditer(part)]
        if len(gaps) > 1 and gaps[0] == 0 and len(words(part[: gaps[1]])) <= EARLY_WORDS:
            text = "Gaps come before anything is said: begin with what is known."
            return [Flaw(EARLY.NAME, text)]
    return []


def _find_many(question: Question) -> list[Flaw]:
    if question.type != "cloze":
        return []
    for part in parts_of(stem(question)):
        gaps, said = len(gap_numbers(part)), len(words(GAP.sub(" ", part)))
        if gaps > 2 and gaps / (gaps + said) > MOST_SHARE:
            text = f"A sentence has {gaps} gaps and {said} words: too little is left to go by."
            return [Flaw(MANY.NAME, text)]
    return []


EARLY = Rule("early_gaps", "Gaps at the beginning", _find_early)
MANY = Rule("many_gaps", "Too many gaps in a sentence", _find_many)
