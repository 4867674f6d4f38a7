"""An exam in a real browser: autosave, two tabs, a lost connection, the clock, the keyboard."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Attempt as AttemptRow
from quizapp.services.people import sessions
from quizapp.services.quizzes import attempt_views
from quizapp.services.quizzes.attempt_views import Attempt
from tests.factories import create_person
from tests.services.quiz_makers import CHOICE, ORDER, TYPED, begin, create_questions, create_quiz

pytestmark = [pytest.mark.browser, pytest.mark.only("sqlite")]
QUIET = {**CHOICE, "shuffle": False}


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Room:
    """A learner's browser in an exam of four questions."""

    def __init__(self, app: Flask, browser: Browser, url: str, **context: Any) -> None:
        self.person = create_person()
        now = datetime.now(UTC)  # noqa: TID251 - the views read the real clock
        ids = create_questions(
            ("multiple_choice", QUIET), ("short_answer", TYPED), ("ordering", ORDER),
            ("multiple_choice", QUIET),
        )  # fmt: skip
        self.attempt = begin(self.person, create_quiz(ids, time_limit_s=1200), now)
        token = sessions.start(self.person.id, now)
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        self.context: BrowserContext = browser.new_context(**context)
        cookie = {"name": app.config["SESSION_COOKIE_NAME"], "url": url}
        value = signer.dumps({"_user_id": token, "_fresh": True})
        self.context.add_cookies([{**cookie, "value": value}])
        self.url = f"{url}/attempts/{self.attempt.uid}"
        self.errors: list[str] = []

    def tab(self, slot: int = 1) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(f"{self.url}?slot={slot}")
        return page

    def now_is(self) -> Attempt:
        db.session.rollback()
        return attempt_views.load(self.person, self.attempt.uid)

    def draft(self, slot: int = 1) -> Any:
        return self.now_is().item(slot).draft


@pytest.fixture
def room(app: Flask, chromium: Browser, url: str) -> Iterator[Room]:
    made = Room(app, chromium, url)
    yield made
    made.context.close()
    assert made.errors == []


def saved(page: Page) -> None:
    expect(page.locator("[data-state]")).to_contain_text("Saved at", timeout=15_000)


def test_an_answer_is_saved_by_itself(room: Room) -> None:
    page = room.tab()
    page.click("label.option >> nth=1")
    saved(page)
    assert room.draft() == {"option": "o2"}
    expect(page.locator(".qmap .is-done")).to_have_count(1)
    expect(page.get_by_role("heading", name="1 of 4 answered")).to_be_visible()
    page.click("button[value=flag]")
    expect(page.locator(".qmap .is-flag")).to_have_count(1)
    page.click("button[value=clear]")
    expect(page.locator(".qmap .is-done")).to_have_count(0)
    assert room.draft() is None


def test_leaving_at_once_loses_nothing(room: Room) -> None:
    page = room.tab()
    page.click("label.option >> nth=2")
    page.click("button[value=next]")
    page.wait_for_url("**slot=2")
    page.fill("#r-text", "typed")
    page.click(".qmap a >> nth=3")
    page.wait_for_url("**slot=4")
    assert room.draft(1) == {"option": "o3"}
    assert room.draft(2) == {"text": "typed"}


def test_an_untouched_order_is_no_answer_until_it_is_saved(room: Room) -> None:
    page = room.tab(3)
    page.click("button[value=flag]")
    saved(page)
    assert room.draft(3) is None
    page.click("button[value=save]:not(.vh)")
    expect(page.locator(".qmap .is-done")).to_have_count(1)
    assert room.draft(3) == {"order": ["i2", "i1"]}


def test_two_tabs_show_both_answers(room: Room) -> None:
    one, other = room.tab(), room.tab()
    one.click("label.option >> nth=0")
    saved(one)
    other.click("label.option >> nth=1")
    box = other.locator("[data-conflict]")
    expect(box).to_be_visible()
    expect(box.locator("[data-there]")).to_have_text("white")
    expect(box.locator("[data-here]")).to_have_text("red")
    assert room.draft() == {"option": "o1"}
    other.click("[data-keep=here]")
    saved(other)
    assert room.draft() == {"option": "o2"}
    one.click("label.option >> nth=2")
    one.click("[data-keep=there]")
    expect(one.locator("label.option input >> nth=1")).to_be_checked()
    assert room.draft() == {"option": "o2"}


def test_a_lost_connection_keeps_the_answer_and_its_id(room: Room) -> None:
    page, ids, failing = room.tab(), [], [503, None]

    def answer(route: Any) -> None:
        ids.append(json.loads(route.request.post_data)["client_id"])
        status = failing.pop(0) if failing else 200
        if status is None:
            route.abort()
        elif status == 503:
            route.fulfill(status=503, body="{}")
        else:
            route.continue_()

    page.route("**/items/*", answer)
    page.click("label.option >> nth=0")
    expect(page.locator("[data-state]")).to_have_text("Not saved yet. Trying again")
    saved(page)
    assert len(ids) == 3
    assert len(set(ids)) == 1
    assert room.draft() == {"option": "o1"}


def test_the_keyboard_alone(room: Room) -> None:
    page = room.tab()
    page.keyboard.press("2")
    saved(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    focused = "document.activeElement.textContent.trim()"
    while page.evaluate(focused) != "Next question":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**slot=2")
    assert room.draft() == {"option": "o3"}
    page.focus("#r-text")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    saved(page)
    assert room.draft(2) == {"text": "12"}


def test_the_clock_hands_in(room: Room) -> None:
    with writing() as session:
        row = session.get_one(AttemptRow, (room.person.id, room.attempt.n))
        now = datetime.now(UTC)  # noqa: TID251
        row.deadline_at = (
            now.replace(microsecond=0) + (room.attempt.deadline_at - room.attempt.started_at) / 300
        )
    page = room.tab()
    expect(page.locator("[data-timer]")).to_contain_text(" s")
    expect(page.locator("[data-timer].is-late")).to_be_visible()
    page.click("label.option >> nth=0")
    expect(page.get_by_role("heading", name="1 of 4 points")).to_be_visible(timeout=15_000)
    assert room.now_is().state == "handed_in"


def test_it_works_without_a_script(app: Flask, chromium: Browser, url: str) -> None:
    room = Room(
        app, chromium, url, java_script_enabled=False, viewport={"width": 320, "height": 640}
    )
    page = room.tab()
    page.click("label.option >> nth=0")
    page.click("button[value=next]")
    page.fill("#r-text", TYPED["answers"][0]["text"])
    page.click("text=Review and hand in")
    page.click("text=Hand in 2 answers")
    page.click("main button.primary")
    expect(page.get_by_role("heading", name="2 of 4 points")).to_be_visible()
    room.context.close()
