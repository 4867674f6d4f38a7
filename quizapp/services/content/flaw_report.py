"""The flaws of a bank's questions, those that have most first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from quizapp.core import flaws
from quizapp.core.flaws import RULES, Flaw
from quizapp.core.flaws.key_positions import Pattern, patterns
from quizapp.core.question import Question as Content
from quizapp.extensions import db
from quizapp.models import Bank, Question, QuestionVersion

LOOKED_AT = 2_000  # questions of a bank, in its order
PAGE = 50
ASKED = ("active", "draft")


@dataclass(frozen=True, slots=True)
class FlawedQuestion:
    """A question with what was found in it."""

    uid: str
    name: str
    type: str
    status: str
    flaws: Sequence[Flaw]


@dataclass(frozen=True, slots=True)
class Report:
    """A page of flawed questions.

    `counts` has how many questions each rule found, the most first; `total` is how many questions
    the page's rule found, or any rule. `is_all` is False where the bank has more than were looked
    at.
    """

    rows: Sequence[FlawedQuestion]
    total: int
    page: int
    pages: int
    flawed: int
    looked_at: int
    is_all: bool
    counts: Mapping[str, int] = field(default_factory=dict)
    patterns: Sequence[Pattern] = ()


def of_bank(bank: Bank, rule: str = "", page: int = 1) -> Report:
    """Return a page of a bank's flawed questions: of one rule where it is named, else of all.

    Active questions and drafts are looked at, up to LOOKED_AT. The nearest page there is; a rule
    that does not exist finds nothing.
    """
    read = _questions(bank.id)
    looked_at = read[:LOOKED_AT]
    flawed = [found for one, content in looked_at if (found := _judged(one, content, bank))]
    counts = Counter(code for one in flawed for code in {flaw.code for flaw in one.flaws})
    kept = [one for one in flawed if not rule or any(flaw.code == rule for flaw in one.flaws)]
    kept.sort(key=lambda one: -len(one.flaws))  # stable: of as many, in the bank's order
    pages = max(1, -(-len(kept) // PAGE))
    page = min(max(page, 1), pages)
    order = list(RULES)
    return Report(
        rows=kept[(page - 1) * PAGE : page * PAGE],
        total=len(kept),
        page=page,
        pages=pages,
        flawed=len(flawed),
        looked_at=len(looked_at),
        is_all=len(read) <= LOOKED_AT,
        counts=dict(sorted(counts.items(), key=lambda item: (-item[1], order.index(item[0])))),
        patterns=patterns(content for _, content in looked_at),
    )


def _questions(bank_id: int) -> list[tuple[Question, Content]]:
    rows = db.session.execute(
        sa.select(Question, QuestionVersion.stem, QuestionVersion.body)
        .join(
            QuestionVersion,
            sa.and_(
                QuestionVersion.question_id == Question.id,
                QuestionVersion.number == Question.version,
            ),
        )
        .where(Question.bank_id == bank_id, Question.status.in_(ASKED))
        .order_by(Question.position, Question.id)
        .limit(LOOKED_AT + 1)
    )
    return [(question, Content(question.type, stem, body)) for question, stem, body in rows]


def _judged(question: Question, content: Content, bank: Bank) -> FlawedQuestion | None:
    found = flaws.find(content, bank.language)
    if not found:
        return None
    return FlawedQuestion(question.uid, question.name, question.type, question.status, found)
