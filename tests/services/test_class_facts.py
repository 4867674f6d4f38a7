"""Which facts a course is about, what its learners know of them, and what is behind each cell."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS, retrievability
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Fact, Parameters, Question, QuestionPart, Snapshot, User
from quizapp.services.content import said
from quizapp.services.content.questions import Absent, asked
from quizapp.services.courses import (
    class_detail,
    class_memory,
    course_facts,
    fact_answers,
    joining,
)
from quizapp.services.people.sessions import Person
from tests.factories import START, create_bank, create_person
from tests.services.course_makers import assigned_goal, assigned_quiz, course_of, enrolled, excepted
from tests.services.learner_makers import facts_of, put_card, rate
from tests.services.quiz_makers import (
    CHOICE,
    CLOZE,
    ESSAY,
    ORDER,
    TYPED,
    create_questions,
    create_quiz,
    tag,
)

DAY = timedelta(days=1)


@pytest.fixture
def teacher(app: Flask) -> Person:
    return create_person("instructor", name="Ms Okoro")


def facts_by_key(slug: str = "quizbank") -> dict[str, int]:
    rows = db.session.execute(
        sa.text("select f.key, f.id from facts f join banks b on b.id = f.bank_id where slug = :s"),
        {"s": slug},
    )
    return {row.key: row.id for row in rows}


def test_a_course_without_assignments_is_about_nothing(teacher: Person) -> None:
    assert course_facts.of_course(course_of(teacher).id) == course_facts.CourseFacts((), ())


def test_a_goal_asks_all_facts_of_its_bank_or_those_it_names(
    teacher: Person, now: datetime
) -> None:
    course, blood, bone = course_of(teacher), create_bank("Blood"), create_bank("Bone")
    assigned_goal(course, bone.id, facts_of(bone)[1:2])
    assert course_facts.of_course(course.id).facts == tuple(facts_of(bone)[1:2])
    assigned_goal(course, blood.id)
    found = course_facts.of_course(course.id)
    assert found.facts == (*facts_of(blood), facts_of(bone)[1])
    assert [one.of_all for one in found.given] == [
        frozenset(facts_of(bone)[1:2]),
        frozenset(facts_of(blood)),
    ]


def test_a_quiz_asks_the_facts_of_its_questions_their_parts_and_its_pools(
    teacher: Person,
) -> None:
    course = course_of(teacher)
    ids = create_questions(
        ("multiple_choice", CHOICE), ("cloze", CLOZE), ("essay", ESSAY), ("short_answer", TYPED),
        ("short_answer", TYPED),
    )  # fmt: skip
    facts = facts_by_key()
    with writing() as session:
        session.add(QuestionPart(question_id=ids[1], part="2", fact_id=facts["f5"]))
    tag(ids[3], "hard")
    quiz = create_quiz([ids[0], ids[1], ids[2], {"tags": ["hard"], "n": 1}])
    assigned_quiz(course, quiz.id)
    found = course_facts.of_course(course.id)
    assert set(found.facts) == set(facts.values())
    # an essay waits for a person, and a pool may draw another question
    assert found.given[0].of_all == {facts[key] for key in ("f1", "f2", "f5")}


def test_retired_facts_and_deleted_assignments_are_left_out(teacher: Person, now: datetime) -> None:
    course, bank = course_of(teacher), create_bank()
    assigned_goal(course, bank.id, deleted_at=now)
    assert course_facts.of_course(course.id).facts == ()
    assigned_goal(course, bank.id)
    with writing() as session:
        session.get_one(Fact, facts_of(bank)[0]).status = "retired"
    assert course_facts.of_course(course.id).facts == tuple(facts_of(bank)[1:])


def test_facts_are_owed_once_what_asked_for_them_is_due(teacher: Person, now: datetime) -> None:
    course, bank = course_of(teacher), create_bank()
    facts = facts_of(bank)
    assigned_goal(course, bank.id, facts[:1], due_at=now - DAY)
    assigned_goal(course, bank.id, facts[1:2], due_at=now + DAY)
    assigned_goal(course, bank.id, facts[2:])
    about = course_facts.of_course(course.id)
    assert about.owed(1, START, now) == set(facts[:1])
    assert about.owed(1, START, now + 2 * DAY) == set(facts[:2])
    assert about.owed(1, now, now) == set()  # joined after it was due


def test_who_is_excused_or_has_more_time_owes_nothing_yet(teacher: Person, now: datetime) -> None:
    course, bank, ada, ben = course_of(teacher), create_bank(), create_person(), create_person()
    goal = assigned_goal(course, bank.id, due_at=now - DAY)
    excepted(goal, ada, excused=True)
    excepted(goal, ben, due_at=(now + DAY).isoformat())
    about = course_facts.of_course(course.id)
    assert about.owed(ada.id, START, now) == about.owed(ben.id, START, now) == set()
    assert about.owed(ben.id, START, now + 2 * DAY) == set(facts_of(bank))


def test_a_fact_that_no_question_asks_is_never_owed(teacher: Person, now: datetime) -> None:
    course, bank = course_of(teacher), create_bank(facts=1)
    with writing() as session:
        session.execute(sa.update(Question).values(status="retired"))
    assigned_goal(course, bank.id, due_at=now - DAY)
    about = course_facts.of_course(course.id)
    assert about.facts == tuple(facts_of(bank))
    assert about.owed(1, START, now) == set()


def test_memories_are_those_of_the_learners_of_now_by_their_own_weights(
    teacher: Person, now: datetime
) -> None:
    course, bank = course_of(teacher), create_bank()
    ada, ben, gone, helper = (create_person(name=name) for name in ("Ada", "Ben", "Gus", "Hal"))
    for one in (ada, ben, gone):
        enrolled(course, one)
    enrolled(course, helper, "assistant")
    joining.leave(course, gone, now)
    fact, other, asked_elsewhere = facts_of(bank)
    for one in (ada, ben, gone, helper):
        put_card(one, fact, now, stability=10, days_ago=10)
    put_card(ada, other, now, stability=5, days_ago=20)
    put_card(ada, asked_elsewhere, now)
    weights = (*DEFAULT_WEIGHTS[:20], 0.5)
    with writing() as session:
        session.add(
            Parameters(
                user_id=ben.id, version=2, engine="fsrs6", weights=list(weights), rows=500,
                state="used", at=now,
            )
        )  # fmt: skip
        session.get_one(User, ben.id).params_version = 2
    found = class_memory.of_class(course.id, [fact, other], now)
    recalls = {(one.user_id, one.fact_id): one.recall for one in found}
    assert recalls == {
        (ada.id, fact): pytest.approx(0.9),
        (ben.id, fact): pytest.approx(0.9),
        (ada.id, other): pytest.approx(retrievability(5, 20)),
    }
    later = class_memory.of_class(course.id, [fact], now + 40 * DAY)
    of_ben = next(one.recall for one in later if one.user_id == ben.id)
    assert of_ben == pytest.approx(retrievability(10, 50, weights))
    assert of_ben != pytest.approx(retrievability(10, 50), abs=1e-3)
    assert [one.user_id for one in class_memory.of_class(course.id, [fact], now, ben.id)] == [
        ben.id
    ]
    assert class_memory.of_class(course.id, [fact], now, helper.id) == []


def test_recall_is_what_the_learner_sees(teacher: Person, now: datetime) -> None:
    from quizapp.services.study import levels, memories

    course, bank, ada = course_of(teacher), create_bank(), create_person()
    enrolled(course, ada)
    rate(ada, facts_of(bank)[0], 1, now, 1)  # a learning step, minutes old
    rate(ada, facts_of(bank)[1], 4, now - 5 * DAY, 2)
    found = class_memory.of_class(course.id, facts_of(bank), now)
    own = {one.fact_id: one.recall for one in memories.of_person(ada, now)}
    assert {one.fact_id: one.recall for one in found} == own
    assert all(recall < 1 for recall in own.values())
    level = {"shift": -1.0, "spread": 0.3}
    with writing() as session:
        session.add(Snapshot(kind=levels.KIND, subject=ada.uid, data=level, as_of=now))
    found = class_memory.of_class(course.id, facts_of(bank), now)
    moved = {one.fact_id: one.recall for one in memories.of_person(ada, now)}
    assert {one.fact_id: one.recall for one in found} == moved
    assert all(moved[fact] < own[fact] for fact in own)


def test_a_learners_page_lists_the_least_known_first_and_what_does_not_count_last(
    teacher: Person, now: datetime
) -> None:
    course, bank, ada = course_of(teacher), create_bank(facts=4), create_person(name="Ada")
    enrolled(course, ada)
    facts = facts_of(bank)
    assigned_goal(course, bank.id, facts[2:3], due_at=now - DAY)
    assigned_goal(course, bank.id)
    put_card(ada, facts[0], now, stability=10, days_ago=10)
    put_card(ada, facts[1], now, stability=10, days_ago=100)
    member = class_detail.learner_of(course, ada.uid)
    page = class_detail.of_learner(course, member, now)
    assert [row.fact.id for row in page.rows] == [facts[2], facts[1], facts[0], facts[3]]
    assert [row.state for row in page.rows] == ["owed", "known", "known", "not_asked"]
    assert page.met == 2
    assert page.known == pytest.approx(0.9 + retrievability(10, 100))


def test_a_facts_page_says_who_knows_it(teacher: Person, now: datetime) -> None:
    course, bank = course_of(teacher), create_bank(facts=2)
    ada, ben, eve = (create_person(name=name) for name in ("Ada", "Ben", "Eve"))
    for one in (ada, ben):
        enrolled(course, one)
    enrolled(course, eve, now=now)
    fact = facts_of(bank)[0]
    assigned_goal(course, bank.id, due_at=now - DAY)
    put_card(ada, fact, now, stability=10, days_ago=10)
    view = class_detail.fact_of(course, db.session.get_one(Fact, fact).uid)
    page = class_detail.of_fact(course, view, now)
    assert [row.member.name for row in page.rows] == ["Ben", "Ada", "Eve"]
    assert [row.state for row in page.rows] == ["owed", "known", "not_asked"]
    assert page.mean == pytest.approx(0.45)
    assert len(page.values) == 2


def test_only_learners_and_facts_of_the_course_have_pages(teacher: Person, now: datetime) -> None:
    course, bank, other = course_of(teacher), create_bank(), create_bank("Other")
    assigned_goal(course, bank.id, facts_of(bank)[:1])
    stranger = create_person()
    for uid in (stranger.uid, teacher.uid, "nobody"):
        with pytest.raises(Absent):
            class_detail.learner_of(course, uid)
    for fact in (facts_of(other)[0], facts_of(bank)[1]):
        with pytest.raises(Absent):
            class_detail.fact_of(course, db.session.get_one(Fact, fact).uid)
    with pytest.raises(Absent):
        class_detail.fact_of(course, "nothing")


def test_the_answers_behind_a_cell_tell_what_was_left_each_time(
    teacher: Person, now: datetime
) -> None:
    bank, ada, ben = create_bank(), create_person(), create_person()
    fact = facts_of(bank)[0]
    rate(ada, fact, 4, now - 30 * DAY, 1)
    rate(ada, fact, 1, now - 10 * DAY, 2)
    rate(ada, fact, 3, now - 10 * DAY + timedelta(minutes=11), 3)
    rate(ben, fact, 3, now - 3 * DAY, 4)
    rate(ada, facts_of(bank)[1], 3, now - DAY, 5)
    joined = now - 40 * DAY
    page = fact_answers.of_learner(ada.id, fact, joined)
    assert [one.row.rating for one in page.rows] == [3, 1, 4]
    minutes_later, forgotten, first = (one.recall_before for one in page.rows)
    assert first is None
    assert minutes_later is None
    assert forgotten == pytest.approx(retrievability(DEFAULT_WEIGHTS[3], 20))
    assert page.after is None
    part = fact_answers.of_learner(ada.id, fact, joined, most=2)
    assert [one.row.rating for one in part.rows] == [3, 1]
    rest = fact_answers.of_learner(ada.id, fact, joined, part.after)
    assert [one.row.rating for one in rest.rows] == [4]
    later = fact_answers.of_learner(ada.id, fact, now - 20 * DAY)
    assert [one.row.rating for one in later.rows] == [3, 1]  # what was before joining is theirs
    assert later.after is None


SAYS = [
    (("multiple_choice", CHOICE), {"option": "o2"}, "red"),
    (("multiple_choice", CHOICE), {}, ""),
    (("multiple_choice", CHOICE), {"option": "gone"}, "gone"),
    (("short_answer", TYPED), {"text": "white  <b>cells</b>"}, "white <b>cells</b>"),
    (("ordering", ORDER), {"order": ["i2", "i1"]}, "two; one"),
    (("cloze", CLOZE), {"gaps": {"1": "one", "2": ""}}, "1: one"),
    (("true_false", {"answer": True}), {"value": False}, "false"),
    (("essay", ESSAY), {"text": "word " * 100}, "word " * 59 + "word …"),
    (("flashcard", {"back": "x"}), {"rating": 3}, ""),
    (
        (
            "matching",
            {
                "lefts": [{"id": "l1", "text": "blood", "right": "r1"}],
                "rights": [{"id": "r1", "text": "red & warm"}],
            },
        ),
        {"pairs": {"l1": "r1"}},
        "blood: red & warm",
    ),
]


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(("kind", "payload", "words"), SAYS)
def test_an_answer_is_told_in_the_words_of_its_options(
    app: Flask, kind: tuple[str, dict[str, object]], payload: dict[str, object], words: str
) -> None:
    question = asked(create_questions(kind)[0], 1)
    assert said.said(question, payload) == words


@pytest.mark.only("sqlite")
def test_an_option_is_told_without_its_markup(app: Flask) -> None:
    question = asked(create_questions(("multiple_choice", CHOICE))[0], 1)
    marked = replace(question, html={"options.o2.text": "<p>a &lt; <b>b</b></p>"})
    assert said.option(marked, "o2") == "a < b"
    assert said.option(question, "o9") == "o9"
