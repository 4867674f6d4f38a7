"""Item analysis read from attempts: which count, what they earned, versions, pools, time."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Assignment as AssignmentRow
from quizapp.models import Attempt, Bank, Course, ErasedResult, LoggedResponse, Question, Regrade
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import attempts, item_analysis
from quizapp.services.quizzes.item_analysis import QuizAnalysis
from quizapp.services.quizzes.item_figures import LISTED_TEXTS, ItemAnalysis
from quizapp.services.quizzes.quizzes import QuizView
from tests.factories import create_person
from tests.services.quiz_makers import ESSAY, begin, client_id, create_questions, create_quiz
from tests.services.test_regrading import DAY, OPTIONS, TYPED, edit, key, regrade, sit

RIGHT, WRONG = {"option": "o1"}, {"option": "o2"}
YES, NO = {"text": "yes"}, {"text": "no"}


@pytest.fixture
def owner(app: Flask) -> Person:
    return create_person("instructor")


@pytest.fixture
def ids(owner: Person) -> list[int]:
    """Two questions in a bank of the owner's."""
    made = create_questions(("multiple_choice", OPTIONS), ("short_answer", TYPED))
    with writing() as session:
        session.execute(sa.update(Bank).values(owner_id=owner.id))
    return made


def look(quiz: QuizView, *arguments: Any, **more: Any) -> QuizAnalysis:
    db.session.rollback()
    return item_analysis.analysis(quiz.id, *arguments, **more)


def facilities(found: QuizAnalysis) -> list[float | None]:
    return [item.figures.facility.value for item in found.items]


def counts(item: ItemAnalysis) -> dict[str, int]:
    return {choice.label: choice.count for choice in item.table.choices}


def test_a_quiz_that_nobody_took_has_no_figures(ids: list[int]) -> None:
    found = look(create_quiz(ids))
    assert (found.items, found.attempts, found.totals.mean.value) == ((), 0, None)


def test_figures_are_of_handed_in_attempts_and_open_ones_are_left_out(
    ids: list[int], now: datetime
) -> None:
    quiz = create_quiz(ids, weights=[3, 1])
    for given in ((RIGHT, YES), (RIGHT, NO), (WRONG, None), (RIGHT, YES)):
        sit(create_person(), quiz, now, *given)
    begin(create_person(), quiz, now)
    found = look(quiz)
    assert found.attempts == 4
    assert facilities(found) == [75, 50]
    assert found.shares == (100, 75, 0, 100)
    first, second = found.items
    assert (first.figures.intended.value, second.figures.blank) == (75, 1)
    assert counts(first) == {"o1": 3, "o2": 1, "o3": 0}
    assert counts(second) == {"a1": 2, "=no": 1, "": 1}
    assert [item.number for item in found.items] == [1, 2]
    assert first.figures.guess.value == pytest.approx(100 / 3)


def test_the_first_attempt_of_each_person_counts_unless_another_is_chosen(
    ids: list[int], now: datetime
) -> None:
    quiz, person = create_quiz(ids), create_person()
    for day, given in enumerate(((WRONG, YES), (RIGHT, YES), (WRONG, NO))):
        sit(person, quiz, now + day * DAY, *given)
    sit(create_person(), quiz, now, RIGHT, NO)
    assert facilities(look(quiz)) == [50, 50]
    assert facilities(look(quiz, "last")) == [50, 0]
    assert facilities(look(quiz, "best")) == [100, 50]
    found = look(quiz, "all")
    assert facilities(found) == [50, 50]
    assert found.attempts == 4
    assert found.counts == {"first": 2, "last": 2, "best": 2, "all": 4}


def test_people_and_an_assignment_narrow_what_is_counted(ids: list[int], now: datetime) -> None:
    quiz, people = create_quiz(ids), [create_person() for _ in range(3)]
    for person, given in zip(people, (RIGHT, WRONG, WRONG), strict=True):
        sit(person, quiz, now, given, YES)
    with writing() as session:
        course = Course(uid="c", title="C", created_at=now)
        session.add(course)
        session.flush()
        given = AssignmentRow(
            uid="a", title="A", course_id=course.id, quiz_id=quiz.id, created_at=now
        )
        session.add(given)
        session.flush()
        session.execute(
            sa.update(Attempt).where(Attempt.user_id == people[1].id).values(assignment_id=given.id)
        )
        assignment_id = given.id
    assert facilities(look(quiz, user_ids=[people[0].id])) == [100, 100]
    assert facilities(look(quiz, user_ids={person.id for person in people[1:]})) == [0, 100]
    assert facilities(look(quiz, assignment_id=assignment_id)) == [0, 100]
    assert look(quiz, user_ids=[]).attempts == 0


