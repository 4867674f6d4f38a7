"""Accounts: how they come to be, passwords, links, roles."""

import threading
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.extensions import db, hasher
from quizapp.models import Audit, LoggedResponse, OneTimeLink, Session, User
from quizapp.services.identifiers import new_secret
from quizapp.services.people import accounts, passwords, people, preferences, sessions
from quizapp.services.people.accounts import EmailTaken, NotAGuest, accept_link, add_user, sign_up
from quizapp.services.people.addresses import EmailInvalid, email_key, read_address
from quizapp.services.people.links import LinkGone, find_link, make_link
from quizapp.services.people.passwords import WeakPassword, check_password
from quizapp.services.people.people import LastAdmin
from quizapp.services.people.sessions import Person
from quizapp.services.people.throttling import Throttled
from quizapp.services.people.weak_passwords import weakness
from tests.factories import create_person

GOOD = "orchid lamp seven"


@pytest.fixture(autouse=True)
def _cheap(app: Flask) -> None:
    app.config.update(ARGON2_TIME_COST=1, ARGON2_MEMORY_KIB=64)


def mara(now: datetime, email: str = "mara@example.org") -> Person:
    return sign_up(None, email, "Mara", GOOD, "Europe/Oslo", now)


def check(email: str, password: str, now: datetime) -> int | None:
    return check_password(email, password, "192.0.2.7", now)


# Signing up


def test_an_account_can_sign_in(now: datetime) -> None:
    who = mara(now)
    assert (who.kind, who.role, who.tz) == ("person", "learner", "Europe/Oslo")
    assert check("mara@example.org", GOOD, now) == who.id
    assert check("MARA@Example.ORG ", GOOD, now) == who.id


def test_a_guest_keeps_the_row_and_loses_the_session(now: datetime) -> None:
    guest, token = sessions.guest_of(new_secret(), now, "Asia/Tokyo")
    who = sign_up(guest, "mara@example.org", "Mara", GOOD, "UTC", now)
    assert (who.id, who.uid, who.kind, who.tz) == (guest.id, guest.uid, "person", "Asia/Tokyo")
    assert sessions.find(token, now) is None
    assert db.session.scalar(sa.select(sa.func.count(User.id))) == 1


def test_a_guest_signs_up_once(now: datetime) -> None:
    guest, _ = sessions.guest_of(new_secret(), now, "UTC")
    sign_up(guest, "mara@example.org", "", GOOD, "UTC", now)
    with pytest.raises(NotAGuest):
        sign_up(guest, "other@example.org", "", GOOD, "UTC", now)


@pytest.mark.parametrize(
    "twin", ["MARA@example.org", "\uff4dara@example.org", " mara@example.org "]
)
def test_twins_of_an_address_are_one_account(twin: str, now: datetime) -> None:
    who = mara(now)
    with pytest.raises(EmailTaken):
        sign_up(None, twin, "", GOOD, "UTC", now)
    assert check(twin, GOOD, now) == who.id


@pytest.mark.parametrize(
    "bad", ["", "mara", "a b@c.org", "a@b..org", "a@b.org\0", "ΐ" * 300 + "@b.org"]
)
def test_what_is_no_address_is_refused(bad: str, now: datetime) -> None:
    with pytest.raises(EmailInvalid):
        sign_up(None, bad, "", GOOD, "UTC", now)


def test_an_address_is_shown_as_it_was_written() -> None:
    assert read_address("Mara.Lund@Example.org").email == "Mara.Lund@example.org"
    assert email_key("STRAẞE@b.org") == "strasse@b.org"
    assert read_address("learner@quiz.test").key == "learner@quiz.test"


# Passwords


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short7!", "short"),
        ("x" * 1001, "long"),
        ("password", "common"),
        ("P@ssw0rd123!", "common"),
        ("quizapp2026", "common"),
        ("12345678", "common"),
        ("qwertyuiop", "common"),
        ("aaaaaaaaaa", "common"),
        ("abcabcabc", "common"),
        ("mara1234", "personal"),
        ("mara@example.org", "personal"),
        ("Mara Lund", "personal"),
        ("maralund99", "personal"),
    ],
)
def test_weak_passwords_are_refused_with_a_reason(password: str, code: str) -> None:
    assert weakness(password, ("mara@example.org", "Mara Lund")) == code


@pytest.mark.parametrize(
    "password", [GOOD, "83057192", "pass word of my own", "ß" * 4 + "åäöü", "x7" * 300 + "y"]
)
def test_no_composition_is_asked_for(password: str) -> None:
    assert weakness(password, ("mara@example.org", "Mara Lund")) is None


