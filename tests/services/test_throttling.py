"""Tries are counted in the database, for any minute, for accounts and addresses apart."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import Throttle
from quizapp.services.people import throttling
from quizapp.services.people.throttling import Throttled, give_back, network, sign_in_limits, take

pytestmark = pytest.mark.usefixtures("app")


def tries(key: str, limit: int, at: datetime) -> int:
    """How many go through until one is refused."""
    for n in range(limit * 3):
        try:
            take({key: limit}, at)
        except Throttled:
            return n
    return limit * 3


def test_ten_tries_go_through_and_the_eleventh_does_not(now: datetime) -> None:
    assert tries("account:mara", 10, now) == 10


def test_others_are_unaffected(now: datetime) -> None:
    tries("account:mara", 10, now)
    take({"account:lund": 10}, now)


def test_no_minute_ever_holds_more_than_ten(now: datetime) -> None:
    allowed = []
    for second in range(300):
        at = now + timedelta(seconds=second)
        try:
            take({"account:mara": 10}, at)
            allowed.append(second)
        except Throttled:
            continue
    assert max(sum(s <= t < s + 60 for t in allowed) for s in allowed) == 10
    assert len(allowed) >= 40


def test_a_refused_try_counts_against_nothing(now: datetime) -> None:
    take({"a": 1, "b": 5}, now)
    with pytest.raises(Throttled):
        take({"a": 1, "b": 5}, now)
    assert db.session.scalar(sa.select(sa.func.sum(Throttle.count))) == 2


def test_only_failures_add_up(now: datetime) -> None:
    limits = sign_in_limits("mara@example.org", "192.0.2.7")
    for _ in range(30):
        take(limits, now)
        give_back(limits, now)


def test_one_address_may_try_many_accounts_but_not_any_number(now: datetime) -> None:
    for n in range(throttling.PER_ADDRESS):
        take(sign_in_limits(f"{n}@example.org", "192.0.2.7"), now)
    with pytest.raises(Throttled):
        take(sign_in_limits("new@example.org", "192.0.2.7"), now)
    take(sign_in_limits("new@example.org", "192.0.2.8"), now)


def test_an_ipv6_household_is_one_address() -> None:
    assert network("2001:db8:1:2:3::4") == network("2001:db8:1:2::ffff") == "2001:db8:1:2::/64"
    assert network("192.0.2.7") == "192.0.2.7"
    assert network("") == ""


def test_old_counts_are_swept(now: datetime) -> None:
    take({"a": 5}, now)
    take({"b": 5}, now + timedelta(minutes=5))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Throttle)) == 1


def test_neither_address_nor_account_is_stored_in_words(now: datetime) -> None:
    take(sign_in_limits("mara@example.org", "192.0.2.7"), now)
    keys = db.session.scalars(sa.select(Throttle.key_sha256)).all()
    assert all(len(key) == 64 and "mara" not in key for key in keys)
