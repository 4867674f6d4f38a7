"""Studying in a real browser: the first answer, guests, keys, no script, a lost server."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.ground import Site, answer, fill_in, go_on, real_now
from tests.factories import create_person

pytestmark = pytest.mark.browser
FOCUSED = "document.activeElement.textContent.trim()"


def tab_to(page: Page, words: str) -> None:
    """Press Tab until what has the focus says these words."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED).startswith(words):
            return
    raise AssertionError(f"no Tab leads to {words!r}")


def stem(page: Page) -> str:
    """What the question on the page asks."""
    return page.locator("[data-ask] .stem, [data-ask] .front").first.inner_text()


def test_a_stranger_answers_a_real_question_with_the_second_click(visit: Visit) -> None:
    page = visit().open()
    page.locator("[data-ask] button.option").first.click()
    expect(page.locator(".verdict-line")).to_be_visible()
    expect(page.locator(".why").first).to_be_visible()
    expect(page.locator(".evidence mark")).not_to_be_empty()
    page.click("[data-continue]")
    expect(page.locator("[data-ask] [data-widget]")).to_be_visible()
    expect(page.locator("[data-progress-words]")).to_contain_text("Question 2 of")
    page.click(".bar .me")
    expect(page.get_by_role("heading", name="What you know today")).to_be_visible()
    expect(page.locator("main")).to_contain_text("You have met 1 of them.")
    page.goto(page.url + "/rows?what=facts")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_a_guest_studies_ten_questions_undoes_one_and_keeps_the_rest_with_an_account(
    site: Site, visit: Visit
) -> None:
    page = visit().open("/study?bank=immunotherapy")
    for _ in range(10):
        answer(page)
        go_on(page)
    page.click(".menu > summary")
    page.click("text=Undo the last answer")
    expect(page.get_by_text("Your last answer is undone.")).to_be_visible()
    before = kept(page, site.url)
    assert before[0] == 9
    page.goto(site.url + "/sign-up")
    expect(page.locator("main")).to_contain_text("answers from this browser come along.")
    page.fill("#name", "Mara")
    page.fill("#email", "ten@example.org")
    page.fill("#password", "orchid lamp seven")
    page.click("main button.primary")
    expect(page.locator(".bar .me")).to_have_text("Mara")
    assert kept(page, site.url) == before


def kept(page: Page, url: str) -> tuple[int, str]:
    """What somebody has: facts met, and how the day's answers went."""
    page.goto(f"{url}/me/rows?what=facts")
    facts = page.locator("tbody tr").count()
    page.goto(f"{url}/study/summary")
    return facts, page.locator(".lede").inner_text()


def test_every_kind_of_question_can_be_answered_with_a_script(visit: Visit) -> None:
    page, met = visit().open("/study?bank=all-kinds"), set()
    for _ in range(7):
        met.add(page.locator("[data-ask] [data-widget]").get_attribute("data-widget"))
        answer(page)
        go_on(page)
    assert met == {"choice", "text", "order", "pairs", "card", "choices", "gaps"}


def test_the_keyboard_alone_leads_from_the_first_page_to_the_second_question(visit: Visit) -> None:
    page = visit().open()
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "Skip to the content"
    tab_to(page, "Study")
    page.keyboard.press("Enter")
    page.wait_for_url("**/study")
    first = stem(page)
    tab_to(page, page.locator("button.option span").first.inner_text())
    page.keyboard.press("Enter")
    expect(page.locator(".verdict-line")).to_be_visible()
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator("#said")).to_have_text(page.locator(".verdict-line").inner_text().strip())
    page.keyboard.press("Enter")
    expect(page.locator("[data-progress-words]")).to_contain_text("Question 2 of")
    second = stem(page)
    assert second != first
    page.keyboard.press("1")
    expect(page.locator(".verdict-line")).to_be_visible()
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("2")  # a digit answers once, not the same question twice
    expect(page.locator("#said")).to_have_text(page.locator(".verdict-line").inner_text().strip())
    page.keyboard.press("Enter")
    expect(page.locator("[data-ask] legend")).to_be_focused()
    assert stem(page) not in {first, second}
    page.keyboard.press("u")
    expect(page.get_by_text("Your last answer is undone.")).to_be_visible()
    page.keyboard.press("?")
    page.wait_for_url("**/keyboard")
    expect(page.get_by_role("heading", name="Keyboard")).to_be_visible()


