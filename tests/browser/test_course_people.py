"""Courses in a browser: a class joins by code, people are changed by keyboard, pages are clean."""

import pytest
from playwright.sync_api import expect

from quizapp.services.courses import access, course_privacy, joining
from quizapp.services.courses.access import CourseView
from quizapp.services.people.sessions import Person
from tests.browser.conftest import Visit
from tests.browser.ground import Site, real_now
from tests.browser.test_pages import faults
from tests.factories import create_person
from tests.services.course_makers import course_of, enrolled

pytestmark = pytest.mark.browser


@pytest.fixture
def course(site: Site, teacher: Person) -> CourseView:
    """A course with a code and a learner whose name is long, at whom somebody has looked."""
    with site.inside():
        made = course_of(teacher, "Cell biology and immunology, spring", now=real_now())
        joining.open_code(made, site.app.config["SECRET_KEY"], real_now())
        learner = create_person(name="Wilhelmina Featherstonehaugh-Cholmondeley")
        enrolled(made, learner)
        course_privacy.looked(teacher, made, learner.id, "marks", real_now())
        return access.find(made.uid, teacher)


def test_pages_of_a_course_have_no_fault_also_with_everything_open(
    visit: Visit, teacher: Person, course: CourseView, site: Site
) -> None:
    with site.inside():
        code = joining.code_of(course, site.app.config["SECRET_KEY"])
    visitor, stranger, here = visit(teacher), visit(), f"/courses/{course.uid}"
    pages = ["people", "settings", "deletion", "audit", "leave"]
    for path in ["/courses", "/courses/new", "/join", *(f"{here}/{page}" for page in pages)]:
        page = visitor.open(path)
        page.evaluate("document.querySelectorAll('main details').forEach((d) => (d.open = true))")
        assert faults(page) == [], path
    for path in ("/", f"/join/{code}"):
        assert faults(stranger.open(path)) == [], path


def test_a_class_joins_with_the_code_on_the_board(
    visit: Visit, teacher: Person, course: CourseView
) -> None:
    board = visit(teacher).open(f"/courses/{course.uid}/people")
    code = board.locator(".code").inner_text()
    page = visit().open("/")
    page.get_by_role("link", name="Join a class with its code").click()
    page.get_by_label("Code of the course").fill(code.lower().replace("-", " "))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(course.title)
    page.get_by_label("Your name in this class").fill("Gus")
    page.keyboard.press("Enter")
    expect(page.locator(".flashes")).to_contain_text(f"You are in {course.title} now.")
    board.reload()
    expect(board.get_by_role("heading", name="Gus", exact=True)).to_be_visible()


def test_extra_time_is_given_by_keyboard_alone(
    visit: Visit, teacher: Person, course: CourseView
) -> None:
    page = visit(teacher).open(f"/courses/{course.uid}/people")
    row = page.locator("main .rows > li", has_text="Wilhelmina")
    row.locator("summary", has_text="Change").focus()
    page.keyboard.press("Enter")
    row.get_by_label("Time in exams, percent").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("150")
    page.keyboard.press("Enter")
    expect(page.locator(".flashes")).to_contain_text("150 percent of the time")
