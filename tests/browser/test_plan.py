"""A plan to an exam in a real browser: made on a phone, looked into, followed, with a pause."""

from datetime import timedelta
from random import Random

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from quizapp.extensions import db
from quizapp.models import Bank
from quizapp.services.people.sessions import Person
from tests.browser.conftest import Visit
from tests.browser.ground import Site, answer, real_now
from tests.browser.test_pages import faults
from tests.factories import create_person
from tests.services.learner_makers import facts_of, put_card, put_day, put_on_shelf

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def learner(site: Site) -> Person:
    """Somebody with a year of history: most facts met, some of them overdue."""
    now, chance = real_now(), Random(7)
    with site.inside():
        person = create_person(name="Mara", created_at=now - timedelta(days=365))
        bank = db.session.scalars(sa.select(Bank).where(Bank.slug == "immunotherapy")).one()
        put_on_shelf(person, bank)
        facts = facts_of(bank)
        for fact in facts[: len(facts) * 4 // 5]:
            stability = 2 ** chance.uniform(1, 7)
            ago = chance.uniform(0.2, 1.2) * stability
            put_card(person, fact, now, round(stability - ago), stability, ago)
        for day in range(1, 300, 3):
            put_day(person, now.toordinal() - day, 20, right=16, ms=400_000)
        return person


def test_an_exam_in_three_weeks_is_planned_and_followed_on_a_phone(
    visit: Visit, learner: Person
) -> None:
    page = visit(learner, viewport=PHONE).open("/me/plan")
    day = (real_now() + timedelta(days=21)).date().isoformat()
    page.get_by_label("What it asks").select_option(index=1)
    page.get_by_label("Day of the exam").fill(day)
    page.locator("#examform-minutes").fill("10")
    page.get_by_label("Name (may stay empty)").fill("Midterm")
    page.get_by_role("button", name="Make the plan").click()
    expect(page.get_by_role("heading", name="Midterm")).to_be_visible()
    expect(page.locator("main")).to_contain_text("facts known on the day, with this plan")
    page.get_by_text("Show the table").first.click()
    expect(page.locator(".chart tbody tr")).to_have_count(21)
    assert not faults(page)
    page.set_viewport_size({"width": 320, "height": 640})
    page.locator(".chart tbody a").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Planned for")
    page.goto(page.url.split("/me/")[0] + "/study")
    answer(page)
    take_a_pause(page)


def take_a_pause(page: Page) -> None:
    """Plan a pause from today, study anyway, come back and take it back."""
    page.goto(page.url.split("/study")[0] + "/me/plan")
    today = real_now().date()
    page.get_by_label("First day off").fill(today.isoformat())
    page.get_by_label("Last day off").fill((today + timedelta(days=2)).isoformat())
    page.get_by_role("button", name="Plan the pause").click()
    expect(page.locator("main")).to_contain_text("You have a pause until")
    page.get_by_role("button", name="Study anyway").click()
    expect(page.locator("[data-ask]")).to_be_visible()
    page.goto(page.url.split("/study")[0] + "/me/plan")
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("main")).to_contain_text("The pause is taken back.")


def test_the_plan_works_without_script(visit: Visit, learner: Person) -> None:
    page = visit(learner, java_script_enabled=False, viewport=PHONE).open("/me/plan")
    page.get_by_label("Day of the exam").fill((real_now() + timedelta(days=21)).date().isoformat())
    page.locator("#examform-minutes").fill("10")
    page.get_by_role("button", name="Make the plan").click()
    expect(page.locator("main")).to_contain_text("facts known on the day, with this plan")
    page.get_by_role("link", name="See what is planned for today").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Planned for")
