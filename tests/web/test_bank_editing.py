"""The pages for those who may edit a bank: lists, bulk acts, grouping, settings, sharing."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, BankMember, Question, QuestionReport
from quizapp.services.content import bulk, question_lists
from quizapp.services.people.sessions import Person
from tests.factories import START, create_person, sign_in
from tests.services.bank_makers import fact_of, put_bank, put_question, question, tags_of

STAND_INS = ("questions.edit", "questions.new", "questions.versions")
MANAGE = "/banks/blood/manage"


@pytest.fixture(autouse=True)
def _ground(app: Flask) -> None:
    """Make the links to writing questions lead somewhere, also where those pages are absent."""
    for endpoint in STAND_INS:
        if endpoint not in app.view_functions:
            path = f"/stand-in/<slug>/{endpoint}"
            app.add_url_rule(path, endpoint, lambda **_: "stand-in")


@pytest.fixture
def teacher(app: Flask) -> Person:
    return create_person("instructor", "Ms Okoro", "okoro@example.org")


@pytest.fixture
def bank_id(teacher: Person) -> int:
    return put_bank("Blood", teacher.id)


@pytest.fixture
def desk(client: FlaskClient, teacher: Person, bank_id: int) -> FlaskClient:
    """The owner's browser."""
    sign_in(client, teacher)
    return client


def uid(question_id: int) -> str:
    return question(question_id).uid


def act(desk: FlaskClient, name: str, *ids: int, **fields: str) -> TestResponse:
    data = {"act": name, "uid": [uid(one) for one in ids], **fields}
    return desk.post(MANAGE, data=data, follow_redirects=True)


def test_the_owner_finds_the_way_from_the_list_of_banks(desk: FlaskClient, bank_id: int) -> None:
    assert 'href="/banks/new"' in desk.get("/banks").text
    assert f'href="{MANAGE}"' in desk.get("/banks/blood").text
    assert "No questions yet" in desk.get(MANAGE).text


def test_learners_find_no_way_in(client: FlaskClient, app: Flask) -> None:
    put_bank("Blood", visibility="public")
    for role in (None, "learner", "instructor"):
        if role:
            sign_in(client, create_person(role))
        assert MANAGE not in client.get("/banks/blood").text
        for path in ("", "/facts", "/suggestions", "/settings"):
            assert client.get(MANAGE + path).status_code == 404
        assert client.post(MANAGE, data={"act": "retire", "all": "1"}).status_code == 404
    assert "/banks/new" in client.get("/banks").text  # an instructor may make one's own


def test_questions_are_listed_searched_and_filtered(desk: FlaskClient, bank_id: int) -> None:
    one = put_question(bank_id, "Où naît le <Rhône>?", "Glacier", tags=("géo",))
    put_question(bank_id, "Which cells fight?", status="draft")
    page = desk.get(MANAGE).text
    assert "2 questions" in page
    assert "Où naît le &lt;Rhône&gt;?" in page
    assert "#géo" in page
    assert f'value="{uid(one)}"' in page
    found = desk.get(f"{MANAGE}?q=RHONE+geo").text
    assert "1 question<" in found
    assert "Which cells" not in found
    assert "Which cells" in desk.get(f"{MANAGE}?status=draft").text
    assert "No question found" in desk.get(f"{MANAGE}?q=nothing&tag=g%C3%A9o").text
    assert "Of the fact:" in desk.get(f"{MANAGE}?fact={fact_of(one).uid}").text


def test_odd_addresses_are_no_error(desk: FlaskClient, bank_id: int) -> None:
    put_question(bank_id, "One")
    odd = ("page=x", "page=-3", "page=99999999999999999999", "type=zzz", "status=staged")
    odd += ("fact=zzz", "tag=" + "x" * 2000, "q=" + "%25_" * 90, "category=%FF", "q=%00")
    for query in odd:
        expected = 400 if "%00" in query else 200
        for page in ("", "/facts", "/suggestions"):
            assert desk.get(f"{MANAGE}{page}?{query}").status_code == expected, query


