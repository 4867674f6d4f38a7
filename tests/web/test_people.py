"""Coming and going, as browsers see it."""

import json
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from quizapp.extensions import db
from quizapp.models import LoggedResponse, Session, User
from quizapp.services.content import catalog
from quizapp.services.identifiers import new_secret
from quizapp.services.people import links, people, privacy, sessions
from quizapp.services.people.sessions import Person
from quizapp.services.study import answers
from quizapp.web.identity import safe_next
from tests.factories import create_bank, create_person, sign_in
from tests.web.people_ground import (
    GOOD,
    account,
    cookie_of,
    prepare,
    real_now,
    sign_in_page,
    submit,
    token_in,
)


@pytest.fixture(autouse=True)
def _ground(app: Flask) -> None:
    prepare(app)


@pytest.fixture
def browser(guarded: FlaskClient) -> FlaskClient:
    """A browser of a stranger; forms need their token."""
    return guarded


def is_in(client: FlaskClient) -> bool:
    return client.get("/me/password").status_code == 200


def replay_cookie(app: Flask, value: str) -> FlaskClient:
    """A thief's browser with somebody's cookie."""
    thief = app.test_client()
    thief.set_cookie("quizapp", value)
    return thief


def guest_with_answers(client: FlaskClient, count: int = 2) -> Person:
    create_bank()
    guest, _ = sessions.guest_of(new_secret(), real_now(), "UTC")
    catalog.forget()
    for fact in list(catalog.of_bank(1).facts.values())[:count]:
        form = next(form for form in fact.forms if form.type == "multiple_choice")
        asked = answers.asked(form.id, form.version)
        answers.answer(
            guest, str(uuid4()), asked.uid, asked.version, {"option": "o1"}, now=real_now()
        )
    sign_in(client, guest)
    return guest


# Signing in


def test_sign_in_leads_to_ones_page(browser: FlaskClient) -> None:
    account()
    answer = sign_in_page(browser)
    assert answer.status_code == 302
    assert is_in(browser)


def test_sign_in_gives_a_new_session_and_a_new_csrf_token(app: Flask, browser: FlaskClient) -> None:
    account()
    guest, token = sessions.guest_of(new_secret(), real_now(), "UTC")
    with browser.session_transaction() as planted:  # what an attacker could have planted
        planted["_user_id"], planted["_fresh"], planted["extra"] = token, True, "planted"
    before = token_in(browser.get("/sign-in"))
    with browser.session_transaction() as cookie:
        old_raw = cookie["csrf_token"]
    sign_in_page(browser)
    page = browser.get("/me/password")
    with browser.session_transaction() as cookie:
        assert cookie["_user_id"] != token
        assert cookie["csrf_token"] != old_raw
        assert "extra" not in cookie
    fields = {"current": GOOD, "password": "another good one"}
    stale = browser.post("/me/password", data={**fields, "csrf_token": before})
    assert stale.status_code == 400
    fresh = browser.post("/me/password", data={**fields, "csrf_token": token_in(page)})
    assert fresh.status_code == 302
    assert sessions.find(token, real_now()) is None
    assert guest.is_guest


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("nobody@example.org", GOOD),
        ("mara@example.org", "wrong password"),
        ("out@example.org", GOOD),
    ],
)
def test_unknown_wrong_and_disabled_look_the_same(
    browser: FlaskClient, email: str, password: str
) -> None:
    account()
    out = account("out@example.org")
    people.disable(out.id, None, real_now())
    answer = sign_in_page(browser, email, password)
    assert answer.status_code == 422
    said = re.sub(r'content="[^"]+"|value="[^"]*"', "", answer.text)
    reference = sign_in_page(browser, "mara@example.org", "not this one")
    assert said == re.sub(r'content="[^"]+"|value="[^"]*"', "", reference.text)
    assert "do not go together" in answer.text
    assert password not in answer.text


