"""The first page of a course: its figures, when they are made, and giving facts to practise."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.core.statistics.class_matrix import NOT_ASKED, OWED
from quizapp.core.statistics.class_needs import BEHIND, MISSED, QUICK, SILENT, Reason
from quizapp.database import Busy, writing
from quizapp.extensions import db
from quizapp.models import Assignment, Attempt, Bank, Fact, Job, Snapshot
from quizapp.services.courses import (
    access,
    class_numbers,
    first_page,
    joining,
    practising,
    snapshots,
)
from quizapp.services.courses.courses import Archived
from quizapp.services.operations import job_handlers, jobs
from quizapp.services.people import erasure
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes.quiz_settings import Unfit
from quizapp.services.study import answers
from tests.factories import START, create_bank, create_person
from tests.services.course_makers import archived, assigned_goal, assigned_quiz, course_of, enrolled
from tests.services.learner_makers import facts_of, put_article, put_card, put_evidence, rate
from tests.services.quiz_makers import CHOICE, create_questions, create_quiz

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class Class:
    """A course with a goal over a bank of four facts, and three learners."""

    def __init__(self, now: datetime, facts: int = 4, **columns: Any) -> None:
        self.teacher = create_person("instructor", name="Ms Okoro")
        self.course = course_of(self.teacher)
        self.bank = create_bank(facts=facts)
        self.facts = facts_of(self.bank)
        self.people = [create_person(name=name) for name in ("Ada", "Ben", "Eve")]
        for one in self.people:
            enrolled(self.course, one)
        self.goal = assigned_goal(self.course, self.bank.id, **columns)
        self.now = now

    def remember(self, who: int, *days_ago: float) -> None:
        """Store memories of a stability of ten days, of the first facts."""
        for fact, ago in zip(self.facts, days_ago, strict=False):
            put_card(self.people[who], fact, self.now, stability=10, days_ago=ago)

    def board(self, now: datetime | None = None) -> first_page.Board:
        board = first_page.board(self.course, now or self.now)
        assert board
        return board


@pytest.fixture
def made(app: Flask, now: datetime) -> Class:
    return Class(now)


def names(rows: Sequence[Any]) -> list[str]:
    return [row.member.name for row in rows]


def uid_of(fact: int) -> str:
    return db.session.get_one(Fact, fact).uid


def test_the_board_has_the_trouble_first_with_names_and_sentences(made: Class) -> None:
    text = "White cells fight. Red cells carry."
    put_evidence(put_article(made.bank, text), made.facts[1], "White cells fight.")
    made.remember(0, 10, 100)
    made.remember(1, 1, 200, 1)
    board = made.board()
    assert names(board.rows) == ["Ada", "Ben", "Eve"]
    assert [line.id for line in board.heads] == [made.facts[n] for n in (1, 0, 2, 3)]
    assert board.heads[0].statement == "Fact 2 of Blood."
    assert board.rows[0].cells[1] == 90
    assert board.rows[0].cells[2:] == [NOT_ASKED, NOT_ASKED]
    assert board.rows[2].cells == [NOT_ASKED] * 4
    assert board.rows[0].reviews == [1, 1, 0, 0]
    assert board.rows[2].mean is None
    assert (board.learners, board.facts, board.all_facts) == (3, 4, 4)
    assert board.tripping == 1
    assert board.as_of == made.now
    assert board.is_fresh


def test_a_hard_fact_comes_with_its_sentence_and_how_many_it_is_hard_for(made: Class) -> None:
    text = "White cells fight. Red cells carry."
    put_evidence(put_article(made.bank, text), made.facts[0], "White cells fight.")
    for who in range(3):
        made.remember(who, 200, 1)
    put_card(made.people[0], made.facts[2], made.now, stability=1, days_ago=300)
    hard = made.board().hardest
    assert [one.fact.id for one in hard] == made.facts[:1]  # one learner alone says little
    assert hard[0].passage
    assert hard[0].passage.quote == "White cells fight."
    assert (hard[0].fact.under, hard[0].fact.counted, hard[0].fact.trips) == (3, 3, True)


def test_facts_that_are_due_and_never_met_count_as_nothing(app: Flask, now: datetime) -> None:
    made = Class(now, due_at=now - DAY)
    made.remember(0, 1, 1, 1, 1)
    board = made.board()
    assert names(board.rows) == ["Ben", "Eve", "Ada"]
    assert board.rows[0].cells == [OWED] * 4
    assert board.rows[0].mean == 0
    assert [line.counted for line in board.heads] == [3] * 4


def test_learners_to_talk_to_and_why(app: Flask, now: datetime) -> None:
    made = Class(now, facts=6, due_at=now - DAY)
    more = [create_person(name=f"More {n}") for n in range(2)]
    for one in more:
        enrolled(made.course, one)
    late = create_person(name="Late")
    enrolled(made.course, late, now=now)
    assigned_goal(made.course, made.bank.id)  # goes on, so silence can be told
    for one in (made.people[1], *more):
        for fact in made.facts:
            put_card(one, fact, now, days_ago=1)
    made.remember(0, 2)
    board = made.board(now + 8 * DAY)
    reasons = {one.member.name: list(one.reasons) for one in board.talks}
    assert reasons["Eve"] == [Reason(SILENT, (9, 0)), Reason(MISSED, (1, 1))]
    assert reasons["Late"] == [Reason(SILENT, (8, 0))]
    assert reasons["Ada"] == [Reason(BEHIND, (1, 5))]
    assert names(board.talks) == ["Eve", "Ada", "Late"]
    assert board.needing == len(board.talks) == 3


def test_a_quiz_that_was_not_handed_in_is_missed(app: Flask, now: datetime) -> None:
    made = Class(now)
    quiz = create_quiz(create_questions(("multiple_choice", CHOICE)))
    done = assigned_quiz(made.course, quiz.id, due_at=now - DAY)
    assigned_quiz(made.course, quiz.id, due_at=now + DAY)
    with writing() as session:
        for n, (one, state) in enumerate(zip(made.people, ("handed_in", "open"), strict=False)):
            session.add(
                Attempt(
                    user_id=one.id, n=50, uid=f"a{n}", quiz_id=quiz.id, assignment_id=done.id,
                    number=1, state=state, seed=1, started_at=START,
                )
            )  # fmt: skip
    talks = {one.member.name: list(one.reasons) for one in made.board().talks}
    assert talks == {name: [Reason(MISSED, (1, 1))] for name in ("Ben", "Eve")}


def answer(person: Person, uid: str, option: str, at: datetime, took_ms: int = 9000) -> None:
    answers.answer(person, str(uuid4()), uid, 1, {"option": option}, now=at, took_ms=took_ms)


def question_on(fact: int, kind: str = "multiple_choice") -> str:
    return str(
        db.session.execute(
            sa.text("select uid from questions where fact_id = :f and type = :k"),
            {"f": fact, "k": kind},
        ).scalar_one()
    )


def test_a_wrong_option_that_many_choose_is_told_with_its_share(made: Class) -> None:
    more = [create_person(name=f"More {n}") for n in range(3)]
    for one in more[:2]:
        enrolled(made.course, one)
    uid = question_on(made.facts[0])
    at = made.now - DAY
    for person, option in zip(
        (*made.people, *more), ("o2", "o2", "o3", "o2", "o2", "o3"), strict=True
    ):
        answer(person, uid, option, at)
    answer(made.people[2], uid, "o2", at + MINUTE)  # the last wrong answer counts
    answer(made.people[0], uid, "o1", at + MINUTE)
    board = made.board()
    assert [(one.option, one.chosen, one.wrong) for one in board.beliefs] == [
        ("red blood cells", 5, 5)  # who is not in the course does not count
    ]
    assert board.beliefs[0].stem == "What fights infection (0)?"
    assert board.beliefs[0].fact
    assert board.beliefs[0].fact.id == made.facts[0]
    on_it = first_page.beliefs_on(made.course, made.facts[0], made.now)
    assert [one.chosen for one in on_it] == [5]
    assert first_page.beliefs_on(made.course, made.facts[1], made.now) == []
    assert made.board(made.now + 90 * DAY).beliefs == []


def test_answers_faster_than_one_can_read_are_told_but_not_of_flashcards(made: Class) -> None:
    ada, ben, _eve = made.people
    for n in range(12):
        at = made.now - DAY + n * MINUTE
        answer(ada, question_on(made.facts[n % 4]), "o1", at, 1500 if n < 7 else 5000)
        rate(ben, made.facts[0], 3, at, n + 1, took_ms=500)
    talks = {one.member.name: list(one.reasons) for one in made.board().talks}
    assert talks == {"Ada": [Reason(QUICK, (7, 12))]}


def test_figures_hold_numbers_only_and_names_are_those_of_now(made: Class) -> None:
    made.remember(0, 10)
    made.board()
    stored = db.session.scalars(sa.select(Snapshot).where(Snapshot.kind == snapshots.KIND)).one()
    assert "Ada" not in str(stored.data)
    assert "Blood" not in str(stored.data)
    enrolled(made.course, made.people[0], name="Ada the Second")
    assert names(made.board().rows)[0] == "Ada the Second"


def test_who_is_erased_or_has_left_is_gone_at_once(made: Class) -> None:
    made.remember(0, 10)
    made.remember(1, 20)
    made.board()
    erasure.erase(made.people[0].id, made.now)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Snapshot)) == 0
    joining.leave(made.course, made.people[1], made.now)
    assert names(made.board().rows) == ["Eve"]


def test_a_small_class_is_shown_as_it_is_now(made: Class) -> None:
    assert made.board().rows[0].mean is None
    rate(made.people[0], made.facts[0], 3, made.now, 1)
    board = made.board(made.now + MINUTE)
    assert board.as_of == made.now + MINUTE
    assert board.rows[0].mean is not None
    assert made.board(made.now + 2 * MINUTE).as_of == made.now + MINUTE  # nothing new
    assert made.board(made.now + 7 * MINUTE).as_of == made.now + 7 * MINUTE  # forgetting
    assigned_goal(made.course, create_bank("Bone").id)
    assert made.board(made.now + 8 * MINUTE).facts == 7


@pytest.fixture
def big(made: Class, monkeypatch: pytest.MonkeyPatch) -> Class:
    """The same class, taken for one that is too big to be worked out in a request."""
    monkeypatch.setattr(snapshots, "SMALL_CELLS", 0)
    return made


def work(now: datetime) -> None:
    """Do the jobs that wait."""
    while held := jobs.lease("worker", now):
        result = job_handlers.HANDLERS[held.kind](held.payload, SimpleNamespace(now=lambda: now))  # type: ignore[arg-type]
        jobs.finish(held, result, now)


def test_the_figures_of_a_big_class_are_made_by_the_worker(big: Class) -> None:
    big.remember(0, 10)
    assert first_page.board(big.course, big.now) is None
    assert first_page.board(big.course, big.now) is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Job)) == 1
    assert first_page.facts(big.course, big.now) is None
    assert first_page.matrix(big.course, big.now) is None
    work(big.now + MINUTE)
    board = big.board(big.now + 2 * MINUTE)
    assert board.as_of == big.now + MINUTE
    assert board.is_fresh
    rate(big.people[1], big.facts[0], 3, big.now, 1)
    assert big.board(big.now + 6 * MINUTE).as_of == big.now + MINUTE
    later = big.board(big.now + 7 * MINUTE)
    assert (later.as_of, later.is_fresh) == (big.now + MINUTE, False)
    work(big.now + 8 * MINUTE)
    assert big.board(big.now + 8 * MINUTE).as_of == big.now + 8 * MINUTE


def test_a_small_class_that_has_answered_much_is_a_big_one(
    made: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "SMALL_ROWS", 1)
    assert made.board().learners == 3
    rate(made.people[0], made.facts[0], 3, made.now, 1)
    assert made.board(made.now + MINUTE).as_of == made.now
    assert not made.board(made.now + 6 * MINUTE).is_fresh


def test_the_worker_keeps_fresh_what_is_looked_at(big: Class) -> None:
    assert snapshots.refresh(big.now) == 0  # nobody has looked
    assert first_page.board(big.course, big.now) is None
    assert snapshots.refresh(big.now) == 1
    assert snapshots.refresh(big.now + 3 * MINUTE) == 0
    assert snapshots.refresh(big.now + 4 * MINUTE) == 1
    assert big.board(big.now + 8 * MINUTE).as_of == big.now + 4 * MINUTE
    long_after = big.now + timedelta(hours=2)
    assert snapshots.refresh(long_after) == 0  # nobody looks, nothing new
    rate(big.people[0], big.facts[0], 3, long_after, 1)
    assert snapshots.refresh(long_after) == 1
    assert snapshots.refresh(long_after + 5 * MINUTE) == 0
    rate(big.people[0], big.facts[0], 3, long_after, 2)
    assert snapshots.refresh(big.now + 31 * DAY) == 0  # nobody has looked for a month


def test_an_archived_course_can_still_be_looked_at(made: Class) -> None:
    made.remember(0, 10)
    archived(made.course, made.now)
    course = access.for_staff(made.course.uid, made.teacher)
    board = first_page.board(course, made.now)
    assert board
    assert board.rows[0].cells[0] == 90


def test_figures_of_learners_who_are_not_there_any_more_are_not_stored(made: Class) -> None:
    data = class_numbers.of_course(made.course.id, made.now)
    joining.leave(made.course, made.people[0], made.now)
    assert not snapshots.store(made.course.id, made.course.uid, data, made.now)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Snapshot)) == 0


def test_older_figures_do_not_overwrite_newer_ones(made: Class) -> None:
    data = class_numbers.of_course(made.course.id, made.now)
    for minutes in (5, 0):
        snapshots.store(made.course.id, made.course.uid, data, made.now + minutes * MINUTE)
    assert db.session.scalars(sa.select(Snapshot.as_of)).one() == made.now + 5 * MINUTE


def test_a_page_is_shown_though_it_cannot_be_stored_now(
    made: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_wait_s: float = 0) -> None:
        raise Busy

    monkeypatch.setattr(snapshots, "writing", busy)
    assert made.board().learners == 3


def test_a_window_shows_its_part_and_all_of_it_can_be_had(
    made: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_page, "ROWS", 2)
    monkeypatch.setattr(first_page, "COLUMNS", 3)
    made.remember(0, 40, 30, 20, 10)
    made.remember(1, 30, 20, 10, 1)
    board = first_page.board(made.course, made.now, row=2, column=3)
    assert board
    assert names(board.rows) == ["Eve"]
    assert [line.id for line in board.heads] == made.facts[3:]
    assert len(board.rows[0].cells) == 1
    found = first_page.matrix(made.course, made.now)
    assert found
    heads, rows = found
    assert [line.id for line in heads] == made.facts
    assert [len(row.cells) for row in rows] == [4, 4, 4]


def test_of_too_many_facts_the_first_are_shown(
    made: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(class_numbers, "MOST_CELLS", 7)
    board = made.board()
    assert (board.facts, board.all_facts) == (2, 4)


def test_an_empty_course_has_a_board_too(app: Flask, now: datetime) -> None:
    course = course_of(create_person("instructor"))
    board = first_page.board(course, now)
    assert board
    assert (board.learners, board.facts, board.rows, board.talks) == (0, 0, [], [])


def uids(facts: Sequence[int]) -> list[str]:
    return [uid_of(fact) for fact in facts]


def test_ticked_facts_become_one_goal_per_bank(made: Class) -> None:
    bone = create_bank("Bone")
    assigned_goal(made.course, bone.id)
    ticked = uids([made.facts[2], made.facts[0], facts_of(bone)[1]])
    due = made.now + 7 * DAY
    given = practising.practise(made.course, made.teacher, ticked, "Again", due, made.now)
    assert given.facts == 3
    rows = db.session.scalars(sa.select(Assignment).where(Assignment.uid.in_(given.goals))).all()
    assert {row.bank_id: (row.goal or {})["facts"] for row in rows} == {
        made.bank.id: [made.facts[0], made.facts[2]],
        bone.id: [facts_of(bone)[1]],
    }
    assert {(row.title, row.due_at, (row.goal or {})["retention"]) for row in rows} == {
        ("Again", due, 0.9)
    }


def test_what_cannot_be_given_to_practise_is_said_and_nothing_is_given(made: Class) -> None:
    foreign = create_bank("Foreign")
    quiz = create_quiz(create_questions(("multiple_choice", CHOICE)))
    assigned_quiz(made.course, quiz.id)
    with writing() as session:
        hidden = session.scalars(sa.select(Bank).where(Bank.slug == "quizbank")).one()
        hidden.visibility, hidden.owner_id = "private", made.people[0].id
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Assignment))
    mixed = uids([made.facts[0], facts_of(hidden)[0]])
    for ticked, due in (
        ([], None),
        (uids(facts_of(foreign)), None),
        (["nothing"], None),
        (mixed, None),
        (uids(made.facts), made.now - MINUTE),
    ):
        with pytest.raises(Unfit):
            practising.practise(made.course, made.teacher, ticked, "Again", due, made.now)
    with pytest.raises(Unfit):
        practising.practise(made.course, made.teacher, uids(made.facts), "x" * 400, None, made.now)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Assignment)) == before


def test_nothing_is_given_in_an_archived_course(made: Class) -> None:
    archived(made.course, made.now)
    course = access.for_staff(made.course.uid, made.teacher)
    with pytest.raises(Archived):
        practising.practise(course, made.teacher, uids(made.facts), "Again", None, made.now)
