"""Who is asking: flask-login over server-side sessions of our own, and guests made when needed."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec
from urllib.parse import unquote
from zoneinfo import available_timezones

from flask import Flask, abort, g, redirect, request, session, url_for
from flask_login import UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from quizapp.extensions import login
from quizapp.services.identifiers import new_secret
from quizapp.services.people import sessions
from quizapp.services.people.sessions import Person

P = ParamSpec("P")
COMING = "coming"  # where the cookie of a stranger keeps the token of the guest to be
LONGEST_NEXT = 2000


class Visitor(UserMixin):  # type: ignore[misc]
    """A browser with a live session; flask-login keeps the session's token in the signed cookie."""

    def __init__(self, person: Person, token: str) -> None:
        self.person, self.token = person, token

    def get_id(self) -> str:
        """Return what the cookie holds: the token, never the user's id."""
        return self.token


def init_app(app: Flask) -> None:
    """Tell flask-login how a token becomes a visitor."""
    login.session_protection = None  # the token itself is the protection

    @login.user_loader
    def load(token: str) -> Visitor | None:
        person = sessions.find(token, now())
        return Visitor(person, token) if person else None


def now() -> datetime:
    """Return the time of this request; one request, one time."""
    if "now" not in g:
        g.now = datetime.now(UTC)
    return g.now  # type: ignore[no-any-return]


def person() -> Person | None:
    """Return who is asking; None for a browser without a session."""
    return current_user.person if current_user.is_authenticated else None


def person_or_guest() -> Person:
    """Return who is asking; a browser without a session becomes a guest now."""
    found = person()
    if found:
        return found
    coming = session.get(COMING) or new_secret()
    guest, token = sessions.guest_of(coming, now(), browser_tz())
    sign_in(guest, token)
    return guest


def expect() -> None:
    """Give a stranger's browser the token that it will have as a guest.

    A first answer whose reply is lost, or a second tab, then comes back as the same guest.
    """
    if COMING not in session and not current_user.is_authenticated:
        session[COMING] = new_secret()


def sign_in(who: Person, token: str) -> None:
    """Give this browser a session; a guest keeps the CSRF token of the stranger's page."""
    if not who.is_guest:
        session.clear()
    session.permanent = True
    login_user(Visitor(who, token))


def sign_in_anew(who: Person, token: str) -> None:
    """Give the same person's browser another session; a guest who waits goes on waiting."""
    waiting = session.get("guest")
    sign_in(who, token)
    if waiting:
        session["guest"] = waiting


def sign_out() -> None:
    """End this browser's session for good and forget everything about it, a waiting guest too."""
    waiting = session.get("guest")
    if current_user.is_authenticated:
        sessions.end(current_user.token)
    if waiting:
        sessions.end(waiting)
    forget()


def forget() -> None:
    """Make this browser a stranger; what stands in the database is as it was."""
    logout_user()
    session.clear()


def browser_tz() -> str:
    """Return the browser's time zone, which a script keeps in a cookie; UTC if it is not known."""
    tz = request.cookies.get("tz", "")
    return tz if tz in available_timezones() else "UTC"


def account_required(view: Callable[P, Any]) -> Callable[P, Any]:
    """Send guests and strangers to the sign-in page."""

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> Any:
        who = person()
        if who is None or who.is_guest:
            return redirect_to_sign_in()
        return view(*args, **kwargs)

    return wrapped


def admin_required(view: Callable[P, Any]) -> Callable[P, Any]:
    """Hide a page from everyone but admins: 404, so that nobody learns that it is there."""

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> Any:
        who = person()
        if who is None or not who.is_admin:
            abort(404)
        return view(*args, **kwargs)

    return wrapped


def instructor_required(view: Callable[P, Any]) -> Callable[P, Any]:
    """Hide a page from everyone who may not make banks, as `admin_required` does."""

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> Any:
        who = person()
        if who is None or not who.may_teach:
            abort(404)
        return view(*args, **kwargs)

    return wrapped


def someone_required(view: Callable[P, Any]) -> Callable[P, Any]:
    """Send strangers to the sign-in page; a guest may stay."""

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> Any:
        return redirect_to_sign_in() if person() is None else view(*args, **kwargs)

    return wrapped


def redirect_to_sign_in() -> Response:
    """Send the browser to sign in and back here afterwards."""
    here = request.script_root + request.full_path.rstrip("?")
    back = here if request.method == "GET" else None
    return redirect(url_for("people.sign_in", next=back))


def safe_next(target: str | None) -> str | None:
    """Return where to go next if every browser takes it for a path on this host, else None.

    Browsers read a backslash as a slash, drop tabs and line ends, and take `//x` for a host.
    """
    if not target or len(target) > LONGEST_NEXT or not target.startswith("/"):
        return None
    if "\\" in target or any(
        ord(character) <= 0x20 or ord(character) == 0x7F for character in target
    ):
        return None
    path = target.partition("?")[0].partition("#")[0]
    # Also encoded: something between us and the browser may decode once more.
    decoded = unquote(path)
    return None if any(bad in path or bad in decoded for bad in ("//", "\\", "\t")) else target


def address() -> str:
    """Return where this request comes from, for counting tries."""
    return request.remote_addr or ""
