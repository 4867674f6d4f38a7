"""Exams and practice quizzes of the real bank, from the first page of a quiz to its results."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Page, expect

from quizapp.services.people.sessions import Person
from tests.browser.conftest import Visit
from tests.browser.ground import ROOT, Site, fill_in, real_now
from tests.factories import create_person

pytestmark = pytest.mark.browser
BANK: Path = ROOT / "questions/immunotherapy/bank.yaml"


def somebody(site: Site) -> Person:
    with site.inside():
        return create_person(created_at=real_now())


def start(page: Page, kind: str) -> str:
    """Begin the bank's exam or practice quiz; returns the attempt's address."""
    page.get_by_role("link", name=re.compile(f"^{kind}: ")).first.click()
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url("**/attempts/*")
    return page.url


def feedback_texts() -> set[str]:
    """The words that tell what is right: long enough that they stand nowhere else."""
    found: set[str] = set()

    def walk(value: Any, inside: bool = False) -> None:
        if isinstance(value, dict):
            for name, each in value.items():
                walk(each, inside or name.startswith("feedback") or name in {"sample", "rubric"})
        elif isinstance(value, list):
            for each in value:
                walk(each, inside)
        elif inside and isinstance(value, str) and len(value) > 20:
            found.add(plain(value))

    walk(yaml.load(BANK.read_text(), yaml.BaseLoader)["questions"])
    return found


def plain(text: str) -> str:
    return re.sub(r"[^a-z ]", "", re.sub(r"<[^>]*>|&#?\w+;", "", text.lower()))


def save_one(page: Page, slot: int) -> None:
    """Go to a question of the exam and answer it."""
    page.goto(re.sub(r"(\?.*)?$", f"?slot={slot}", page.url, count=1))
    fill_in(page)
    if page.locator("[data-widget=order]").count():
        page.click("button[value=save]:not(.vh)")
    expect(page.locator("[data-state]")).to_contain_text("Saved at")


def given(page: Page) -> Any:
    """What the form of a question holds."""
    script = """() => Object.fromEntries([...new FormData(document.querySelector("#answer"))]
        .filter(([name]) => name.startsWith("r.")))"""
    return page.evaluate(script)


def test_an_exam_is_left_resumed_reviewed_and_handed_in(site: Site, visit: Visit) -> None:
    person, texts = somebody(site), feedback_texts()
    assert len(texts) > 200
    seen: list[str] = []
    page = visit(person).open("/quizzes")
    attempt = start(page, "Exam")
    for slot in range(1, 21):
        page.goto(f"{attempt}?slot={slot}")
        seen.append(page.content())
    for slot in (1, 2, 3):
        save_one(page, slot)
    page.click("button[value=flag]")
    expect(page.locator(".qmap .is-flag")).to_have_count(1)
    expect(page.locator("[data-state]")).to_contain_text("Saved at")
    third = given(page)

    page = visit(person).page  # another device with the same account
    page.goto(f"{attempt}?slot=3")
    assert given(page) == third
    expect(page.locator("button[value=flag]")).to_have_text("Flagged")
    expect(page.locator(".qmap .is-done")).to_have_count(3)
    page.click("text=Review and hand in")
    expect(page.locator("main")).to_contain_text("You have answered 3 of 20.")
    expect(page.locator("#o + table tbody tr")).to_have_count(17)
    expect(page.locator("#f + table tbody tr")).to_have_count(1)
    seen.append(page.content())
    page.click("text=Hand in 3 answers")
    expect(page.locator("main")).to_contain_text("17 questions have no answer.")
    seen.append(page.content())
    told = [text for text in texts for html in seen if text in plain_page(html)]
    assert told == []

    page.click("main button.primary")
    expect(page.locator("h1")).to_contain_text("of 29 points")
    expect(page.locator(".evidence mark").first).not_to_be_empty()
    page.goto(f"{attempt}?show=all")
    assert [text for text in texts if text in plain_page(page.content())] != []
    page.goto(f"{attempt}?slot=3")
    expect(page.locator("h1")).to_contain_text("of 29 points")


def plain_page(html: str) -> str:
    """A page's words, attributes too, as `plain` would write them."""
    return re.sub(r"[^a-z ]", "", re.sub(r"</?(em|strong|code|p)>|&#?\w+;", "", html.lower()))


def test_two_tabs_that_disagree_lose_no_answer(site: Site, visit: Visit) -> None:
    who = visit(somebody(site), "409")
    attempt = start(who.open("/quizzes"), "Exam")
    slot = choice_slot(who.page, attempt)
    one, other = who.page, who.tab()
    one.goto(f"{attempt}?slot={slot}")
    other.goto(f"{attempt}?slot={slot}")
    texts = one.locator("label.option > span").all_inner_texts()
    one.locator("label.option").nth(0).click()
    expect(one.locator("[data-state]")).to_contain_text("Saved at")
    other.locator("label.option").nth(1).click()
    box = other.locator("[data-conflict]")
    expect(box).to_be_visible()
    expect(box.locator("[data-there]")).to_have_text(texts[0])
    expect(box.locator("[data-here]")).to_have_text(texts[1])
    other.click("[data-keep=here]")
    expect(other.locator("[data-state]")).to_contain_text("Saved at")
    one.reload()
    expect(one.locator("label.option input").nth(1)).to_be_checked()


def choice_slot(page: Page, attempt: str) -> int:
    """The first question of the exam that has one right option."""
    for slot in range(1, 21):
        page.goto(f"{attempt}?slot={slot}")
        if page.locator("[data-ask] [data-widget=choice]").count():
            return slot
    raise AssertionError("no choice question")


def test_an_exam_is_taken_and_handed_in_without_a_script(site: Site, visit: Visit) -> None:
    page = visit(somebody(site), java_script_enabled=False).open("/quizzes")
    attempt = start(page, "Exam")
    for slot in range(1, 20):
        fill_in(page)
        page.click("button[value=next]")
        page.wait_for_url(f"**slot={slot + 1}")
    fill_in(page)
    page.locator("#answer button[value=review]").click()
    expect(page.locator("main")).to_contain_text("All 20 questions have an answer.")
    page.click("text=Hand in 20 answers")
    page.click("main button.primary")
    expect(page.locator("h1")).to_contain_text("of 29 points")
    assert page.url == attempt


def test_a_practice_quiz_says_at_once_and_ends_with_results(site: Site, visit: Visit) -> None:
    page = visit(somebody(site)).open("/quizzes")
    start(page, "Practice")
    for number in range(1, 14):
        expect(page.locator(".progress")).to_contain_text(" of 13")
        if not fill_in(page):
            page.click("[data-ask] .btn.primary")
        expect(page.locator(".verdict-line")).to_be_visible()
        expect(page.locator("#q")).to_be_focused()
        expect(page.locator(".evidence mark")).not_to_be_empty()
        page.keyboard.press("Enter")
        if number < 13:
            expect(page.locator("[data-ask]")).to_be_visible()
    # All are answered: the round ends by itself or with a last yes.
    finish = page.locator("main button.primary")
    if finish.count():
        finish.click()
    expect(page.locator("h1")).to_contain_text("of 12 points")
    expect(page.get_by_role("heading", name="Question by question")).to_be_visible()
