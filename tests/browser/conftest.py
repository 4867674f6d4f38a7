"""Chromium, a site for each module, and visitors whose consoles must stay silent."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from quizapp.services.people.sessions import Person
from tests import server
from tests.browser.ground import FLAGS, Site, Visitor, real_now, served, visitor
from tests.factories import create_person

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
Visit = Callable[..., Visitor]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for each worker; without Chromium these tests fail and say what to install."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"{CHROMIUM} is missing: apt-get install chromium", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, chromium_sandbox=os.geteuid() != 0, args=FLAGS
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A served app with two banks, which the tests of a module share."""
    database = tmp_path_factory.mktemp("site") / "quizapp.db"
    shutil.copy(sqlite_template, database)
    with pytest.MonkeyPatch.context() as patch, served(database, patch) as made:
        yield made


@pytest.fixture(scope="module")
def worker(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The other process of the app, which does its long work; for modules that ask for it."""
    folder = tmp_path_factory.mktemp("worker")
    address = site.app.config["SQLALCHEMY_DATABASE_URI"]
    env = server.environment(folder, 0, DATABASE_URL=address, SECRET_KEY="only-for-the-tests")
    with server.ended(server.start(server.flask("ops", "work"), env, folder / "log")):
        yield


@pytest.fixture
def teacher(site: Site) -> Person:
    """An instructor who has just come."""
    with site.inside():
        return create_person("instructor", name="Ines", created_at=real_now())


@pytest.fixture
def visit(site: Site, chromium: Browser) -> Iterator[Visit]:
    """Opens a browser of its own; at the end no page may have had an error that it did not name."""
    opened: list[Visitor] = []

    def open_one(person: Person | None = None, *announced: str, **context: Any) -> Visitor:
        opened.append(visitor(site, chromium, person, announced, **context))
        return opened[-1]

    yield open_one
    for each in opened:
        each.context.close()
    assert [problem for each in opened for problem in each.problems] == []
