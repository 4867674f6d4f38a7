"""The pages of item analysis: what editors see, as tables, charts and CSV."""

import csv
import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from quizapp.database import writing
from quizapp.models import Bank, LoggedResponse
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes.quizzes import QuizView
from quizapp.web import item_tables
from tests.factories import create_person, sign_in
from tests.services.bank_makers import question
from tests.services.quiz_makers import create_questions, create_quiz
from tests.services.test_regrading import OPTIONS, TYPED, key, sit
from tests.web.people_ground import real_now

pytestmark = pytest.mark.only("sqlite")
RIGHT, WRONG = {"option": "o1"}, {"option": "o2"}
PAGE = "/quizzes/exam/items"


@pytest.fixture
def owner(app: Flask) -> Person:
    return create_person("instructor")


@pytest.fixture
def quiz(owner: Person) -> QuizView:
    """A quiz of three questions in a bank of the owner's."""
    ids = create_questions(("multiple_choice", OPTIONS), *[("short_answer", TYPED)] * 2)
    with writing() as session:
        session.execute(sa.update(Bank).values(owner_id=owner.id))
    return create_quiz(ids)


@pytest.fixture
def desk(client: FlaskClient, owner: Person, quiz: QuizView) -> FlaskClient:
    sign_in(client, owner)
    return client


def take(quiz: QuizView, able: int, others: int = 0) -> None:
    """Have the able miss the first question only, and the others all but the first."""
    for n in range(able + others):
        text = {"text": "yes" if n < able else "=no <b>"}
        person = create_person(name=f"Ada {n} <b>")
        sit(person, quiz, real_now(), WRONG if n < able else RIGHT, text, text)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_quiz_that_nobody_took_says_what_will_be_here(desk: FlaskClient) -> None:
    page = desk.get(PAGE).text
    assert "The figures will be here" in page
    assert "<table" not in page


def test_one_attempt_is_too_early_and_no_error(desk: FlaskClient, quiz: QuizView) -> None:
    take(quiz, able=1)
    page = desk.get(PAGE).text
    assert "Too early to judge single questions: 1 attempt so far." in page
    assert "too few, n 1" in page
    assert desk.get(f"{PAGE}/{question(1).uid}").status_code == 200


def test_a_questionable_question_comes_with_its_reason_and_edit(
    desk: FlaskClient, quiz: QuizView
) -> None:
    take(quiz, able=10, others=10)
    page = desk.get(PAGE).text
    assert "1 question needs a look" in page
    assert "<strong>Check the key.</strong> 10 of the strongest 10 chose “red”" in page
    assert "make it the key and regrade" in page
    assert f'href="{PAGE}/{question(1).uid}?which=first"' in page
    assert "Too early" not in page


def test_every_figure_stands_with_its_range_and_n(desk: FlaskClient, quiz: QuizView) -> None:
    take(quiz, able=10, others=10)
    page = desk.get(PAGE).text
    assert '50%<span class="doubt">30 to 70%, n 20</span><span class="doubt">about right' in page
    assert '33%<span class="doubt">n 20</span>' in page  # guessing is known
    assert '-100<span class="doubt">n 20</span>' in page
    for name in ("Skewness", "Kurtosis", "Error ratio", "Standard error of a score"):
        assert name in page


def test_each_chart_has_its_table_and_wide_tables_scroll_in_their_own_region(
    desk: FlaskClient, quiz: QuizView
) -> None:
    take(quiz, able=3, others=3)
    page = desk.get(PAGE).text
    assert page.count("<svg viewBox") == page.count("Show the table") == 3
    for caption in ("Attempts by score", "Seconds by question", "Facility and agreement"):
        assert caption in page
    assert page.count('<div class="wide" tabindex="0" role="group"') == 1
    assert "style=" not in page


def test_which_attempts_count_is_chosen_and_shown(desk: FlaskClient, quiz: QuizView) -> None:
    person = create_person()
    for n, given in enumerate((WRONG, RIGHT)):
        sit(person, quiz, real_now() + timedelta(minutes=n), given)
    first, last = desk.get(PAGE).text, desk.get(f"{PAGE}?which=last").text
    assert re.search(r'aria-current="true">First attempts <span class="chip">1<', first)
    assert re.search(r'aria-current="true">Last attempts <span class="chip">1<', last)
    assert 'All attempts <span class="chip">2<' in first
    assert ">0%<" in first.replace('class="n"', "")
    assert "100%" in last
    assert desk.get(f"{PAGE}?which=nonsense").text.count('aria-current="true">First') == 1


def test_a_question_shows_who_chose_what_by_thirds(desk: FlaskClient, quiz: QuizView) -> None:
    take(quiz, able=6, others=6)
    page = desk.get(f"{PAGE}/{question(1).uid}").text
    assert "Weakest 6" in page
    assert "Strongest 6" in page
    red = page[page.index(">red</th>") :].split("</tr>")[0]
    assert re.findall(r'<td class="n">(\d+)</td>', red) == ["0", "0", "6"]
    assert "Discrimination index, with the rest" in page
    assert "since the answer before, as an exam saves them" in page


