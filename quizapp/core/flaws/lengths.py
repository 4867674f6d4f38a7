"""Options whose length gives something away."""

from statistics import median

from quizapp.core.flaws.contract import Flaw, Rule
from quizapp.core.flaws.wording import choices
from quizapp.core.question import Question

LONGER, MORE = 1.4, 15  # times the longest distractor, and characters more than it
UNEQUAL, MUCH_MORE = 3.0, 60  # times the usual length, and characters more than it


def _find_longest(question: Question) -> list[Flaw]:
    found = []
    for each in choices(question):
        key, others = each.key, [len(option.text) for option in each.distractors]
        if key is None or len(others) < 2:
            continue
        longest = max(others)
        if len(key.text) >= longest * LONGER and len(key.text) - longest >= MORE:
            words = "The right option is by far the longest, which gives it away."
            found.append(Flaw(LONGEST.NAME, words, key.where))
    return found


def _find_unequal(question: Question) -> list[Flaw]:
    found = []
    for each in choices(question):
        lengths = [len(option.text) for option in each.options]
        usual = median(lengths) if len(lengths) > 2 else 0
        for option, length in zip(each.options, lengths, strict=True):
            odd = usual and length >= usual * UNEQUAL and length - usual >= MUCH_MORE
            if odd and option is not each.key:
                words = "This option is far longer than the others, so it stands out."
                found.append(Flaw(UNEQUAL_LENGTHS.NAME, words, option.where))
    return found


LONGEST = Rule("longest_key", "The longest option is the right one", _find_longest)
UNEQUAL_LENGTHS = Rule("unequal_lengths", "Options of very unequal length", _find_unequal)
