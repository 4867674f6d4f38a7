"""From an article to the link of a quiz in a real browser, and drafts weighed by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from quizapp.services.people.sessions import Person
from tests.browser.conftest import Visit
from tests.browser.ground import Site, fill_in
from tests.browser.test_pages import faults
from tests.web.article_ground import BUILT, NEAP, create_article

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("worker")]
PASTED = """What moves the tides

Tides are the slow rise and fall of the sea. The gravity of the Moon pulls the water of the ocean \
towards it. Most coasts see two high tides every day, and the second one follows after about \
twelve hours.

A spring tide is a tide that forms when the Sun, the Moon and the Earth stand in a line. A neap \
tide is a tide that forms at half moon, when the two pulls work at right angles. The range of a \
neap tide is about a third smaller than the mean.

The shape of the coast changes the height of a tide. In the Bay of Fundy in Canada the water rises \
by up to 16 metres. William Thomson built the first mechanical tide predictor in 1872. The machine \
added ten waves with the help of pulleys and a wire.
"""


@pytest.fixture
def article(site: Site, teacher: Person) -> str:
    """The address of the review of an article that the teacher has brought."""
    with site.inside():
        return f"/articles/{create_article(teacher)}/review"


def press(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=name).click()


def how(page: Page, words: str) -> None:
    """Wait until the page says how far the review is."""
    expect(page.locator("#how p")).to_have_text(words)


def current(page: Page, number: int) -> None:
    """Check which draft is the current one, that it has the focus, and that one at most is it."""
    expect(page.locator("[data-draft][aria-current]")).to_have_count(1)
    expect(page.locator("[data-draft]").nth(number - 1)).to_be_focused()


def reviewing(visit: Visit, teacher: Person, article: str, *announced: str) -> Page:
    page = visit(teacher, *announced).open(article)
    expect(page.locator("[data-ready]")).to_be_visible()
    return page


def test_four_actions_lead_from_a_pasted_text_to_the_link_of_a_quiz(
    visit: Visit, teacher: Person
) -> None:
    page = visit(teacher).open("/banks")
    page.get_by_role("link", name="Draft from an article").click()
    page.get_by_label("Paste the text").fill(PASTED)  # one
    press(page, "Draft questions")  # two
    expect(page.locator("[data-ready]")).to_be_visible(timeout=90_000)
    expect(page.locator("h1")).to_have_text("What moves the tides")
    page.get_by_label("Drafts with a score of at least").fill("0")
    press(page, "Accept them")  # three
    press(page, re.compile(r"^Publish \d+ question"))  # four
    expect(page.locator("h1")).to_have_text("The quiz is published")
    address = page.get_by_label("Link", exact=True).input_value()
    guest = visit().page
    guest.goto(address)
    press(guest, "Start")
    if not fill_in(guest):
        guest.locator("[data-ask] .btn.primary").click()
    expect(guest.locator(".verdict-line")).to_be_visible()


def test_a_text_of_which_nothing_came_is_still_there_to_go_on_with(
    visit: Visit, teacher: Person
) -> None:
    page = visit(teacher).open("/articles/new")
    page.get_by_label("Paste the text").fill("Menu\n")
    press(page, "Draft questions")
    expect(page.locator("h1")).to_have_text("That did not become an article", timeout=60_000)
    page.get_by_role("link", name="Change the text").click()
    expect(page.get_by_label("Paste the text")).to_have_value("Menu\n")
    page.go_back()
    press(page, "Try again")
    expect(page.locator("[data-upload=reading]")).to_be_visible()
    expect(page.locator("[data-upload=failed]")).to_be_visible(timeout=60_000)


def test_a_part_is_left_out_on_the_spot_and_another_put_back_and_drafted_on(
    visit: Visit, teacher: Person, article: str
) -> None:
    page = reviewing(visit, teacher, article)
    expect(page.get_by_role("button", name="Leave it out").first).to_be_hidden()
    page.get_by_label("Show the 2 parts that were left out").check()
    page.get_by_role("button", name="Leave it out").nth(3).click()
    expect(page.locator("#text .dropped")).to_have_count(3)
    expect(page.get_by_label("Show the 3 parts that were left out")).to_be_checked()
    expect(page.locator("[data-said]")).to_contain_text("It is left out.")
    expect(page.locator("[data-draft]").first).to_contain_text("Not in the article any more")
    expect(page.locator("#above output")).to_have_text("1")
    page.locator(".dropped", has_text=BUILT).get_by_role("button", name="Put it back").click()
    expect(page.locator("h1")).to_have_text("Drafting questions")
    expect(page.locator("[data-ready]")).to_be_visible(timeout=90_000)
    expect(page.locator("#text")).to_contain_text(BUILT)
    expect(page.locator("#text .dropped")).to_have_count(2)
    expect(page.locator("[data-draft]").first).not_to_contain_text("Not in the article any more")


def test_drafts_are_weighed_by_single_keys(visit: Visit, teacher: Person, article: str) -> None:
    page = reviewing(visit, teacher, article)
    expect(page.locator("#text .is-now")).to_have_text(BUILT)
    page.keyboard.press("a")
    current(page, 2)
    expect(page.locator("#text .is-now")).to_have_text(NEAP)
    how(page, "1 of 5 drafts reviewed. 1 accepted, 0 rejected.")
    page.keyboard.type("r3")
    current(page, 3)
    how(page, "2 of 5 drafts reviewed. 1 accepted, 1 rejected.")
    expect(page.locator("[data-draft]").nth(1)).to_contain_text("It is unclear")
    expect(page.locator("[data-said]")).to_contain_text("2 of 5 drafts reviewed.")
    page.keyboard.press("u")
    current(page, 2)
    how(page, "1 of 5 drafts reviewed. 1 accepted, 0 rejected.")
    page.keyboard.type("jjk")
    current(page, 3)
    page.keyboard.press("r")
    expect(
        page.locator("[data-draft]").nth(2).get_by_role("button", name="The key is wrong")
    ).to_be_focused()
    page.keyboard.press("Escape")
    current(page, 3)
    page.keyboard.press("e")
    expect(page.locator("h1")).to_have_text("Edit a question: short answer")
    page.get_by_label("Question", exact=True).fill("When was the predictor built?")
    press(page, "Save as version 2")
    expect(page.locator("[data-ready]")).to_be_visible()
    how(page, "2 of 5 drafts reviewed. 2 accepted, 0 rejected.")
    expect(page.locator("[data-draft]").nth(2)).to_contain_text("Edited and accepted")


def test_single_keys_are_silent_while_somebody_types_a_score(
    visit: Visit, teacher: Person, article: str
) -> None:
    page = reviewing(visit, teacher, article)
    least = page.get_by_label("Drafts with a score of at least")
    least.focus()
    page.keyboard.press("a")
    how(page, "0 of 5 drafts reviewed.")
    count = page.locator("#above output")
    for value, many in (("91", 0), ("90", 1), ("60", 4), ("", 0), ("0", 5)):
        least.fill(value)
        expect(count).to_have_text(str(many))
    least.fill("60")
    press(page, "Accept them")
    how(page, "4 of 5 drafts reviewed. 4 accepted, 0 rejected.")
    expect(page.locator("[data-said]")).to_contain_text("4 drafts were accepted.")
    current(page, 5)


def test_a_decision_that_does_not_arrive_is_said_and_can_be_made_again(
    visit: Visit, teacher: Person, article: str
) -> None:
    page = reviewing(visit, teacher, article, "ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    page.keyboard.press("a")
    expect(page.locator("[data-said]")).to_contain_text("That did not work")
    current(page, 1)
    page.context.set_offline(False)
    page.keyboard.press("a")
    how(page, "1 of 5 drafts reviewed. 1 accepted, 0 rejected.")


def test_drafts_decided_faster_than_the_server_answers_are_each_decided_once(
    visit: Visit, teacher: Person, article: str
) -> None:
    page = reviewing(visit, teacher, article)
    page.keyboard.type("aaaaaaa")  # two more than there are drafts
    how(page, "5 of 5 drafts reviewed. 5 accepted, 0 rejected.")
    for _ in range(5):
        page.keyboard.press("u")
    how(page, "0 of 5 drafts reviewed.")


def test_what_was_left_out_is_shown_and_hidden_by_a_tick(
    visit: Visit, teacher: Person, article: str
) -> None:
    page = reviewing(visit, teacher, article)
    letter = page.get_by_text("Sign up for our letter")
    expect(letter).to_be_hidden()
    page.get_by_label("Show the 2 parts that were left out").check()
    expect(letter).to_be_visible()
    expect(page.get_by_text("left out: newsletter")).to_be_visible()


def test_without_a_script_the_same_buttons_lead_to_the_link(
    visit: Visit, teacher: Person, article: str
) -> None:
    page = visit(teacher, java_script_enabled=False).open(article)
    press(page, "Accept 1")
    how(page, "1 of 5 drafts reviewed. 1 accepted, 0 rejected.")
    expect(page.locator("[aria-current=true]")).to_contain_text("At half moon")
    page.locator("summary", has_text="Reject 2").click()
    press(page, "Not worth asking")
    how(page, "2 of 5 drafts reviewed. 1 accepted, 1 rejected.")
    press(page, "Undo")
    how(page, "1 of 5 drafts reviewed. 1 accepted, 0 rejected.")
    page.get_by_label("Show the 2 parts that were left out").check()
    expect(page.get_by_text("Sign up for our letter")).to_be_visible()
    press(page, "Publish 1 question")
    expect(page.get_by_label("Link", exact=True)).to_have_value(re.compile("/quizzes/"))


def test_on_a_phone_the_article_is_folded_up_above_the_drafts(
    visit: Visit, teacher: Person, article: str
) -> None:
    page = visit(teacher, viewport={"width": 320, "height": 640}).open(article)
    expect(page.locator("[data-ready]")).to_be_visible()
    expect(page.get_by_text("Lakes have tides too")).to_be_hidden()
    expect(page.locator(".from").first).to_contain_text(BUILT)  # so the proof is at hand
    page.locator("summary", has_text="The article").click()
    expect(page.get_by_text("Lakes have tides too")).to_be_visible()


def test_the_pages_of_an_article_have_no_fault(
    site: Site, visit: Visit, teacher: Person, article: str
) -> None:
    found: dict[str, list[str]] = {}
    page = visit(teacher, "422").open("/articles/new")
    found["new"] = faults(page)
    press(page, "Draft questions")
    expect(page.get_by_role("alert")).to_be_visible()
    found["refused"] = faults(page)
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(site.url + article)
    expect(page.locator("[data-ready]")).to_be_visible()
    page.keyboard.press("a")
    how(page, "1 of 5 drafts reviewed. 1 accepted, 0 rejected.")
    page.get_by_label("Show the 2 parts that were left out").check()
    page.keyboard.press("r")
    found["review"] = faults(page)
    press(page, "Publish 1 question")
    expect(page.locator("h1")).to_have_text("The quiz is published")
    found["published"] = faults(page)
    bank = page.get_by_role("link", name="Open the bank").get_attribute("href")
    for path in ("/banks", "/import", f"{bank}/manage"):
        page.goto(site.url + path)
        found[path] = faults(page)
    assert {name: each for name, each in found.items() if each} == {}
