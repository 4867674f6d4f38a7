"""The first page of a course in a browser: the matrix, what is behind it, and practising."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from quizapp.core.statistics import class_matrix
from quizapp.extensions import db
from quizapp.models import Assignment, Audit, Fact, Job
from quizapp.services.courses import class_numbers, first_page, snapshots
from quizapp.services.study import answers
from quizapp.web import class_words, course_first
from tests.factories import create_bank, create_person, sign_in
from tests.services.course_makers import archived, assigned_goal, course_of, enrolled
from tests.services.learner_makers import facts_of, put_article, put_card, put_evidence

pytestmark = pytest.mark.only("sqlite")
NOW = datetime.now(UTC)  # noqa: TID251 - the views read the real clock
DAY = timedelta(days=1)


class Class:
    """A course with a goal, two learners and some memories; the teacher's browser."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.teacher = create_person("instructor", name="Ms Okoro")
        self.course = course_of(self.teacher, tz="Europe/Berlin")
        self.bank = create_bank(facts=3)
        self.facts = facts_of(self.bank)
        self.ada = create_person(name="=Ada <b>")
        self.ben = create_person(name="Ben")
        for one in (self.ada, self.ben):
            enrolled(self.course, one)
        assigned_goal(self.course, self.bank.id, self.facts[:2], due_at=NOW - DAY)
        assigned_goal(self.course, self.bank.id)
        put_card(self.ada, self.facts[0], NOW, stability=10, days_ago=200)
        put_card(self.ben, self.facts[0], NOW, stability=10, days_ago=9)
        put_card(self.ben, self.facts[1], NOW, stability=10, days_ago=30)
        sign_in(client, self.teacher)

    @property
    def path(self) -> str:
        return f"/courses/{self.course.uid}"

    def uid(self, place: int) -> str:
        return db.session.get_one(Fact, self.facts[place]).uid

    def get(self, more: str = "") -> str:
        page = self.client.get(f"{self.path}{more}")
        assert page.status_code == 200, page.status_code
        return page.text

    def rows(self, more: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.get(more))))


@pytest.fixture
def made(app: Flask, client: FlaskClient) -> Class:
    return Class(client)


def test_staff_see_the_matrix_with_a_link_behind_every_cell_that_was_asked(made: Class) -> None:
    page = made.get()
    assert "=Ada &lt;b&gt;" in page
    first = re.search(r"<tbody>\n<tr>(.*?)</tr>", page, re.S)
    assert first
    cells = re.findall(r'<td class="(k\d)">(.*?)</td>', first[1])
    assert [kind for kind, _ in cells] == ["k0", "k2", "k0"]
    assert 'aria-label="never answered">?</a>' in cells[0][1]
    assert 'title="1 review"' in cells[1][1]
    assert cells[2][1] == '<span class="vh">not asked</span>'
    assert f"?at={made.ada.uid}.{made.uid(1)}" in cells[0][1]
    assert page.count("btn primary") == 1
    assert "style=" not in page
    assert "2 learners, 3 facts, as of" in page


def test_one_click_from_a_cell_opens_the_answers(made: Class) -> None:
    found = made.client.get(f"{made.path}?at={made.ada.uid}.{made.uid(0)}")
    assert found.status_code == 302
    assert found.location == f"{made.path}/learners/{made.ada.uid}/facts/{made.uid(0)}"
    assert made.client.get(f"{made.path}?at=x.").status_code == 200  # no cell: the page itself
    gone = made.client.get(f"{made.path}?at=nobody.nothing", follow_redirects=True)
    assert gone.status_code == 404


def test_learners_see_their_own_page_and_nothing_of_others(made: Class) -> None:
    sign_in(made.client, made.ada)
    page = made.get()
    assert "Ben" not in page
    for more in (
        "/matrix.csv",
        "/facts",
        f"/facts/{made.uid(0)}",
        f"/learners/{made.ben.uid}",
        f"/learners/{made.ada.uid}",
        f"/learners/{made.ada.uid}/facts/{made.uid(0)}",
    ):
        assert made.client.get(made.path + more).status_code == 404, more
    assert made.client.post(f"{made.path}/practise", data={"fact": made.uid(0)}).status_code == 404


def test_an_assistant_sees_what_the_instructor_sees(made: Class) -> None:
    helper = create_person(name="Hal")
    enrolled(made.course, helper, "assistant")
    sign_in(made.client, helper)
    assert "Ben" in made.get()
    assert "Ben" in made.get(f"/facts/{made.uid(0)}")


