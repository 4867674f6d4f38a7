"""What a course asks of a learner: states, beginning, tries, ends, held results, goals."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Attempt, Bank, LoggedResponse, Quiz
from quizapp.services.content import bank_pages, banks, questions
from quizapp.services.content.questions import Absent
from quizapp.services.courses import course_tasks, courses, joining
from quizapp.services.courses.access import ASSISTANT, CourseView
from quizapp.services.courses.courses import Archived
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import (
    assigned,
    attempt_views,
    attempts,
    handing_in,
    quizzes,
    saving,
)
from quizapp.services.quizzes.attempt_views import GRACE, Refused
from quizapp.services.quizzes.quizzes import QuizView
from quizapp.services.study import (
    answer_rows,
    log_views,
    memories,
    queue,
    score_history,
    shelf,
    sittings,
)
from tests.factories import create_bank, create_person
from tests.services.course_makers import (
    archived,
    assigned_goal,
    assigned_quiz,
    course_of,
    enrolled,
    excepted,
)
from tests.services.learner_makers import facts_of, put_card
from tests.services.quiz_makers import CHOICE, begin, client_id, create_questions, create_quiz

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@dataclass
class Class:
    """A course with a quiz that only its bank's owner sees, and one learner."""

    teacher: Person
    learner: Person
    course: CourseView  # as the learner sees it
    quiz: QuizView
    now: datetime

    def give(self, **columns: Any) -> str:
        """Assign the quiz and return the assignment's uid."""
        return assigned_quiz(self.course, self.quiz.id, **columns).uid

    def start(self, uid: str, at: datetime | None = None) -> attempt_views.Attempt:
        return course_tasks.start(self.course, uid, self.learner, at or self.now, 1)

    def refusal(self, uid: str, at: datetime) -> str:
        with pytest.raises(Refused) as refused:
            self.start(uid, at)
        return refused.value.code

    def task(self, uid: str, at: datetime | None = None) -> course_tasks.Task:
        return course_tasks.find(self.course, uid, self.learner, at or self.now)


@pytest.fixture
def build(app: Flask, now: datetime) -> Callable[..., Class]:
    def build(learner: Person | None = None, **settings: Any) -> Class:
        teacher, who = create_person("instructor"), learner or create_person()
        quiz = create_quiz(
            create_questions(("multiple_choice", CHOICE), ("multiple_choice", CHOICE)),
            visibility="private", **settings,
        )  # fmt: skip
        with writing() as session:
            bank = session.query(Bank).filter_by(slug="quizbank").one()
            bank.owner_id, bank.visibility = teacher.id, "private"
        return Class(teacher, who, enrolled(course_of(teacher), who), quiz, now)

    return build


def test_a_private_quiz_is_reached_by_its_assignment_alone(build: Callable[..., Class]) -> None:
    here = build()
    uid = here.give()
    with pytest.raises(Absent):
        quizzes.find("exam", here.learner)
    attempt = here.start(uid)
    assert attempt_views.load(here.learner, attempt.uid).origin == assigned.Origin(
        uid, here.course.uid, False, None
    )
    stranger = create_person()
    elsewhere = enrolled(course_of(here.teacher, "Other"), stranger)
    with pytest.raises(Absent):
        course_tasks.start(elsewhere, uid, stranger, here.now, 1)


@pytest.mark.only("sqlite")
def test_who_teaches_has_no_task(build: Callable[..., Class]) -> None:
    here = build()
    helper = create_person()
    with pytest.raises(Absent):
        course_tasks.start(
            enrolled(here.course, helper, ASSISTANT), here.give(), helper, here.now, 1
        )


@pytest.mark.only("sqlite")
def test_it_is_begun_only_while_it_is_open(build: Callable[..., Class]) -> None:
    here = build()
    uid = here.give(opens_at=here.now, closes_at=here.now + DAY)
    assert here.refusal(uid, here.now - MINUTE) == "not-open"
    assert here.refusal(uid, here.now + DAY) == "ended"
    assert here.start(uid, here.now + DAY - MINUTE)


@pytest.mark.only("sqlite")
def test_exceptions_open_it_for_one_person(build: Callable[..., Class]) -> None:
    here = build()
    row = assigned_quiz(here.course, here.quiz.id, closes_at=here.now - DAY, tries=1)
    assert here.refusal(row.uid, here.now) == "ended"
    excepted(row, here.learner, closes_at=(here.now + DAY).isoformat(), tries=2)
    for n in (1, 2):
        attempt = here.start(row.uid, here.now + n * MINUTE)
        handing_in.hand_in(here.learner, attempt.uid, here.now + n * MINUTE)
    assert here.refusal(row.uid, here.now + HOUR) == "no-tries"
    excepted(row, here.learner, closes_at=(here.now + DAY).isoformat(), excused=True)
    assert here.refusal(row.uid, here.now) == "excused"
    assert here.task(row.uid).state == "excused"


