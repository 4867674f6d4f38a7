"""The demo: a class whose true knowledge is known, made through the services that pages call."""

import json
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp import create_app
from quizapp.core.question import Question
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.extensions import db
from quizapp.models import Attempt, Fact, LoggedResponse, QuestionVersion, User
from quizapp.models import Question as QuestionRow
from quizapp.services.content import catalog
from quizapp.services.courses import (
    access,
    assignments,
    demo,
    demo_answers,
    demo_plan,
    joining,
)
from quizapp.services.people import passwords, sessions
from quizapp.services.study import replay_check
from tests.conftest import CHEAP, close
from tests.factories import create_person
from tests.services.course_makers import course_of

QUESTIONS = Path(__file__).resolve().parents[2] / "questions"
SECRET = "only-for-the-tests"
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
KEYS = [f"f{n}" for n in range(40)]


@pytest.fixture(scope="module")
def made(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[demo.Made]:
    """A demo of few learners, inside its app, which the tests of this module share."""
    database = tmp_path_factory.mktemp("demo") / "quizapp.db"
    shutil.copy(sqlite_template, database)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", f"sqlite:///{database}")
        patch.setenv("SECRET_KEY", SECRET)
        app = create_app({"INSTANCE_PATH": database.parent, **CHEAP})
        catalog.forget()
        with app.app_context():
            yield demo.make(demo.Wishes(learners=demo_plan.FEWEST), QUESTIONS, SECRET, NOW)
        close(app)


def teacher_of(made: demo.Made) -> sessions.Person:
    user_id = passwords.check_password(made.instructor, made.password, "127.0.0.1", NOW)
    assert user_id is not None
    person = sessions.person(user_id)
    assert person is not None
    return person


def answers_of(uid: str) -> list[Any]:
    query = sa.select(LoggedResponse.answered_at, LoggedResponse.score, LoggedResponse.took_ms)
    found = query.join(User, User.id == LoggedResponse.user_id).where(User.uid == uid)
    return list(db.session.execute(found.order_by(LoggedResponse.seq)))


def named(made: demo.Made, kind: str) -> str:
    return next(
        uid for uid, one in zip(made.learners, made.plan.learners, strict=True) if one.kind == kind
    )


def test_the_same_seed_gives_the_same_class_and_another_one_another() -> None:
    assert demo_plan.make(KEYS, 30, 7) == demo_plan.make(KEYS, 30, 7)
    assert demo_plan.make(KEYS, 30, 7) != demo_plan.make(KEYS, 30, 8)


@pytest.mark.parametrize("seed", range(5))
def test_a_class_has_its_weak_facts_and_its_learners_of_each_kind(seed: int) -> None:
    plan = demo_plan.make(KEYS, 30, seed)
    kinds = Counter(one.kind for one in plan.learners)
    assert kinds == {"ordinary": 25, "weak": 3, "stopped": 1, "guessing": 1}
    assert len(plan.weak_facts) == 4
    assert len({one.name for one in plan.learners}) == 30
    ordinary = [one for one in plan.learners if one.kind == "ordinary"]
    strong = [fact for fact in KEYS if fact not in plan.weak_facts]
    weak = [one for one in plan.learners if one.kind == "weak"]
    usual = mean(plan.knows(one, fact) for one in ordinary for fact in strong)
    assert usual > 0.75
    assert mean(plan.knows(one, fact) for one in ordinary for fact in plan.weak_facts) < 0.4
    assert mean(plan.knows(one, fact) for one in weak for fact in strong) < 0.4


@pytest.mark.parametrize("learners", [demo_plan.FEWEST - 1, demo_plan.MOST + 1])
def test_a_class_too_small_or_too_big_is_refused(learners: int) -> None:
    with pytest.raises(ValueError, match="learners"):
        demo_plan.make(KEYS, learners, 1)


def test_no_two_of_the_biggest_class_share_a_name() -> None:
    plan = demo_plan.make(KEYS, demo_plan.MOST, 1)
    assert len({one.name for one in plan.learners}) == demo_plan.MOST


def test_who_stopped_studies_on_no_later_day() -> None:
    plan = demo_plan.make(KEYS, 30, 1)
    (stopped,) = (one for one in plan.learners if one.kind == "stopped")
    days = [(each.at - NOW).days for each in demo_plan.sessions(stopped, NOW, random.Random(1))]
    assert days == sorted(set(days))
    assert max(days) < demo_plan.STOPS_ON


def test_right_answers_of_the_bank_score_full_and_wrong_ones_do_not(made: demo.Made) -> None:
    rows = db.session.execute(
        sa.select(QuestionRow.type, QuestionVersion.stem, QuestionVersion.body).join(
            QuestionVersion, QuestionVersion.question_id == QuestionRow.id
        )
    ).all()
    seen = set()
    for kind_name, stem, body in rows:
        kind, question = QUESTION_TYPES[kind_name], Question(kind_name, stem, body)
        seen.add(kind_name)
        rng = random.Random(1)
        right = kind.grade(question, kind.parse(question, demo_answers.right(question, rng)))
        wrong = kind.grade(question, kind.parse(question, demo_answers.wrong(question, rng)))
        kind.parse(question, demo_answers.guess(question, rng))
        if kind.GRADED_BY == "app":
            assert right.score == 1, stem
            assert wrong.score is not None, stem
            assert wrong.score < 1, stem
    assert len(seen) == 10


def test_the_printed_account_teaches_the_course(made: demo.Made) -> None:
    teacher = teacher_of(made)
    assert teacher.role == "instructor"
    course = access.for_instructor(made.course.uid, teacher)
    assert course.title == "Immunology 101"
    learners = {one.uid for one in access.learners(course.id)}
    assert learners == set(made.learners)
    assert joining.course_of_code(made.code, NOW).uid == course.uid
    assert joining.course_of_code(made.code, NOW + timedelta(days=29)).uid == course.uid


def test_the_course_has_an_exam_that_is_over_a_round_and_a_goal(made: demo.Made) -> None:
    given = assignments.of_course(made.course.id)
    assert [one.is_quiz for one in given] == [True, True, False]
    exam, later, goal = given
    assert exam.due_at is not None
    assert exam.due_at < NOW
    assert later.due_at is not None
    assert later.due_at > NOW
    assert goal.due_at is not None
    assert timedelta(days=13) < goal.due_at - NOW < timedelta(days=15)
    assert goal.fact_ids is None
    sat = db.session.scalars(sa.select(Attempt).where(Attempt.assignment_id == exam.id)).all()
    assert {one.state for one in sat} == {"handed_in"}
    assert len({one.user_id for one in sat}) == len(made.learners) - 1  # one had stopped
    assert all(one.points is not None for one in sat)


def test_the_truth_that_is_told_agrees_with_the_answers(made: demo.Made) -> None:
    told = json.loads(json.dumps(made.as_json()))
    facts, rows = told["truth"]["facts"], told["truth"]["knows"]
    assert told["learners"] == len(rows) == len(made.learners)
    assert {len(row) for row in rows} == {len(facts)}
    assert {each["uid"] for each in told["weak_facts"]} <= set(facts)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(LoggedResponse))
    assert told["responses"] == total
    ordinary = named(made, "ordinary")
    weak: list[float] = []
    strong: list[float] = []
    planted = {each["uid"] for each in told["weak_facts"]}
    query = (
        sa.select(Fact.uid, LoggedResponse.score)
        .join(QuestionRow, QuestionRow.fact_id == Fact.id)
        .join(LoggedResponse, LoggedResponse.question_id == QuestionRow.id)
        .join(User, User.id == LoggedResponse.user_id)
        .where(User.uid == ordinary, LoggedResponse.score.is_not(None))
    )
    for uid, score in db.session.execute(query):
        (weak if uid in planted else strong).append(score or 0.0)
    assert mean(weak) < 0.5 < 0.7 < mean(strong)


