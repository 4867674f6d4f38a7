"""Assignments in a browser: given by a teacher, taken by a learner, with clean pages."""

import itertools
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from quizapp.services.courses import assignments
from quizapp.services.courses.access import CourseView
from quizapp.services.people.sessions import Person
from tests.browser.conftest import Visit
from tests.browser.ground import Site, real_now
from tests.browser.test_pages import faults
from tests.factories import create_bank, create_person
from tests.services.course_makers import assigned_goal, assigned_quiz, course_of, enrolled
from tests.services.quiz_makers import CHOICE, create_questions, create_quiz

pytestmark = pytest.mark.browser
_numbers = itertools.count()
TITLE = "Cell biology and immunology, homework of the second week"


@pytest.fixture
def learner(site: Site) -> Person:
    with site.inside():
        return create_person(name="Wilhelmina Featherstonehaugh-Cholmondeley")


@pytest.fixture
def course(site: Site, teacher: Person, learner: Person) -> CourseView:
    """A course with one learner, and quizzes and a goal in each state."""
    with site.inside():
        made = course_of(teacher, "Cell biology, spring", "Europe/Berlin", real_now())
        enrolled(made, learner)
        bank = f"bank-{next(_numbers)}"  # one site serves all tests of this file
        ids = create_questions(("multiple_choice", CHOICE), slug=bank)
        quiz = create_quiz(ids, slug=f"{bank}-quiz", bank=bank)
        now, day = real_now(), timedelta(days=1)
        assigned_quiz(made, quiz.id, TITLE, due_at=now - day, held=True, tries=3)
        assigned_quiz(made, quiz.id, "Later", opens_at=now + day, due_at=now + 2 * day)
        assigned_quiz(made, quiz.id, "Gone", closes_at=now - day)
        assigned_goal(
            made, create_bank("Assigned", f"{bank}-goal").id, title="Facts", due_at=now + day
        )
        return made


def test_the_pages_of_assignments_have_no_fault(
    visit: Visit, teacher: Person, learner: Person, course: CourseView, site: Site
) -> None:
    base = f"/courses/{course.uid}/assignments"
    with site.inside():
        given = [one.uid for one in assignments.of_course(course.id)]
    staff, taker = visit(teacher), visit(learner)
    pages = ["", "/new", "/new-goal", *(f"/{uid}/edit" for uid in given)]
    pages += [f"/{given[0]}/{name}" for name in ("delete", "exceptions")]
    for path in [*pages, f"/{given[0]}/exceptions/{learner.uid}"]:
        page = staff.open(base + path)
        page.evaluate("document.querySelectorAll('main details').forEach((d) => (d.open = true))")
        assert faults(page) == [], path
    for path in ["/", f"/courses/{course.uid}", *(f"{base}/{uid}/start" for uid in given)]:
        assert faults(taker.open(path)) == [], path


def test_a_quiz_is_given_and_taken(
    visit: Visit, teacher: Person, learner: Person, course: CourseView
) -> None:
    page = visit(teacher).open(f"/courses/{course.uid}/assignments")
    page.get_by_role("link", name="Assign a quiz").click()
    page.get_by_label("Quiz", exact=True).select_option(index=1)
    page.get_by_label("Title").fill("Week three")
    page.get_by_label("Due", exact=True).fill("2031-05-01T12:00")
    page.get_by_role("button", name="Assign it").click()
    expect(page.locator("main")).to_contain_text("Thu 1 May 2031, 12:00")
    page = visit(learner).open("/")
    page.get_by_role("link", name="Week three").click()
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("Question 1?")).to_be_visible()
