"""What admins do about people, and that nobody else does."""

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from quizapp.extensions import db
from quizapp.models import Audit, User
from quizapp.services.people import mail, sessions
from quizapp.services.people.sessions import Person
from quizapp.web.shared import absolute
from tests.factories import create_person, sign_in
from tests.web.people_ground import GOOD, account, prepare, sign_in_page, submit


@pytest.fixture(autouse=True)
def _ground(app: Flask) -> None:
    prepare(app)


@pytest.fixture
def boss(app: Flask) -> Person:
    return create_person("admin", name="Boss", email="boss@example.org")


@pytest.fixture
def office(client: FlaskClient, boss: Person) -> FlaskClient:
    """The admin's browser."""
    sign_in(client, boss)
    return client


def link_in(page: str) -> str:
    found = re.search(r'id="link" readonly value="([^"]+)"', page)
    assert found, page
    return found[1]


def test_the_page_lists_people_and_finds_them(office: FlaskClient) -> None:
    create_person(name="Mara", email="mara@example.org")
    create_person(name="Lund", email="lund@example.org")
    page = office.get("/admin").text
    assert "mara@example.org" in page
    found = office.get("/admin?q=MARA").text
    assert "mara@example.org" in found
    assert "lund@example.org" not in found
    assert "Nobody found" in office.get("/admin?q=zzz&page=-3").text
    assert office.get("/admin?page=x").status_code == 200


@pytest.mark.parametrize("role", ["learner", "instructor"])
def test_for_everybody_else_the_page_is_absent(client: FlaskClient, role: str) -> None:
    sign_in(client, create_person(role))
    assert client.get("/admin").status_code == 404
    assert client.post("/admin/invitations", data={"role": "admin"}).status_code == 404


def test_an_invitation_is_shown_once_and_makes_an_instructor(
    app: Flask, office: FlaskClient
) -> None:
    page = office.post("/admin/invitations", data={"role": "instructor"})
    address = link_in(page.text)
    assert address.startswith("http://localhost/links/")
    assert page.headers["Cache-Control"] == "no-store"
    assert address.rpartition("/")[2] not in office.get("/admin").text
    invited = app.test_client()
    path = address.removeprefix("http://localhost")
    submit(invited, path, name="Ms", email="ms@example.org", password=GOOD)
    db.session.rollback()
    assert db.session.scalar(sa.select(User.role).where(User.name == "Ms")) == "instructor"
    actions = db.session.scalars(sa.select(Audit.action).order_by(Audit.id)).all()
    assert actions == ["link.invite", "link.invite.used"]


def test_a_reset_link_lets_somebody_in_again(app: Flask, office: FlaskClient, boss: Person) -> None:
    who = account()
    path = link_in(office.post(f"/admin/people/{who.uid}/reset").text)
    locked_out = app.test_client()
    submit(locked_out, path.removeprefix("http://localhost"), password="another good one")
    assert locked_out.get("/me/password").status_code == 200
    db.session.rollback()
    note = db.session.scalars(sa.select(Audit).where(Audit.action == "link.reset")).one()
    assert (note.actor_id, note.subject_user_id, note.note) == (boss.id, who.id, None)


def test_the_link_is_named_by_the_setting_not_by_the_host_header(app: Flask) -> None:
    app.config["QUIZAPP_URL"] = "https://quiz.example.org"
    with app.test_request_context("/admin", headers={"Host": "evil.example"}):
        assert absolute("/links/x") == "https://quiz.example.org/links/x"


def test_roles_change_at_once(app: Flask, office: FlaskClient) -> None:
    who = account()
    theirs = app.test_client()
    sign_in(theirs, who)
    assert theirs.get("/admin").status_code == 404
    answer = office.post(f"/admin/people/{who.uid}/role?q=mara", data={"role": "admin"})
    assert answer.location == "/admin?q=mara"
    assert theirs.get("/admin").status_code == 200
    bad = office.post(f"/admin/people/{who.uid}/role", data={"role": "owner"})
    assert bad.status_code == 422