def test_a_long_password_counts_to_its_last_character(now: datetime) -> None:
    long = "ab c" * 249 + "end"
    who = sign_up(None, "mara@example.org", "", long, "UTC", now)
    assert check("mara@example.org", long, now) == who.id
    assert check("mara@example.org", long[:-1], now) is None


def test_two_spellings_of_a_letter_are_one(now: datetime) -> None:
    who = sign_up(None, "mara@example.org", "", "caf\u00e9 au lait", "UTC", now)
    assert check("mara@example.org", "cafe\u0301 au lait", now) == who.id


def test_hashes_are_argon2id_and_made_anew_when_the_cost_changes(app: Flask, now: datetime) -> None:
    who = mara(now)
    app.config["ARGON2_TIME_COST"] = 2
    assert check("mara@example.org", GOOD, now) == who.id
    stored = db.session.scalar(sa.select(User.password_hash).where(User.id == who.id))
    assert stored is not None
    assert stored.startswith("$argon2id$v=19$m=64,t=2,p=1$")
    assert check("mara@example.org", GOOD, now) == who.id


@pytest.mark.only("sqlite")
def test_the_real_cost_is_at_least_what_owasp_asks(
    monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:  # type: ignore[no-untyped-def]
    from quizapp import create_app

    monkeypatch.setenv("SECRET_KEY", "only-for-the-tests")
    fresh = create_app({"INSTANCE_PATH": tmp_path, "SQLALCHEMY_DATABASE_URI": "sqlite://"})
    with fresh.app_context():
        real = hasher()
        assert real.type.name == "ID"
        assert real.memory_cost >= 19 * 1024
        assert (real.time_cost, real.parallelism) >= (2, 1)


def test_an_unknown_user_costs_one_hash_too(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    who = mara(now)
    add_user("nopassword@example.org", "learner", "", None, now)
    other = mara(now, "out@example.org")
    people.disable(other.id, None, now)
    check("nobody@example.org", GOOD, now)  # makes the hash that nothing matches
    counted = []
    real = passwords.hasher()

    class Counting:
        def verify(self, *arguments: str) -> bool:
            counted.append(arguments)
            return real.verify(*arguments)

        def check_needs_rehash(self, stored: str) -> bool:
            return real.check_needs_rehash(stored)

        def hash(self, password: str) -> str:
            return real.hash(password)

    counting = Counting()
    monkeypatch.setattr(passwords, "hasher", lambda: counting)
    answers = {}
    for name in ("mara", "nobody", "nopassword", "out"):
        counted.clear()
        answers[name] = check(f"{name}@example.org", GOOD, now)
        assert len(counted) == 1, name
    assert answers == {"mara": who.id, "nobody": None, "nopassword": None, "out": None}


@pytest.mark.only("sqlite")
def test_an_unknown_user_takes_as_long(app: Flask, now: datetime) -> None:
    app.config.update(ARGON2_TIME_COST=2, ARGON2_MEMORY_KIB=19 * 1024)
    mara(now)
    check("nobody@example.org", "wrong password", now)

    def took(email: str, n: int) -> float:
        begun = perf_counter()
        check(email, "wrong password", now + timedelta(minutes=n))
        return perf_counter() - begun

    known = median(took("mara@example.org", n) for n in range(1, 8))
    unknown = median(took("nobody@example.org", n) for n in range(1, 8))
    assert known / 2 < unknown < known * 2


def test_ten_wrong_tries_shut_an_account_for_a_minute_and_no_other(now: datetime) -> None:
    mara(now)
    other = mara(now, "lund@example.org")
    for _ in range(10):
        assert check("mara@example.org", "wrong password", now) is None
    with pytest.raises(Throttled):
        check("Mara@example.org", GOOD, now)
    assert check("lund@example.org", GOOD, now) == other.id
    assert check("mara@example.org", GOOD, now + timedelta(seconds=66)) is not None


def test_a_changed_password_ends_every_session(now: datetime) -> None:
    who = mara(now)
    old = [sessions.start(who.id, now) for _ in range(2)]
    link = make_link("reset", who.id, None, 24, now)
    token = passwords.change_password(who.id, "another good one", now)
    assert [sessions.find(one, now) for one in old] == [None, None]
    assert sessions.find(token, now) is not None
    assert check("mara@example.org", "another good one", now) == who.id
    with pytest.raises(LinkGone):
        find_link(link, now)


def test_a_weak_new_password_changes_nothing(now: datetime) -> None:
    who = mara(now)
    token = sessions.start(who.id, now)
    with pytest.raises(WeakPassword):
        passwords.change_password(who.id, "mara2026", now)
    assert sessions.find(token, now) is not None


# Links


def test_the_set_up_link_makes_one_admin(now: datetime) -> None:
    token = make_link("setup", None, "admin", 24, now)
    second = make_link("setup", None, "admin", 24, now)
    who = accept_link(token, None, "op@example.org", "Op", GOOD, "UTC", now)
    assert who.role == "admin"
    assert who.may_teach
    for used in (token, second):
        with pytest.raises(LinkGone):
            find_link(used, now)
        with pytest.raises(LinkGone):
            accept_link(used, None, "two@example.org", "", GOOD, "UTC", now)


def test_only_the_hash_of_a_link_is_stored(now: datetime) -> None:
    token = make_link("invite", None, "instructor", 24, now)
    stored = db.session.scalars(sa.select(OneTimeLink)).one()
    assert token not in repr(vars(stored))


def test_a_link_ends_when_its_time_is_over(now: datetime) -> None:
    token = make_link("invite", None, "instructor", 24, now)
    assert find_link(token, now + timedelta(hours=23)).role == "instructor"
    with pytest.raises(LinkGone):
        find_link(token, now + timedelta(hours=24))


def test_a_refused_password_does_not_use_the_link_up(now: datetime) -> None:
    token = make_link("invite", None, "instructor", 24, now)
    mara(now)
    with pytest.raises(WeakPassword):
        accept_link(token, None, "a@example.org", "", "password", "UTC", now)
    with pytest.raises(EmailTaken):
        accept_link(token, None, "mara@example.org", "", GOOD, "UTC", now)
    assert accept_link(token, None, "a@example.org", "", GOOD, "UTC", now).role == "instructor"


def test_an_invited_guest_keeps_the_answers(now: datetime) -> None:
    guest, _ = sessions.guest_of(new_secret(), now, "UTC")
    token = make_link("invite", None, "instructor", 24, now)
    who = accept_link(token, guest, "a@example.org", "", GOOD, "UTC", now)
    assert (who.id, who.role) == (guest.id, "instructor")


def test_a_claim_link_lets_somebody_in_whom_an_admin_added(now: datetime) -> None:
    uid, token = add_user("ms@example.org", "instructor", "Ms", None, now)
    assert token is not None
    assert check("ms@example.org", "", now) is None
    who = accounts.set_password(token, GOOD, now)
    assert (who.uid, who.role) == (uid, "instructor")
    assert check("ms@example.org", GOOD, now) == who.id
    with pytest.raises(LinkGone):
        accounts.set_password(token, "another good one", now)


def test_a_user_added_with_a_password_needs_no_link(now: datetime) -> None:
    _, token = add_user("ms@example.org", "instructor", "Ms", GOOD, now)
    assert token is None
    with pytest.raises(EmailTaken):
        add_user("MS@example.org", "learner", "", None, now)
    with pytest.raises(ValueError, match="unknown role"):
        add_user("x@example.org", "owner", "", None, now)


def test_a_reset_link_ends_sessions_and_the_reset_link_before(now: datetime) -> None:
    who = mara(now)
    token = sessions.start(who.id, now)
    first = make_link("reset", who.id, None, 24, now)
    second = make_link("reset", who.id, None, 24, now)
    with pytest.raises(LinkGone):
        accounts.set_password(first, "another good one", now)
    accounts.set_password(second, "another good one", now)
    assert sessions.find(token, now) is None
    assert check("mara@example.org", GOOD, now) is None


def test_a_disabled_person_has_no_link(now: datetime) -> None:
    who = mara(now)
    people.disable(who.id, None, now)
    token = make_link("reset", who.id, None, 24, now)
    with pytest.raises(LinkGone):
        accounts.set_password(token, "another good one", now)


def test_a_link_is_for_what_it_was_made_for(now: datetime) -> None:
    who = mara(now)
    reset = make_link("reset", who.id, None, 24, now)
    invite = make_link("invite", None, "instructor", 24, now)
    with pytest.raises(LinkGone):
        accept_link(reset, None, "a@example.org", "", GOOD, "UTC", now)
    with pytest.raises(LinkGone):
        accounts.set_password(invite, GOOD, now)
    with pytest.raises(ValueError, match="a link to"):
        make_link("reset", None, None, 24, now)


def test_of_two_who_open_a_link_at_once_one_gets_in(app: Flask, now: datetime) -> None:
    token = make_link("invite", None, "instructor", 24, now)
    outcomes: list[str] = []
    ready = threading.Barrier(2)

    def use(n: int) -> None:
        with app.app_context():
            ready.wait()
            try:
                accept_link(token, None, f"{n}@example.org", "", GOOD, "UTC", now)
                outcomes.append("in")
            except LinkGone:
                outcomes.append("gone")
            finally:
                db.session.remove()

    both = [threading.Thread(target=use, args=(n,)) for n in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(outcomes) == ["gone", "in"]


# Roles


def test_a_role_changes_and_the_audit_says_who_did_it(now: datetime) -> None:
    boss, who = create_person("admin"), mara(now)
    people.set_role(who.id, "instructor", boss.id, now)
    assert sessions.person(who.id).may_teach  # type: ignore[union-attr]
    note = db.session.scalars(sa.select(Audit).where(Audit.action == "user.role")).one()
    assert (note.actor_id, note.subject_user_id) == (boss.id, who.id)
    assert note.note == "learner to instructor"


def test_the_last_admin_stays_admin(now: datetime) -> None:
    boss = create_person("admin")
    create_person("admin", disabled_at=now)
    with pytest.raises(LastAdmin):
        people.set_role(boss.id, "learner", boss.id, now)
    with pytest.raises(LastAdmin):
        people.disable(boss.id, boss.id, now)
    second = create_person("admin")
    people.disable(boss.id, second.id, now)
    with pytest.raises(LastAdmin):
        people.set_role(second.id, "instructor", second.id, now)


def test_two_admins_cannot_demote_each_other_at_once(app: Flask, now: datetime) -> None:
    both = [create_person("admin"), create_person("admin")]
    ready = threading.Barrier(2)

    def demote(who: Person) -> None:
        with app.app_context():
            ready.wait()
            try:
                people.set_role(who.id, "learner", None, now)
            except LastAdmin:
                pass
            finally:
                db.session.remove()

    threads = [threading.Thread(target=demote, args=(who,)) for who in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert people.has_admin()


def test_a_disabled_person_is_out_at_once_and_old_sessions_stay_dead(now: datetime) -> None:
    who = mara(now)
    token = sessions.start(who.id, now)
    people.disable(who.id, None, now)
    assert sessions.find(token, now) is None
    assert check("mara@example.org", GOOD, now) is None
    people.enable(who.id, None, now)
    assert sessions.find(token, now) is None
    assert check("mara@example.org", GOOD, now) == who.id


def test_people_are_listed_searched_and_paged(now: datetime) -> None:
    for n in range(people.PAGE + 2):
        create_person(name=f"Learner {n}")
    create_person(name="Åse 100%", email="aase@example.org")
    sessions.guest_of(new_secret(), now, "UTC")
    first = people.people()
    assert (first.total, first.pages, len(first.entries)) == (people.PAGE + 3, 2, people.PAGE)
    assert first.entries[0].email == "aase@example.org"
    assert len(people.people(page=2).entries) == 3
    assert people.people(page=99).page == 2
    assert [one.name for one in people.people(search="100%").entries] == ["Åse 100%"]
    assert [one.name for one in people.people(search="AASE@").entries] == ["Åse 100%"]
    assert people.people(search="nobody").entries == []


# Preferences


def wanted(**changes: object) -> preferences.Preferences:
    values: dict[str, object] = {
        "name": "Mara",
        "tz": "Europe/Oslo",
        "rollover_minutes": 240,
        "new_per_day": 20,
        "reviews_per_day": 200,
        "desired_retention": 0.9,
        "rating_buttons": 2,
        "single_keys": True,
        "theme": "system",
    }
    return preferences.Preferences(**{**values, **changes})  # type: ignore[arg-type]


def test_settings_are_kept(now: datetime) -> None:
    who = mara(now)
    preferences.save(who.id, wanted(desired_retention=0.97, theme="dark", single_keys=False))
    found = sessions.person(who.id)
    assert found is not None
    assert found.desired_retention == 0.97
    assert found.prefs == {"theme": "dark", "single_keys": False, "rating_buttons": 2}


@pytest.mark.parametrize(
    "wrong",
    [
        {"desired_retention": 0.69},
        {"desired_retention": 0.98},
        {"tz": "Mars/Olympus"},
        {"rollover_minutes": 1440},
        {"new_per_day": -1},
        {"reviews_per_day": 10**6},
        {"theme": "pink"},
        {"rating_buttons": 3},
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, object], now: datetime) -> None:
    who = mara(now)
    with pytest.raises(ValueError, match=r"^\w+$"):
        preferences.save(who.id, wanted(**wrong))
    assert sessions.person(who.id) == who


def test_nothing_is_left_of_a_sign_up_that_failed(now: datetime) -> None:
    guest, token = sessions.guest_of(new_secret(), now, "UTC")
    mara(now)
    with pytest.raises(EmailTaken):
        sign_up(guest, "mara@example.org", "", GOOD, "UTC", now)
    assert sessions.find(token, now) == guest
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Session)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LoggedResponse)) == 0