def test_pages_keep_the_filter(
    desk: FlaskClient, bank_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question_lists, "PAGE", 1)
    for n in range(3):
        put_question(bank_id, f"Iron {n}", position=n)
    page = desk.get(f"{MANAGE}?q=iron&page=2").text
    assert "Page 2 of 3" in page
    assert f'href="{MANAGE}?page=3&amp;q=iron"' in page
    assert "All 3 that the search finds" in page


def test_chosen_questions_are_changed_and_it_is_told(desk: FlaskClient, bank_id: int) -> None:
    one, two = put_question(bank_id, "One"), put_question(bank_id, "Two")
    bad = put_question(bank_id, "Bad", status="draft", kind="multiple_choice", body={"options": []})
    assert "2 questions changed." in act(desk, "tag", one, two, label="  my   tag ").text
    assert tags_of(one) == {"my tag"}
    act(desk, "untag", one, label="my tag")
    assert tags_of(one) == set()
    act(desk, "retire", one)
    assert (question(one).status, question(two).status) == ("retired", "active")
    told = act(desk, "activate", one, bad).text
    assert "1 question changed." in told
    assert "Bad stays as it was." in told
    assert "There was nothing to change." in act(desk, "activate", one).text


def test_all_that_the_search_finds_are_changed(desk: FlaskClient, bank_id: int) -> None:
    iron = [put_question(bank_id, f"Iron {n}") for n in range(3)]
    zinc = put_question(bank_id, "Zinc")
    came = desk.post(MANAGE, data={"act": "retire", "all": "1", "q": "iron", "page": "1"})
    assert came.location == f"{MANAGE}?q=iron&page=1"
    assert {question(one).status for one in iron} == {"retired"}
    assert question(zinc).status == "active"


def test_nothing_chosen_and_nonsense_change_nothing(desk: FlaskClient, bank_id: int) -> None:
    one = put_question(bank_id, "One")
    assert "Choose some questions first." in act(desk, "retire").text
    assert "Choose some questions first." in act(desk, "nonsense").text
    assert act(desk, "nonsense", one).status_code == 400
    for label in ("", "  ", "x" * 201):
        assert "Write a tag" in act(desk, "tag", one, label=label).text
    assert question(one).status == "active"
    assert tags_of(one) == set()


def test_deleting_asks_first(desk: FlaskClient, bank_id: int) -> None:
    one, two = put_question(bank_id, "One"), put_question(bank_id, "Two")
    page = act(desk, "delete", one, two).text
    assert "Delete 2 questions?" in page
    assert page.count('name="uid"') == 2
    assert question(one).status == "active"
    assert "2 questions deleted." in act(desk, "delete", one, two, sure="1").text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Question)) == 0


def test_asking_first_remembers_that_all_were_meant(desk: FlaskClient, bank_id: int) -> None:
    put_question(bank_id, "Iron")
    page = desk.post(MANAGE, data={"act": "delete", "all": "1", "q": "iron"}).text
    assert '<input type="hidden" name="all" value="1">' in page
    assert '<input type="hidden" name="q" value="iron">' in page


def test_questions_move_only_to_banks_that_one_may_edit(
    desk: FlaskClient, teacher: Person, bank_id: int
) -> None:
    one, mine = put_question(bank_id, "One"), put_bank("Mine", teacher.id)
    put_bank("Foreign", visibility="public")
    page = act(desk, "move", one).text
    assert '<option value="mine">' in page
    assert "foreign" not in page.lower()
    assert act(desk, "move", one, target="foreign").status_code == 404
    assert "They are in Mine now." in act(desk, "move", one, target="mine").text
    assert question(one).bank_id == mine
    same = put_question(bank_id, "Two")
    assert "They are in that bank already." in act(desk, "move", same, target="blood").text
    with writing() as session:
        session.get_one(Bank, bank_id).origin = "questions/blood"
    assert "This bank follows a folder" in act(desk, "move", same).text