@pytest.mark.only("sqlite")
def test_more_people_than_fit_one_query_narrow_it_just_so(ids: list[int], now: datetime) -> None:
    quiz, person = create_quiz(ids), create_person()
    sit(person, quiz, now, RIGHT, YES)
    sit(create_person(), quiz, now, WRONG, YES)
    many = {person.id, *range(10_000, 11_000)}
    assert facilities(look(quiz, user_ids=many)) == [100, 100]


def test_points_below_zero_count_as_the_quiz_says(ids: list[int], now: datetime) -> None:
    (minus,) = create_questions(
        (
            "multiple_choice",
            {
                "options": [
                    {"id": "o1", "text": "a", "fraction": "1"},
                    {"id": "o2", "text": "b", "fraction": "-0.5"},
                ]
            },
        ),
        slug="minus",
    )
    for slug, expected in (("strict", 25), ("mild", 50)):
        quiz = create_quiz([minus], slug=slug, bank="minus", floor_zero=slug == "mild")
        sit(create_person(), quiz, now, RIGHT)
        sit(create_person(), quiz, now, WRONG)
        assert facilities(look(quiz)) == [expected]


def test_the_latest_judgement_counts_and_versions_are_never_mixed(
    owner: Person, ids: list[int], now: datetime
) -> None:
    quiz = create_quiz(ids)
    for given in (RIGHT, WRONG, WRONG, WRONG):
        sit(create_person(), quiz, now, given, YES)
    key(owner, ids[0], now + DAY, o2="1")
    sit(create_person(), quiz, now + DAY, WRONG, YES)
    found = look(quiz)
    new, old, _ = found.items
    assert [(item.number, item.is_current, item.versions) for item in (new, old)] == [
        (1, True, (2, 2)),
        (1, False, (1, 1)),
    ]
    assert [item.figures.asked for item in found.items] == [1, 4, 5]
    assert (new.figures.facility.value, old.figures.facility.value) == (100, 25)
    regrade(owner, ids[0], now + 2 * DAY)
    found = look(quiz)
    assert [item.figures.facility.value for item in found.items[:2]] == [100, 75]
    assert [item.regraded for item in found.items] == [0, 4, 0]
    assert found.items[1].table.of("o1").count == 1  # type: ignore[union-attr]


@pytest.mark.only("sqlite")
def test_other_words_are_no_other_version(owner: Person, ids: list[int], now: datetime) -> None:
    quiz = create_quiz(ids)
    sit(create_person(), quiz, now, RIGHT, YES)
    edit(owner, ids[0], OPTIONS, now, stem="Other words?")
    sit(create_person(), quiz, now + DAY, WRONG, YES)
    found = look(quiz)
    assert [item.figures.asked for item in found.items] == [2, 2]
    assert found.items[0].versions == (1, 2)
    assert found.items[0].asked.question.stem == "Other words?"


@pytest.mark.only("sqlite")
def test_consistency_is_of_places_whatever_the_version(
    owner: Person, ids: list[int], now: datetime
) -> None:
    quiz = create_quiz(ids)
    for given in ((RIGHT, YES), (WRONG, NO)):
        sit(create_person(), quiz, now, *given)
    key(owner, ids[0], now, o1="1", o3="0.5")
    for given in ((RIGHT, YES), (WRONG, NO)):
        sit(create_person(), quiz, now, *given)
    found = look(quiz).totals.consistency
    assert (found.value, found.n) == (pytest.approx(100), 4)


