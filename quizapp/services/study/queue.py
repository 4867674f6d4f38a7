"""What a learner is asked next: due and new facts of the shelf, within the day's limits."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import islice

import sqlalchemy as sa

from quizapp.core.scheduling.days import day_start, learner_day
from quizapp.core.scheduling.queue import (
    AHEAD,
    APART,
    Candidate,
    FormChoice,
    choose,
    choose_form,
)
from quizapp.extensions import db
from quizapp.models import (
    Bank,
    Card,
    CardMark,
    Fact,
    LoggedResponse,
    Question,
    Review,
    Shelf,
    UserDay,
)
from quizapp.services.content import banks, catalog
from quizapp.services.content.catalog import Catalog, FactEntry
from quizapp.services.content.questions import Asked, asked
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import open_exams
from quizapp.services.study import goals, plan_days
from quizapp.services.study.plan_days import DayList

LOOKED_AT = 16  # due cards considered; the spacing rule seldom needs more than a handful
TODAY = ("answers", "new_facts")
REVIEW_SUMS = ("young_pass", "young_fail", "mature_pass", "mature_fail")


def _due_of(banks: sa.ColumnElement[bool]) -> sa.Select[int, datetime, float]:
    return (
        sa.select(Card.fact_id, Card.due_at, Card.stability)
        .join(Fact, Fact.id == Card.fact_id)
        .outerjoin(
            CardMark, sa.and_(CardMark.user_id == Card.user_id, CardMark.fact_id == Card.fact_id)
        )
        .where(
            Card.user_id == sa.bindparam("user"),
            Card.due_at <= sa.bindparam("until"),
            banks,
            Fact.status == "active",
            CardMark.suspended_at.is_(None),
            sa.or_(
                CardMark.buried_until_day.is_(None),
                CardMark.buried_until_day <= sa.bindparam("today"),
            ),
        )
        .order_by(Card.due_at, Card.fact_id)
        .limit(sa.bindparam("most", type_=sa.Integer()))
    )


_DUE = _due_of(Fact.bank_id.in_(sa.bindparam("banks", expanding=True)))
_DUE_OF_ONE = _due_of(Fact.bank_id == sa.bindparam("banks"))  # a list costs half as much again
_RECENT = (
    sa.select(LoggedResponse.question_id)
    .where(LoggedResponse.user_id == sa.bindparam("user"), LoggedResponse.source == "study")
    .order_by(LoggedResponse.seq.desc())
    .limit(APART + 1)
)
_DAY = sa.select(*(getattr(UserDay, name) for name in TODAY + REVIEW_SUMS)).where(
    UserDay.user_id == sa.bindparam("user"), UserDay.day == sa.bindparam("today")
)
_MET = sa.union(
    sa.select(Card.fact_id).where(Card.user_id == sa.bindparam("user")),
    sa.select(CardMark.fact_id).where(
        CardMark.user_id == sa.bindparam("user"),
        sa.or_(
            CardMark.suspended_at.is_not(None),
            CardMark.buried_until_day > sa.bindparam("today"),
        ),
    ),
)
_LAST_MET = (  # of the log of reviews, which has an index by learner and question
    sa.select(Review.question_id, sa.func.max(Review.seq))
    .where(
        Review.user_id == sa.bindparam("user"),
        # Not a join: SQLite would then read all of the learner's reviews.
        Review.question_id.in_(
            sa.select(Question.id).where(Question.fact_id == sa.bindparam("fact"))
        ),
    )
    .group_by(Review.question_id)
)


def next_question(
    person: Person,
    now: datetime,
    bank_id: int | None = None,
    sums: Mapping[str, int] | None = None,
    hidden: Set[int] | None = None,
) -> Asked | None:
    """Return the question to ask now, of one bank or of the whole shelf; None when all is done.

    A learner with plans is asked what they choose for today, as long as they speak for the bank.
    `sums` of today and `hidden`, what open exams ask: where the caller knows them already.
    """
    listed = plan_days.of_today(person, now)
    if listed is not None and not listed.speaks_for(bank_id):
        listed = None
    bank_ids = [bank_id] if bank_id is not None else _banks(person, now, listed)
    if not bank_ids:
        return None
    connection = db.session.connection()
    if hidden is None:
        hidden = open_exams.questions(connection, person.id)
    catalogs = [_without(hidden, catalog.of_bank(bank)) for bank in bank_ids]
    facts = _facts(catalogs)
    today = learner_day(now, person.tz, person.rollover_minutes)
    sums = _of_today(sums) if sums else day_sums(connection, person, today)
    new: Callable[[], Sequence[Candidate]]
    if listed is None:
        due, stability = _due(connection, person, facts, bank_ids, now, today, sums)
        by_bank = dict(zip(bank_ids, catalogs, strict=True))
        new = cache(lambda: _new(connection, person, by_bank, now, today, sums))
    else:
        due, stability, new = _planned(person, facts, listed, now)
    chosen = choose(due, new, _recent(connection, person, catalogs), sums["answers"], now)
    if chosen is None:
        return None
    return _form(connection, person, facts[chosen.fact_id], stability.get(chosen.fact_id))


def _banks(person: Person, now: datetime, listed: DayList | None) -> list[int]:
    return shelf_banks(person, now) if listed is None else plan_days.viewable(person, listed)


def _planned(
    person: Person, facts: Mapping[int, FactEntry], listed: DayList, now: datetime
) -> tuple[list[Candidate], dict[int, float], Callable[[], Sequence[Candidate]]]:
    """Return what is left of the day's list: what is due with its stability, and what is new."""
    left = plan_days.left(person, listed, now)
    waiting = [one for one in (*left.steps, *left.reviews) if one.fact_id in facts]
    due = [Candidate(one.fact_id, facts[one.fact_id].sentence, one.due_at) for one in waiting]
    new = [Candidate(fact, facts[fact].sentence) for fact in left.new if fact in facts]
    return due, {one.fact_id: one.stability for one in waiting}, lambda: new


