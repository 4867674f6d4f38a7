"""Security headers on every kind of answer, and the flags of the cookies."""

from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp import create_app
from tests.conftest import close
from tests.factories import create_bank

EXACT = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = {
    "default-src": {"'none'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "object-src": {"'none'"},
    "base-uri": {"'none'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'none'"},
}
PAGES = [
    ("/", 200), ("/health", 200), ("/sign-in", 200), ("/sign-up", 200), ("/banks/blood", 200),
    ("/me", 302), ("/nothing-here", 404), ("/banks/nothing", 404), ("/boom", 500),
    ("/api/v1/nothing", 404), ("/api/v1/boom", 500), ("/api/v1/study/next?bank=blood", 200),
]  # fmt: skip


@pytest.fixture
def with_failures(app: Flask) -> FlaskClient:
    """A client of an app that has pages with a defect, answered as outside the tests."""
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @app.get("/boom")
    @app.get("/api/v1/boom")
    def boom() -> str:
        raise ZeroDivisionError("a secret detail")

    create_bank()
    return app.test_client()


def policy(answer: TestResponse) -> dict[str, set[str]]:
    parts = answer.headers["Content-Security-Policy"].split(";")
    return {name: set(rest) for name, *rest in (part.split() for part in parts)}


@pytest.mark.parametrize(("path", "status"), PAGES)
def test_each_kind_of_page(with_failures: FlaskClient, path: str, status: int) -> None:
    answer = with_failures.get(path)
    assert answer.status_code == status
    for name, value in EXACT.items():
        assert answer.headers[name] == value
    assert answer.headers["Referrer-Policy"] in {
        "same-origin", "no-referrer", "strict-origin-when-cross-origin",
    }  # fmt: skip
    given = policy(answer)
    for name, sources in POLICY.items():
        assert given.get(name, given["default-src"]) == sources
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*"} & set.union(*given.values())
    assert "Server" not in answer.headers
    assert "Strict-Transport-Security" not in answer.headers
    if path != "/health":
        assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/boom", "/api/v1/boom"])
def test_a_failure_tells_nothing_of_the_inside(with_failures: FlaskClient, path: str) -> None:
    text = with_failures.get(path).text
    assert "secret detail" not in text
    assert "Traceback" not in text
    assert "ZeroDivision" not in text


def cookies(answer: TestResponse) -> SimpleCookie:
    return SimpleCookie("\n".join(answer.headers.getlist("Set-Cookie")))


@pytest.mark.only("sqlite")
def test_cookie_over_http(client: FlaskClient) -> None:
    create_bank()
    cookie = cookies(client.get("/"))["quizapp"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["secure"]


@pytest.mark.only("sqlite")
def test_cookie_and_headers_over_https(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("QUIZAPP_URL", "https://quiz.example.org")
    app = create_app({"INSTANCE_PATH": tmp_path})
    with app.app_context():
        create_bank()
    answer = app.test_client().get("/", base_url="https://quiz.example.org")
    cookie = cookies(answer)["__Host-quizapp"]
    assert (cookie["path"], cookie["domain"]) == ("/", "")
    assert cookie["secure"]
    assert cookie["httponly"]
    assert int(answer.headers["Strict-Transport-Security"].split("=")[1].split(";")[0]) >= 31536000
    close(app)


@pytest.mark.only("sqlite")
def test_static_files_are_kept_for_ever_and_typed(client: FlaskClient) -> None:
    page = client.get("/").text
    path = next(part for part in page.split('"') if part.endswith(".css"))
    answer = client.get(path)
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.mimetype == "text/css"
    answer.close()