def test_the_answers_behind_the_figures_are_listed_safely(
    desk: FlaskClient, quiz: QuizView
) -> None:
    take(quiz, able=1, others=1)
    page = desk.get(f"{PAGE}/{question(2).uid}").text
    assert "A learner" in page
    assert "Ada 1" not in page  # who edits a quiz does not teach all who took it
    assert "=no &lt;b&gt;" in page
    assert "<b>" not in page.split("The answers behind")[1]


def test_many_answers_are_turned_over_page_by_page(
    desk: FlaskClient, quiz: QuizView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(item_tables, "PAGE", 2)
    take(quiz, able=3)
    address = f"{PAGE}/{question(1).uid}"
    assert "Page 1 of 2" in desk.get(address).text
    for page in ("2", "999", "-1", "x"):
        assert desk.get(f"{address}?page={page}").status_code == 200
    assert "Page 2 of 2" in desk.get(f"{address}?page=2").text


def test_guests_and_overruled_answers_are_marked(desk: FlaskClient, quiz: QuizView) -> None:
    sit(create_person(kind="guest"), quiz, real_now(), WRONG)
    sit(create_person(), quiz, real_now(), RIGHT)
    with writing() as session:
        session.execute(sa.update(LoggedResponse).values(marks={"said_right": True}))
    assert "1 of them is by a guest." in desk.get(PAGE).text
    page = desk.get(f"{PAGE}/{question(1).uid}").text
    assert "A guest" in page
    assert page.count('<span class="chip">&#34;I was right&#34;</span>') == 2
    rows = rows_of(desk.get(f"{PAGE}/{question(1).uid}?format=csv").text)
    assert sorted(row["guest"] for row in rows) == ["False", "True"]
    assert {row["said_right"] for row in rows} == {"True"}


def test_an_older_key_stands_apart(desk: FlaskClient, owner: Person, quiz: QuizView) -> None:
    take(quiz, able=2, others=1)
    key(owner, 1, real_now(), o2="1")
    take(quiz, able=1)
    page = desk.get(PAGE).text
    assert "1 v1. Question 1?" in page
    page = desk.get(f"{PAGE}/{question(1).uid}").text
    assert "Version 2, as it is asked now" in page
    assert ">Version 1<" in page
    assert "The key or the options have changed." in page


def test_the_figures_come_as_csv(desk: FlaskClient, quiz: QuizView) -> None:
    take(quiz, able=10, others=10)
    answer = desk.get(f"{PAGE}?format=csv")
    assert answer.mimetype == "text/csv"
    first = rows_of(answer.text)[0]
    assert (first["facility"], first["facility_n"], first["question"]) == (
        "50.0",
        "20",
        question(1).uid,
    )
    assert float(first["facility_low"]) == pytest.approx(29.9, abs=0.1)
    assert float(first["discrimination"]) == pytest.approx(-100)
    assert first["proposals"] == "key-wrong never-chosen"


def test_a_spreadsheet_runs_nothing_of_what_was_typed(desk: FlaskClient, quiz: QuizView) -> None:
    take(quiz, able=0, others=1)
    (row,) = rows_of(desk.get(f"{PAGE}/{question(2).uid}?format=csv").text)
    assert row["answer"] == "'=no <b>"
    assert (row["learner"], row["outcome"], row["fraction"]) == ("A learner", "wrong", "0.0")


def test_a_bank_shows_how_its_questions_did_in_all_quizzes(
    desk: FlaskClient, quiz: QuizView
) -> None:
    assert "No quiz has asked them yet" in desk.get("/banks/quizbank/items").text
    take(quiz, able=3, others=3)
    page = desk.get("/banks/quizbank/items").text
    assert "in percent of its points" in page
    assert page.count('<tr><th scope="row"><a href="/banks/quizbank/questions/') >= 3
    rows = rows_of(desk.get("/banks/quizbank/items?format=csv").text)
    assert [row["asked"] for row in rows] == ["6", "6", "6"]
    assert "intended" not in rows[0]


def test_the_pages_are_linked_where_quizzes_and_banks_are_made(desk: FlaskClient) -> None:
    assert f'href="{PAGE}"' in desk.get("/quizzes/exam/edit").text
    assert 'href="/banks/quizbank/items"' in desk.get("/banks/quizbank").text
    assert 'href="/banks/quizbank/items"' in desk.get("/banks/quizbank/manage").text


def test_all_of_it_is_absent_for_others(client: FlaskClient, quiz: QuizView) -> None:
    take(quiz, able=1)
    addresses = (PAGE, f"{PAGE}/{question(1).uid}", "/banks/quizbank/items")
    for who in (create_person(), create_person("instructor")):
        sign_in(client, who)
        for address in addresses:
            assert client.get(address).status_code == 404
            assert client.get(f"{address}?format=csv").status_code == 404


def test_what_was_never_asked_is_absent(desk: FlaskClient, quiz: QuizView) -> None:
    take(quiz, able=1)
    for address in (f"{PAGE}/nothing", "/quizzes/nowhere/items", "/banks/nowhere/items"):
        assert desk.get(address).status_code == 404