def test_of_several_tries_the_best_counts_less_its_penalty_and_the_first_is_shown(
    ids: list[int], now: datetime
) -> None:
    person = create_person()
    quiz = create_quiz(ids, feedback="immediate", question_tries=3, penalty_percent=25)
    uid, later = begin(person, quiz, now).uid, now + timedelta(minutes=1)
    for n, option in enumerate(("o3", "o1")):
        attempts.answer_practice(
            person, uid, 1, client_id(n), {"option": option}, now=later, took_ms=4_000 * (n + 1)
        )
    attempts.answer_practice(person, uid, 2, client_id(9), YES, now=later, took_ms=9_000)
    found = look(quiz)
    assert facilities(found) == [75, 100]
    assert counts(found.items[0]) == {"o1": 0, "o2": 0, "o3": 1}
    assert [item.times.median.value for item in found.items] == [4_000, 9_000]
    assert all(item.times.is_timed for item in found.items)


def test_the_times_of_an_exam_are_told_by_its_saves(ids: list[int], now: datetime) -> None:
    quiz = create_quiz(ids)
    sit(create_person(), quiz, now, RIGHT, YES)  # a second each
    sit(create_person(), quiz, now, None, YES)  # two seconds after the beginning
    first, second = look(quiz).items
    assert (first.times.median.value, first.times.median.n) == (1_000, 1)
    assert second.times.median.value == 1_500
    assert not first.times.is_timed


def test_what_waits_for_a_person_counts_neither_way(ids: list[int], now: datetime) -> None:
    (essay,) = create_questions(("essay", ESSAY), slug="essays")
    quiz = create_quiz([ids[0], essay])
    people = [create_person() for _ in range(3)]
    for person, given in zip(people, (RIGHT, WRONG, RIGHT), strict=True):
        sit(person, quiz, now, given, {"text": "Some thoughts."})
    seq = db.session.scalar(
        sa.select(LoggedResponse.seq).where(
            LoggedResponse.user_id == people[0].id, LoggedResponse.question_id == essay
        )
    )
    with writing() as session:
        judged = Regrade(user_id=people[0].id, seq=seq, n=1, score=0.5, fraction=0.5, at=now)
        judged.why = "person"
        session.add(judged)
    found = look(quiz)
    assert [(item.figures.asked, item.waiting) for item in found.items] == [(3, 0), (1, 2)]
    assert found.shares == (75, 0, 100)
    assert found.items[1].table.choices == ()
    assert found.items[1].figures.canvas_difficulty.why == "other-type"


@pytest.mark.only("sqlite")
def test_questions_of_a_pool_have_the_figures_of_the_attempts_that_drew_them(
    owner: Person, now: datetime
) -> None:
    create_questions(*[("multiple_choice", OPTIONS)] * 4)
    quiz = create_quiz([{"n": 2}])
    for n in range(12):
        person = create_person()
        begin(person, quiz, now, seed=n)
        sit(person, quiz, now, RIGHT, WRONG)
    found = look(quiz)
    asked = [item.figures.asked for item in found.items]
    assert (len(asked), sum(asked), found.attempts) == (4, 24, 12)
    assert all(n < 12 for n in asked)
    assert found.totals.consistency.why == "mixed"
    right = sum(item.table.of("o1").count for item in found.items)  # type: ignore[union-attr]
    assert right == 12


@pytest.mark.only("sqlite")
def test_guests_are_counted_and_overruled_answers_are_marked(ids: list[int], now: datetime) -> None:
    quiz, guest = create_quiz(ids), create_person(kind="guest")
    sit(guest, quiz, now, WRONG, NO)
    sit(create_person(), quiz, now, RIGHT, NO)
    with writing() as session:
        first, second = session.scalars(
            sa.select(LoggedResponse)
            .where(LoggedResponse.user_id == guest.id)
            .order_by(LoggedResponse.slot)
        )
        first.marks = {"said_right": True}
        again = Regrade(user_id=guest.id, seq=second.seq, n=1, score=1, fraction=1, at=now)
        again.why, again.by = "override", guest.id
        session.add(again)
    found = look(quiz)
    assert (found.guests, found.attempts) == (1, 2)
    assert [item.said_right for item in found.items] == [1, 1]
    assert facilities(found) == [50, 50]


