"""The rows of item analysis as CSV, and the responses behind a question's figures."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from quizapp.core.statistics.items_model import ItemFigures
from quizapp.services.content import stems
from quizapp.services.people.privacy import safe_cell
from quizapp.services.quizzes.item_analysis import QuizAnalysis
from quizapp.services.quizzes.item_answers import response_of
from quizapp.services.quizzes.item_figures import ItemAnalysis
from quizapp.services.quizzes.item_sittings import Sitting
from quizapp.web import item_words

PAGE = 50
RIGHT = 1 - 1e-9
FIGURES = tuple(name for name in ItemFigures.__slots__ if name not in {"asked", "blank"})
WEIGHTS = ("intended", "effective")  # mean nothing over several quizzes


def items_csv(items: Sequence[ItemAnalysis], is_bank: bool = False) -> str:
    """Return a row for each question and key, each figure with its interval and n."""
    names = [name for name in FIGURES if not (is_bank and name in WEIGHTS)]
    head = ["number", "question", "stem", "type", "first_version", "last_version", "is_current"]
    head += ["asked", "blank", "waiting", "said_right", "regraded"]
    head += [f"{name}{end}" for name in names for end in ("", "_low", "_high", "_n")]
    head += ["median_ms", "times", "proposals"]
    return _csv(head, (_item_row(item, names) for item in items))


def _item_row(item: ItemAnalysis, names: Sequence[str]) -> list[Any]:
    first, last = item.versions
    row = [item.number, item.asked.uid, stems.stem(item.asked), item.asked.kind.NAME, first, last]
    row += [item.is_current, item.figures.asked, item.figures.blank]
    row += [item.waiting, item.said_right, item.regraded]
    for name in names:
        figure = getattr(item.figures, name)
        row += [figure.value, figure.low, figure.high, figure.n]
    row += [item.times.median.value, item.times.median.n]
    return [*row, " ".join(proposal.code for proposal in item.proposals)]


@dataclass(frozen=True, slots=True)
class Response:
    """One answer behind the figures; rest: percent of the other points of its attempt."""

    sitting: Sitting
    version: int
    answer: str
    outcome: str  # right, partial, wrong, none
    fraction: float
    rest: float | None
    took_ms: int | None
    is_timed: bool
    said_right: bool
    is_regraded: bool

    @property
    def learner(self) -> str:
        """The learner's name, else what is known of them."""
        if self.sitting.is_guest:
            return _("A guest")
        return self.sitting.name or _("A learner")


def responses(found: QuizAnalysis, item: ItemAnalysis) -> list[Response]:
    """Return all answers to a question, the newest attempt first."""
    answers = item.answers
    rows = [_response(found, item, at) for at in range(len(answers.sittings))]
    return sorted(rows, key=_handed_in, reverse=True)


def _handed_in(row: Response) -> tuple[datetime, tuple[int, int]]:
    return row.sitting.handed_in_at, row.sitting.place


def _response(found: QuizAnalysis, item: ItemAnalysis, at: int) -> Response:
    answers, fraction = item.answers, item.answers.fractions[at] or 0.0
    sitting = answers.sittings[at]
    text = _text(item, at)
    outcome = "right" if fraction >= RIGHT else "partial" if fraction > 0 else "wrong"
    return Response(
        sitting=found.sittings[sitting],
        version=answers.versions[at],
        answer=text or _("No answer"),
        outcome=outcome if text else "none",
        fraction=fraction,
        rest=item.rests[at],
        took_ms=answers.took_ms[at],
        is_timed=sitting not in answers.told,
        said_right=sitting in answers.said_right,
        is_regraded=sitting in answers.regraded,
    )


def _text(item: ItemAnalysis, at: int) -> str:
    """Return an answer in words; typed ones as they were typed."""
    typed = response_of(item.answers.payloads[at]).get("text")
    if isinstance(typed, str):
        return typed.strip()[: item_words.LONGEST_ANSWER]
    return ", ".join(item_words.answer(item, label) for label in item.labels[at])


def responses_csv(rows: Iterable[Response]) -> str:
    """Return the answers as a spreadsheet reads them."""
    head = ["learner", "guest", "attempt", "handed_in_at", "version", "answer", "outcome"]
    head += ["fraction", "rest_percent", "took_ms", "timed", "said_right", "regraded"]
    return _csv(head, (_response_row(row) for row in rows))


def _response_row(row: Response) -> list[Any]:
    sitting = row.sitting
    who = [row.learner, sitting.is_guest, sitting.number, sitting.handed_in_at.isoformat()]
    given = [row.version, row.answer, row.outcome, row.fraction, row.rest, row.took_ms]
    return [*who, *given, row.is_timed, row.said_right, row.is_regraded]


def _csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(head)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return file.getvalue()