def test_single_keys_do_nothing_once_they_are_switched_off(site: Site, visit: Visit) -> None:
    with site.inside():
        guest = create_person(kind="guest", created_at=real_now())
    page = visit(guest).open("/me/settings")
    page.get_by_label("single keys", exact=False).uncheck()
    page.click("text=Save the settings")
    expect(page.locator("body[data-keys=off]")).to_be_visible()
    page.goto(page.url.partition("/me")[0] + "/study?bank=immunotherapy")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.resource_type))
    for key in ("1", "2", "u", "?"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    assert not {"document", "fetch", "xhr"} & set(sent)
    expect(page.locator("[data-ask]")).to_be_visible()


def test_a_card_is_shown_and_rated_by_the_keyboard(visit: Visit) -> None:
    page = visit().open("/study?bank=all-kinds")
    while not page.locator("[data-widget=card]").count():
        answer(page)
        go_on(page)
    before = page.locator("[data-answer]").get_attribute("data-client") or ""
    page.keyboard.press("3")  # a rating only once the answer is shown
    page.keyboard.press("Space")
    expect(page.locator(".back")).to_be_focused()
    page.keyboard.press("3")
    expect(page.locator("[data-answer]")).not_to_have_attribute("data-client", before)


def test_ordering_and_matching_work_by_the_keyboard(visit: Visit) -> None:
    page = visit().open("/study?bank=all-kinds")
    done = set()
    while len(done) < 2:
        widget = page.locator("[data-ask] [data-widget]").get_attribute("data-widget")
        if widget == "order":
            put_in_order(page, ["Morning", "Noon", "Evening"])
        elif widget == "pairs":
            for label, key in (("A cat", "m"), ("A dog", "b")):
                page.get_by_label(label).focus()
                page.keyboard.press(key)
        if widget in {"order", "pairs"}:
            tab_to(page, "Check")
            page.keyboard.press("Enter")
            expect(page.locator(".verdict-line")).to_have_text("Right")
            expect(page.locator("#q")).to_be_focused()
            done.add(widget)
        else:
            answer(page)
        go_on(page)


def put_in_order(page: Page, wanted: list[str]) -> None:
    """Sort the items with their buttons, the focus staying on the item that moves."""
    for place, text in enumerate(wanted):
        for _ in wanted:
            items = page.locator("[data-item] > span").all_inner_texts()
            if items.index(text) <= place:
                break
            page.get_by_role("button", name=f"Move up: {text}").focus()
            page.keyboard.press("Enter")
            moved = page.evaluate("document.activeElement.closest('[data-item]').textContent")
            assert text in moved


def test_every_kind_of_question_can_be_answered_without_a_script(visit: Visit) -> None:
    page, met = visit(java_script_enabled=False).open("/study?bank=all-kinds"), set()
    for _ in range(7):
        met.add(page.locator("[data-ask] [data-widget]").get_attribute("data-widget"))
        if not fill_in(page):
            page.click("[data-ask] .btn.primary")
        page.wait_for_url("**/study/answers/*")
        page.click("[data-continue]")
    assert met == {"choice", "text", "order", "pairs", "card", "choices", "gaps"}
    page.goto(page.url.partition("/study")[0] + "/study/summary")
    expect(page.locator("main")).to_contain_text("7 questions")


def test_an_answer_that_meets_503_is_kept_and_sent_again_under_its_id(visit: Visit) -> None:
    page = visit(None, "503").open("/study?bank=immunotherapy")
    bodies: list[Any] = []

    def twice_busy(route: Route) -> None:
        bodies.append(json.loads(route.request.post_data or "{}"))
        if len(bodies) < 3:
            route.fulfill(status=503, content_type="application/problem+json", body="{}")
        else:
            route.continue_()

    page.route("**/api/v1/answers", twice_busy)
    page.locator("button.option").first.click()
    expect(page.locator("#said")).to_contain_text("Not saved yet. Trying again")
    expect(page.locator("#said")).to_be_visible()
    expect(page.locator(".verdict-line")).to_be_visible(timeout=10_000)
    assert len(bodies) == 3
    assert bodies[0] == bodies[1] == bodies[2]
    page.goto(page.url.partition("/study")[0] + "/study/summary")
    expect(page.locator("main")).to_contain_text("1 question")
