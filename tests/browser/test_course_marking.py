"""Marks in a browser: marking by keyboard alone, the table's one tab stop, axe, narrow windows."""

import os
import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.ground import Site, real_now
from tests.services.marks_makers import WRONG, Class, create_class, hand_in

pytestmark = pytest.mark.browser
SIDEWAYS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def made(site: Site) -> Class:
    """Ada's and Ben's essays wait; Ada came late."""
    now = real_now()
    with site.inside():
        made = create_class(
            now - timedelta(days=3), due_at=now - timedelta(days=1), late={"percent_per_day": 10}
        )
        hand_in(made, made.ada, now)
        hand_in(made, made.ben, now - timedelta(days=2), {1: WRONG, 2: {"text": "Red cells?"}})
    return made


def path(made: Class, *rest: object) -> str:
    return "/".join([f"/courses/{made.course.uid}/marks", *map(str, rest)])


def one(made: Class) -> str:
    return path(made, made.uid, made.ada.uid)


def clean(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found] == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_axe_finds_nothing_and_only_the_table_scrolls_sideways(
    visit: Visit, made: Class, width: int, scheme: str
) -> None:
    visitor = visit(made.teacher, color_scheme=scheme, viewport={"width": width, "height": 900})
    page = visitor.open(one(made))
    attempt = page.locator("a", has_text="Attempt 1").get_attribute("href") or ""
    for where in (
        path(made), one(made), attempt, path(made, made.uid, "to-mark"),
        path(made, "learners", made.ada.uid),
    ):  # fmt: skip
        visitor.open(where)
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=f"{folder}/{width}-{abs(hash(where)) % 1000}.png", full_page=True)
        clean(page)
        assert not page.evaluate(SIDEWAYS), where


def test_the_table_is_one_tab_stop_in_which_arrows_move(visit: Visit, made: Class) -> None:
    page = visit(made.teacher).open(path(made))
    page.locator("td a").first.focus()
    assert page.locator('td a[tabindex="0"]').count() == 1
    page.keyboard.press("ArrowDown")
    expect(page.locator("tr", has_text="Ben").locator("td a")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Homework")).to_be_visible()


def test_essays_are_marked_by_keyboard_alone(visit: Visit, made: Class) -> None:
    page = visit(made.teacher).open(path(made, made.uid, "to-mark"))
    expect(page.get_by_text("Answer 1 of 2")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_text("Answer 2 of 2")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_text("Answer 1 of 2")).to_be_visible()
    page.keyboard.press("3")
    expect(page.get_by_label("Points")).to_have_value("3")
    page.keyboard.press("Tab")
    page.keyboard.type("Say why.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Answer 2 of 2")).to_be_visible()
    page.keyboard.press("4")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("That was the last one.")).to_be_visible()
    expect(page.locator("td", has_text=re.compile("of 5"))).to_have_count(2)


def test_essays_are_marked_without_scripts(visit: Visit, made: Class) -> None:
    page = visit(made.teacher, java_script_enabled=False).open(path(made, made.uid, "to-mark"))
    page.get_by_label("Points").fill("2,5")
    page.get_by_role("button", name="Save, next one").click()
    expect(page.get_by_text("That was the last one.")).to_be_visible()
