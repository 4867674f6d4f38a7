"""Item analysis in words: figures with their doubt, what they mean, reasons and edits."""

from dataclasses import dataclass

from flask_babel import format_decimal
from flask_babel import gettext as _

from quizapp.core import answer_labels
from quizapp.core.statistics.distractors import BLANK
from quizapp.core.statistics.figures import Figure
from quizapp.core.statistics.proposals import Proposal
from quizapp.services.quizzes.item_figures import ItemAnalysis

FEW_ATTEMPTS = 20  # below, single questions cannot be judged yet
LONGEST_ANSWER = 300


@dataclass(frozen=True, slots=True)
class Told:
    """A figure as people read it: "62%", "46 to 76%, n 40", or why there is none."""

    text: str
    doubt: str


def percent(figure: Figure) -> Told:
    """Return a figure in percent."""
    return _told(figure, 0, "%")


def exact(figure: Figure) -> Told:
    """Return a figure in percent with a decimal, such as a weight."""
    return _told(figure, 1, "%")


def whole(figure: Figure) -> Told:
    """Return a figure without a unit, such as a correlation times 100."""
    return _told(figure, 0)


def plain(figure: Figure) -> Told:
    """Return a figure with two decimals."""
    return _told(figure, 2)


def seconds(figure: Figure) -> Told:
    """Return a time in ms as seconds."""
    return _told(figure.scaled(0.001), 0, _(" s"))


def _told(figure: Figure, decimals: int, unit: str = "") -> Told:
    count = _("n %(n)s", n=figure.n)
    if figure.value is None:
        return Told("-", f"{reason(figure)}, {count}" if figure.n else reason(figure))
    text = _number(figure.value, decimals) + unit
    if figure.low is None or figure.high is None:
        return Told(text, count)
    low, high = (_number(each, decimals) for each in (figure.low, figure.high))
    return Told(text, _("%(low)s to %(high)s, %(n)s", low=low, high=high + unit, n=count))


def _number(value: float, decimals: int) -> str:
    pattern = "0" if decimals == 0 else f"0.{'0' * decimals}"
    shown = round(value, decimals)
    return str(format_decimal(shown + 0.0, pattern))  # without the sign of a zero


def reason(figure: Figure) -> str:
    """Say why there is no figure."""
    return {
        "few": _("too few"),
        "constant": _("all the same"),
        "alone": _("nothing to compare with"),
        "mixed": _("different questions"),
        "negative": _("works against the total"),
        "no-guess": _("cannot be guessed"),
        "other-type": _("not in Canvas"),
    }.get(figure.why, _("not known"))


def facility(value: float | None) -> str:
    """Return what a facility means (after Moodle's guidance)."""
    bounds = (
        (5.0, _("extremely hard")),
        (10.0, _("very hard")),
        (20.0, _("hard")),
        (34.0, _("rather hard")),
        (65.0, _("about right")),
        (80.0, _("rather easy")),
        (89.0, _("easy")),
        (94.0, _("very easy")),
    )
    return _upto(value, bounds, _("extremely easy"))


def discrimination(value: float | None) -> str:
    """Return what a correlation with the rest means (after Moodle's guidance)."""
    if value is not None and value < 0:
        return _("works against the rest")
    bounds = ((20.0, _("hardly agrees")), (30.0, _("agrees weakly")), (50.0, _("agrees")))
    return _upto(value, bounds, _("agrees very well"))


def consistency(value: float | None) -> str:
    """Return what a coefficient of internal consistency means (after Moodle's guidance)."""
    bounds = ((64.0, _("unsatisfactory: under 64")), (75.0, _("fair: 64 to 75")))
    return _upto(value, bounds, _("good: over 75"))


def mean(value: float | None) -> str:
    """Return what a mean score means (after Moodle's guidance)."""
    bounds = ((50.0, _("low: best between 50 and 75")), (75.0, _("good: between 50 and 75")))
    return _upto(value, bounds, _("high: best between 50 and 75"))


def deviation(value: float | None) -> str:
    """Return what a standard deviation of scores means (after Moodle's guidance)."""
    bounds = ((12.0, _("small: best between 12 and 18")), (18.0, _("good: between 12 and 18")))
    return _upto(value, bounds, _("large: best between 12 and 18"))


