"""The pages of item analysis in a browser: no fault, wide or narrow, and tables by keyboard."""

import pytest
import sqlalchemy as sa

from quizapp.database import writing
from quizapp.models import Bank, Question
from quizapp.services.people.sessions import Person
from tests.browser.conftest import Visit
from tests.browser.ground import Site, real_now
from tests.browser.test_pages import faults
from tests.factories import create_person
from tests.services.quiz_makers import create_questions, create_quiz
from tests.services.test_regrading import OPTIONS, TYPED, sit

pytestmark = pytest.mark.browser
PAGES = ("/quizzes/figures/items", "/quizzes/figures/items/{uid}", "/banks/figures/items")


@pytest.fixture
def uid(site: Site, teacher: Person) -> str:
    """A question whose key is doubtful, in a quiz of the teacher's that some have taken."""
    with site.inside():
        kinds = ("multiple_choice", OPTIONS), *[("short_answer", TYPED)] * 5
        ids = create_questions(*kinds, slug="figures")
        with writing() as session:
            session.execute(
                sa.update(Bank).where(Bank.slug == "figures").values(owner_id=teacher.id)
            )
            found = session.get_one(Question, ids[0]).uid
        quiz = create_quiz(ids, slug="figures", bank="figures")
        for n in range(9):
            yes, no = {"text": "yes"}, {"text": "a rather long wrong answer"}
            typed = [yes if n > place else no for place in range(2, 7)]
            sit(create_person(), quiz, real_now(), {"option": "o2" if n > 4 else "o1"}, *typed)
    return found


def test_the_pages_have_no_fault_and_work_by_keyboard(
    visit: Visit, teacher: Person, uid: str
) -> None:
    visitor = visit(teacher)
    for path in PAGES:
        page = visitor.open(path.format(uid=uid))
        assert faults(page) == []
        region = page.locator(".wide").first
        region.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("() => document.querySelector('.wide').scrollLeft > 0")
    page = visitor.open(PAGES[0])
    page.locator(".chart a[aria-label*='needs a look']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/items/{uid}?which=first")
