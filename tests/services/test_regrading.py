"""A corrected key: what it would change, and the marks, memories and figures after it did."""

import copy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import (
    Attempt,
    Audit,
    Bank,
    Card,
    Fact,
    Job,
    LoggedResponse,
    Question,
    QuestionPart,
    Regrade,
    Review,
    UserDay,
)
from quizapp.services.content import banks, editable_questions, editing
from quizapp.services.content.questions import Absent
from quizapp.services.operations import job_handlers
from quizapp.services.people import merging
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import (
    attempt_views,
    attempts,
    handing_in,
    quizzes,
    regrading,
    results,
    saving,
)
from quizapp.services.quizzes.regrade_preview import Foreseen, foresee
from quizapp.services.study import answers, cards, log_views, replay_check, sittings
from tests.factories import create_person
from tests.services.quiz_makers import begin, client_id, create_questions, create_quiz

OPTIONS = {
    "options": [
        {"id": "o1", "text": "white", "fraction": "1"},
        {"id": "o2", "text": "red", "fraction": "0"},
        {"id": "o3", "text": "blue", "fraction": "0"},
    ]
}
TYPED = {"answers": [{"id": "a1", "text": "yes"}]}
DAY = timedelta(days=1)


class Quiet:
    """A job's context at a time of its own."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def progress(self, share: float) -> None:
        pass


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


def bank() -> Bank:
    found = banks.find("quizbank")
    assert found
    return found


def uid_of(question_id: int) -> str:
    return db.session.get_one(Question, question_id).uid


def key(owner: Person, question_id: int, now: datetime, **fractions: str) -> None:
    """Give the options of a multiple choice other fractions, as an edit does."""
    options = [{**each, "fraction": fractions.get(each["id"], "0")} for each in OPTIONS["options"]]
    edit(owner, question_id, {"options": options}, now)


def edit(
    owner: Person, question_id: int, body: dict[str, Any], now: datetime, stem: str = ""
) -> None:
    uid = uid_of(question_id)
    found = editable_questions.find(bank(), uid)
    draft = replace(found.draft, body=copy.deepcopy(body), stem=stem or found.draft.stem)
    saved = editing.edit_question(bank(), owner, uid, found.version, draft, now)
    assert saved.new_version, saved.problems


def ahead(question_id: int) -> Foreseen:
    db.session.rollback()
    return foresee(bank(), uid_of(question_id))


def regrade(owner: Person, question_id: int, now: datetime) -> dict[str, Any]:
    """Ask for the job and run it."""
    job_id = regrading.regrade(bank(), uid_of(question_id), owner, now)
    job = db.session.get_one(Job, job_id)
    result = job_handlers.HANDLERS[job.kind](job.payload, Quiet(now))
    assert result is not None
    return result


def sit(
    person: Person, quiz: quizzes.QuizView, now: datetime, *given: dict[str, Any] | None
) -> str:
    """Sit an exam, a second for each answer, and hand it in; returns its uid."""
    uid = begin(person, quiz, now).uid
    for slot, response in enumerate(given, start=1):
        if response:
            at = now + timedelta(seconds=slot)
            saving.save(
                person, uid, slot, client_id=f"{uid}-{slot}"[:36], base_seq=0,
                response=response, flagged=False, now=at,
            )  # fmt: skip
    handing_in.hand_in(person, uid, now + timedelta(minutes=1))
    return uid


def study(
    person: Person, question_id: int, response: dict[str, Any], at: datetime, number: int
) -> int:
    version = db.session.get_one(Question, question_id).version
    done = answers.answer(
        person, client_id(number), uid_of(question_id), version, response, now=at, took_ms=5000
    )
    return done.seq


def points(person: Person, uid: str) -> tuple[float | None, float | None]:
    db.session.rollback()
    attempt = attempt_views.load(person, uid)
    return attempt.points, attempt.max_points


def outcomes(person: Person, uid: str) -> list[tuple[str, float | None, bool]]:
    db.session.rollback()
    found = results.of_attempt(person, attempt_views.load(person, uid))
    return [(each.outcome, each.points, each.is_regraded) for each in found]


def rows(model: Any) -> list[Any]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(model)))


def agrees() -> bool:
    db.session.rollback()
    found = replay_check.check()
    assert found.different == 0, found.examples
    return True


def test_wrong_becomes_right_and_right_becomes_wrong_in_an_exam(
    owner: Person, ids: list[int], now: datetime
) -> None:
    one, other, blank = create_person(name="Ada"), create_person(name="Bo"), create_person()
    quiz = create_quiz(ids, weights=[2, 1])
    uids = [
        sit(one, quiz, now, {"option": "o1"}, {"text": "yes"}),
        sit(other, quiz, now, {"option": "o2"}, {"text": "no"}),
        sit(blank, quiz, now, None, {"text": "yes"}),
    ]
    people = (one, other, blank)
    assert [points(*each) for each in zip(people, uids, strict=True)] == [(3, 3), (0, 3), (1, 3)]
    key(owner, ids[0], now + DAY, o2="1")
    found = ahead(ids[0])
    told = [
        (each.learner, each.attempt, each.slot, each.old, each.new, each.total_old, each.total_new)
        for each in found.changes
    ]
    assert told == [("Ada", 1, 1, 2, 0, 3, 1), ("Bo", 1, 1, 0, 2, 0, 2)]
    assert (found.version, found.changed, found.raised, found.lowered) == (2, 2, 1, 1)
    assert (found.now_right, found.now_wrong, found.study) == (1, 1, 0)
    assert [points(*each) for each in zip(people, uids, strict=True)] == [(3, 3), (0, 3), (1, 3)]

    assert regrade(owner, ids[0], now + DAY) == {"learners": 2, "answers": 2}
    assert [points(*each) for each in zip(people, uids, strict=True)] == [(1, 3), (2, 3), (1, 3)]
    assert outcomes(one, uids[0]) == [("wrong", 0, True), ("right", 1, False)]
    assert outcomes(other, uids[1]) == [("right", 2, True), ("wrong", 0, False)]
    assert outcomes(blank, uids[2]) == [("none", 0, False), ("right", 1, False)]
    assert agrees()


def test_a_regrade_says_who_why_when_and_by_which_key(
    owner: Person, ids: list[int], now: datetime
) -> None:
    sit(create_person(), create_quiz(ids), now, {"option": "o2"})
    key(owner, ids[0], now + DAY, o2="1")
    regrade(owner, ids[0], now + 2 * DAY)
    (row,) = rows(Regrade)
    assert (row.n, row.why, row.key_version, row.by) == (1, "key", 2, owner.id)
    assert (row.score, row.fraction, row.at) == (1.0, 1.0, now + 2 * DAY)
    assert row.detail["parts"] == {"o2": 1.0}
    (logged,) = rows(LoggedResponse)
    assert (logged.score, logged.question_version) == (0.0, 1)  # the log stays as it was
    assert [(row.action, row.actor_id) for row in rows(Audit)] == [("regrade", owner.id)]


def test_the_second_run_changes_nothing(owner: Person, ids: list[int], now: datetime) -> None:
    person = create_person()
    uid = sit(person, create_quiz(ids), now, {"option": "o2"})
    key(owner, ids[0], now + DAY, o2="1")
    regrade(owner, ids[0], now + DAY)
    before = (points(person, uid), len(rows(Review)), len(rows(Regrade)))
    assert regrade(owner, ids[0], now + DAY)["answers"] == 0
    assert (points(person, uid), len(rows(Review)), len(rows(Regrade))) == before
    assert ahead(ids[0]).changes == []
    assert ahead(ids[0]).answers == 0
    assert agrees()


def test_asking_twice_makes_one_job_and_the_page_can_tell(
    owner: Person, ids: list[int], now: datetime
) -> None:
    sit(create_person(), create_quiz(ids), now, {"option": "o2"})
    key(owner, ids[0], now + DAY, o2="1")
    assert not ahead(ids[0]).is_running
    for _ in range(2):
        regrading.regrade(bank(), uid_of(ids[0]), owner, now)
    assert len(rows(Job)) == 1
    assert ahead(ids[0]).is_running


def test_partial_credit_changes_points_but_no_memory(
    owner: Person, ids: list[int], now: datetime
) -> None:
    person = create_person()
    uid = sit(person, create_quiz(ids, weights=[4, 1]), now, {"option": "o2"})
    card = rows(Card)[0].stability
    key(owner, ids[0], now + DAY, o1="1", o2="0.25")
    assert [(each.old, each.new) for each in ahead(ids[0]).changes] == [(0, 1)]
    assert (ahead(ids[0]).now_right, ahead(ids[0]).now_wrong) == (0, 0)
    regrade(owner, ids[0], now + DAY)
    assert points(person, uid) == (1, 5)
    assert outcomes(person, uid)[0] == ("partial", 1, True)
    assert [row.kind for row in rows(Review)] == ["answer"]
    assert rows(Card)[0].stability == card
    assert agrees()


def test_points_below_zero_count_as_the_quiz_says(
    owner: Person, ids: list[int], now: datetime
) -> None:
    person = create_person()
    strict, mild = create_quiz(ids), create_quiz(ids, slug="mild", floor_zero=True)
    uids = [sit(person, quiz, now, {"option": "o2"}) for quiz in (strict, mild)]
    key(owner, ids[0], now + DAY, o1="1", o2="-0.5")
    found = ahead(ids[0])
    assert [(each.quiz, each.old, each.new) for each in found.changes] == [("Exam", 0, -0.5)]
    assert found.answers == 2
    regrade(owner, ids[0], now + DAY)
    assert [points(person, uid)[0] for uid in uids] == [-0.5, 0]


def test_the_memory_follows_at_the_old_time(owner: Person, ids: list[int], now: datetime) -> None:
    person, twin = create_person(), create_person()
    study(person, ids[0], {"option": "o2"}, now, 1)
    study(person, ids[0], {"option": "o2"}, now + 3 * DAY, 2)
    key(owner, ids[0], now + 4 * DAY, o2="1")
    study(twin, ids[0], {"option": "o2"}, now, 3)
    study(twin, ids[0], {"option": "o2"}, now + 3 * DAY, 4)
    assert ahead(ids[0]).study == 2
    assert ahead(ids[0]).changes == []
    regrade(owner, ids[0], now + 5 * DAY)
    mine, theirs = sorted(rows(Card), key=lambda card: card.user_id)
    assert (mine.stability, mine.difficulty, mine.reps, mine.lapses, mine.last_at) == (
        theirs.stability, theirs.difficulty, 2, theirs.lapses, now + 3 * DAY,
    )  # fmt: skip
    own = [row for row in rows(Review) if row.user_id == person.id]
    own.sort(key=lambda row: row.seq)
    assert [row.kind for row in own] == ["answer", "answer", "undo", "answer", "undo", "answer"]
    assert [own[2].voids_seq, own[4].voids_seq] == [own[0].seq, own[1].seq]
    assert (own[3].at, own[3].day, own[3].rating) == (now, own[0].day, 3)
    assert own[3].response_seq == own[0].response_seq
    days = {row.day: row for row in rows(UserDay) if row.user_id == person.id}
    assert [(row.answers, row.right) for _, row in sorted(days.items())] == [(1, 1), (1, 1)]
    assert agrees()


def test_a_pass_that_becomes_a_lapse_shortens_the_interval(
    owner: Person, ids: list[int], now: datetime
) -> None:
    person = create_person()
    for n, days in enumerate((0, 3, 12)):
        study(person, ids[0], {"option": "o1"}, now + days * DAY, n)
    due = rows(Card)[0].due_day
    key(owner, ids[0], now + 13 * DAY, o2="1")
    regrade(owner, ids[0], now + 13 * DAY)
    (card,) = rows(Card)
    assert card.due_day < due
    assert sum(row.right for row in rows(UserDay)) == 0
    assert sum(row.answers for row in rows(UserDay)) == 3
    assert agrees()


def test_an_answer_in_the_middle_of_a_life_is_replayed_with_what_came_after(
    owner: Person, ids: list[int], now: datetime
) -> None:
    person, fact = create_person(), db.session.get_one(Question, ids[0]).fact_id
    with writing() as session:
        session.execute(sa.update(Question).where(Question.id == ids[1]).values(fact_id=fact))
    study(person, ids[1], {"text": "yes"}, now, 1)
    sit(person, create_quiz(ids[:1]), now + 4 * DAY, {"option": "o2"})
    study(person, ids[1], {"text": "yes"}, now + 9 * DAY, 2)
    stability = rows(Card)[0].stability
    key(owner, ids[0], now + 10 * DAY, o2="1")
    regrade(owner, ids[0], now + 10 * DAY)
    (card,) = rows(Card)
    assert card.stability > stability
    assert (card.reps, card.last_at) == (3, now + 9 * DAY)
    assert agrees()


def test_open_attempts_are_left_alone_until_they_end(
    owner: Person, ids: list[int], now: datetime
) -> None:
    sitting, practising = create_person(), create_person()
    exam = create_quiz(ids)
    practice = create_quiz(ids, slug="practice", feedback="immediate")
    uid = begin(sitting, exam, now).uid
    saving.save(
        sitting, uid, 1, client_id=client_id(1), base_seq=0,
        response={"option": "o2"}, flagged=False, now=now,
    )  # fmt: skip
    other = begin(practising, practice, now).uid
    attempts.answer_practice(practising, other, 1, client_id(2), {"option": "o2"}, now=now)
    key(owner, ids[0], now, o2="1")
    found = ahead(ids[0])
    assert (found.open, found.answers, found.changes) == (2, 0, [])
    assert regrade(owner, ids[0], now)["answers"] == 0
    assert rows(Regrade) == []
    handing_in.hand_in(sitting, uid, now + DAY)
    attempts.answer_practice(practising, other, 2, client_id(3), {"text": "yes"}, now=now)
    assert points(sitting, uid) == (0, 2)
    assert ahead(ids[0]).changed == 2
    regrade(owner, ids[0], now + DAY)
    assert points(sitting, uid) == (1, 2)
    assert points(practising, other) == (2, 2)
    assert agrees()


def test_of_several_tries_the_best_counts_less_its_penalty(
    owner: Person, ids: list[int], now: datetime
) -> None:
    person = create_person()
    quiz = create_quiz(ids, feedback="immediate", question_tries=3, penalty_percent=25)
    uid = begin(person, quiz, now).uid
    for n, option in enumerate(("o3", "o2", "o1")):
        attempts.answer_practice(person, uid, 1, client_id(n), {"option": option}, now=now)
    attempts.answer_practice(person, uid, 2, client_id(9), {"text": "yes"}, now=now)
    assert points(person, uid) == (1.5, 2)
    key(owner, ids[0], now, o2="1")
    (change,) = ahead(ids[0]).changes
    assert (change.old, change.new, change.total_old, change.total_new) == (0.5, 0.75, 1.5, 1.75)
    regrade(owner, ids[0], now + DAY)
    assert points(person, uid) == (1.75, 2)
    assert [row.kind for row in rows(Review) if row.question_id == ids[0]] == ["answer"]
    assert agrees()  # the first try is as wrong as before


def test_an_answer_that_the_new_version_cannot_read_stays(
    owner: Person, ids: list[int], now: datetime
) -> None:
    person = create_person()
    uid = sit(person, create_quiz(ids), now, {"option": "o1"})
    kept = [{**OPTIONS["options"][1], "fraction": "1"}, OPTIONS["options"][2]]
    edit(owner, ids[0], {"options": kept}, now)
    assert (ahead(ids[0]).unreadable, ahead(ids[0]).answers) == (1, 0)
    regrade(owner, ids[0], now)
    assert points(person, uid) == (1, 2)


def test_not_knowing_is_neither_unreadable_nor_changed(
    owner: Person, ids: list[int], now: datetime
) -> None:
    person = create_person()
    answers.answer(person, client_id(1), uid_of(ids[0]), 1, {}, now=now, marks={"unknown": True})
    key(owner, ids[0], now, o2="1")
    assert (ahead(ids[0]).unreadable, ahead(ids[0]).answers) == (0, 0)
    assert regrade(owner, ids[0], now)["answers"] == 0


def test_what_a_person_decided_stands(owner: Person, ids: list[int], now: datetime) -> None:
    person = create_person()
    uid = sit(person, create_quiz(ids), now, {"option": "o2"})
    (logged,) = rows(LoggedResponse)
    with writing() as session:
        session.add(
            Regrade(
                user_id=person.id,
                seq=logged.seq,
                n=1,
                score=0.5,
                fraction=0.5,
                why="override",
                by=owner.id,
                at=now,
            )
        )
        session.flush()
        attempt = session.scalars(sa.select(Attempt)).one()
        handing_in.recount(session, attempt)
    key(owner, ids[0], now, o2="1")
    assert ahead(ids[0]).answers == 0
    assert regrade(owner, ids[0], now)["answers"] == 0
    assert points(person, uid) == (0.5, 2)


def test_a_key_that_changes_back_regrades_again(
    owner: Person, ids: list[int], now: datetime
) -> None:
    person = create_person()
    uid = sit(person, create_quiz(ids), now, {"option": "o2"})
    key(owner, ids[0], now, o2="1")
    regrade(owner, ids[0], now + DAY)
    key(owner, ids[0], now, o1="1")
    assert [(each.old, each.new) for each in ahead(ids[0]).changes] == [(1, 0)]
    regrade(owner, ids[0], now + 2 * DAY)
    assert points(person, uid) == (0, 2)
    assert [(row.n, row.key_version, row.score) for row in rows(Regrade)] == [(1, 2, 1), (2, 3, 0)]
    kinds = [row.kind for row in sorted(rows(Review), key=lambda row: row.seq)]
    assert kinds == ["answer", "undo", "answer", "undo", "answer"]
    assert agrees()


def test_an_edit_of_wording_offers_nothing(owner: Person, ids: list[int], now: datetime) -> None:
    sit(create_person(), create_quiz(ids), now, {"option": "o2"})
    assert not regrading.is_offered(bank(), uid_of(ids[0]))
    edit(owner, ids[0], OPTIONS, now, stem="Other words?")
    assert not regrading.is_offered(bank(), uid_of(ids[0]))
    key(owner, ids[0], now, o2="1")
    assert regrading.is_offered(bank(), uid_of(ids[0]))
    assert not regrading.is_offered(bank(), uid_of(ids[1]))


def test_parts_that_test_facts_of_their_own_follow_too(
    owner: Person, ids: list[int], now: datetime
) -> None:
    gaps = {
        "1": {"kind": "typed", "answers": [{"id": "a1", "text": "one"}]},
        "2": {"kind": "typed", "answers": [{"id": "a1", "text": "two"}], "fact": "second"},
    }
    (cloze,) = create_questions(("cloze", {"gaps": gaps}), slug="clozes")
    with writing() as session:
        bank_id = session.get_one(Question, cloze).bank_id
        second = Fact(uid="second", bank_id=bank_id, key="second", statement="A second fact.")
        session.add(second)
        session.flush()
        session.add(QuestionPart(question_id=cloze, part="2", fact_id=second.id))
        session.execute(sa.update(Bank).values(owner_id=owner.id))
        second_id = second.id
    person = create_person()
    study(person, cloze, {"gaps": {"1": "one", "2": "deux"}}, now, 1)
    assert {card.fact_id: card.lapses for card in rows(Card)}.keys() >= {second_id}
    clozes = banks.find("clozes")
    assert clozes
    found = editable_questions.find(clozes, uid_of(cloze))
    body = copy.deepcopy(found.draft.body)
    body["gaps"]["2"]["answers"] += [{"id": "a2", "text": "deux"}]
    draft = replace(found.draft, body=body)
    assert editing.edit_question(clozes, owner, uid_of(cloze), 1, draft, now).new_version
    job = regrading.regrade(banks.find("clozes"), uid_of(cloze), owner, now)  # type: ignore[arg-type]
    regrading.run(db.session.get_one(Job, job).payload, Quiet(now + DAY))
    standing = sorted(rows(Review), key=lambda row: row.seq)[2:]
    assert [(row.kind, row.part, row.rating) for row in standing] == [
        ("undo", None, None), ("answer", None, 3), ("undo", "2", None), ("answer", "2", 3),
    ]  # fmt: skip
    assert agrees()


def test_names_are_told_of_this_banks_own_quizzes_only(
    owner: Person, ids: list[int], now: datetime
) -> None:
    create_questions(("multiple_choice", OPTIONS), slug="elsewhere")
    person = create_person(name="Ada")
    sit(person, create_quiz(ids, slug="foreign", bank="elsewhere"), now, {"option": "o2"})
    sit(person, create_quiz(ids, slug="own"), now, {"option": "o2"})
    key(owner, ids[0], now, o2="1")
    told = [(each.quiz, each.learner) for each in ahead(ids[0]).changes]
    assert told == [("Foreign", ""), ("Own", "Ada")]


def test_questions_of_other_banks_are_absent(owner: Person, ids: list[int], now: datetime) -> None:
    create_questions(("multiple_choice", OPTIONS), slug="elsewhere")
    other = banks.find("elsewhere")
    assert other
    for act in (regrading.is_offered, foresee):
        with pytest.raises(Absent):
            act(other, uid_of(ids[0]))
    with pytest.raises(Absent):
        regrading.regrade(other, uid_of(ids[0]), owner, now)


def test_types_that_the_app_does_not_grade_offer_nothing(owner: Person, now: datetime) -> None:
    (card,) = create_questions(("flashcard", {"back": "A"}))
    study(create_person(), card, {"rating": 3}, now, 1)
    edit(owner, card, {"back": "B"}, now)
    assert not regrading.is_offered(bank(), uid_of(card))
    assert ahead(card).answers == 0


def test_a_regraded_study_answer_is_shown_and_taken_back_as_it_stands(
    owner: Person, ids: list[int], now: datetime
) -> None:
    person = create_person()
    seq = study(person, ids[0], {"option": "o2"}, now, 1)
    key(owner, ids[0], now, o2="1")
    assert sittings.mistakes_left(person, "", now) == 1
    regrade(owner, ids[0], now)
    db.session.rollback()
    assert sittings.mistakes_left(person, "", now) == 0
    shown = log_views.response(person, seq, now)
    assert shown
    assert (shown.score, shown.asked.version) == (1.0, 2)
    cards.undo(person, now + timedelta(minutes=1))
    assert rows(Card) == []
    assert [(row.answers, row.right) for row in rows(UserDay)] == [(0, 0)]
    assert agrees()


def test_a_guest_who_signed_in_meanwhile_is_regraded_under_the_account(
    owner: Person, ids: list[int], now: datetime
) -> None:
    guest, person = create_person(kind="guest"), create_person()
    study(guest, ids[0], {"option": "o2"}, now, 1)
    key(owner, ids[0], now, o2="1")
    merging.merge(guest.id, person.id, now)
    regrade(owner, ids[0], now)
    assert [row.user_id for row in rows(Regrade)] == [person.id]
    assert agrees()
