"""Who may do what: every route and method against every role, as a written table.

A route without a row fails, and so does a row without a route. Each cell is the status that the
role gets; the path of a row is filled from the world (see world.py), where `secret` belongs to the
instructor and the attempt and the answer to the learner. Forms are sent with their token but empty
unless the row gives fields, so 422 reads "allowed, but the form is not complete".
Anyone may add rows: what matters is that somebody has thought about each cell.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from quizapp import create_app
from tests.web.people_ground import prepare
from tests.web.world import ROLES, browser_of, create_world, csrf


@dataclass(frozen=True)
class Row:
    """A route, and what each role gets: stranger, guest, learner, other learner, instructor, admin."""

    route: str  # METHOD and rule
    expected: str
    path: str = ""  # the rule itself where it has no arguments
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def method(self) -> str:
        return self.route.partition(" ")[0]

    @property
    def pattern(self) -> str:
        return self.path or self.route.partition(" ")[2]


EVERYBODY = "200 200 200 200 200 200"
ACCOUNTS = "302 302 200 200 200 200"
SOMEBODY = "302 200 200 200 200 200"
ADMINS = "404 404 404 404 404 200"
OWNER = "404 404 404 404 200 200"  # of the instructor's things; admins own everything
LEARNER = "404 404 200 404 404 404"  # of the learner's things; also an admin does not look in

ROWS = (
    # The first page and the pages about the app
    Row("GET /", EVERYBODY),
    Row("GET /health", EVERYBODY),
    Row("GET /help", EVERYBODY),
    Row("GET /keyboard", EVERYBODY),
    Row("GET /accessibility", EVERYBODY),
    Row("GET /privacy", EVERYBODY),
    # Coming and going
    Row("GET /sign-in", "200 200 302 302 302 302"),
    Row("POST /sign-in", "422 422 302 302 302 302"),
    Row("GET /sign-up", "200 200 302 302 302 302"),
    Row("POST /sign-up", "422 422 302 302 302 302"),
    Row("POST /sign-out", "302 302 302 302 302 302"),
    Row("GET /links/<token>", EVERYBODY, "/links/{link}"),
    Row("POST /links/<token>", "422 422 422 422 422 422", "/links/{link}"),
    Row("GET /merge", "302 302 302 302 302 302"),
    Row("POST /merge", "302 302 302 302 302 302"),
    # Oneself
    Row("GET /me/settings", SOMEBODY),
    Row("POST /me/settings", "302 422 422 422 422 422"),
    Row("GET /me/password", ACCOUNTS),
    Row("POST /me/password", "302 302 422 422 422 422"),
    Row("GET /me/data", SOMEBODY),
    Row("GET /me/data.json", SOMEBODY),
    Row("GET /me/answers.csv", SOMEBODY),
    Row("GET /me/erase", SOMEBODY),
    Row("POST /me/erase", "302 422 422 422 422 422"),
    # People, for admins
    Row("GET /admin", ADMINS),
    Row("POST /admin/invitations", ADMINS, fields={"role": "learner"}),
    Row("POST /admin/people/<uid>/reset", ADMINS, "/admin/people/{learner}/reset"),
    Row(
        "POST /admin/people/<uid>/role",
        "404 404 404 404 404 302",
        "/admin/people/{learner}/role",
        {"role": "instructor"},
    ),
    Row(
        "POST /admin/people/<uid>/disable",
        "404 404 404 404 404 302",
        "/admin/people/{learner}/disable",
    ),
    Row(
        "POST /admin/people/<uid>/enable",
        "404 404 404 404 404 302",
        "/admin/people/{learner}/enable",
    ),
)


def test_every_route_has_a_row_and_every_row_a_route(real_app: Flask) -> None:
    routes = {
        f"{method} {rule.rule}"
        for rule in real_app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    rows = {row.route for row in ROWS}
    assert routes - rows == set(), "think about who may use these, and add their rows"
    assert rows - routes == set(), "these are gone"


@pytest.fixture
def real_app(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An app with nothing but its own routes."""
    monkeypatch.setenv("SECRET_KEY", "only-for-the-tests")
    return create_app({"INSTANCE_PATH": tmp_path})


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.route)
def test_each_role_gets_what_the_table_says(app: Flask, row: Row) -> None:
    prepare(app)
    world = create_world()
    app.config["WTF_CSRF_ENABLED"] = True
    path = world.path(row.pattern)
    found = []
    for role in ROLES:
        client = browser_of(app, world.people[role])
        body = {"json": row.fields} if "/api/" in path else {"data": row.fields}
        sent: dict[str, Any] = {} if row.method == "GET" else {"headers": csrf(app), **body}
        found.append(str(client.open(path, method=row.method, **sent).status_code))
    assert dict(zip(ROLES, found, strict=True)) == dict(
        zip(ROLES, row.expected.split(), strict=True)
    )


@pytest.mark.only("sqlite")
def test_nothing_is_changed_without_a_token(app: Flask) -> None:
    prepare(app)
    world = create_world()
    app.config["WTF_CSRF_ENABLED"] = True
    for row in ROWS:
        if row.method == "GET":
            continue
        path = world.path(row.pattern)
        for role in ROLES:
            bodies: tuple[dict[str, Any], ...] = (
                {"data": row.fields},
                {"json": row.fields},
                {"data": "{}", "content_type": "text/plain"},
                {"data": row.fields, "headers": {"X-CSRFToken": "made-up"}},
            )
            for body in bodies:
                client = browser_of(app, world.people[role])
                status = client.open(path, method=row.method, **body).status_code
                assert status == 400, (row.route, role, body, status)