def test_a_learners_page_tells_what_they_know_and_that_it_was_looked_at(made: Class) -> None:
    for _ in range(2):
        page = made.get(f"/learners/{made.ben.uid}")
    assert "about 2" in page  # 0.91 and 0.8 of three facts
    assert "not asked yet" in page
    looks = db.session.scalars(sa.select(Audit).where(Audit.subject_user_id == made.ben.id)).all()
    assert [(row.actor_id, row.action, row.note) for row in looks] == [
        (made.teacher.id, "course.look", "memory")
    ]
    rows = made.rows(f"/learners/{made.ben.uid}?format=csv")
    assert rows[0][:4] == ["fact", "bank", "recall_percent", "state"]
    assert [row[3] for row in rows[1:]] == ["known", "known", "not_asked"]


def test_a_facts_page_shows_its_sentence_and_who_knows_it(made: Class) -> None:
    uid = put_article(made.bank, "White cells fight. Red cells carry.")
    put_evidence(uid, made.facts[1], "White cells fight.")
    page = made.get(f"/facts/{made.uid(1)}")
    assert "<mark>White cells fight.</mark>" in page
    assert page.index("Ada") < page.index("Ben")
    assert "never answered, counts as 0%" in page
    rows = made.rows(f"/facts/{made.uid(1)}?format=csv")
    assert rows[1][:3] == ["'=Ada <b>", "0", "owed"]  # a spreadsheet must not run a name


def test_the_answers_of_a_cell_are_told_with_their_words(made: Class) -> None:
    question = db.session.execute(
        sa.text("select uid from questions where fact_id = :f and type = 'multiple_choice'"),
        {"f": made.facts[2]},
    ).scalar_one()
    for option, days in (("o2", 20), ("o1", 10)):
        at = NOW - days * DAY
        answers.answer(
            made.ada, str(uuid4()), question, 1, {"option": option}, now=at, took_ms=1500
        )
    more = f"/learners/{made.ada.uid}/facts/{made.uid(2)}"
    page = made.get(more)
    assert "What fights infection (2)?" in page
    assert page.index("white blood cells") < page.index("red blood cells")
    assert "Right</span>" in page
    assert "Wrong</span>" in page
    assert "1.5 s" in page
    looks = db.session.scalars(sa.select(Audit.note).where(Audit.subject_user_id == made.ada.id))
    assert looks.all() == ["answers"]
    rows = made.rows(f"{more}?format=csv")
    assert [row[3] for row in rows] == ["answer", "white blood cells", "red blood cells"]
    assert rows[2][6] == ""
    assert 0 < int(rows[1][6]) < 99
    assert made.client.get(f"{made.path}{more}?after=x").status_code == 404


def test_the_whole_matrix_is_a_file_that_no_spreadsheet_runs(made: Class) -> None:
    rows = made.rows("/matrix.csv")
    assert rows[0] == ["learner", "mean_percent", *(f"Fact {n} of Blood." for n in (2, 1, 3))]
    assert rows[1][0] == "'=Ada <b>"
    assert rows[1][2] == "never answered"
    assert rows[2][0] == "Ben"
    assert rows[1][4] == rows[2][4] == ""


def test_facts_are_listed_ticked_and_given_to_practise(made: Class) -> None:
    page = made.get("/facts")
    assert page.count('name="fact"') == 3
    rows = made.rows("/facts?format=csv")
    assert [row[0] for row in rows] == ["fact", *(f"Fact {n} of Blood." for n in (2, 1, 3))]
    sent = {"fact": [made.uid(0), made.uid(2)], "title": "Again", "due": "2199-07-01T18:00"}
    reply = made.client.post(f"{made.path}/practise", data=sent)
    assert reply.status_code == 303
    assert reply.location == f"{made.path}/assignments"
    given = db.session.scalars(sa.select(Assignment).order_by(Assignment.id.desc())).first()
    assert given
    assert given.title == "Again"
    assert (given.goal or {})["facts"] == [made.facts[0], made.facts[2]]
    assert given.due_at == datetime(2199, 7, 1, 16, tzinfo=UTC)  # summer time in Berlin


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"fact": "nothing"},
        {"fact": "", "due": "soon"},
        {"due": "0001-01-01T00:00"},
        {"due": "9999-12-31T23:59"},
        {"due": "2020-01-01T10:00"},
        {"title": "x" * 1000, "due": ""},
        {"title": "\0", "due": ""},
    ],
)
def test_a_practice_that_cannot_be_is_refused_in_words(made: Class, sent: dict[str, str]) -> None:
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Assignment))
    fields = {"fact": made.uid(0), **sent} if sent else {}
    reply = made.client.post(f"{made.path}/practise", data=fields)
    assert reply.status_code in (303, 400)
    if reply.status_code == 303:
        assert reply.location == f"{made.path}/facts"
        assert 'class="status is-partial"' in made.get("/facts")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Assignment)) == before