def test_who_stopped_is_silent_and_who_guesses_is_quick(made: demo.Made) -> None:
    last = answers_of(named(made, "stopped"))[-1].answered_at
    assert NOW - last > timedelta(days=12)
    quick = [row.took_ms for row in answers_of(named(made, "guessing")) if row.took_ms]
    assert max(quick[:20]) < 2_000
    usual = [row.took_ms for row in answers_of(named(made, "ordinary")) if row.took_ms]
    assert mean(usual) > 4_000


def test_all_answers_were_given_in_the_four_weeks_and_memories_agree_with_them(
    made: demo.Made,
) -> None:
    first, last = db.session.execute(
        sa.select(sa.func.min(LoggedResponse.answered_at), sa.func.max(LoggedResponse.answered_at))
    ).one()
    assert NOW - timedelta(days=28) <= first
    assert last < NOW
    assert replay_check.check(set()).different == 0


def test_a_second_demo_is_refused_without_again(made: demo.Made) -> None:
    with pytest.raises(demo.DemoRefused, match="--again"):
        demo.make(demo.Wishes(), QUESTIONS, SECRET, NOW)


@pytest.mark.only("sqlite")
def test_the_command_refuses_where_others_have_courses(app: Flask) -> None:
    course_of(create_person("instructor"))
    db.session.rollback()
    done = app.test_cli_runner().invoke(args=["demo", "--json"])
    assert done.exit_code == 1
    assert "--force" in json.loads(done.stdout)["error"]


@pytest.mark.only("sqlite")
def test_the_command_makes_one_and_again_another(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_plan, "sessions", lambda *_: [])  # only what they were given
    few = ("demo", "--learners", str(demo_plan.FEWEST), "--seed", "3")
    course_of(create_person("instructor"))
    told = []
    for more in (["--force"], ["--force", "--again"]):
        db.session.rollback()
        done = app.test_cli_runner().invoke(args=[*few, *more, "--json"])
        assert done.exit_code == 0, done.output
        told.append(json.loads(done.stdout))
    first, second = told
    assert first["course"] != second["course"]
    assert first["instructor"] != second["instructor"]
    assert [each["key"] for each in first["weak_facts"]] == [
        each["key"] for each in second["weak_facts"]
    ]
    assert first["truth"]["knows"] == second["truth"]["knows"]


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("wrong", [("--learners", "3"), ("--seed", "x")])
def test_wrong_usage_is_told_in_json(app: Flask, wrong: tuple[str, str]) -> None:
    done = app.test_cli_runner().invoke(args=["demo", *wrong, "--json"])
    assert done.exit_code == 2
    assert json.loads(done.stdout)["error"]
