"""What an answer says of memory: the only place where the meaning of a quiz enters the model."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from quizapp.core.question import EXACT
from quizapp.core.scheduling.fsrs import AGAIN, EASY, GOOD, HARD

# Of a fact never met we know nothing, and of two cases that nothing tells apart each is as likely.
# It errs on the careful side: what was known already costs one early review.
PRIOR_RECALL: Final = 0.5
# How much likelier it is of one who knows than of one who guesses to say 1 (not sure), 2 or 3
# (sure). Under the usual marks for certainty (right 1, 2, 3; wrong 0, -2, -6) it pays to say 1
# below odds of 2 to be right, 3 above odds of 4, and 2 between them, where the middle is 2.8. Half
# of the lower bound and twice the upper one are 2.8 times less and more; 3 is near enough.
SURE_RATIOS: Final[Mapping[int, float]] = MappingProxyType({1: 1 / 3, 2: 1.0, 3: 3.0})
NO_MARKS: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Evidence:
    """A rating (1 again .. 4 easy), and for what may be a guess the chance that it was known."""

    rating: int
    p_knew: float | None


def counts(source: str, try_no: int = 1) -> bool:
    """Return whether an answer is to be heard at all.

    Practice is without consequences by what the learner was told, and a second try comes after
    the first has said "not so", which tells more about the options than about memory.
    """
    return source != "practice" and try_no <= 1


def evidence(
    graded_by: str,
    score: float | None,
    guess: float | None,
    retrievability: float | None,
    *,
    rating: int | None = None,
    marks: Mapping[str, Any] = NO_MARKS,
) -> Evidence | None:
    """Return what a response that `counts` says of memory, or None where it says nothing (yet).

    graded_by: who judges it; of "learner" (a flashcard) `rating` is the judgement and is asked for,
    otherwise it is ignored; "nobody" says nothing. score: 0..1, None while it awaits a person.
    guess: expected score of a blind guess, 0..1, None where it has no meaning. retrievability: the
    predicted recall at the time of the answer, None for a fact never met. marks: what was noted
    beside the answer, of which `hint`, `certainty` (1..3) and `said_right` are read.
    Only a full score passes (within 1e-5): Good, or Hard after a hint; partial credit is Again,
    because some of it was not known. What its learner has called right in spite of the key counts
    as right, as a flashcard would, unless a guess could have hit it. How long it took is not read:
    of five real logs a mapping of times to ratings improved the prediction of two.
    Raises ValueError for a number outside its range.
    """
    if graded_by == "learner":
        if rating is None or not AGAIN <= rating <= EASY:
            raise ValueError(f"a flashcard needs a rating from 1 to 4, not {rating!r}")
        return Evidence(rating, None)
    if graded_by == "nobody" or score is None:
        return None
    if not -EXACT <= score <= 1 + EXACT:
        raise ValueError(f"a score is 0 to 1, not {score}")
    if score < 1 - EXACT and (guess or not marks.get("said_right")):
        return Evidence(AGAIN, None)
    knew = p_knew(guess, retrievability, marks.get("certainty"))
    return Evidence(HARD if marks.get("hint") else GOOD, knew)


def p_knew(
    guess: float | None, retrievability: float | None, certainty: int | None = None
) -> float | None:
    """Return P(known | right) = R L / (R L + (1 - R) g), by Bayes; None where no guess could hit.

    Who knows is right, who does not is right by a guess, g; L is how much more the certainty that
    was stated speaks for knowing. Raises ValueError for a number outside its range.
    """
    if not guess:
        return None
    recall = PRIOR_RECALL if retrievability is None else retrievability
    if not (0 <= guess <= 1 and 0 <= recall <= 1):
        raise ValueError(f"chances are 0 to 1, not guess {guess} and recall {recall}")
    if certainty is None:
        return recall / (recall + (1 - recall) * guess)
    if certainty not in SURE_RATIOS:
        raise ValueError(f"a certainty is 1 to 3, not {certainty!r}")
    ratio = SURE_RATIOS[certainty]
    return recall * ratio / (recall * ratio + (1 - recall) * guess)
