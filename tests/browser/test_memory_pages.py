"""The story of a fact, the work ahead and hard facts: on a phone, by keyboard, without a fault."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from quizapp.extensions import db
from quizapp.models import Question, User
from quizapp.services.people.sessions import Person
from quizapp.services.study import answers
from tests.browser.conftest import Visit
from tests.browser.ground import Site, real_now
from tests.browser.test_pages import faults
from tests.factories import create_person

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def learner(site: Site) -> Person:
    """Somebody who misses one fact again and again."""
    with site.inside():
        now = real_now()
        person = create_person(name="Lena", created_at=now - timedelta(days=90))
        question = db.session.scalars(
            sa.select(Question).where(Question.type == "multiple_choice").order_by(Question.id)
        ).first()
        assert question
        asked = answers.asked(question.id, question.version)
        right = asked.kind.key(asked.question)
        wrong = next(
            {"option": option}
            for option in asked.shown(1)["options"]
            if right and option != right["option"]
        )
        for turn in range(7):
            at = now - timedelta(days=60 - 6 * turn)
            raw = wrong if turn else right
            answers.answer(person, str(uuid4()), asked.uid, asked.version, raw, now=at)
        return person


def test_the_page_of_a_fact_has_no_fault(learner: Person, visit: Visit) -> None:
    page = visit(learner).open("/me/leeches")
    page.locator("h2 a").first.click()
    expect(page.locator("#why")).to_be_visible()
    page.locator(".chart summary").click()
    assert faults(page) == []


def test_why_now_is_one_press_away_after_an_answer(learner: Person, visit: Visit) -> None:
    page = visit(learner).open("/study?bank=immunotherapy")
    expect(page.get_by_text("Why now?")).to_have_count(0)
    if page.locator("[data-ask] button.option").count():
        page.locator("[data-ask] button.option").first.click()
        page.get_by_text("Why now?").click()
        expect(page.locator("#why")).to_be_visible()
        assert page.url.endswith("#why")


def test_the_slider_works_by_keyboard_and_the_page_follows(
    site: Site, learner: Person, visit: Visit
) -> None:
    page = visit(learner).open("/me/workload")
    found = faults(page)
    page.locator("#retention").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("output")).to_have_text("89%")
    page.wait_for_url("**/me/workload?retention=89*")
    expect(page.locator(".c-then")).to_have_count(1)
    page.locator(".chart summary").click()
    assert found + faults(page) == []
    page.get_by_text("Use 89%").click()
    expect(page.locator(".status").first).to_contain_text("Nothing in the past changes.")
    with site.inside():
        assert db.session.get_one(User, learner.id).desired_retention == 0.89


def test_the_workload_needs_no_script(learner: Person, visit: Visit) -> None:
    page = visit(learner, java_script_enabled=False).open("/me/workload")
    page.fill("#new", "3")
    page.get_by_text("Work it out").click()
    expect(page.get_by_text("at what you try").first).to_be_visible()


def test_hard_facts_have_no_fault(learner: Person, visit: Visit) -> None:
    page = visit(learner).open("/me/leeches")
    expect(page.get_by_text("Missed 6 times")).to_be_visible()
    assert faults(page) == []
