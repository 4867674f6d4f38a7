"""A course's articles in a browser: coloured by what the class knows, with what nothing asks."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from quizapp.core.articles.model import Drafted
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Fact, Question, Upload
from quizapp.services.articles import child
from quizapp.services.courses import course_articles
from quizapp.services.courses.access import ASSISTANT, CourseView
from quizapp.services.operations import work
from quizapp.services.people.sessions import Person
from tests.factories import create_bank, create_person, sign_in
from tests.services.course_makers import archived, assigned_goal, course_of, enrolled
from tests.services.learner_makers import facts_of, put_article, put_card, put_evidence
from tests.web.people_ground import real_now

NOW = datetime.now(UTC)  # noqa: TID251 - the views read the real clock
TEXT = "White cells fight. Red cells <carry>. Plasma flows. Nobody asks.\n\n## More\n\nThe end."
Given = tuple[CourseView, str]


@pytest.fixture
def given(teacher: Person) -> Given:
    """A course with two learners, and its article: one sentence known, one weak, one hardly met."""
    bank = create_bank(owner_id=teacher.id, visibility="private")
    uid, facts = put_article(bank, TEXT), facts_of(bank)
    for fact_id, quote in zip(
        facts, ("White cells fight.", "Red cells <carry>.", "Plasma flows."), strict=True
    ):
        put_evidence(uid, fact_id, quote)
    course = course_of(teacher, now=NOW)
    for _ in range(2):
        learner = create_person()
        enrolled(course, learner, name="Secret name", now=NOW)
        put_card(learner, facts[0], NOW, stability=100, days_ago=1)
        put_card(learner, facts[1], NOW, stability=0.1, days_ago=300)
    assigned_goal(course, bank.id, facts[:2], now=NOW)
    return course, uid


def path(given: Given, more: str = "") -> str:
    course, uid = given
    return f"/courses/{course.uid}/articles/{uid}{more}"


def sentence(page: str, number: int) -> str:
    """The mark-up of a sentence."""
    found = re.search(rf'<a id="s{number}".*?</a>(?:<button.*?</button>)?', page)
    assert found
    return found[0]


def test_a_single_article_is_shown_at_once(given: Given, client: FlaskClient) -> None:
    course, _uid = given
    answer = client.get(f"/courses/{course.uid}/articles")
    assert answer.status_code == 302
    assert answer.location == path(given)


def test_each_sentence_has_its_colour_its_figure_and_its_word(
    given: Given, client: FlaskClient
) -> None:
    page = client.get(path(given)).text
    assert "The class knows 1 of 5 sentences. 2 have no question yet." in page
    assert 'class="k4"' in sentence(page, 0)
    assert '<sup aria-hidden="true">99</sup><span class="vh"> (known, 99%)</span>' in sentence(
        page, 0
    )
    assert 'class="k1"' in sentence(page, 1)
    assert "(weak, " in sentence(page, 1)
    assert "Red cells &lt;carry&gt;." in sentence(page, 1)
    assert 'class="few"' in sentence(page, 2)
    assert '<sup aria-hidden="true">few</sup><span class="vh"> (few answers)</span>' in sentence(
        page, 2
    )
    assert 'class="unasked"' in sentence(page, 3)
    assert "(no question yet)" in sentence(page, 3)
    assert "Secret name" not in page
    legend = re.search(r'<ul class="legend">.*?</ul>', page, re.DOTALL)
    assert legend
    assert [int(n) for n in re.findall(r": (\d+)</li>", legend[0])] == [1, 0, 0, 1, 1, 2]


def test_a_sentence_opens_its_facts_and_who_knows_them(given: Given, client: FlaskClient) -> None:
    course, _uid = given
    page = client.get(path(given, "?sentence=0")).text
    assert "<mark>White cells fight.</mark>" in page
    assert "99% on average today; 2 of 2 answered, 2 know it." in page
    fact = db.session.scalars(sa.select(Fact).where(Fact.key == "f1")).one()
    assert f"/courses/{course.uid}/facts/{fact.uid}" in page
    assert "Say fact 1." in page
    assert "No assignment of this course asks it." not in page
    hardly = client.get(path(given, "?sentence=2")).text
    assert (
        "Nobody in the class has answered this yet. No assignment of this course asks it." in hardly
    )
    assert page.count("btn primary") + hardly.count("btn primary") == 0
    for other in ("5", "-1", "x", "9" * 30):
        assert client.get(path(given, f"?sentence={other}")).status_code == 200


def test_a_sentence_that_nothing_asks_is_one_press_from_a_draft(
    app: Flask, given: Given, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = client.get(path(given)).text
    assert '<button class="add" form="draft" name="sentence" value="3">' in sentence(page, 3)
    assert "<button" not in sentence(page, 2)
    assert client.get(path(given, "?sentence=3")).text.count("btn primary") == 1
    answer = client.post(path(given, "/draft"), data={"sentence": "3", "version": "1"})
    assert answer.status_code == 303
    assert "/articles/drafts/" in answer.location
    assert "What you put back" not in client.get(answer.location).text
    monkeypatch.setattr(child, "draft", lambda *_given: Drafted((), ()))
    work.Worker("w", app.app_context, real_now).run(once=True)
    written = client.get(answer.location)
    assert written.location == f"/banks/blood/questions/new?on={given[1]}.1.3"
    told = client.get(written.location).text
    assert "Nothing could be drafted on this sentence." in told


def test_one_writes_a_question_on_the_sentence_and_it_is_asked_from_then_on(
    given: Given, client: FlaskClient
) -> None:
    panel = client.get(path(given, "?sentence=3")).text
    href = re.search(r'href="(/banks/blood/questions/new\?on=[^"]*)"', panel)
    assert href
    kinds = client.get(href[1].replace("&amp;", "&")).text
    typed = re.search(r'href="([^"]*type=flashcard[^"]*)"', kinds)
    assert typed
    form = client.get(typed[1].replace("&amp;", "&")).text
    assert "<mark>Nobody asks.</mark>" in form
    fields = dict(re.findall(r'<input type="hidden" name="(on|next)" value="([^"]*)"', form))
    assert fields["on"] == f"{given[1]}.1.3"
    draft = {"type": "flashcard", "stem": "Who asks?", "back": "Nobody.", "status": "active"}
    refused = client.post("/banks/blood/questions/new", data={**draft, **fields, "stem": ""})
    assert refused.status_code == 422
    assert f'name="on" value="{given[1]}.1.3"' in refused.text
    saved = client.post("/banks/blood/questions/new", data={**draft, **fields})
    assert saved.location.startswith(path(given, "?sentence=3"))
    page = client.get(saved.location).text
    assert 'class="few"' in sentence(page, 3)
    assert "Who asks?" in page
    for bad in (f"{given[1]}.1.99", "x"):
        asked = f"/banks/blood/questions/new?type=flashcard&on={bad}"
        assert client.get(asked).status_code == 404
        lost = client.post("/banks/blood/questions/new", data={**draft, "on": bad})
        assert lost.status_code == 404


def test_a_fact_that_nothing_asks_is_chosen_in_the_form(given: Given, client: FlaskClient) -> None:
    with writing() as session:
        session.execute(sa.update(Question).where(Question.fact_id == 1).values(status="draft"))
    page = client.get(path(given, "?sentence=0")).text
    assert "Review 2 drafts" in page
    assert "<button" not in sentence(page, 0)
    assert "/banks/blood/questions/new?fact=f1&amp;next=" in page
    form = client.get("/banks/blood/questions/new?type=flashcard&fact=f1").text
    assert re.search(r'<option value="f1"\s+selected', form)
    assert "<mark>White cells fight.</mark>" in form


def test_the_table_says_the_same_in_words(given: Given, client: FlaskClient) -> None:
    page = client.get(path(given, "/table")).text
    assert page.count('role="rowheader"') == 5
    assert "2. Red cells &lt;carry&gt;." in page
    weak = client.get(path(given, "/table?group=not_yet")).text
    assert weak.count('role="rowheader"') == 1
    assert 'aria-current="true">Not yet known <span class="chip">1</span>' in weak
    unasked = client.get(path(given, "/table?group=unasked&page=9")).text
    assert unasked.count('class="add"') == 2
    for odd in ("?group=x", "?group=%3Cb%3E&page=-3", "?page=x"):
        assert client.get(path(given, f"/table{odd}")).status_code == 200


def test_the_file_has_every_sentence_that_no_spreadsheet_runs(
    given: Given, client: FlaskClient
) -> None:
    with writing() as session:
        session.execute(sa.update(Fact).where(Fact.key == "f1").values(statement="=1+1"))
    answer = client.get(path(given, "/table?format=csv"))
    assert answer.content_type.startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["state"] for row in rows] == ["known", "weak", "few", "unasked", "unasked"]
    assert [row["text"] for row in rows][1:3] == ["Red cells <carry>.", "Plasma flows."]
    assert [row["answered"] for row in rows] == ["2", "2", "0", "0", "0"]
    assert (rows[0]["mean_percent"], rows[0]["known"], rows[0]["learners"]) == ("99", "2", "2")
    assert not rows[0]["facts"].startswith("=")


def test_a_long_table_and_many_articles_are_paged(
    given: Given, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quizapp.web.course_articles.ROWS", 2)
    page = client.get(path(given, "/table?page=2")).text
    assert page.count('role="rowheader"') == 2
    assert "Page 2 of 3" in page
    assert "3. Plasma flows." in page
    monkeypatch.setattr(course_articles, "PAGE", 1)
    other = create_bank("Zoo")
    put_article(other, "A lion roars.", "On lions")
    assigned_goal(given[0], other.id, now=NOW)
    lists = [client.get(f"/courses/{given[0].uid}/articles?page={n}").text for n in (1, 2, 9)]
    assert "On blood" in lists[0]
    assert "On lions" not in lists[0]
    assert "On lions" in lists[1]
    assert "The class knows 0 of 1 sentence. 1 has no question yet." in lists[1]
    assert "On lions" in lists[2]
    assert "Page 2 of 2" in lists[2]


def test_learners_and_strangers_find_nothing(app: Flask, given: Given, client: FlaskClient) -> None:
    course, _uid = given
    learner, helper = create_person(), create_person()
    enrolled(course, learner, now=NOW)
    enrolled(course, helper, ASSISTANT, now=NOW)
    everywhere = (path(given), path(given, "/table"), path(given, "/table?format=csv"))
    for who, status in ((None, 404), (learner, 404), (create_person("admin"), 404), (helper, 200)):
        other = app.test_client()
        if who:
            sign_in(other, who)
        assert [other.get(each).status_code for each in everywhere] == [status] * 3
        drafted = other.post(path(given, "/draft"), data={"sentence": "3", "version": "1"})
        assert drafted.status_code == 404
    helped = app.test_client()
    sign_in(helped, helper)
    page = helped.get(path(given, "?sentence=3")).text
    assert "Whoever edits the bank Blood can write a question on it." in page
    assert "<button" not in sentence(page, 3)
    assert db.session.scalars(sa.select(Upload)).all() == []


def test_an_archived_course_is_looked_at_and_nothing_is_drafted(
    given: Given, client: FlaskClient
) -> None:
    archived(given[0], NOW)
    page = client.get(path(given, "?sentence=3")).text
    assert "no question yet" in page
    assert 'id="draft"' not in page
    assert "Whoever edits the bank" not in page
    answer = client.post(path(given, "/draft"), data={"sentence": "3", "version": "1"})
    assert answer.status_code == 409
    assert db.session.scalars(sa.select(Upload)).all() == []


def test_a_course_without_articles_says_how_they_come(teacher: Person, client: FlaskClient) -> None:
    course = course_of(teacher, now=NOW)
    page = client.get(f"/courses/{course.uid}/articles").text
    assert "No article yet" in page
    assert client.get(f"/courses/{course.uid}/articles/nowhere").status_code == 404


def test_too_many_draftings_at_once_are_refused_in_words(
    given: Given, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quizapp.services.articles.drafting.MOST_AT_ONCE", 0)
    answer = client.post(
        path(given, "/draft"), data={"sentence": "3", "version": "1"}, follow_redirects=True
    )
    assert answer.status_code == 200
    assert "Several of your articles are waiting already." in answer.text
    for bad in ({}, {"sentence": "x", "version": "1"}, {"sentence": "3", "version": "7"}):
        assert client.post(path(given, "/draft"), data=bad).status_code == 404


def test_a_course_without_learners_counts_all_that_is_asked_as_hardly_answered(
    teacher: Person, client: FlaskClient
) -> None:
    bank = create_bank(owner_id=teacher.id)
    uid = put_article(bank, TEXT)
    put_evidence(uid, facts_of(bank)[0], "White cells fight.")
    course = course_of(teacher, now=NOW)
    assigned_goal(course, bank.id, now=NOW)
    page = client.get(f"/courses/{course.uid}/articles/{uid}").text
    assert "Nobody learns in this course yet" in page
    assert 'class="few"' in sentence(page, 0)
