"""The ways to draft questions from facts: one file each, and one line here."""

from quizapp.core.articles.drafting import (
    agent,
    cause,
    choice,
    cloze,
    definition,
    false_definition,
    false_entity,
    false_number,
    false_opposite,
    false_sibling,
    how,
    how_many,
    how_much,
    listing,
    matching,
    membership,
    missing_year,
    ordering,
    other_name,
    period,
    purpose,
    superlative,
    term,
    true_as_stated,
    what,
    what_happens,
    when,
    where,
    who,
    why,
)
from quizapp.core.articles.drafting.contract import Material, Way

__all__ = ["WAYS", "Material", "Way"]

_MODULES = (
    definition, term, cloze, true_as_stated, false_opposite, false_sibling, false_entity,
    false_number, false_definition, who, when, where, how_many, how_much, why, how, what_happens,
    purpose, cause, superlative, other_name, agent, period, what, choice, listing,
    membership, ordering, matching, missing_year,
)  # fmt: skip
WAYS: dict[str, Way] = {module.__name__.rpartition(".")[2]: module.draft for module in _MODULES}
