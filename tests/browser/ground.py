"""What the browser tests stand on: a served app, visitors whose pages must stay free of errors."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from quizapp import create_app
from quizapp.services.content import catalog
from quizapp.services.people import sessions
from quizapp.services.people.sessions import Person
from quizapp.services.transfer import importing
from tests.conftest import close

ROOT = Path(__file__).resolve().parents[2]
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
# Everything under a question that takes an answer, by the widget's name.
TYPED = "[data-widget] input[name^='r.'], textarea[name^='r.']"


def real_now() -> datetime:
    """The time that views see."""
    return datetime.now(UTC)  # noqa: TID251


class Silent(WSGIRequestHandler):
    """A handler that writes no line for each request."""

    def log(self, *_arguments: Any) -> None:
        pass


@dataclass
class Site:
    """An app on a port of its own, with CSRF and the real headers."""

    app: Flask
    url: str

    @contextmanager
    def inside(self) -> Iterator[None]:
        """For calling services: within the app, on fresh data."""
        with self.app.app_context():
            yield

    def cookie(self, person: Person) -> Any:
        """The session cookie of a person, without a password."""
        with self.inside():
            token = sessions.start(person.id, real_now())
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        value = signer.dumps({"_user_id": token, "_fresh": True, "_permanent": True})
        return {"name": self.app.config["SESSION_COOKIE_NAME"], "value": value, "url": self.url}


@contextmanager
def served(database: Path, patch: Any) -> Iterator[Site]:
    """Serve a migrated SQLite file, with the bank about immunotherapy and one of all kinds."""
    patch.setenv("DATABASE_URL", f"sqlite:///{database}")
    patch.setenv("SECRET_KEY", "only-for-the-tests")
    cheap = {"ARGON2_TIME_COST": 1, "ARGON2_MEMORY_KIB": 64}
    app = create_app({"INSTANCE_PATH": database.parent, **cheap})
    catalog.forget()
    with app.app_context():
        importing.import_folders(ROOT / "questions", real_now())
        importing.import_folders(ROOT / "tests/browser/banks", real_now())
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(app, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()
    close(app)


WIRED = """() => [...document.querySelectorAll("[data-answer]:has([data-ask])")]
    .every((form) => "wired" in form.dataset || !document.querySelector("[data-after]"))"""


@dataclass
class Visitor:
    """Somebody's browser; `problems` is what its console said that nobody announced."""

    site: Site
    context: BrowserContext
    page: Page
    announced: tuple[str, ...] = ()
    scripts: bool = True
    problems: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> Page:
        """Go to a page of the site."""
        self.page.goto(self.site.url + path)
        if self.scripts:  # else a quick click is a plain post, which is another test's matter
            self.page.wait_for_function(WIRED)
        return self.page

    def tab(self) -> Page:
        """Another tab of the same browser."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._heard(page, message))
        return page

    def _heard(self, page: Page, message: Any) -> None:
        said = f"{message.text} ({message.location.get('url', '')})"
        if message.type == "error" and not any(re.search(each, said) for each in self.announced):
            self.problems.append(f"{page.url}: {said}")


def visitor(
    site: Site, browser: Browser, person: Person | None, announced: tuple[str, ...], **context: Any
) -> Visitor:
    """Open a browser of its own, signed in where a person is given."""
    made = browser.new_context(reduced_motion="reduce", **context)
    made.set_default_timeout(10_000)
    if person is not None:
        made.add_cookies([site.cookie(person)])
    scripts = bool(context.get("java_script_enabled", True))
    who = Visitor(site, made, None, announced, scripts)  # type: ignore[arg-type]
    who.page = who.tab()
    return who


def fill_in(page: Page) -> bool:
    """Answer the question on the page, whatever its widget; says whether that sent it."""
    ask = page.locator("[data-ask]")
    widget = ask.locator("[data-widget]").get_attribute("data-widget")
    if widget == "choice" and ask.locator("button.option").count():
        ask.locator("button.option").first.click()
        return True
    if widget == "card":
        ask.locator("summary.btn").click()
        ask.locator(".rating").last.click()
        return True
    for place, each in enumerate(ask.locator("select:visible").all(), 1):
        if widget == "order":
            each.select_option(str(place))
        else:
            each.select_option(index=1)
    if widget in {"choice", "choices"}:
        ask.locator("label.option").first.click()
    for each in ask.locator(TYPED).all():
        if each.get_attribute("type") not in {"radio", "checkbox"}:
            each.fill("3")
    return False


def answer(page: Page) -> None:
    """Answer the question on the page in study or practice, and wait for what becomes of it."""
    before = page.locator("[data-answer]").get_attribute("data-client") or ""
    card = page.locator("[data-ask] [data-widget=card]").count()
    if not fill_in(page):
        page.locator("[data-ask] .btn.primary").click()
    if card:
        next_one(page, before)
    else:
        expect(page.locator(".verdict-line")).to_be_visible()


def next_one(page: Page, before: str) -> None:
    """Wait for another question than the one with this client id."""
    expect(page.locator("[data-answer]")).not_to_have_attribute("data-client", before)


def go_on(page: Page) -> None:
    """Press Continue where it is shown."""
    button = page.locator("[data-continue]")
    if button.count():
        before = page.locator("[data-answer]").get_attribute("data-client") or ""
        button.click()
        next_one(page, before)