def test_the_eleventh_try_is_throttled_known_or_not(browser: FlaskClient) -> None:
    account()
    for email in ("mara@example.org", "nobody@example.org"):
        answers_ = [sign_in_page(browser, email, f"wrong {n}") for n in range(10)]
        assert {answer.status_code for answer in answers_} == {422}
        late = sign_in_page(browser, email, GOOD)
        assert late.status_code == 429
        assert "Wait a minute" in late.text
    account("other@example.org")
    assert sign_in_page(browser, "other@example.org").status_code == 302


def test_a_form_without_its_token_is_refused(browser: FlaskClient) -> None:
    account()
    fields = {"email": "mara@example.org", "password": GOOD}
    assert browser.post("/sign-in", data=fields).status_code == 400
    assert browser.post("/sign-in", data={**fields, "csrf_token": "x"}).status_code == 400
    assert browser.post("/sign-out").status_code == 400
    assert not is_in(browser)


def test_another_browsers_token_is_refused(app: Flask, browser: FlaskClient) -> None:
    account()
    other = app.test_client()
    token = token_in(other.get("/sign-in"))
    browser.get("/sign-in")
    fields = {"email": "mara@example.org", "password": GOOD, "csrf_token": token}
    assert browser.post("/sign-in", data=fields).status_code == 400


def test_a_null_character_is_refused(browser: FlaskClient) -> None:
    assert sign_in_page(browser, "a\0@example.org").status_code == 400
    answer = submit(browser, "/sign-up", name="a\0", email="a@example.org", password=GOOD)
    assert answer.status_code == 400


# Where to go next


def shapes(shared: Path) -> list[str]:
    found: list[str] = json.loads((shared / "hostile/ssrf/redirect_next.json").read_text())
    return found


def host_by_browser(base: str, location: str) -> str:
    """Where a browser would go, by the URL standard's reading of a Location."""
    location = location.strip("".join(map(chr, range(0x21))))
    location = re.sub(r"[\t\r\n]", "", location).replace("\\", "/")
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", location) or location.startswith("//"):
        return urlsplit(location).netloc or location
    return base


def test_no_shape_of_next_leads_elsewhere(app: Flask, shared: Path) -> None:
    account()
    for shape in shapes(shared):
        client = app.test_client()
        path = "/sign-in?next=" + quote(shape, safe="")
        answer = client.post(path, data={"email": "mara@example.org", "password": GOOD})
        assert answer.status_code == 302, shape
        assert host_by_browser("localhost", answer.headers["Location"]) == "localhost", shape
        assert "X-Injected" not in answer.headers
        assert "evil" not in urlsplit(answer.headers["Location"]).netloc


def test_a_path_of_ours_is_followed(app: Flask, client: FlaskClient) -> None:
    account()
    assert client.get("/me/password").location == "/sign-in?next=/me/password"
    answer = sign_in_page(client, path="/sign-in?next=/me/password")
    assert answer.location == "/me/password"
    assert safe_next("/banks?q=a//b&x=%2F") == "/banks?q=a//b&x=%2F"
    assert safe_next("/" + "a" * 3000) is None


def test_next_goes_along_to_sign_up(client: FlaskClient) -> None:
    page = client.get("/sign-in?next=/me/data")
    assert "/sign-up?next=/me/data" in page.text
    answer = submit(client, "/sign-up?next=/me/data", name="", email="a@example.org", password=GOOD)
    assert answer.location == "/me/data"


# Signing up


def test_a_guests_answers_come_along(browser: FlaskClient) -> None:
    guest = guest_with_answers(browser)
    page = browser.get("/sign-up")
    assert "Your 2 answers from this browser come along." in page.text
    old = cookie_of(browser)
    answer = submit(browser, "/sign-up", name="Mara", email="mara@example.org", password=GOOD)
    assert answer.status_code == 302
    assert is_in(browser)
    db.session.rollback()
    user = db.session.get_one(User, guest.id)
    assert (user.kind, user.email, user.role) == ("person", "mara@example.org", "learner")
    assert len(privacy.export(guest.id, real_now())["responses"]) == 2
    assert not is_in(replay_cookie(browser.application, old))