def test_questions_are_grouped_by_a_page_of_its_own(desk: FlaskClient, bank_id: int) -> None:
    one, two, far = (put_question(bank_id, name, position=n)
                     for n, name in enumerate(("One", "Two", "Far away")))  # fmt: skip
    page = act(desk, "group", one, two).text
    assert "Group 2 questions under one fact" in page
    assert "One Answer" in page
    assert "Far away" not in page
    assert "Far away Answer" in act(desk, "group", one, two, look="FAR").text
    assert "No other fact" in act(desk, "group", one, two, look="zzz").text
    act(desk, "group", one, two, under=fact_of(two).uid, sure="1")
    assert question(one).fact_id == question(two).fact_id
    act(desk, "group", one, far, under="new", statement="Something <new>.", sure="1")
    assert fact_of(far).statement == "Something <new>."
    assert question(one).fact_id == question(far).fact_id
    act(desk, "split", one)
    assert question(one).fact_id != question(far).fact_id


def test_a_group_without_a_fact_is_asked_again(desk: FlaskClient, bank_id: int) -> None:
    one, two = put_question(bank_id, "One"), put_question(bank_id, "Two")
    for fields in ({"under": "new"}, {}, {"under": "new", "statement": "x" * 2001}):
        page = act(desk, "group", one, two, sure="1", **fields)
        assert "Choose a fact, or write a new one." in page.text
        assert question(one).fact_id != question(two).fact_id


def test_a_group_under_a_fact_that_is_not_there_is_absent(desk: FlaskClient, bank_id: int) -> None:
    one = put_question(bank_id, "One")
    assert act(desk, "group", one, under="nowhere", sure="1").status_code == 404


def test_facts_are_listed_and_lead_to_their_questions(desk: FlaskClient, bank_id: int) -> None:
    assert "No facts yet" in desk.get(f"{MANAGE}/facts").text
    one = put_question(bank_id, "One")
    page = desk.get(f"{MANAGE}/facts").text
    assert f'href="{MANAGE}?fact={fact_of(one).uid}"' in page
    assert "1 question" in page


def test_suggestions_are_grouped_or_kept_apart(desk: FlaskClient, bank_id: int) -> None:
    assert "Nothing looks alike" in desk.get(f"{MANAGE}/suggestions").text
    first = [put_question(bank_id, "Immune cells meet interleukin", "Substance") for _ in range(2)]
    second = [put_question(bank_id, "Bile comes from which organ", "Liver") for _ in range(2)]
    page = desk.get(f"{MANAGE}/suggestions").text
    assert page.count("These 2 questions seem to ask the same fact") == 2
    assert "They share rare words" in page

    def decide(choice: str, ids: list[int]) -> int:
        facts = [fact_of(one).uid for one in ids]
        data = {"choice": choice, "fact": facts}
        return desk.post(f"{MANAGE}/suggestions", data=data).status_code

    assert decide("group", first) == 303
    assert question(first[0]).fact_id == question(first[1]).fact_id
    assert decide("apart", second) == 303
    assert question(second[0]).fact_id != question(second[1]).fact_id
    assert decide("nonsense", second) == 400
    assert decide("apart", second[:1]) == 400
    assert "Nothing looks alike" in desk.get(f"{MANAGE}/suggestions").text


def test_open_reports_are_counted_on_the_tab(desk: FlaskClient, bank_id: int) -> None:
    one = put_question(bank_id, "One")
    with writing() as session:
        session.add(QuestionReport(question_id=one, version=1, text="Odd.", at=START))
    page = desk.get(MANAGE).text
    assert re.search(r'href="/reports">Reports <span class="chip">1</span>', page)
    assert "1 report<" in page


# Banks as wholes


def test_an_instructor_makes_a_bank(desk: FlaskClient) -> None:
    made = desk.post(
        "/banks/new", data={"title": " New  things ", "language": "de", "notice": "a\r\nb"}
    )
    assert made.status_code == 303
    bank = db.session.scalars(sa.select(Bank).order_by(Bank.id.desc())).first()
    assert bank
    assert made.location == f"/banks/{bank.slug}/manage"
    assert (bank.visibility, bank.language, bank.notice) == ("private", "de", "a\nb")
    for data in ({"title": ""}, {"title": "x" * 301}, {"title": "x", "language": "no way"}):
        refused = desk.post("/banks/new", data={"language": "en", **data})
        assert refused.status_code == 422
        assert 'aria-invalid="true"' in refused.text