def _without(hidden: Set[int], known: Catalog) -> Catalog:
    """Leave out what the learner's open exams ask: its answer would be shown."""
    if not hidden:
        return known
    facts = {}
    for fact in known.facts.values():
        forms = tuple(form for form in fact.forms if form.id not in hidden)
        if forms:
            facts[fact.id] = replace(fact, forms=forms)
    candidates = tuple(c for c in known.candidates if c.fact_id in facts)
    return replace(known, facts=facts, candidates=candidates)


def of_fact(person: Person, fact_id: int) -> Asked | None:
    """Return a question on this fact in the form that suits its memory; None where none may be."""
    connection = db.session.connection()
    bank_id = db.session.scalar(sa.select(Fact.bank_id).where(Fact.id == fact_id))
    hidden = open_exams.questions(connection, person.id)
    known = _without(hidden, catalog.of_bank(bank_id)) if bank_id is not None else None
    fact = known.facts.get(fact_id) if known else None
    if fact is None:
        return None
    stability = db.session.scalar(
        sa.select(Card.stability).where(Card.user_id == person.id, Card.fact_id == fact_id)
    )
    return _form(connection, person, fact, stability)


def first_question(bank_id: int) -> Asked | None:
    """Return the question with which a stranger begins a bank: its first one tap answers."""
    known = catalog.of_bank(bank_id)
    for fact in known.facts.values():
        for form in fact.forms:
            if form.type == "multiple_choice":
                return asked(form.id, form.version)
    for fact in known.facts.values():
        return asked(fact.forms[0].id, fact.forms[0].version)
    return None


_SHELF = (
    sa.select(Shelf.bank_id)
    .join(Bank, Bank.id == Shelf.bank_id)
    .where(
        Shelf.user_id == sa.bindparam("viewer"),
        sa.or_(Shelf.paused_until.is_(None), Shelf.paused_until <= sa.bindparam("today")),
        banks.VIEWABLE,
    )
    .order_by(Shelf.added_at, Shelf.bank_id)
)


def shelf_banks(person: Person, now: datetime) -> list[int]:
    """Return the ids of the banks that the learner studies and has not paused."""
    today = learner_day(now, person.tz, person.rollover_minutes)
    rows = db.session.connection().execute(_SHELF, {**banks.viewer(person), "today": today})
    return list(rows.scalars())


