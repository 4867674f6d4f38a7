"""The set-up link: how the first admin comes in, printed at the start while there is none."""

from datetime import datetime

import sqlalchemy as sa

from quizapp.database import writing
from quizapp.models import OneTimeLink
from quizapp.services.people import links, people


def make_link(now: datetime) -> str | None:
    """Return the token of the one set-up link that works now; None where an admin exists."""
    with writing(wait_s=10) as session:
        if people.has_admin():
            return None
        session.execute(sa.delete(OneTimeLink).where(OneTimeLink.purpose == "setup"))
        return links.add(session, "setup", None, "admin", links.SETUP_HOURS, now)