def test_a_role_in_the_form_is_ignored(browser: FlaskClient) -> None:
    submit(
        browser, "/sign-up", name="", email="a@example.org", password=GOOD, role="admin", kind="x"
    )
    db.session.rollback()
    assert db.session.scalars(sa.select(User.role)).all() == ["learner"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"email": "mara@example.org"}, "There is an account with this address"),
        ({"email": "no address"}, "That is not an e-mail address"),
        ({"password": "short"}, "At least 8 characters"),
        ({"password": "password1"}, "guessed first"),
        ({"password": "otherone"}, "your name or address"),
        ({"email": ""}, "Write your e-mail address"),
        ({"name": "x" * 201}, "longer than 200"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    browser: FlaskClient, fields: dict[str, str], words: str
) -> None:
    account()
    given = {"name": "Other", "email": "otherone@example.org", "password": GOOD, **fields}
    answer = submit(browser, "/sign-up", **given)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert given["password"] not in re.sub(r"<[^p].*?>", "", answer.text)


# Signing out


def test_after_sign_out_the_cookie_is_worthless(app: Flask, browser: FlaskClient) -> None:
    account()
    sign_in_page(browser)
    stolen = cookie_of(browser)
    assert is_in(replay_cookie(app, stolen))
    token = token_in(browser.get("/me/settings"))
    assert browser.post("/sign-out", data={"csrf_token": token}).status_code == 302
    assert not is_in(browser)
    assert not is_in(replay_cookie(app, stolen))
    db.session.rollback()
    assert db.session.scalars(sa.select(Session)).all() == []


def test_signing_out_leaves_other_browsers_alone(app: Flask) -> None:
    account()
    first, second = app.test_client(), app.test_client()
    sign_in_page(first)
    sign_in_page(second)
    first.post("/sign-out")
    assert not is_in(first)
    assert is_in(second)


def test_signing_out_forgets_the_guest(client: FlaskClient) -> None:
    account()
    guest_with_answers(client)
    sign_in_page(client)
    client.post("/sign-out")
    assert sign_in_page(client).location == client.get("/sign-in").location  # asks nothing
    assert client.get("/merge").status_code == 302


# A guest signs in to an account


def test_signing_in_asks_before_it_merges(client: FlaskClient) -> None:
    who = account()
    guest_with_answers(client)
    answer = sign_in_page(client, path="/sign-in?next=/me/data")
    assert answer.location == "/merge?next=/me/data"
    assert "Bring your 2 answers along?" in client.get("/merge").text
    assert privacy.export(who.id, real_now())["responses"] == []
    done = client.post("/merge?next=/me/data", data={"choice": "bring"})
    assert done.location == "/me/data"
    assert "2 answers are yours now." in client.get("/me/data").text
    db.session.rollback()
    assert len(privacy.export(who.id, real_now())["responses"]) == 2
    assert client.get("/merge").status_code == 302


def test_leaving_them_changes_nothing_in_the_account(client: FlaskClient) -> None:
    who = account()
    guest = guest_with_answers(client)
    sign_in_page(client)
    assert "from before you signed in" in client.get("/me/settings").text
    client.post("/merge", data={"choice": "leave"})
    db.session.rollback()
    assert privacy.export(who.id, real_now())["responses"] == []
    assert db.session.get_one(User, guest.id).merged_into_id is None
    assert "from before you signed in" not in client.get("/me/settings").text


def test_a_guest_with_nothing_is_not_asked_about(client: FlaskClient) -> None:
    account()
    guest, _ = sessions.guest_of(new_secret(), real_now(), "UTC")
    sign_in(client, guest)
    assert "/merge" not in (sign_in_page(client).location or "")
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).where(Session.user_id == guest.id)) in (
        0,
        1,
    )