def test_an_archived_course_offers_nothing_to_give(made: Class) -> None:
    archived(made.course, NOW)
    assert "Practise the ticked facts" not in made.get()
    assert 'name="fact"' not in made.get("/facts")
    reply = made.client.post(f"{made.path}/practise", data={"fact": made.uid(0)})
    assert reply.status_code == 409


def test_a_class_too_big_for_a_request_is_waited_for(
    made: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "SMALL_CELLS", 0)
    page = made.get()
    assert "The figures are being made" in page
    assert "data-waiting" in page
    assert "The figures are being made" in made.get("/facts")
    assert made.client.get(f"{made.path}/matrix.csv").status_code == 503
    assert db.session.scalars(sa.select(Job.kind)).all() == [snapshots.JOB]
    snapshots.refresh(NOW + timedelta(seconds=5))
    assert "Who knows what now" in made.get()


def test_more_than_a_window_is_paged(made: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (first_page, course_first):
        monkeypatch.setattr(module, "ROWS", 1)
        monkeypatch.setattr(module, "COLUMNS", 2)
    page = made.get()
    assert "Learners 1 to 1 of 2, facts 1 to 2 of 3." in page
    assert "More learners" in page
    assert "Learners before" not in page
    page = made.get("?row=1&column=2")
    assert "Learners 2 to 2 of 2, facts 3 to 3 of 3." in page
    assert "More" not in page
    for odd in ("?row=x&column=-5", "?row=99999999999999999999", "?row=7&column=7"):
        assert "of 2, facts" in made.get(odd)


def test_a_course_without_learners_or_facts_says_what_to_do(
    app: Flask, client: FlaskClient
) -> None:
    teacher = create_person("instructor")
    course = course_of(teacher)
    sign_in(client, teacher)
    page = client.get(f"/courses/{course.uid}").text
    assert "Nobody has joined yet" in page
    assert f"/courses/{course.uid}/people" in page
    enrolled(course, create_person())
    page = client.get(f"/courses/{course.uid}").text
    assert "Nothing has been asked yet" in page
    assert f"/courses/{course.uid}/assignments" in page


def test_names_and_options_are_escaped_and_no_file_of_the_page_breaks_the_policy(
    made: Class,
) -> None:
    page = made.client.get(made.path)
    assert "<b>&" not in page.text
    assert "Ada <b>" not in page.text
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    assert not re.search(r"\son\w+=", page.text)


def test_a_full_window_stays_under_150_kilobytes(
    made: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    learners, facts = 40, 25
    people = [create_person(name=f"Maximiliane Featherstonehaugh {n}") for n in range(learners)]
    for one in people:
        enrolled(made.course, one)
    bank = create_bank("A bank with a title", facts=facts)
    assigned_goal(made.course, bank.id)
    ids = facts_of(bank)

    told = {
        "learners": [one.id for one in people],
        "facts": ids,
        "cells": [class_matrix.pack(range(n, n + facts)) for n in range(learners)],
        "reviews": [class_matrix.pack_counts([12] * facts)] * learners,
        "learner_means": [0.5] * learners,
        "fact_means": [0.5] * facts,
        "counted": [40] * facts,
        "under": [30] * facts,
        "all_facts": facts,
        "needs": [[one.id, [["behind", 10, 20], ["missed", 2, 3]]] for one in people],
        "believed": [],
    }
    monkeypatch.setattr(class_numbers, "of_course", lambda *_: told)
    page = made.get()
    assert page.count('<td class="k') == learners * facts
    assert len(page.encode()) < 150_000


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        ("Short.", "Short"),
        ("Interleukin-2 spurs the immune system on.", "Interleukin-2 spurs the…"),
        ("Pneumonoultramicroscopicsilicovolcanoconiosis", "Pneumonoultramicroscopics…"),
        ("White cells, red cells, and platelets too", "White cells, red cells…"),
    ],
)
def test_a_fact_over_its_column_is_cut_at_a_word(statement: str, shown: str) -> None:
    assert class_words.short(statement) == shown
    assert len(shown) <= class_words.LONGEST_HEAD
