"""A class in a real browser: who needs help, marks, marking by keyboard, and joining by phone."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from quizapp.extensions import db
from quizapp.models import Article, Attempt, LoggedResponse, Regrade, User
from quizapp.services.courses import assignments, demo
from quizapp.services.people import sessions
from quizapp.services.people.sessions import Person
from tests.browser.conftest import Visit
from tests.browser.ground import ROOT, Site, fill_in, real_now
from tests.browser.test_pages import faults

pytestmark = pytest.mark.browser
LEARNERS, SEED = 8, 3
PHONE = {"width": 360, "height": 740}
# Those of each part stand beside its own tests: here they hold four weeks of a whole class.
STAFF_PAGES = """
    /courses {course} {course}/facts {course}/facts/{fact} {course}/learners/{weak}
    {course}/learners/{weak}/facts/{fact} {course}/marks {course}/marks/learners/{weak}
    {course}/marks/{exam}/{weak}/attempts/{attempt} {course}/articles/{article} {course}/audit
"""
LEARNER_PAGES = "/ {course} {course}/assignments/{round}/start"


class Class:
    """The demo on the site: its course, who is in it, and the names that paths are written with."""

    def __init__(self, made: demo.Made) -> None:
        self.made, self.told = made, made.as_json()
        self.teacher = who(User.email == made.instructor)
        self.weak = who(User.uid == self.told["weak_learners"][0]["uid"])
        self.exam, self.round, self.goal = assignments.of_course(made.course.id)
        sat = sa.select(Attempt.uid).where(
            Attempt.user_id == self.weak.id, Attempt.assignment_id == self.exam.id
        )
        self.names = {
            "course": f"/courses/{made.course.uid}",
            "fact": self.told["weak_facts"][0]["uid"],
            "weak": self.weak.uid,
            "exam": self.exam.uid,
            "round": self.round.uid,
            "attempt": db.session.scalars(sat).first(),
            "article": db.session.scalars(sa.select(Article.uid)).first(),
        }

    def path(self, pattern: str) -> str:
        return pattern.format(**self.names)


def who(condition: sa.ColumnElement[bool]) -> Person:
    found = sessions.person(db.session.scalars(sa.select(User.id).where(condition)).one())
    assert found
    return found


@pytest.fixture(scope="module")
def room(site: Site) -> Class:
    with site.inside():
        secret = site.app.config["SECRET_KEY"]
        wishes = demo.Wishes(seed=SEED, learners=LEARNERS)
        return Class(demo.make(wishes, ROOT / "questions", secret, real_now()))


def heads(page: Page) -> list[str]:
    """The full texts of the facts in the head of the matrix, from the left."""
    links = page.locator("[data-matrix] thead a").all()
    return [link.get_attribute("title") or "" for link in links]


def test_the_first_page_has_the_planted_weak_ones_at_the_top_left(
    room: Class, visit: Visit
) -> None:
    page = visit(room.teacher).open("/courses")
    page.get_by_role("link", name="Immunology 101").click()
    names = page.locator("[data-matrix] tbody th").all_inner_texts()
    assert len(names) == LEARNERS
    troubled = {one["name"] for kind in ("weak_learners", "guessing") for one in room.told[kind]}
    stopped = {one["name"] for one in room.told["stopped"]}
    assert troubled <= set(names[:3]) <= troubled | stopped
    planted = {one["statement"] for one in room.told["weak_facts"]}
    assert len(planted & set(heads(page)[:6])) >= 3
    talk = page.get_by_role("region", name="Learners to talk to")
    for name in troubled | stopped:
        expect(talk).to_contain_text(name)
    hard = page.locator("form[aria-labelledby=hard]")
    assert sum(text in hard.inner_text() for text in planted) >= 3


def test_one_click_on_a_cell_leads_to_the_answers_behind_it(room: Class, visit: Visit) -> None:
    page = visit(room.teacher).open(room.path("{course}"))
    name = page.locator("[data-matrix] tbody th").first.inner_text()
    fact = heads(page)[0]
    page.locator("[data-matrix] tbody td a").first.click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text(name)
    expect(page.get_by_role("heading", level=2).first).to_contain_text(fact)
    rows = page.get_by_role("table", name="Answers, the newest first").locator("tbody tr")
    assert rows.count() > 1
    expect(rows.filter(has_text="Wrong").first).to_be_visible()


def test_arrow_keys_move_in_the_matrix_and_enter_opens_a_cell(room: Class, visit: Visit) -> None:
    page = visit(room.teacher).open(room.path("{course}"))
    cells = page.locator("[data-matrix] tbody tr").first.locator("td a")
    cells.first.focus()
    page.keyboard.press("ArrowRight")
    expect(cells.nth(1)).to_be_focused()
    page.keyboard.press("ArrowDown")
    below = page.locator("[data-matrix] tbody tr").nth(1).locator("a:focus")
    expect(below).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/learners/*/facts/*")


def test_ticked_facts_are_given_to_practise(room: Class, visit: Visit) -> None:
    page = visit(room.teacher).open(room.path("{course}"))
    form = page.locator("form[aria-labelledby=hard]")
    form.get_by_role("checkbox").first.check()
    form.get_by_label(re.compile("Title|Name|Called")).first.fill("Once more")
    form.get_by_role("button").last.click()
    expect(page.locator("main")).to_contain_text("1 fact is given to practise.")
    expect(page.get_by_role("link", name="Once more").first).to_be_visible()


def test_the_marks_say_who_missed_and_who_was_late(room: Class, visit: Visit) -> None:
    page = visit(room.teacher).open(room.path("{course}/marks"))
    rows = page.locator("[data-matrix] tbody tr")
    assert rows.count() >= LEARNERS
    missed, late = room.told["stopped"][0]["name"], room.told["guessing"][0]["name"]
    expect(rows.filter(has_text=missed)).to_contain_text("missing")
    expect(rows.filter(has_text=late)).to_contain_text("late")
    expect(rows.filter(has_text=room.weak.name)).to_contain_text("of 29")
    rows.filter(has_text=room.weak.name).get_by_role("link").nth(1).click()
    expect(page.locator("main")).to_contain_text(room.weak.name)


def judged(site: Site) -> list[tuple[int, float | None]]:
    """Each judgement of a person on an essay, oldest first: whose, and the share of its points."""
    with site.inside():
        rows = db.session.execute(
            sa.select(Regrade.user_id, Regrade.fraction)
            .join(
                LoggedResponse,
                sa.and_(
                    LoggedResponse.user_id == Regrade.user_id, LoggedResponse.seq == Regrade.seq
                ),
            )
            .where(Regrade.why == "person")
            .order_by(Regrade.at)
        )
        return [(user_id, fraction) for user_id, fraction in rows]


def test_essays_are_marked_by_keyboard_alone(room: Class, site: Site, visit: Visit) -> None:
    page = visit(room.teacher).open(room.path("{course}/marks/{round}/to-mark"))
    progress = page.locator(".progress")
    expect(progress).to_contain_text("Answer 1 of")
    waiting = int(re.findall(r"(\d+) (?:is|are) not marked", progress.inner_text())[0])
    assert waiting > 1
    page.keyboard.press("j")
    expect(progress).to_contain_text("Answer 2 of")
    page.keyboard.press("k")
    expect(progress).to_contain_text("Answer 1 of")
    page.keyboard.press("1")
    expect(page.locator("#points")).to_have_value("1")
    page.keyboard.press("Tab")
    page.keyboard.type("Clear, and complete.")
    page.keyboard.press("Control+Enter")
    expect(progress).to_contain_text(f"{waiting - 1} ")
    expect(page.locator("#comment")).to_have_value("")  # the next answer
    page.keyboard.press("0")
    page.keyboard.press("Control+Enter")
    expect(progress).to_contain_text(re.compile(rf"\b{waiting - 2} (is|are) not"))
    assert [fraction for _who, fraction in judged(site)] == [1.0, 0.0]


def take(page: Page, questions: int) -> None:
    """Answer a practice quiz to its end, as in a hurry."""
    for number in range(1, questions + 1):
        expect(page.locator(".progress")).to_contain_text(f" of {questions}")
        if not fill_in(page):
            page.click("[data-ask] .btn.primary")
        expect(page.locator(".verdict-line")).to_be_visible()
        page.keyboard.press("Enter")
        if number < questions:
            expect(page.locator("[data-ask]")).to_be_visible()
    finish = page.locator("main button.primary")
    if finish.count():
        finish.click()


def test_a_guest_joins_by_phone_sees_what_is_due_and_takes_the_quiz(
    room: Class, visit: Visit
) -> None:
    page = visit(viewport=PHONE).open("/join")
    page.fill("#code", room.made.code.lower().replace("-", " "))
    page.get_by_role("button", name="Find the course").click()
    page.fill("#name", "Zoé on the phone")
    page.get_by_role("button", name="Join Immunology 101").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Immunology 101")
    todo = page.get_by_role("region", name="To do")
    expect(todo).to_contain_text(room.round.title)
    expect(todo).to_contain_text("Due")
    expect(todo).to_contain_text("0 of ")  # facts of the study goal
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    page.goto(page.url.split("/courses/")[0] + "/")
    page.get_by_role("link", name=room.round.title).first.click()
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url("**/attempts/*")
    take(page, 13)
    expect(page.locator("h1")).to_contain_text("of 12 points")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.goto(page.url.split("/attempts/")[0] + room.path("{course}"))
    done = page.get_by_role("region", name="Done")
    expect(done).to_contain_text(room.round.title)
    expect(done).to_contain_text("1 answer waits for a person")


def all_faults(page: Page, room: Class, paths: str) -> dict[str, list[str]]:
    """What is wrong with pages, by path; in one window, as opening one takes longer than a page."""
    found, root = {}, page.url.removesuffix("/courses")
    for path in paths.split():
        page.goto(root + room.path(path))
        found[path] = faults(page)
    return {path: wrong for path, wrong in found.items() if wrong}


def test_the_pages_for_staff_have_no_fault(room: Class, visit: Visit) -> None:
    assert all_faults(visit(room.teacher).open("/courses"), room, STAFF_PAGES) == {}


def test_the_pages_for_learners_have_no_fault(room: Class, visit: Visit) -> None:
    assert all_faults(visit(room.weak).open("/courses"), room, LEARNER_PAGES) == {}
