"""`make check`: the migrations lead to exactly the tables that the models describe."""

import logging
import os
import sys
import tempfile

import flask_migrate

from quizapp import create_app


def main() -> int:
    """Migrate a throw-away SQLite file and compare; 1 with the differences where there are any."""
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            DATABASE_URL=f"sqlite:///{folder}/quizapp.db", SECRET_KEY="only-for-the-check"
        )
        app = create_app({"INSTANCE_PATH": folder})
        with app.app_context():
            flask_migrate.upgrade()
            try:
                flask_migrate.check()
            except SystemExit:  # flask-migrate has logged the differences
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