def test_settings_are_changed(desk: FlaskClient, bank_id: int) -> None:
    data = {"title": "Blut", "language": "de", "notice": "Frei."}
    assert desk.post(f"{MANAGE}/settings", data=data).status_code == 303
    assert desk.post(f"{MANAGE}/settings", data={"title": ""}).status_code == 422
    assert desk.post(f"{MANAGE}/visibility", data={"visibility": "link"}).status_code == 303
    assert desk.post(f"{MANAGE}/visibility", data={"visibility": "all"}).status_code == 422
    db.session.rollback()
    bank = db.session.get_one(Bank, bank_id)
    assert (bank.title, bank.visibility, bank.notice) == ("Blut", "link", "Frei.")
    assert "http://localhost/banks/blood" in desk.get(f"{MANAGE}/settings").text


def test_a_bank_is_shared_and_no_longer(desk: FlaskClient, app: Flask, bank_id: int) -> None:
    friend = create_person("instructor", "Mr Lund", "lund@example.org")
    create_person("learner", email="learner@example.org")
    share = f"{MANAGE}/members"
    refusals = [
        desk.post(share, data={"member": email, "access": "edit"}).text
        for email in ("nobody@example.org", "learner@example.org")
    ]
    assert all("No instructor has this address here." in page for page in refusals)
    assert (
        desk.post(share, data={"member": "LUND@example.org", "access": "edit"}).status_code == 303
    )
    assert "Mr Lund" in desk.get(f"{MANAGE}/settings").text
    theirs = app.test_client()
    sign_in(theirs, friend)
    assert "Shared with" not in theirs.get(f"{MANAGE}/settings").text
    for path in ("visibility", "members", "delete", f"members/{friend.uid}/remove"):
        assert theirs.post(f"{MANAGE}/{path}").status_code == 404  # the owner's alone
    assert desk.post(f"{share}/{friend.uid}/remove").status_code == 303
    assert desk.post(f"{share}/{friend.uid}/remove").status_code == 404
    assert theirs.get(MANAGE).status_code == 404


def test_who_may_only_view_does_not_manage(client: FlaskClient, bank_id: int) -> None:
    viewer = create_person("instructor")
    with writing() as session:
        session.add(BankMember(bank_id=bank_id, user_id=viewer.id, access="view"))
    sign_in(client, viewer)
    assert client.get("/banks/blood").status_code == 200
    assert client.get(MANAGE).status_code == 404
    assert client.post(f"{MANAGE}/copy", data={"title": "Mine"}).status_code == 404


def test_a_bank_is_copied(desk: FlaskClient, bank_id: int) -> None:
    put_question(bank_id, "One")
    assert "Copy of Blood" in desk.get(f"{MANAGE}/settings").text
    made = desk.post(f"{MANAGE}/copy", data={"title": "Mine"})
    assert made.location == "/banks/mine/manage"
    assert "1 question<" in desk.get(made.location).text
    assert desk.post(f"{MANAGE}/copy", data={"title": ""}).status_code == 422


def test_a_bank_is_deleted_and_brought_back(desk: FlaskClient, bank_id: int) -> None:
    assert desk.post(f"{MANAGE}/delete").location == "/banks/deleted"
    assert desk.get(MANAGE).status_code == 404
    page = desk.get("/banks/deleted").text
    assert "Blood" in page
    found = re.search(r'action="(/banks/deleted/[^"]+)"', page)
    assert found
    assert desk.post(found[1]).location == MANAGE
    assert desk.get(MANAGE).status_code == 200
    assert desk.post(found[1]).status_code == 404


def test_every_form_needs_its_token(guarded: FlaskClient, teacher: Person, bank_id: int) -> None:
    sign_in(guarded, teacher)
    for path in ("", "/suggestions", "/settings", "/visibility", "/members", "/copy", "/delete"):
        assert guarded.post(MANAGE + path, data={"title": "x"}).status_code == 400
    page = guarded.get(f"{MANAGE}/settings").text
    assert page.count('name="csrf_token"') == page.count('method="post"')


def test_more_questions_than_fit_into_one_form_are_cut(desk: FlaskClient, bank_id: int) -> None:
    one = put_question(bank_id, "One")
    data = {"act": "retire", "uid": [f"u{n}" for n in range(bulk.CHUNK)] + [uid(one)]}
    assert desk.post(MANAGE, data=data).status_code == 303
    assert question(one).status == "active"