def day_sums(connection: sa.Connection, person: Person, today: int) -> Mapping[str, int]:
    """Return what the learner did today: answers, new facts and reviews."""
    row = connection.execute(_DAY, {"user": person.id, "today": today}).first()
    names = TODAY + REVIEW_SUMS
    return _of_today(dict(zip(names, row or [0] * len(names), strict=True)))


def _of_today(sums: Mapping[str, int]) -> Mapping[str, int]:
    reviews = sum(sums[name] for name in REVIEW_SUMS)
    return {"answers": sums["answers"], "new_facts": sums["new_facts"], "reviews": reviews}


def unlimited(person: Person, today: int) -> bool:
    """Say whether no limits hold: on a guest's first day, so that trying out never stops short."""
    first = learner_day(person.created_at, person.tz, person.rollover_minutes)
    return person.is_guest and first == today


def _facts(catalogs: list[Catalog]) -> Mapping[int, FactEntry]:
    if len(catalogs) == 1:
        return catalogs[0].facts
    return {fact_id: fact for known in catalogs for fact_id, fact in known.facts.items()}


def _due(
    connection: sa.Connection,
    person: Person,
    facts: Mapping[int, FactEntry],
    banks: list[int],
    now: datetime,
    today: int,
    sums: Mapping[str, int],
) -> tuple[list[Candidate], dict[int, float]]:
    tomorrow = day_start(today + 1, person.tz, person.rollover_minutes)
    rows = connection.execute(
        _DUE_OF_ONE if len(banks) == 1 else _DUE,
        {
            "user": person.id,
            "until": min(now + AHEAD, tomorrow),
            "banks": banks[0] if len(banks) == 1 else banks,
            "today": today,
            "most": LOOKED_AT,
        },
    ).all()
    due, stability = [], {}
    for fact_id, due_at, days in rows:
        entry = facts.get(fact_id)
        if entry is not None:
            due.append(Candidate(fact_id, entry.sentence, due_at))
            stability[fact_id] = days
    if not unlimited(person, today):
        due = due[: max(person.reviews_per_day - sums["reviews"], 0)]
    return due, stability


def _new(
    connection: sa.Connection,
    person: Person,
    catalogs: Mapping[int, Catalog],
    now: datetime,
    today: int,
    sums: Mapping[str, int],
) -> list[Candidate]:
    """Return as many new facts as the day has left, those of the courses' goals first."""
    left = 10_000 if unlimited(person, today) else person.new_per_day - sums["new_facts"]
    if left <= 0:
        return []
    rows = connection.execute(_MET, {"user": person.id, "today": today}).all()
    met = {fact_id for (fact_id,) in rows}
    if not (wanted := goals.of_learner(connection, person.id, now)):
        every = (c for known in catalogs.values() for c in known.candidates)
        return list(islice((c for c in every if c.fact_id not in met), left))
    fresh = {
        bank: [c for c in known.candidates if c.fact_id not in met]
        for bank, known in catalogs.items()
    }
    return goals.wanted_first(wanted, fresh)[:left]


def _recent(
    connection: sa.Connection, person: Person, catalogs: Iterable[Catalog]
) -> list[Candidate]:
    """Return the facts of the last questions, newest first."""
    recent = []
    for question_id in connection.execute(_RECENT, {"user": person.id}).scalars():
        for known in catalogs:
            fact = known.facts.get(known.fact_of.get(question_id, -1))
            if fact is not None:
                recent.append(Candidate(fact.id, fact.sentence))
    return recent


def _form(
    connection: sa.Connection, person: Person, fact: FactEntry, stability_days: float | None
) -> Asked:
    if len(fact.forms) == 1:
        return asked(fact.forms[0].id, fact.forms[0].version)
    met = dict(connection.execute(_LAST_MET, {"user": person.id, "fact": fact.id}).all())
    choices = [
        FormChoice(form.id, form.type, form.hardness, met.get(form.id, 0)) for form in fact.forms
    ]
    chosen = choose_form(choices, stability_days)
    form = next(form for form in fact.forms if form.id == chosen.question_id)
    return asked(form.id, form.version)
