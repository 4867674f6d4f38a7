"""A bank's questions as those who may edit it list, search and filter them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

import sqlalchemy as sa

from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.search import query_words
from quizapp.extensions import db
from quizapp.models import Fact, Question, QuestionReport, QuestionTag

PAGE = 50
STATUSES = ("active", "draft", "retired")
MOST_VALUES = 100  # tags or categories that are offered, those with most questions
COUNTED = 5_000  # questions that are counted and paged through at the most
CHUNK = 2_500  # ids in one query
SOME = 1_000  # questions whose tags are offered where there are too many to count
STAGED = "staged"  # of an import that has not ended; nobody sees it yet
OPEN = "open"
PLAIN = ("type", "status", "category")  # filters that are columns of a question


@dataclass(frozen=True, slots=True)
class Filter:
    """Which questions to list: all that meet every wish; `text` is what somebody typed."""

    text: str = ""
    type: str = ""
    tag: str = ""
    fact: str = ""  # its uid
    status: str = ""
    category: str = ""

    def wishes(self) -> dict[str, str]:
        """Return what was wished for, by name."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class Row:
    """A question in a list."""

    id: int
    uid: str
    name: str
    type: str
    status: str
    version: int
    statement: str | None
    fact_uid: str | None
    tags: list[str]
    reports: int  # that are open

    @property
    def label(self) -> str:
        """What its type is called."""
        return QUESTION_TYPES[self.type].LABEL


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of questions; `counts` has how many each value of a filter would leave, by filter."""

    rows: list[Row]
    total: int
    page: int
    pages: int
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    is_counted: bool = True  # whether counts are of all; else values are only those of the first
    is_all: bool = True  # whether `total` is the truth; else there are more


def listing(bank_id: int, wanted: Filter, page: int = 1) -> Listing:
    """Return a page of what the filter leaves: active ones first, each kind in the bank's order.

    Where there is no such page, it is the nearest. Questions are counted up to COUNTED; where a
    filter leaves more, only these can be paged through, but for whole states of the bank.
    """
    near = _near(bank_id, wanted, ())
    is_counted = len(near) <= COUNTED
    kept = [row for row in near if _keeps(row, wanted.wishes())]
    if not is_counted and set(wanted.wishes()) & set(PLAIN):
        kept = _near(bank_id, wanted, _plain(wanted))
    counts = {name: _counted(near, wanted, name) for name in PLAIN}
    counts["tag"] = _tag_counts([row.id for row in kept[: COUNTED if is_counted else SOME]])
    total, is_all = min(len(kept), COUNTED), len(kept) <= COUNTED
    if not is_counted and not set(wanted.wishes()) - {"status"}:
        counts["status"] = states = _states(bank_id)
        total = states.get(wanted.status, 0) if wanted.status else sum(states.values())
        is_all = True
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    ids = [row.id for row in kept[:COUNTED][(page - 1) * PAGE : page * PAGE]]
    if page * PAGE > COUNTED and is_all:
        later = ordered(bank_id, wanted).limit(PAGE).offset((page - 1) * PAGE)
        ids = list(db.session.scalars(later))
    return Listing(rows(ids), total, page, pages, counts, is_counted, is_all)


def ordered(bank_id: int, wanted: Filter) -> sa.Select[int]:
    """Return the query for the ids of the questions that the filter leaves, in order."""
    conditions = (*_found(bank_id, wanted), *_tagged(wanted), *_plain(wanted))
    return sa.select(Question.id).where(*conditions).order_by(*_ORDER)


def rows(ids: Sequence[int]) -> list[Row]:
    """Return questions as rows, in the order of their ids as given."""
    columns = (Question.id, Question.uid, Question.name, Question.type, Question.status)
    query = (
        sa.select(*columns, Question.version, Fact.statement, Fact.uid)
        .outerjoin(Fact, Fact.id == Question.fact_id)
        .where(Question.id.in_(ids))
    )
    tags: dict[int, list[str]] = defaultdict(list)
    labels = sa.select(QuestionTag.question_id, QuestionTag.tag)
    for question_id, tag in db.session.execute(labels.where(QuestionTag.question_id.in_(ids))):
        tags[question_id].append(tag)
    reports = _reports(ids)
    found = {
        row[0]: Row(*row, sorted(tags[row[0]], key=str.casefold), reports.get(row[0], 0))
        for row in db.session.execute(query)
    }
    return [found[id_] for id_ in ids if id_ in found]


def open_reports(bank_id: int) -> int:
    """Return how many reports on a bank's questions nobody has closed yet."""
    query = (
        sa.select(sa.func.count())
        .select_from(QuestionReport)
        .join(Question, Question.id == QuestionReport.question_id)
        .where(Question.bank_id == bank_id, QuestionReport.state == OPEN)
    )
    return db.session.scalar(query) or 0


