"""The migrations: they agree with the models, and lead down and up again, on both databases."""

import flask_migrate
import pytest
import sqlalchemy as sa

from quizapp.extensions import db


def tables() -> set[str]:
    return set(sa.inspect(db.engine).get_table_names())


@pytest.mark.usefixtures("app")
def test_up_check_down_up() -> None:
    before = tables()
    assert len(before) > 40
    flask_migrate.check()
    flask_migrate.downgrade(revision="base")
    db.session.remove()
    assert tables() <= {"alembic_version"}
    flask_migrate.upgrade()
    assert tables() == before
    flask_migrate.check()
