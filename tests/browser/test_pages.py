"""Every page: nothing for axe to find in light and dark, and no scrolling sideways at 320 px."""

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from quizapp.extensions import db
from quizapp.models import Article
from quizapp.services.content import bank_pages
from quizapp.services.people import links
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import attempts, handing_in, quizzes
from quizapp.services.study import answers, queue
from tests.browser.conftest import Visit
from tests.browser.ground import Site, answer, fill_in, real_now
from tests.factories import create_person

pytestmark = pytest.mark.browser
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS: dict[str, Any] = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": []}
PAGES = """
    stranger / /study /banks /banks/immunotherapy /quizzes /quizzes/{exam} /quizzes/{practice}
    stranger /articles/{article} /articles/{article}?sentence=3 /sign-in /sign-up
    stranger /help /keyboard /accessibility /privacy /nowhere /links/{invitation} /links/gone
    guest / /study /me /me/settings /me/data /me/erase /sign-up
    learner / /study /study/summary /study/answers/{answer} /quizzes /quizzes/{exam}
    learner /me /me/rows?what=facts /me/rows?what=days /me/rows?what=retention
    learner /me/settings /me/password /me/data /me/erase
    learner /articles/{article} /articles/{article}?sentence=3 /questions/{question}/report
    learner /attempts/{open}?slot=1 /attempts/{open}/review /attempts/{open}/hand-in
    learner /attempts/{closed} /attempts/{closed}?show=all /attempts/{round} /reports
    admin /admin /admin?q=nobody /reports /me
    admin /articles/{article}/edit /articles/{article}/facts /articles/{article}/versions
"""


class World:
    """Who lives on the site, and the names that paths are written with."""

    def __init__(self) -> None:
        now = real_now()
        self.people: dict[str, Person | None] = {
            "stranger": None,
            "guest": create_person(kind="guest", created_at=now),
            "learner": create_person(name="Bartholomäus Wolkenschieber-Untertupfingen"),
            "admin": create_person("admin", name="Ada"),
        }
        learner, guest = self.people["learner"], self.people["guest"]
        assert learner
        assert guest
        kinds = {each.settings.is_exam: each for each in quizzes.visible_quizzes(learner)}
        study(guest, "immunotherapy", 3)
        seq, question = study(learner, "immunotherapy", 12)
        study(learner, "all-kinds", 5)
        closed = attempts.start(learner, kinds[True], now, 1)
        handing_in.hand_in(learner, closed.uid, now)
        self.names = {
            "exam": kinds[True].slug,
            "practice": kinds[False].slug,
            "article": db.session.scalars(sa.select(Article.uid)).first(),
            "invitation": links.make_link("invite", None, "learner", 1, now),
            "answer": seq,
            "question": question,
            "closed": closed.uid,
            "open": attempts.start(learner, kinds[True], now, 2).uid,
            "round": attempts.start(learner, kinds[False], now, 3).uid,
        }


def study(person: Person, bank: str, count: int) -> tuple[int, str]:
    """Answer questions of a bank as they come, one wrong and one right by turns."""
    found = bank_pages.seen(bank, person)
    assert found
    seq, uid = 0, ""
    for number in range(count):
        asked = queue.next_question(person, real_now(), found.id)
        assert asked
        raw = asked.kind.key(asked.question) or {"rating": 3}
        if number % 2 and "option" in raw:
            raw = {"option": next(iter(asked.shown(1)["options"]))}
        done = answers.answer(person, str(uuid4()), asked.uid, asked.version, raw, now=real_now())
        seq, uid = done.seq, asked.uid
    return seq, uid


@pytest.fixture(scope="module")
def world(site: Site) -> World:
    with site.inside():
        return World()


def faults(page: Page) -> list[str]:
    """What is wrong with a page: in light on a wide screen, in dark on a narrow one."""
    found = []
    for width, scheme in ((1280, "light"), (320, "dark")):
        page.set_viewport_size({"width": width, "height": 720})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for each in Axe().run(page, options=OPTIONS).response["violations"]:
            where = "; ".join(node["html"][:160] for node in each["nodes"][:3])
            found.append(f"{scheme}: {each['id']}: {where}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{wide} px wide on a screen of {width}")
    return found


@pytest.mark.parametrize(
    ("who", "path"),
    [(line.split()[0], path) for line in PAGES.split("\n") for path in line.split()[1:]],
)
def test_a_page_has_no_fault(world: World, visit: Visit, who: str, path: str) -> None:
    page = visit(world.people[who], "404|410").open(path.format(**world.names))
    assert faults(page) == []


@pytest.mark.parametrize("widget", ["choice", "text", "order", "pairs", "card", "choices", "gaps"])
def test_a_question_has_no_fault_asked_or_graded(visit: Visit, widget: str) -> None:
    page = visit().open("/study?bank=all-kinds")
    study = page.url  # a card that ends a round leads on to the summary
    while page.locator("[data-ask] [data-widget]").get_attribute("data-widget") != widget:
        answer(page)
        page.goto(study)
    found = faults(page)
    if widget == "card":
        page.click("[data-ask] summary")
    elif not fill_in(page):
        page.click("[data-ask] .btn.primary")
    page.locator(".verdict-line, .back").first.wait_for()
    page.locator(".menu > summary").click()
    assert found + faults(page) == []


def test_the_pages_of_an_invitation_have_no_fault(world: World, visit: Visit) -> None:
    page = visit(world.people["admin"]).open("/admin")
    page.locator(".rows summary").first.click()
    found = faults(page)
    page.click("text=Make an invitation link")
    page.locator("#link").wait_for()
    assert found + faults(page) == []