def test_tries_are_counted_by_assignment_and_apart_from_free_ones(
    build: Callable[..., Class],
) -> None:
    here = build(tries=1)
    with writing() as session:
        session.get_one(Quiz, here.quiz.id).visibility = "public"
    free = begin(here.learner, here.quiz, here.now)
    one, two = here.give(tries=2), here.give(tries=1)
    uids = [here.start(one).uid, here.start(two).uid]
    assert len({free.uid, *uids}) == 3
    assert here.start(one, here.now + MINUTE).uid == uids[0]  # goes on with its own
    assert begin(here.learner, here.quiz, here.now + MINUTE).uid == free.uid
    for uid in (free.uid, *uids):
        handing_in.hand_in(here.learner, uid, here.now + HOUR)
    with pytest.raises(Refused):
        begin(here.learner, here.quiz, here.now + HOUR)
    assert here.refusal(two, here.now + HOUR) == "no-tries"
    assert here.start(one, here.now + HOUR).number == 4
    history = handing_in.history(here.learner, here.quiz.id, here.now + HOUR)
    assert [each.uid for each in history] == [free.uid]
    assert attempt_views.open_attempts(here.learner) == {}


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    ("limit_s", "percent", "closes", "ends"),
    [
        (None, 100, None, None),
        (3600, 100, None, HOUR),
        (3600, 100, 2 * HOUR, HOUR),
        (3600, 150, 2 * HOUR, HOUR + 30 * MINUTE),
        (3600, 400, 2 * HOUR, 2 * HOUR),
        (None, 100, 2 * HOUR, 2 * HOUR),
    ],
)
def test_an_attempt_ends_with_its_time_or_with_the_assignment(
    build: Callable[..., Class],
    limit_s: int | None,
    percent: int,
    closes: timedelta | None,
    ends: timedelta | None,
) -> None:
    here = build(create_person(time_factor_pct=percent), time_limit_s=limit_s)
    uid = here.give(closes_at=closes and here.now + closes)
    assert here.start(uid).deadline_at == (ends and here.now + ends)


def test_an_attempt_that_is_open_at_closing_is_handed_in_by_the_server(
    build: Callable[..., Class],
) -> None:
    here = build()
    due = here.now + HOUR
    uid = here.give(due_at=due, late={"until": 1})
    attempt = here.start(uid)

    def save(slot: int, base: int, at: datetime) -> saving.Saved:
        return saving.save(
            here.learner, attempt.uid, slot, client_id=client_id(int(at.timestamp())),
            base_seq=base, response={"option": "o1"}, flagged=False, now=at,
        )  # fmt: skip

    save(1, 0, due + 30 * MINUTE)
    end = due + HOUR
    with pytest.raises(Refused):
        save(2, 0, end + GRACE + MINUTE)
    assert here.task(uid, end + MINUTE).state == "done"  # before the worker comes by
    assert handing_in.hand_in_expired(end + MINUTE) == 1
    done = attempt_views.load(here.learner, attempt.uid)
    assert (done.state, done.handed_in_at, done.points) == ("expired", end, 1.0)
    assert here.task(uid, end).terms.late_by(done.handed_in_at) == HOUR


def test_two_tabs_begin_one_attempt(build: Callable[..., Class]) -> None:
    here = build()
    uid = here.give(tries=1)
    assert here.start(uid).uid == here.start(uid).uid
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 1


@pytest.mark.only("sqlite")
def test_a_guest_takes_an_assignment(build: Callable[..., Class]) -> None:
    here = build(create_person(kind="guest"))
    uid = here.give()
    attempt = here.start(uid)
    handing_in.hand_in(here.learner, attempt.uid, here.now + MINUTE)
    assert here.task(uid).state == "done"


@pytest.mark.only("sqlite")
def test_states_and_their_order(build: Callable[..., Class]) -> None:
    here = build()
    now = here.now
    titles: dict[str, dict[str, Any]] = {
        "soon": {"due_at": now + HOUR},
        "overdue": {"due_at": now - HOUR},
        "someday": {},
        "later": {"opens_at": now + DAY, "due_at": now + 2 * DAY},
        "missed": {"due_at": now - DAY, "closes_at": now - HOUR},
        "strict": {"due_at": now - HOUR, "late": {"until": 0}},
    }
    for title, columns in titles.items():
        here.give(title=title, **columns)
    done = here.give(title="done", due_at=now - 2 * HOUR)
    handing_in.hand_in(here.learner, here.start(done).uid, now)
    tasks = course_tasks.of_course(here.course, here.learner, now)
    assert [(task.assignment.title, task.state) for task in tasks] == [
        ("overdue", "open"),
        ("soon", "open"),
        ("someday", "open"),
        ("later", "upcoming"),
        ("done", "done"),
        ("missed", "missed"),
        ("strict", "missed"),
    ]
    assert [task.is_overdue(now) for task in tasks[:3]] == [True, False, False]
    assert [task.may_begin(now) for task in tasks] == [True, True, True, False, True, False, False]