def test_nobody_merges_an_account_into_theirs(client: FlaskClient) -> None:
    account()
    victim = account("victim@example.org")
    token = sessions.start(victim.id, real_now())
    sign_in_page(client)
    with client.session_transaction() as cookie:
        cookie["guest"] = token
    client.post("/merge", data={"choice": "bring"})
    db.session.rollback()
    assert db.session.get_one(User, victim.id).merged_into_id is None
    assert sessions.find(token, real_now()) is not None


# One-time links


def test_a_set_up_link_makes_the_admin_once(app: Flask, browser: FlaskClient) -> None:
    token = links.make_link("setup", None, "admin", 24, real_now())
    path = f"/links/{token}"
    for _ in range(2):  # looking does not use it up
        assert browser.get(path).status_code == 200
    answer = submit(browser, path, name="Op", email="op@example.org", password=GOOD)
    assert answer.status_code == 302
    assert browser.get("/admin").status_code == 200
    late = app.test_client()
    assert late.get(path).status_code == 404
    assert "does not work any more" in late.get(path).text
    fields = {"name": "", "email": "late@example.org", "password": GOOD}
    app.config["WTF_CSRF_ENABLED"] = False
    assert late.post(path, data=fields).status_code == 404


def test_a_link_that_never_was_looks_like_one_that_was_used(browser: FlaskClient) -> None:
    assert browser.get("/links/never").status_code == 404
    assert "does not work any more" in browser.get("/links/never").text


def test_a_reset_link_sets_the_password_and_signs_in(app: Flask, browser: FlaskClient) -> None:
    who = account()
    elsewhere = app.test_client()
    sign_in(elsewhere, who)
    token = links.make_link("reset", who.id, None, 24, real_now())
    page = browser.get(f"/links/{token}")
    assert "mara@example.org" in page.text
    weak = submit(browser, f"/links/{token}", password="mara12345")
    assert weak.status_code == 422
    assert submit(browser, f"/links/{token}", password="another good one").status_code == 302
    assert is_in(browser)
    assert not is_in(elsewhere)
    fresh = app.test_client()
    assert sign_in_page(fresh, password="another good one").status_code == 302


def test_an_expired_link_is_gone(browser: FlaskClient) -> None:
    token = links.make_link("invite", None, "learner", 24, real_now() - timedelta(hours=25))
    assert browser.get(f"/links/{token}").status_code == 404


# Password, settings, data, erasure


def test_a_changed_password_signs_every_other_browser_out(app: Flask, browser: FlaskClient) -> None:
    who = account()
    other = app.test_client()
    sign_in(other, who)
    sign_in_page(browser)
    stolen = cookie_of(browser)
    wrong = submit(browser, "/me/password", current="not mine", password="another good one")
    assert wrong.status_code == 422
    assert "That is not your password." in wrong.text
    assert is_in(other)
    answer = submit(browser, "/me/password", current=GOOD, password="another good one")
    assert answer.status_code == 302
    assert is_in(browser)
    assert not is_in(other)
    assert not is_in(replay_cookie(app, stolen))


def test_guessing_the_password_of_an_open_browser_is_throttled(browser: FlaskClient) -> None:
    account()
    sign_in_page(browser)
    for n in range(10):
        submit(browser, "/me/password", current=f"guess {n}", password="another good one")
    late = submit(browser, "/me/erase", password=GOOD)
    assert late.status_code == 429


def test_a_disabled_person_is_out_with_the_next_request(browser: FlaskClient) -> None:
    who = account()
    sign_in_page(browser)
    people.disable(who.id, None, real_now())
    assert not is_in(browser)


SETTINGS = {
    "name": "Mara Lund",
    "tz": "Europe/Oslo",
    "rollover": "03:30",
    "new_per_day": "5",
    "reviews_per_day": "50",
    "retention": "85",
    "rating_buttons": "4",
    "theme": "dark",
}


