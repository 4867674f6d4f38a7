"""People, their sessions and links, and what is counted or kept about them for safety."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base


class User(Base):
    """A guest or a person; `seq` numbers all rows of the person tables, one counter per user."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(sa.String(32), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(16))  # guest, person
    email: Mapped[str | None] = mapped_column(sa.String(320))
    email_key: Mapped[str | None] = mapped_column(sa.String(320), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    role: Mapped[str] = mapped_column(sa.String(16), default="learner")
    epoch: Mapped[int] = mapped_column(default=0)  # sessions of an older epoch are dead
    seq: Mapped[int] = mapped_column(default=0)
    tz: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    rollover_minutes: Mapped[int] = mapped_column(default=240)
    locale: Mapped[str | None] = mapped_column(sa.String(16))
    desired_retention: Mapped[float] = mapped_column(default=0.9)
    new_per_day: Mapped[int] = mapped_column(default=20)
    reviews_per_day: Mapped[int] = mapped_column(default=200)
    time_factor_pct: Mapped[int] = mapped_column(default=100)
    prefs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    params_version: Mapped[int] = mapped_column(default=0)  # 0 = the engine's own weights
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime]
    seen_on: Mapped[date | None]
    disabled_at: Mapped[datetime | None]


class Identity(Base):
    """A way to sign in that another system vouches for."""

    __tablename__ = "identities"
    issuer: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)


class Session(Base):
    """A signed-in browser; only the hash of its token is kept."""

    __tablename__ = "sessions"
    token_sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    epoch: Mapped[int]
    expires_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class OneTimeLink(Base):
    """A link that works once: setup, invite, reset or claim."""

    __tablename__ = "one_time_links"
    token_sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(sa.String(16))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    role: Mapped[str | None] = mapped_column(sa.String(16))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Throttle(Base):
    """How often something was tried in a window of time."""

    __tablename__ = "throttles"
    key_sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    window: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    count: Mapped[int]


class Setting(Base):
    """A setting of the whole instance."""

    __tablename__ = "settings"
    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(sa.JSON)


class Audit(Base):
    """Who did what to whose data."""

    __tablename__ = "audit"
    __table_args__ = (sa.Index(None, "subject_user_id", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(sa.String(64))
    subject_user_id: Mapped[int | None]
    object: Mapped[str | None] = mapped_column(sa.String(200))
    note: Mapped[str | None]