@pytest.mark.only("sqlite")
def test_the_next_due_over_all_courses_that_go_on(build: Callable[..., Class]) -> None:
    here = build()
    here.give(title="second", due_at=here.now + 2 * DAY)
    other = enrolled(course_of(here.teacher, "Other"), here.learner)
    assigned_quiz(other, here.quiz.id, title="first", due_at=here.now + DAY)
    over = enrolled(course_of(here.teacher, "Over"), here.learner)
    assigned_quiz(over, here.quiz.id, title="over", due_at=here.now + HOUR)
    archived(over, here.now)

    def titles(who: Person, most: int = 5) -> list[str]:
        return [task.assignment.title for task in course_tasks.due_next(who, here.now, most)]

    assert titles(here.learner) == ["first", "second"]
    assert titles(here.learner, 1) == ["first"]
    assert titles(here.teacher) == []
    joining.leave(other, here.learner, here.now)
    assert titles(here.learner) == ["second"]


@pytest.mark.only("sqlite")
def test_a_retired_quiz_is_not_begun(build: Callable[..., Class]) -> None:
    here = build()
    uid = here.give()
    with writing() as session:
        session.get_one(Quiz, here.quiz.id).status = "retired"
    with pytest.raises(Absent):
        here.start(uid)


def test_archiving_ends_what_is_open(build: Callable[..., Class]) -> None:
    here = build()
    uid = here.give()
    attempt = here.start(uid)
    free = create_person()
    with writing() as session:
        session.get_one(Quiz, here.quiz.id).visibility = "public"
    begin(free, here.quiz, here.now)
    courses.archive(here.course, here.teacher, here.now + HOUR)
    assert handing_in.hand_in_expired(here.now + HOUR + MINUTE) == 1  # not the free one
    assert attempt_views.load(here.learner, attempt.uid).state == "expired"
    seen = enrolled(here.course, here.learner)
    assert seen.is_archived
    with pytest.raises(Archived):
        course_tasks.start(seen, uid, here.learner, here.now + DAY, 1)


def test_held_results_are_told_nowhere_before_their_release(build: Callable[..., Class]) -> None:
    here = build(feedback="immediate")
    uid = here.give(held=True, released_at=here.now + DAY)
    attempt = here.start(uid)
    assert attempt.is_exam  # practice would show the keys at once
    saving.save(
        here.learner, attempt.uid, 1, client_id=client_id(1), base_seq=0,
        response={"option": "o2"}, flagged=False, now=here.now + MINUTE,
    )  # fmt: skip
    handing_in.hand_in(here.learner, attempt.uid, here.now + HOUR)
    seq = db.session.scalars(sa.select(LoggedResponse.seq)).one()
    fact = questions.fact_of(attempt.items[0].asked.id)
    assert fact
    with writing() as session:  # so that the mistakes could be practised
        session.query(Bank).filter_by(slug="quizbank").one().visibility = "public"

    def told(at: datetime) -> dict[str, Any]:
        held = assigned.hidden(here.learner.id, at)
        return {
            "page": not attempt_views.load(here.learner, attempt.uid).hides(at),
            "scores": len(score_history.of_person(here.learner, at)),
            "answer": log_views.response(here.learner, seq, at) is not None,
            "outcome": answer_rows.of_fact(here.learner, fact, held=held).rows[0].outcome,
            "mistakes": sittings.mistakes_left(here.learner, "", at),
            "missed": sittings.mistakes_left(here.learner, attempt.uid, at),
            "next": sittings.next_mistake(here.learner, attempt.uid, at) is not None,
        }

    assert told(here.now + 2 * HOUR) == {
        "page": False, "scores": 0, "answer": False, "outcome": "held", "mistakes": 0, "missed": 0,
        "next": False,
    }  # fmt: skip
    assert told(here.now + DAY) == {
        "page": True, "scores": 1, "answer": True, "outcome": "wrong", "mistakes": 1, "missed": 2,
        "next": True,
    }  # fmt: skip


@pytest.mark.only("sqlite")
def test_a_practice_quiz_stays_practice_where_nothing_is_held(build: Callable[..., Class]) -> None:
    here = build(feedback="immediate")
    assert not here.start(here.give()).is_exam
    assert not here.start(here.give(held=True, released_at=here.now)).is_exam