@pytest.mark.only("sqlite")
def test_not_knowing_is_no_answer(ids: list[int], now: datetime) -> None:
    quiz, person = create_quiz(ids), create_person()
    sit(person, quiz, now, RIGHT, YES)
    with writing() as session:
        session.execute(sa.update(LoggedResponse).values(payload={}, score=0.0, fraction=0.0))
    found = look(quiz)
    assert [item.figures.blank for item in found.items] == [1, 1]
    assert counts(found.items[0])[""] == 1


@pytest.mark.only("sqlite")
def test_results_of_people_who_left_are_told_and_not_counted(ids: list[int], now: datetime) -> None:
    quiz = create_quiz(ids)
    sit(create_person(), quiz, now, RIGHT, YES)
    with writing() as session:
        for slot in (1, 2):
            session.add(
                ErasedResult(
                    attempt_key="gone", quiz_id=quiz.id, slot=slot, question_id=ids[0],
                    question_version=1, score=0.0, fraction=0.0, month="2026-03",
                )
            )  # fmt: skip
    found = look(quiz)
    assert (found.erased, found.attempts) == (1, 1)
    assert look(quiz, user_ids=[1]).erased == 0


@pytest.mark.only("sqlite")
def test_rare_typed_answers_share_a_row(ids: list[int], now: datetime) -> None:
    quiz = create_quiz([ids[1]])
    for n in range(LISTED_TEXTS + 3):
        sit(create_person(), quiz, now, {"text": f"guess {n} "})
    sit(create_person(), quiz, now, {"text": "GUESS 0"})
    table = look(quiz).items[0].table
    assert table.of("=guess 0").count == 2  # type: ignore[union-attr]
    assert table.of("other").count == 3  # type: ignore[union-attr]
    assert len(table.choices) == LISTED_TEXTS + 2  # and the right one


def test_a_bank_is_analysed_over_all_quizzes_by_the_rest_of_each_attempt(
    ids: list[int], now: datetime
) -> None:
    other = create_questions(("short_answer", TYPED), slug="elsewhere")
    create_questions(("short_answer", TYPED), slug="unasked")
    own = create_quiz(ids, slug="own")
    foreign = create_quiz([ids[0], *other], slug="foreign", bank="elsewhere")
    alone = create_quiz(other, slug="alone", bank="elsewhere")
    person = create_person()
    sit(person, own, now, RIGHT, YES)
    sit(person, own, now + DAY, WRONG, NO)  # a second attempt
    sit(create_person(), own, now, WRONG, NO)
    sit(person, foreign, now, RIGHT, NO)
    sit(person, alone, now, YES)
    db.session.rollback()
    found = item_analysis.of_bank(db.session.get_one(Question, ids[0]).bank_id)
    first, second = found.items
    assert (first.figures.asked, second.figures.asked, found.attempts) == (3, 2, 3)
    assert first.figures.facility.value == pytest.approx(200 / 3)
    assert sorted(rest or 0 for rest in first.rests) == [0, 0, 100]
    assert first.figures.discrimination.value == pytest.approx(50)
    assert [item.asked.id for item in found.items] == ids


def test_a_bank_that_no_quiz_asked_has_no_figures(ids: list[int]) -> None:
    assert item_analysis.of_bank(db.session.get_one(Question, ids[0]).bank_id).items == ()


@pytest.mark.only("sqlite")
def test_a_wrong_key_is_proposed_from_the_attempts(ids: list[int], now: datetime) -> None:
    more = create_questions(*[("short_answer", TYPED)] * 3, slug="more")
    quiz = create_quiz([ids[0], *more])
    for n in range(18):
        able = n >= 9
        sit(create_person(), quiz, now, WRONG if able else RIGHT, *[YES if able else NO] * 3)
    item = look(quiz).items[0]
    assert item.is_questionable
    assert [(each.code, each.labels) for each in item.proposals] == [("key-wrong", ("o2",))]
    assert item.figures.discrimination.value == pytest.approx(-100)


@pytest.mark.only("sqlite")
def test_attempts_ended_by_the_clock_count(ids: list[int], now: datetime) -> None:
    quiz, person = create_quiz(ids, time_limit_s=60), create_person()
    sit(person, quiz, now, RIGHT)
    with writing() as session:
        session.execute(sa.update(Attempt).values(state="expired"))
    assert facilities(look(quiz)) == [100, 0]
    assert look(quiz).sittings[0].handed_in_at == now + timedelta(minutes=1)
