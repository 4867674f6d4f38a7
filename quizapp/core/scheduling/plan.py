"""A plan to exam day: what to ask on which day, for the most expected score in the time."""

from collections.abc import Sequence

from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS, Weights
from quizapp.core.scheduling.plan_exam import exam_days, exam_today
from quizapp.core.scheduling.plan_open import open_days, open_today
from quizapp.core.scheduling.plan_recall import Recall
from quizapp.core.scheduling.plan_terms import DayPlan, Plan, PlanFact, Terms

__all__ = ["DayPlan", "Plan", "PlanFact", "Terms", "plan", "today"]


def plan(
    facts: Sequence[PlanFact],
    terms: Terms,
    weights: Weights = DEFAULT_WEIGHTS,
    shift: float = 0.0,
) -> Plan:
    """Return the plan from today to the day before the exam, or for the next 28 days without one.

    `shift` is by how much the learner is better than the weights say, in log odds. No day takes
    more than its minutes, unless it is one answer that takes longer; a fact is asked at most once a
    day. It is a forecast of what `today` will say from day to day: make it anew every day. Same
    arguments, same plan; new facts come in the order given.
    """
    recall = Recall(weights, shift)
    make = open_days if terms.exam_day is None else exam_days
    return make(facts, terms, recall)


def today(
    facts: Sequence[PlanFact],
    terms: Terms,
    weights: Weights = DEFAULT_WEIGHTS,
    shift: float = 0.0,
) -> DayPlan:
    """Return what to do today; empty where the exam is today or over.

    The first day of `plan`; with many facts nearly so, because later days are then looked at
    together.
    """
    first = open_today if terms.exam_day is None else exam_today
    return first(facts, terms, Recall(weights, shift))