def test_shutting_out_and_letting_in(app: Flask, office: FlaskClient) -> None:
    who = account()
    theirs = app.test_client()
    sign_in_page(theirs)
    assert theirs.get("/me/password").status_code == 200
    office.post(f"/admin/people/{who.uid}/disable")
    assert theirs.get("/me/password").status_code == 302
    assert sign_in_page(theirs).status_code == 422
    assert "Shut out" in office.get("/admin").text
    office.post(f"/admin/people/{who.uid}/enable")
    assert sign_in_page(theirs).status_code == 302


def test_the_last_admin_cannot_shut_the_door_behind(office: FlaskClient, boss: Person) -> None:
    for act, data in (("disable", {}), ("role", {"role": "learner"})):
        office.post(f"/admin/people/{boss.uid}/{act}", data=data)
        assert "Nobody else is admin" in office.get("/admin").text
    found = sessions.person(boss.id)
    assert found is not None
    assert found.is_admin


def test_guests_and_unknown_ids_are_absent(office: FlaskClient) -> None:
    guest = create_person(kind="guest")
    for uid in (guest.uid, "unknown"):
        for act in ("reset", "role", "disable", "enable"):
            answer = office.post(f"/admin/people/{uid}/{act}", data={"role": "admin"})
            assert answer.status_code == 404, (uid, act)


def test_names_are_text_and_never_markup(office: FlaskClient) -> None:
    create_person(name="<script>alert(1)</script>", email="x@example.org")
    page = office.get("/admin?q=<script>").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


# Mail


class Server:
    """An SMTP server that takes what it is given."""

    sent: list[Any] = []

    def __init__(self, host: str, port: int, **_: Any) -> None:
        self.where = (host, port)

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def ehlo(self) -> None:
        return None

    def has_extn(self, _name: str) -> bool:
        return True

    def starttls(self, **_: Any) -> None:
        return None

    def login(self, user: str, password: str) -> None:
        self.sent.append((*self.where, user, password))

    def send_message(self, message: Any) -> None:
        self.sent.append(message)


def test_with_a_server_the_link_is_mailed(
    app: Flask, office: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail.smtplib, "SMTP", Server)
    Server.sent.clear()
    app.config["QUIZAPP_SMTP_URL"] = "smtp://me:p%40ss@mail.example.org?from=quiz@example.org"
    app.config["QUIZAPP_URL"] = "https://quiz.example.org"
    page = office.post("/admin/invitations", data={"role": "learner", "email": "a@example.org"})
    assert "also sent to a@example.org" in page.text
    assert Server.sent[0] == ("mail.example.org", 587, "me", "p@ss")
    message = Server.sent[1]
    assert (message["To"], message["From"]) == ("a@example.org", "quiz@example.org")
    assert link_in(page.text) in message.get_content()
    bad = office.post("/admin/invitations", data={"role": "learner", "email": "a\r\nBcc: b@c.org"})
    assert bad.status_code == 422


def test_a_mail_that_fails_leaves_the_link(
    app: Flask, office: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("no route")

    monkeypatch.setattr(mail.smtplib, "SMTP", refuse)
    app.config["QUIZAPP_SMTP_URL"] = "smtp://mail.example.org"
    app.config["QUIZAPP_URL"] = "https://quiz.example.org"
    who = account()
    page = office.post(f"/admin/people/{who.uid}/reset")
    assert "could not be sent" in page.text
    assert link_in(page.text)


def test_a_password_is_never_sent_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    class Old(Server):
        def has_extn(self, _name: str) -> bool:
            return False

        def close(self) -> None:
            return None

    monkeypatch.setattr(mail.smtplib, "SMTP", Old)
    Server.sent.clear()
    with pytest.raises(mail.MailFailed):
        mail.send("smtp://me:secret@mail.example.org", "a@example.org", "s", "t")
    assert Server.sent == []


def test_extra_time_is_set_once_and_holds_in_every_exam(app: Flask, office: FlaskClient) -> None:
    learner = create_person()
    address = f"/admin/people/{learner.uid}/time"
    assert (
        "125 percent" in office.post(address, data={"percent": "125"}, follow_redirects=True).text
    )
    assert db.session.scalar(sa.select(User.time_factor_pct).where(User.id == learner.id)) == 125
    for percent in ("99", "401", "much", ""):
        assert office.post(address, data={"percent": percent}).status_code == 422
    notes = db.session.scalars(sa.select(Audit.note).where(Audit.action == "user.time")).all()
    assert notes == ["100 to 125"]
