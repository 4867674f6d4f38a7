"""How often something may be tried: counted in the database, so it holds over all workers."""

import hashlib
import ipaddress
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from quizapp.database import writing
from quizapp.models import Throttle

PER_ACCOUNT = 10  # tries in any minute
PER_ADDRESS = 60  # in any minute; a whole class signs in from one address
SLOT_S = 5
SLOTS = 13  # the slot of now and twelve before it hold at least 60 s: no burst at a minute's edge


class Throttled(RuntimeError):
    """Too many tries; whether this one would have succeeded was not looked at."""


def sign_in_limits(email_key: str, address: str) -> dict[str, int]:
    """Return what a try with a password counts against: the account and where it comes from."""
    return {
        f"account:{email_key}": PER_ACCOUNT,
        f"address:{network(address)}": PER_ADDRESS,
    }


def sign_up_limits(address: str) -> dict[str, int]:
    """Return what making an account counts against."""
    return {f"sign-up:{network(address)}": PER_ADDRESS}


def network(address: str) -> str:
    """Return what one household holds: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def take(limits: Mapping[str, int], now: datetime) -> None:
    """Count a try against each key; Throttled, and nothing counted, where one is used up."""
    slot = _slot(now)
    with writing() as session:
        session.execute(sa.delete(Throttle).where(Throttle.window <= slot - SLOTS))
        # Sorted: two tries that share keys must lock them in the same order.
        for key in sorted(limits):
            _add(session, _hashed(key), slot)
            if _tries(session, _hashed(key), slot) > limits[key]:
                raise Throttled


def give_back(limits: Mapping[str, int], now: datetime) -> None:
    """Uncount a try that was good: only failures add up."""
    with writing() as session:
        for key in sorted(limits):
            session.execute(
                sa.update(Throttle)
                .where(Throttle.key_sha256 == _hashed(key), Throttle.window == _slot(now))
                .where(Throttle.count > 0)
                .values(count=Throttle.count - 1)
            )


def _add(session: Any, key_sha256: str, slot: int) -> None:
    """Add one by an upsert: the row lock makes tries at the same moment wait for each other."""
    dialect = session.get_bind().dialect.name
    insert: Any = (sqlite if dialect == "sqlite" else postgresql).insert(Throttle)
    session.execute(
        insert.values(key_sha256=key_sha256, window=slot, count=1).on_conflict_do_update(
            index_elements=["key_sha256", "window"], set_={"count": Throttle.count + 1}
        )
    )


def _tries(session: Any, key_sha256: str, slot: int) -> int:
    counted: int | None = session.scalar(
        sa.select(sa.func.sum(Throttle.count)).where(
            Throttle.key_sha256 == key_sha256, Throttle.window > slot - SLOTS
        )
    )
    return counted or 0


def _slot(now: datetime) -> int:
    return int(now.timestamp()) // SLOT_S


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
