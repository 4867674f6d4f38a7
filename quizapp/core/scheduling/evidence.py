"""What an answer says of memory: the only place where the meaning of a quiz enters the model."""

from dataclasses import dataclass

from quizapp.core.question import EXACT
from quizapp.core.scheduling.fsrs import AGAIN, EASY, GOOD, HARD

# Of a fact never met we know nothing, and of two cases that nothing tells apart each is as likely.
# It errs on the careful side: what was known already costs one early review.
PRIOR_RECALL = 0.5


@dataclass(frozen=True, slots=True)
class Evidence:
    """A rating (1 again .. 4 easy), and for what may be a guess the chance that it was known."""

    rating: int
    p_knew: float | None


def evidence(
    graded_by: str,
    score: float | None,
    guess: float | None,
    retrievability: float | None,
    *,
    rating: int | None = None,
    hinted: bool = False,
) -> Evidence | None:
    """Return what a response says of memory, or None where it says nothing (yet).

    graded_by: who judges it; of "learner" (a flashcard) `rating` is the judgement and is asked for,
    otherwise it is ignored; "nobody" says nothing. score: 0..1, None while it awaits a person.
    guess: expected score of a blind guess, 0..1, None where it has no meaning. retrievability: the
    predicted recall at the time of the answer, None for a fact never met.
    Only a full score passes (within 1e-5): Good, or Hard after a hint; partial credit is Again,
    because some of it was not known. Raises ValueError for a number outside its range.
    """
    if graded_by == "learner":
        if rating is None or not AGAIN <= rating <= EASY:
            raise ValueError(f"a flashcard needs a rating from 1 to 4, not {rating!r}")
        return Evidence(rating, None)
    if graded_by == "nobody" or score is None:
        return None
    if not -EXACT <= score <= 1 + EXACT:
        raise ValueError(f"a score is 0 to 1, not {score}")
    if score < 1 - EXACT:
        return Evidence(AGAIN, None)
    return Evidence(HARD if hinted else GOOD, _p_knew(guess, retrievability))


def _p_knew(guess: float | None, retrievability: float | None) -> float | None:
    """Return P(known | right) = R / (R + (1 - R) g), by Bayes: who knows is right."""
    if not guess:
        return None
    recall = PRIOR_RECALL if retrievability is None else retrievability
    if not (0 <= guess <= 1 and 0 <= recall <= 1):
        raise ValueError(f"chances are 0 to 1, not guess {guess} and recall {recall}")
    return recall / (recall + (1 - recall) * guess)
