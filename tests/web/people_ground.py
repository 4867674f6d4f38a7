"""What the tests of people's pages share: cheap passwords, pages that are not there yet, forms."""

import re
from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp.services.people import accounts
from quizapp.services.people.sessions import Person

GOOD = "orchid lamp seven"
# What base.html links to; the stand-ins go when all blueprints are there.
LINKED = (
    "me.dashboard",
    "study.index",
    "quizzes.index",
    "banks.index",
    "home.help_page",
    "home.keyboard",
    "home.accessibility",
    "home.privacy",
)


def prepare(app: Flask) -> None:
    """Make passwords cheap and every link of the frame lead somewhere."""
    app.config.update(ARGON2_TIME_COST=1, ARGON2_MEMORY_KIB=64)
    there = {rule.endpoint for rule in app.url_map.iter_rules()}
    for endpoint in LINKED:
        if endpoint not in there:
            app.add_url_rule(f"/stand-in/{endpoint}", endpoint, lambda: "stand-in")


def real_now() -> datetime:
    """The time that views see."""
    return datetime.now(UTC)  # noqa: TID251


def account(email: str = "mara@example.org", password: str = GOOD, name: str = "Mara") -> Person:
    """An account with a password."""
    return accounts.sign_up(None, email, name, password, "UTC", real_now())


def token_in(page: TestResponse) -> str:
    """The CSRF token of a page."""
    found = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
    assert found, page.text[:500]
    return found[1]


def submit(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    """Open a page and send its form, as a browser does."""
    page = client.get(path)
    return client.post(path, data={"csrf_token": token_in(page), **fields})


def sign_in_page(
    client: FlaskClient,
    email: str = "mara@example.org",
    password: str = GOOD,
    path: str = "/sign-in",
) -> TestResponse:
    """Sign in by the form."""
    return submit(client, path, email=email, password=password)


def cookie_of(client: FlaskClient) -> str:
    """The value of the session cookie."""
    cookie = client.get_cookie("quizapp")
    return cookie.value if cookie else ""