def fact_named(bank_id: int, uid: str) -> Fact | None:
    """Return a fact of the bank by its uid."""
    return db.session.scalar(sa.select(Fact).where(Fact.bank_id == bank_id, Fact.uid == uid))


def _found(bank_id: int, wanted: Filter) -> list[sa.ColumnElement[bool]]:
    """Return the wishes whose values are not counted: bank, words, fact."""
    conditions = [Question.bank_id == bank_id, Question.status != STAGED]
    conditions += [
        Question.search_text.contains(word, autoescape=True) for word in query_words(wanted.text)
    ]
    if wanted.fact:
        fact = sa.select(Fact.id).where(Fact.bank_id == bank_id, Fact.uid == wanted.fact)
        conditions.append(Question.fact_id == fact.scalar_subquery())
    return conditions


def _tagged(wanted: Filter) -> list[sa.ColumnElement[bool]]:
    if not wanted.tag:
        return []
    tagged = sa.select(QuestionTag.question_id).where(QuestionTag.tag == wanted.tag)
    return [Question.id.in_(tagged)]


def _plain(wanted: Filter) -> list[sa.ColumnElement[bool]]:
    wishes = wanted.wishes()
    return [getattr(Question, name) == wishes[name] for name in PLAIN if name in wishes]


class _Near(NamedTuple):
    """What is counted of a question."""

    id: int
    type: str
    status: str
    category: str | None


_ORDER = (Question.status, Question.position, Question.id)  # as an index of the table has them


def _near(bank_id: int, wanted: Filter, plain: Sequence[Any]) -> list[_Near]:
    """Return the first questions that words, fact and tag leave, one more than COUNTED at most."""
    columns = (getattr(Question, name) for name in _Near._fields)
    conditions = (*_found(bank_id, wanted), *_tagged(wanted), *plain)
    query = sa.select(*columns).where(*conditions).order_by(*_ORDER)
    return [_Near(*row) for row in db.session.execute(query.limit(COUNTED + 1))]


def _states(bank_id: int) -> dict[str, int]:
    query = sa.select(Question.status, sa.func.count()).where(*_found(bank_id, Filter()))
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Question.status))}


def _keeps(row: _Near, wishes: Mapping[str, str]) -> bool:
    return all(getattr(row, name) == wishes[name] for name in PLAIN if name in wishes)


def _counted(near: Sequence[_Near], wanted: Filter, name: str) -> dict[str, int]:
    """Return how many questions have each value of a filter, when all the others hold."""
    others = {key: value for key, value in wanted.wishes().items() if key != name}
    counts = Counter(getattr(row, name) for row in near if _keeps(row, others))
    most = sorted((value for value in counts if value), key=lambda value: (-counts[value], value))
    return {value: counts[value] for value in most[:MOST_VALUES]}


def _tag_counts(ids: Sequence[int]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for at in range(0, len(ids), CHUNK):
        of = QuestionTag.question_id.in_(ids[at : at + CHUNK])
        counts.update(db.session.scalars(sa.select(QuestionTag.tag).where(of)))
    most = sorted(counts, key=lambda tag: (-counts[tag], tag))
    return {tag: counts[tag] for tag in most[:MOST_VALUES]}


def _reports(ids: Sequence[int]) -> dict[int, int]:
    query = (
        sa.select(QuestionReport.question_id, sa.func.count())
        .where(QuestionReport.question_id.in_(ids), QuestionReport.state == OPEN)
        .group_by(QuestionReport.question_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}