def test_settings_are_saved_and_seen(browser: FlaskClient) -> None:
    who = account()
    sign_in_page(browser)
    assert submit(browser, "/me/settings", **SETTINGS).status_code == 302
    page = browser.get("/me/settings").text
    assert 'data-theme="dark"' in page
    assert 'data-keys="off"' in page
    assert "Mara Lund" in page
    db.session.rollback()
    found = sessions.person(who.id)
    assert found is not None
    assert (found.tz, found.rollover_minutes, found.desired_retention) == ("Europe/Oslo", 210, 0.85)
    assert (found.new_per_day, found.reviews_per_day) == (5, 50)
    assert found.prefs == {"theme": "dark", "rating_buttons": 4, "single_keys": False}


@pytest.mark.parametrize(
    "wrong",
    [
        {"retention": "69"},
        {"retention": "98"},
        {"tz": "x"},
        {"rollover": "25:00"},
        {"new_per_day": "-1"},
    ],
)
def test_settings_out_of_range_are_refused_in_words(
    browser: FlaskClient, wrong: dict[str, str]
) -> None:
    account()
    sign_in_page(browser)
    answer = submit(browser, "/me/settings", **{**SETTINGS, **wrong})
    assert answer.status_code == 422
    assert 'class="error"' in answer.text


def test_a_guest_has_settings_and_data_but_no_password(client: FlaskClient) -> None:
    guest_with_answers(client)
    assert client.get("/me/settings").status_code == 200
    assert "Make an account" in client.get("/me/settings").text
    assert len(client.get("/me/data.json").json["responses"]) == 2
    assert client.get("/me/password").status_code == 302


def test_the_downloads_are_files_that_nobody_caches(client: FlaskClient) -> None:
    guest_with_answers(client)
    for path, name in (("data.json", "quizapp-data.json"), ("answers.csv", "quizapp-answers.csv")):
        answer = client.get(f"/me/{path}")
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Cookie" in answer.headers["Vary"]
    assert client.get("/me/answers.csv").text.count("\n") == 3


def test_erasing_asks_for_the_password(app: Flask, browser: FlaskClient) -> None:
    account()
    sign_in_page(browser)
    stolen = cookie_of(browser)
    assert submit(browser, "/me/erase", password="not mine").status_code == 422
    assert is_in(browser)
    assert submit(browser, "/me/erase", password=GOOD).status_code == 302
    assert not is_in(browser)
    assert not is_in(replay_cookie(app, stolen))
    db.session.rollback()
    assert db.session.scalars(sa.select(User)).all() == []


def test_a_guest_confirms_instead(client: FlaskClient) -> None:
    guest_with_answers(client)
    assert client.post("/me/erase").status_code == 422
    assert client.post("/me/erase", data={"sure": "y"}).status_code == 302
    db.session.rollback()
    assert db.session.scalars(sa.select(LoggedResponse)).all() == []


def test_the_last_admin_is_told_why_not(client: FlaskClient) -> None:
    boss = account()
    people.set_role(boss.id, "admin", None, real_now())
    sign_in_page(client)
    answer = client.post("/me/erase", data={"password": GOOD})
    assert answer.status_code == 422
    assert "Nobody else is admin" in answer.text


def test_cookies_are_fenced(app: Flask, browser: FlaskClient) -> None:
    account()
    sent = [sign_in_page(browser).headers["Set-Cookie"]]
    for header in sent:
        assert "HttpOnly" in header
        assert "SameSite=Lax" in header


def test_a_form_waits_as_long_as_its_session(app: Flask) -> None:
    assert app.config["WTF_CSRF_TIME_LIMIT"] is None


def test_others_data_has_no_address(client: FlaskClient) -> None:
    """The pages about oneself take no id, so there is none to change."""
    create_person(name="Other")
    rules = [
        rule
        for rule in client.application.url_map.iter_rules()
        if rule.endpoint.startswith("settings.")
    ]
    assert rules
    assert all(not rule.arguments for rule in rules)
