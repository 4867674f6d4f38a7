"""How many answers bring back what would be forgotten on a day."""

from typing import Final

from quizapp.core.scheduling.plan_recall import NEW_ANSWERS, NEW_PASS, Recall

AT_RISK: Final = 0.75  # a fact below this chance on the day is at risk; repaired is at or above it
MOST_ANSWERS: Final = 8  # what needs more is not repaired but learnt anew


def answers_to_repair(
    recall: Recall, memory: tuple[float, float] | None, days_since: float, days_ahead: float
) -> float:
    """Return about how many answers raise a fact's chance on the day to AT_RISK.

    memory: stability and difficulty, None of a fact never met. The first answer is today, each
    other one halfway from there to the day; a miss is asked once more. At least one answer, also
    of a fact that would do without.
    """
    at, gap, answers = 0.0, days_since, 0.0
    if memory is None:
        answers = NEW_ANSWERS
        memory = _blend(recall.new[0], recall.new[1])
        gap = at = max(days_ahead / 2, 1.0)
        if recall.chance(memory[0], days_ahead) >= AT_RISK:
            return answers
    while answers < MOST_ANSWERS:
        left = max(days_ahead - at, 0.0)
        chance = recall.chance(memory[0], gap)
        answers += 2 - chance
        if left < 1 or recall.then(*memory, gap, left) >= AT_RISK:
            break
        memory = recall.mixed(*memory, gap)
        gap = max(left / 2, 1.0)
        at += gap
    return answers


def _blend(right: tuple[float, float], wrong: tuple[float, float]) -> tuple[float, float]:
    return (
        right[0] ** NEW_PASS * wrong[0] ** (1 - NEW_PASS),
        right[1] * NEW_PASS + wrong[1] * (1 - NEW_PASS),
    )
