"""The pages about plans: who gets them, what they say, and the way back from each mistake."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from quizapp.extensions import db
from quizapp.models import Bank
from quizapp.services.people import sessions
from quizapp.services.people.sessions import Person
from quizapp.services.study import plan_changes, plans, waiting
from tests.factories import create_bank, create_person, sign_in
from tests.services.course_makers import assigned_goal, course_of, enrolled
from tests.services.learner_makers import day_of, facts_of, put_card, put_on_shelf, rate

NOW = datetime.now(UTC)  # noqa: TID251 - the views read the real clock
DAY = timedelta(days=1)


@pytest.fixture
def mara(app: Flask, client: FlaskClient) -> Person:
    """Somebody with twelve facts on the shelf, eight of them met."""
    waiting.forget()
    person = create_person(name="Mara", created_at=NOW - 60 * DAY)
    bank = create_bank(facts=12)
    for n, fact in enumerate(facts_of(bank)[:8]):
        rate(person, fact, 4, NOW - (13 - n) * DAY, 1 + n)
    sign_in(client, person)
    return person


def fresh(person: Person) -> Person:
    found = sessions.person(person.id)
    assert found
    return found


def iso(person: Person, days: int) -> str:
    return date.fromordinal(day_of(person, NOW) + days).isoformat()


def planned(client: FlaskClient, person: Person, days: int = 2, minutes: int = 10) -> int:
    sent = {"target": "", "day": iso(person, days), "minutes": minutes, "title": "Final <b>"}
    assert client.post("/me/plan/exams", data=sent).status_code == 303
    return plans.exams_of(fresh(person), NOW)[0].id


@pytest.mark.only("sqlite")
def test_a_stranger_is_sent_to_the_first_page(client: FlaskClient) -> None:
    assert client.get("/me/plan").location == "/"


@pytest.mark.only("sqlite")
def test_a_guest_without_anything_can_open_the_page(app: Flask, client: FlaskClient) -> None:
    sign_in(client, create_person(kind="guest", created_at=NOW))
    page = client.get("/me/plan").text
    assert "No plan acts today" in page
    assert "Nothing is overdue" in page
    refused = client.post(
        "/me/plan/exams", data={"target": "", "day": "2999-01-01", "minutes": "10"}
    )
    assert refused.status_code == 422
    assert "too far away" in refused.text


def test_an_exam_without_a_name_is_called_by_what_it_asks(
    client: FlaskClient, mara: Person
) -> None:
    sent = {"target": "", "day": iso(mara, 9), "minutes": "10", "title": ""}
    client.post("/me/plan/exams", data=sent)
    assert plans.exams_of(fresh(mara), NOW)[0].title == "Everything on my shelf"


def test_what_is_not_offered_is_no_exam(client: FlaskClient, mara: Person) -> None:
    sent = {"target": "bank:nobodys", "day": iso(mara, 9), "minutes": "10"}
    refused = client.post("/me/plan/exams", data=sent)
    assert refused.status_code == 422
    assert refused.text.count("This cannot be chosen any more") == 2
    assert "Nothing was changed." in refused.text
    assert re.search(r'<a href="#(examform-target)">What it asks</a>', refused.text)
    assert 'id="examform-target"' in refused.text
    assert plans.exams_of(fresh(mara), NOW) == []


def test_what_more_minutes_buy_is_a_table_where_they_buy_anything(
    app: Flask, client: FlaskClient, mara: Person
) -> None:
    put_on_shelf(mara, create_bank("Many", facts=30))
    planned(client, mara, days=3, minutes=2)
    page = client.get("/me/plan").text
    assert "What the minutes buy" in page
    assert "lead to about the same" not in page


def test_an_exam_shows_what_it_leads_to_and_each_day_opens_its_facts(
    client: FlaskClient, mara: Person
) -> None:
    number = planned(client, mara, days=5)
    page = client.get("/me/plan").text
    assert "Final &lt;b&gt;" in page
    assert "in 5 days" in page
    assert "facts known on the day, with this plan" in page
    assert "From 5 to 20 minutes a day lead to about the same" in page
    assert "Show the table" in page
    today = day_of(mara, NOW)
    assert f"/me/rows?what=plan&amp;exam={number}&amp;day={today}" in page
    for path in (
        f"/me/rows?what=plan&day={today}",
        f"/me/rows?what=plan&exam={number}&day={today}",
        f"/me/rows?what=planned&exam={number}",
    ):
        assert client.get(path).status_code == 200
        assert client.get(f"{path}&format=csv").status_code == 200
    for path in ("day=1", f"day={today + 90}&exam={number}", "exam=99&day=5", "day=x"):
        assert client.get(f"/me/rows?what=plan&{path}").status_code == 404
    assert client.get("/me/rows?what=planned&exam=99").status_code == 404


def test_the_day_is_done_and_one_may_go_on_anyway(client: FlaskClient, mara: Person) -> None:
    planned(client, mara, minutes=1)
    for n in range(40):
        left = waiting.counts(fresh(mara), NOW)
        question = client.get("/study", follow_redirects=True).text
        if not left.all:
            break
        from quizapp.services.study import plan_days

        listed = plan_days.of_today(fresh(mara), NOW)
        assert listed
        todo = plan_days.left(fresh(mara), listed, NOW)
        rate(fresh(mara), [*[o.fact_id for o in todo.reviews], *todo.new][0], 4, NOW, 500 + n)
    assert "Your plan for today is done" in question
    assert "Go on anyway" in question
    assert "Your plan for today is done" in client.get("/").text
    assert "Your plan for today is done" in client.get("/me/plan").text
    went = client.post("/me/plan/beyond", data={"on": "1"})
    assert went.location == "/study"
    assert "You go on without the plan today" in client.get("/me/plan").text
    assert client.post("/me/plan/beyond", data={"on": "0"}).location == "/me/plan"
    assert "Your plan for today is done" in client.get("/me/plan").text


def test_a_pause_is_told_and_can_be_taken_back(client: FlaskClient, mara: Person) -> None:
    sent = {"from_day": iso(mara, 0), "until_day": iso(mara, 3)}
    assert client.post("/me/plan/pauses", data=sent).status_code == 303
    for path in ("/", "/me/plan", "/study/summary"):
        assert "You have a pause until" in client.get(path).text
    number = plans.wishes(fresh(mara))[0].id
    assert client.post(f"/me/plan/{number}/end").status_code == 303
    assert "You have a pause until" not in client.get("/me/plan").text
    assert client.post(f"/me/plan/{number}/end").status_code == 404
    wrong = client.post(
        "/me/plan/pauses", data={"from_day": iso(mara, 4), "until_day": iso(mara, 2)}
    )
    assert wrong.status_code == 422
    assert "A pause ends on the day on which it begins, or later." in wrong.text


@pytest.mark.only("sqlite")
def test_easy_days_are_stored_kept_and_dropped(client: FlaskClient, mara: Person) -> None:
    usual = {f"weekday{n}": "100" for n in range(7)}
    first = day_of(mara, NOW) + 2
    sent = {**usual, "weekday5": "50", "date": iso(mara, 2), "share": "0"}
    assert client.post("/me/plan/easy", data=sent).status_code == 303
    page = client.get("/me/plan").text
    assert f'name="keep{first}"' in page
    sent = {**usual, "date": iso(mara, 3), "share": "25", f"keep{first}": "1"}
    client.post("/me/plan/easy", data=sent)
    [wish] = plans.wishes(fresh(mara))
    assert wish.goal["dates"] == {str(first): 0.0, str(first + 1): 0.25}
    assert wish.goal["weekdays"] == {}
    client.post("/me/plan/easy", data=usual)
    assert plans.wishes(fresh(mara)) == []
    nothing = dict.fromkeys(usual, "0")
    refused = client.post("/me/plan/easy", data={**nothing, "share": "0"})
    assert refused.status_code == 422
    assert "Leave at least one day" in refused.text
    assert client.post("/me/plan/easy", data={"weekday1": "17"}).status_code == 422


@pytest.mark.only("sqlite")
def test_a_backlog_is_counted_and_taken_in_parts(client: FlaskClient, mara: Person) -> None:
    for n, fact in enumerate(facts_of(create_bank("Bones", facts=20))):
        put_card(mara, fact, NOW, due_in=-n - 1)
    put_on_shelf(mara, db.session.scalars(sa.select(Bank).where(Bank.title == "Bones")).one())
    page = client.get("/me/plan").text
    assert "facts are overdue" in page
    offered = re.search(r'<input[^>]*id="rescueform-minutes"[^>]*value="(\d+)"', page)
    assert offered
    sent = client.post("/me/plan/rescue", data={"minutes": offered[1]})
    assert sent.status_code == 303
    assert "fits into that" in client.post("/me/plan/rescue", data={"minutes": "90"}).text
    assert client.post("/me/plan/rescue", data={"minutes": "1"}).status_code == 303
    assert "until it is gone" in client.get("/me/plan").text
    assert client.post("/me/plan/rescue", data={"minutes": "x"}).status_code == 422
    assert client.post("/me/plan/rescue", data={"minutes": "9" * 30}).status_code == 422


@pytest.mark.only("sqlite")
def test_an_exam_is_changed_and_ended(client: FlaskClient, mara: Person) -> None:
    number = planned(client, mara)
    sent = {"title": "Midterm", "day": iso(mara, 9), "minutes": "25"}
    assert client.post(f"/me/plan/exams/{number}", data=sent).status_code == 303
    [exam] = plans.exams_of(fresh(mara), NOW)
    assert (exam.title, exam.minutes_per_day) == ("Midterm", 25)
    wrong = client.post(f"/me/plan/exams/{number}", data={**sent, "day": iso(mara, 0)})
    assert wrong.status_code == 422
    assert "Give a day that is to come" in wrong.text
    assert client.post("/me/plan/exams/999", data=sent).status_code == 404
    client.post(f"/me/plan/{number}/end")
    assert plans.exams_of(fresh(mara), NOW) == []


@pytest.mark.only("sqlite")
def test_others_plans_cannot_be_reached(app: Flask, client: FlaskClient, mara: Person) -> None:
    number = planned(client, mara)
    other = app.test_client()
    sign_in(other, create_person())
    assert other.post(f"/me/plan/{number}/end").status_code == 404
    sent = {"title": "", "day": iso(mara, 9), "minutes": "25"}
    assert other.post(f"/me/plan/exams/{number}", data=sent).status_code == 404
    assert other.get(f"/me/rows?what=planned&exam={number}").status_code == 404
    assert len(plans.exams_of(fresh(mara), NOW)) == 1


def test_what_a_course_has_set_is_planned_with_one_press(client: FlaskClient, mara: Person) -> None:
    teacher = create_person("instructor")
    course = course_of(teacher)
    bank = create_bank("Bones", facts=5)
    enrolled(course, mara)
    goal = assigned_goal(course, bank.id, due_at=NOW + 9 * DAY)
    assert "Set by your courses" in client.get("/me/plan").text
    page = client.get(f"/courses/{course.uid}").text
    assert "Plan for it" in page
    assert f"/me/plan/offers/{goal.uid}" in page
    answer = client.post(f"/me/plan/offers/{goal.uid}", data={"minutes": "12"})
    assert answer.status_code == 303
    assert "Plan for it" not in client.get(f"/courses/{course.uid}").text
    assert "In your plan" in client.get(f"/courses/{course.uid}").text
    assert client.post("/me/plan/offers/none", data={"minutes": "12"}).status_code == 404
    [exam] = plans.exams_of(fresh(mara), NOW)
    assert exam.course_title == course.title
    page = client.get("/me/plan").text
    assert course.title in page


@pytest.mark.only("sqlite")
def test_instructors_see_about_what_it_takes(app: Flask, client: FlaskClient) -> None:
    teacher = create_person("instructor")
    course = course_of(teacher)
    bank = create_bank("Bones", facts=5)
    assigned_goal(course, bank.id, due_at=NOW + 9 * DAY)
    sign_in(client, teacher)
    page = client.get(f"/courses/{course.uid}/assignments").text
    assert "5 facts, about 1 minute a day from today" in page


@pytest.mark.only("sqlite")
def test_a_plan_needs_its_token(guarded: FlaskClient) -> None:
    person = create_person(created_at=NOW)
    put_on_shelf(person, create_bank())
    put_card(person, 1, NOW)
    sign_in(guarded, person)
    sent = {"from_day": iso(person, 0), "until_day": iso(person, 3)}
    assert guarded.post("/me/plan/pauses", data=sent).status_code == 400
    assert plan_changes.plans.wishes(person) == []