@pytest.mark.only("sqlite")
def test_practice_tells_nothing_of_a_question_in_an_open_exam(build: Callable[..., Class]) -> None:
    here = build()
    slots = [attempt.asked.id for attempt in here.start(here.give()).items]
    practice = create_quiz(slots, slug="practice", feedback="immediate")
    other = begin(here.learner, practice, here.now)
    with pytest.raises(Refused) as refused:
        attempts.answer_practice(
            here.learner, other.uid, 1, client_id(1), {"option": "o1"}, now=here.now
        )
    assert refused.value.code == "in-exam"


def test_a_goal_opens_its_bank_to_the_people_of_the_course(app: Flask, now: datetime) -> None:
    teacher, learner, other = create_person("instructor"), create_person(), create_person()
    bank = create_bank("Private", "private", "private", teacher.id)
    course = enrolled(course_of(teacher), learner)
    enrolled(course_of(teacher, "Other"), other)
    row = assigned_goal(course, bank.id, due_at=now + DAY)
    question = db.session.scalars(
        sa.select(questions.QuestionRow.uid).where(questions.QuestionRow.bank_id == bank.id)
    ).first()
    assert question

    def sees(who: Person) -> list[bool]:
        found = db.session.get_one(Bank, bank.id)
        listed = [one.slug for one in bank_pages.visible(who)]
        query = sa.select(Bank.id).where(banks.viewable(who), Bank.id == bank.id)
        try:
            placed = questions.place(question, who).bank_id == bank.id
        except Absent:
            placed = False
        return [
            banks.may_view(who, found), "private" in listed, bool(db.session.scalar(query)), placed
        ]  # fmt: skip

    assert sees(learner) == [True] * 4
    assert sees(other) == [False] * 4
    assert not banks.may_edit(learner, db.session.get_one(Bank, bank.id))
    with writing() as session:
        session.merge(row).deleted_at = now
    assert sees(learner) == [False] * 4
    with writing() as session:
        session.merge(row).deleted_at = None
    joining.leave(course, learner, now)
    assert sees(learner) == [False] * 4


@pytest.mark.only("sqlite")
def test_a_bank_that_is_given_can_stand_on_the_shelf(app: Flask, now: datetime) -> None:
    teacher, learner = create_person("instructor"), create_person()
    bank = create_bank("Private", "private", "private", teacher.id)
    course = enrolled(course_of(teacher), learner)
    assigned_goal(course, bank.id)
    shelf.put(learner, bank.id, now)
    assert queue.shelf_banks(learner, now) == memories.shelf(learner) == [bank.id]
    assert queue.next_question(learner, now)
    joining.leave(course, learner, now)
    assert queue.shelf_banks(learner, now) == memories.shelf(learner) == []


@pytest.mark.only("sqlite")
def test_a_goal_counts_the_facts_known_at_its_retention(app: Flask, now: datetime) -> None:
    teacher, learner = create_person("instructor"), create_person()
    bank = create_bank(facts=4)
    facts = facts_of(bank)
    course = enrolled(course_of(teacher), learner)
    every = assigned_goal(course, bank.id, retention=0.9, due_at=now + DAY)
    some = assigned_goal(course, bank.id, facts[:2], retention=0.9, due_at=now + DAY)
    put_card(learner, facts[0], now, days_ago=5)
    put_card(learner, facts[1], now, days_ago=5)
    put_card(learner, facts[3], now, days_ago=12)  # below 0.9

    def task(uid: str, at: datetime) -> course_tasks.Task:
        return course_tasks.find(course, uid, learner, at)

    goals = [task(row.uid, now).goal for row in (every, some)]
    assert goals == [course_tasks.GoalProgress(2, 4), course_tasks.GoalProgress(2, 2)]
    assert [task(row.uid, now).state for row in (every, some)] == ["open", "done"]
    assert task(every.uid, now + DAY).state == "missed"


@pytest.mark.only("sqlite")
def test_new_facts_of_the_next_goal_are_asked_first(app: Flask, now: datetime) -> None:
    teacher, learner = create_person("instructor"), create_person(created_at=now - 9 * DAY)
    bank = create_bank(facts=6)
    facts = facts_of(bank)
    course = enrolled(course_of(teacher), learner)
    assigned_goal(course, bank.id, [facts[4]], due_at=now + 2 * DAY)
    soonest = assigned_goal(course, bank.id, [facts[2]], due_at=now + DAY)

    def first(at: datetime = now) -> int | None:
        asked = queue.next_question(learner, at, bank.id)
        return questions.fact_of(asked.id) if asked else None

    assert first() == facts[2]
    assert first(now + DAY) == facts[4]  # the other is over
    assert first(now + 2 * DAY) == facts[0]
    with writing() as session:
        session.merge(soonest).deleted_at = now
    assert first() == facts[4]
    joining.leave(course, learner, now)
    assert first() == facts[0]
