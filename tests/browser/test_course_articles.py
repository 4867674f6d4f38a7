"""A course's article in a browser: axe, narrow windows, and one press from a gap to a draft."""

import os
import re
from dataclasses import dataclass
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from quizapp.services.people.sessions import Person
from tests.browser.conftest import Visit
from tests.browser.ground import Site, real_now
from tests.browser.test_pages import faults
from tests.factories import create_bank, create_person
from tests.services.course_makers import assigned_goal, course_of, enrolled
from tests.services.learner_makers import facts_of, put_article, put_card, put_evidence

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("worker")]
GAP = "William Thomson built the first mechanical tide predictor in 1872."
ASKED = (
    "Tides are the slow rise and fall of the sea.",
    "The gravity of the Moon pulls the water of the ocean towards it.",
    "Most coasts see two high tides every day.",
    "A spring tide forms when the Sun, the Moon and the Earth stand in a line.",
    "The range of a neap tide is about a third smaller than the mean.",
)
TEXT = f"{' '.join(ASKED[:3])}\n\n## Spring and neap\n\n{' '.join(ASKED[3:])} {GAP}"
AGES = (0.1, 3.0, 20.0, 3000.0)  # in stabilities: known, likely, fading, weak
DAYS = 10.0


@dataclass
class Class:
    """A course whose article has a sentence in each state."""

    teacher: Person
    path: str


@pytest.fixture(scope="module")
def made(site: Site) -> Class:
    now = real_now()
    with site.inside():
        teacher = create_person("instructor", name="Ines", created_at=now)
        bank = create_bank("Tides", owner_id=teacher.id, visibility="private", facts=5, now=now)
        uid = put_article(bank, TEXT, "What moves the tides")
        facts = facts_of(bank)
        for fact_id, quote in zip(facts, ASKED, strict=True):
            put_evidence(uid, fact_id, quote)
        course = course_of(teacher, now=now)
        for number in range(3):
            learner = create_person(name=f"Learner {number}", created_at=now)
            enrolled(course, learner, now=now)
            remember(learner, facts, now)
        assigned_goal(course, bank.id, now=now)
        return Class(teacher, f"/courses/{course.uid}/articles/{uid}")


def remember(learner: Person, facts: list[int], now: datetime) -> None:
    for fact_id, age in zip(facts, AGES, strict=False):
        put_card(learner, fact_id, now, stability=DAYS, days_ago=DAYS * age)


def shot(page: Page, name: str) -> None:
    """Keep a picture for whoever asked for them."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("where", ["", "?sentence=1", "?sentence=5", "/table", "/table?group=few"])
def test_the_pages_have_no_fault(visit: Visit, made: Class, where: str) -> None:
    page = visit(made.teacher).open(made.path + where)
    shot(page, f"article-{re.sub('[^a-z0-9]', '', where)}")
    assert faults(page) == []
    shot(page, f"article-{re.sub('[^a-z0-9]', '', where)}-dark")


def test_each_state_can_be_told_without_colour(visit: Visit, made: Class) -> None:
    page = visit(made.teacher).open(made.path)
    said = [
        re.findall(r"\((.*)\)$", each.text_content() or "")[0].split(",")[0]
        for each in page.locator(".covered p > a").all()
    ]
    assert said == ["known", "likely", "fading", "weak", "few answers", "no question yet"]
    looks = page.locator(".covered p > a").evaluate_all(
        "all => all.map(one => { const style = getComputedStyle(one);"
        " return [style.backgroundImage, style.textDecoration].join(' ') })"
    )
    assert len(set(looks)) == len(looks)


def test_one_press_on_a_gap_drafts_questions_on_it(visit: Visit, made: Class) -> None:
    page = visit(made.teacher).open(made.path)
    page.get_by_role("button", name="Draft a question on sentence 6").press("Enter")
    expect(page.locator("[data-draft]").first).to_be_visible(timeout=30_000)
    quotes = page.locator("[data-draft] q").all_text_contents()
    assert set(quotes) == {GAP}
    page.goto(page.url.partition("/articles/")[0] + made.path)
    expect(page.locator("#s5")).to_have_class("unasked")
    page.locator("#s5").click()
    expect(page.get_by_role("link", name=re.compile(r"Review \d+ draft"))).to_be_visible()


def test_a_sentence_leads_to_its_fact_and_to_who_knows_it(visit: Visit, made: Class) -> None:
    page = visit(made.teacher).open(made.path)
    page.locator("#s3").click()
    expect(page.get_by_text("0 know it.")).to_be_visible()
    page.get_by_role("link", name="Fact 4 of Tides.").click()
    expect(page.locator("main")).to_contain_text("Learner 0")