def _upto(value: float | None, bounds: tuple[tuple[float, str], ...], above: str) -> str:
    if value is None:
        return ""
    return next((words for bound, words in bounds if value <= bound), above)


def answer(item: ItemAnalysis, label: str) -> str:
    """Return what was chosen or typed."""
    fixed = {BLANK: _("No answer"), "true": _("True"), "false": _("False")}
    if label in fixed and (label == BLANK or item.asked.kind.NAME == "true_false"):
        return fixed[label]
    return answer_labels.name(item.asked.question, label) or _("Another answer")


def name(item: ItemAnalysis) -> str:
    """Return the number of a question; older keys name their version."""
    if item.is_current:
        return str(item.number)
    return _("%(number)s v%(version)s", number=item.number, version=item.versions[1])


@dataclass(frozen=True, slots=True)
class Advice:
    """A proposal in words: a label, the reason, the edit."""

    label: str
    reason: str
    edit: str
    is_serious: bool


def advice(item: ItemAnalysis) -> list[Advice]:
    """Return what is proposed for a question."""
    return [_advice(item, proposal) for proposal in item.proposals]


def _advice(item: ItemAnalysis, proposal: Proposal) -> Advice:
    label, why, edit = (
        _of_answers(item, proposal) if proposal.labels else _of_figures(item)[proposal.code]
    )
    if proposal.may_be_chance:
        why += " " + _("With %(n)s answers this may still be chance.", n=item.figures.asked)
    return Advice(label, why, edit, proposal.is_serious)


def _of_answers(item: ItemAnalysis, proposal: Proposal) -> tuple[str, str, str]:
    named = ", ".join(f"“{answer(item, label)}”" for label in proposal.labels)
    if proposal.code == "never-chosen":
        return (
            _("Unused option"),
            _("Nobody chose %(options)s.", options=named),
            _("Put a mistake there that learners do make, or take it out."),
        )
    choice = item.table.of(proposal.labels[0])
    counts = {
        "chosen": choice.thirds[2] if choice else 0,
        "size": item.table.sizes[2],
        "option": named,
    }
    if proposal.code == "key-wrong":
        return (
            _("Check the key"),
            _(
                "%(chosen)s of the strongest %(size)s chose %(option)s, more than the right one.",
                **counts,
            ),
            _("If it is right, make it the key and regrade. Else say what rules it out."),
        )
    return (
        _("Two right answers?"),
        _(
            "%(chosen)s of the strongest %(size)s chose %(option)s, and who chose it does better "
            "elsewhere than who did not.",
            **counts,
        ),
        _("Accept it, too, or word it so that it is plainly wrong."),
    )


def _of_figures(item: ItemAnalysis) -> dict[str, tuple[str, str, str]]:
    figures = item.figures
    return {
        "against-rest": (
            _("Works against the others"),
            _("Those who do well elsewhere do no better here, rather worse."),
            _("Look for a second right answer, a trick, or a stem that reads in two ways."),
        ),
        "below-chance": (
            _("Below chance"),
            _("Fewer get it right than would by guessing."),
            _("Check the key, and whether the stem misleads."),
        ),
        "nearly-none": (
            _("Hardly anybody knows it"),
            _("Hardly anybody gets it right."),
            _("Check the key. If it is right, ask for less, or teach it again."),
        ),
        "length-cue": (
            _("Length gives it away"),
            _(
                "The right option is by far the longest, and %(facility)s find it.",
                facility=percent(figures.facility).text,
            ),
            _("Shorten it, or make the others as long."),
        ),
        "weak": (
            _("Tells little"),
            _("It hardly tells those who know the rest from those who do not."),
            _("Ask for something more precise, or make the wrong options more likely."),
        ),
        "nearly-all": (
            _("Nearly all know it"),
            _("Nearly everybody gets it right, so it tells little."),
            _("Keep it as an easy beginning, or ask for more."),
        ),
        "many-blank": (
            _("Often left out"),
            _("%(blank)s of %(asked)s gave no answer.", blank=figures.blank, asked=figures.asked),
            _("See whether time ran out, or the question is hard to understand."),
        ),
    }
