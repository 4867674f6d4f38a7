"""Numbers among options that do not stand in order."""

from quizapp.core.flaws.contract import Flaw, Rule
from quizapp.core.flaws.wording import choices, number_of, unit_after
from quizapp.core.question import Question

FEWEST = 3


def _find(question: Question) -> list[Flaw]:
    found = []
    for each in choices(question):
        numbers = [number_of(option.text) for option in each.options]
        known = [number for number in numbers if number is not None]
        units = {unit_after(option.text) for option in each.options}
        if len(numbers) < FEWEST or len(known) < len(numbers) or len(units) > 1:
            continue
        if each.is_shuffled:
            text = "Numbers are shown in random order: fixed and ascending, they are found faster."
            found.append(Flaw(NUMBERS.NAME, text, each.where))
        elif known not in (sorted(known), sorted(known, reverse=True)):
            text = "The numbers stand in no order, so they take longer to find."
            found.append(Flaw(NUMBERS.NAME, text, each.where))
    return found


NUMBERS = Rule("number_order", "Numbers out of order", _find)
