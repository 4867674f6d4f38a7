"""An app on a database of its own, for measuring in this process."""

from pathlib import Path
from unittest.mock import patch

from flask import Flask, render_template_string

from quizapp import create_app


def app_in(folder: Path) -> Flask:
    """Return an app whose database lies in the folder; /empty is a page with nothing on it."""
    address = f"sqlite:///{folder / 'bench.db'}"
    with patch.dict("os.environ", {"DATABASE_URL": address, "SECRET_KEY": "only-for-measuring"}):
        app = create_app({"INSTANCE_PATH": folder})
    app.add_url_rule("/empty", "empty", lambda: render_template_string("{% extends 'base.html' %}"))
    return app
