"""Terms too strong or too vague to be right or wrong."""

from quizapp.core.flaws.contract import Flaw, Rule
from quizapp.core.flaws.wording import choices, stem, words
from quizapp.core.question import Question

ABSOLUTE = frozenset(
    """always never everyone everybody nobody invariably entirely completely totally
    absolutely impossible""".split()  # noqa: SIM905
)
VAGUE = frozenset(
    """often sometimes usually frequently rarely seldom occasionally generally typically commonly
    regularly""".split()  # noqa: SIM905
)


def _find_absolute(question: Question) -> list[Flaw]:
    """Find absolute terms where they tell wrong from right."""
    if question.type == "true_false":
        term = _first(stem(question), ABSOLUTE)
        if term and question.body.get("answer") is False:
            return [Flaw(ABSOLUTE_TERMS.NAME, f"“{term}” gives away that it is false.")]
        return []
    found = []
    for each in choices(question):
        if any(option.is_right and _first(option.text, ABSOLUTE) for option in each.options):
            continue
        for option in each.distractors:
            if (term := _first(option.text, ABSOLUTE)) and not _first(each.before, ABSOLUTE):
                text = f"“{term}” gives away that this option is wrong."
                found.append(Flaw(ABSOLUTE_TERMS.NAME, text, option.where))
    return found


def _find_vague(question: Question) -> list[Flaw]:
    if question.type == "true_false":
        term = _first(stem(question), VAGUE)
        text = f"Whether it is true depends on how much “{term}” is."
        return [Flaw(VAGUE_TERMS.NAME, text)] if term else []
    return [
        Flaw(VAGUE_TERMS.NAME, f"People differ on how much “{term}” is.", option.where)
        for each in choices(question)
        for option in each.options
        if (term := _first(option.text, VAGUE)) and not _first(each.before, VAGUE)
    ]


def _first(text: str, terms: frozenset[str]) -> str | None:
    said = words(text)
    pairs = zip(["", *said], said, strict=False)  # "how often" asks, it does not say
    return next((word for before, word in pairs if word in terms and before != "how"), None)


ABSOLUTE_TERMS = Rule("absolute_terms", "Always, never and the like", _find_absolute, "en")
VAGUE_TERMS = Rule("vague_terms", "Often, rarely and the like", _find_vague, "en")
