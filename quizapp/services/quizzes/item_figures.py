"""One question in item analysis: its figures, what was chosen, how long it took, proposals."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

from quizapp.core import answer_labels
from quizapp.core.answer_labels import OTHER, TYPED
from quizapp.core.flaws.lengths import LONGEST
from quizapp.core.statistics.distractors import ChoiceTable, choice_table
from quizapp.core.statistics.figures import Figure, median_of
from quizapp.core.statistics.items_model import Column, ItemFigures
from quizapp.core.statistics.proposals import Case, Proposal, proposals
from quizapp.services.content.questions import Asked
from quizapp.services.quizzes.item_answers import Answers, response_of

LISTED_TEXTS = 20  # typed answers that have a row of their own; the others stand together
UNANSWERED = (None, "{}")  # not knowing is no answer
CHOICES = frozenset({"multiple_choice", "true_false"})  # what Canvas analyses


@dataclass(frozen=True, slots=True)
class Times:
    """How long the first answer took: median and the middle half, in ms.

    is_timed: measured; else told by the saves of an exam, at least for some.
    """

    median: Figure
    low: float | None
    high: float | None
    is_timed: bool


@dataclass(frozen=True, slots=True)
class ItemAnalysis:
    """A question, in the versions that share its key, and what the attempts say of it.

    number: its place in the list. is_current: this key is the one of now; older ones stand apart.
    waiting: answers without a judgement, which no figure counts. labels: what was chosen, rests:
    the percent of the other points earned, by entry of `answers`.
    """

    asked: Asked
    number: int
    is_current: bool
    waiting: int
    figures: ItemFigures
    table: ChoiceTable
    times: Times
    proposals: tuple[Proposal, ...]
    answers: Answers
    labels: Sequence[Sequence[str]]
    rests: Sequence[float | None]

    @property
    def versions(self) -> tuple[int, int]:
        """The first and last of the versions that were asked."""
        return min(self.answers.versions, default=0), self.asked.version

    @property
    def is_questionable(self) -> bool:
        """Whether somebody should look at it."""
        return any(proposal.is_serious for proposal in self.proposals)

    @property
    def said_right(self) -> int:
        """How many answers their learners have overruled."""
        return len(self.answers.said_right)

    @property
    def regraded(self) -> int:
        """How many answers were judged anew."""
        return len(self.answers.regraded)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question stands in the list, if its key is the one of now, what is not judged."""

    number: int
    is_current: bool
    waiting: int = 0


def column_of(asked: Asked, answers: Answers) -> Column:
    """Return what the figures are worked out of: answers that have been judged."""
    return Column(
        question=asked.id,
        attempts=answers.sittings,
        fractions=[fraction or 0.0 for fraction in answers.fractions],
        weights=answers.weights,
        answered=[payload not in UNANSWERED for payload in answers.payloads],
        guess=asked.guess,
        is_choice=asked.kind.NAME in CHOICES,
    )


def item_of(
    asked: Asked,
    place: Place,
    answers: Answers,
    figures: ItemFigures,
    rests: Sequence[float | None],
    shares: Sequence[float | None],
) -> ItemAnalysis:
    """Return all of a question by its figures and the judged answers that these are of.

    rests are those of the answers, shares of all attempts.
    """
    labels = _labels(asked, answers.payloads)
    table = _table(asked, labels, rests, [shares[sitting] for sitting in answers.sittings])
    return ItemAnalysis(
        asked=asked,
        number=place.number,
        is_current=place.is_current,
        waiting=place.waiting,
        figures=figures,
        table=table,
        times=_times(answers),
        proposals=proposals(_case(asked, figures, table)),
        answers=answers,
        labels=labels,
        rests=rests,
    )


def _labels(asked: Asked, payloads: Sequence[str | None]) -> list[tuple[str, ...]]:
    """Return what each chose; answers that are alike are read once."""
    known = {
        payload: answer_labels.labels(asked.question, response_of(payload))
        for payload in set(payloads)
    }
    return [known[payload] for payload in payloads]


def _table(
    asked: Asked,
    labels: Sequence[tuple[str, ...]],
    rests: Sequence[float | None],
    shares: Sequence[float | None],
) -> ChoiceTable:
    if asked.kind.GRADED_BY != "app":
        return ChoiceTable((0, 0, 0), ())
    counts = Counter(label for each in labels for label in each if TYPED in label)
    rare = {label for label, _ in counts.most_common()[LISTED_TEXTS:]}
    if rare:
        labels = [
            tuple(_other(label) if label in rare else label for label in each) for each in labels
        ]
    return choice_table(labels, rests, shares, answer_labels.listed(asked.question))


def _other(label: str) -> str:
    """Return the label of any text in place of that of one."""
    return label[: label.index(TYPED)] + OTHER


def _case(asked: Asked, figures: ItemFigures, table: ChoiceTable) -> Case:
    worths = answer_labels.worths(asked.question)
    return Case(
        figures=figures,
        table=table,
        keys=frozenset(label for label, worth in worths.items() if worth >= 1),
        options=answer_labels.offered(asked.question),
        partly=frozenset(label for label, worth in worths.items() if 0 < worth < 1),
        is_wordy=bool(LONGEST.find(asked.question)),
        has_parts=answer_labels.has_parts(asked.question),
    )


def _times(answers: Answers) -> Times:
    known = [float(took_ms) for took_ms in answers.took_ms if took_ms is not None]
    is_timed = not answers.told
    if len(known) < 2:
        return Times(median_of(known), None, None, is_timed)
    low, _, high = quantiles(known, n=4, method="inclusive")
    return Times(median_of(known), low, high, is_timed)
