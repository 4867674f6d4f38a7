"""The pages and the API: thin views over the services."""

from flask import Flask

from quizapp.web import assets, errors, headers, identity, shared
from quizapp.web.blueprints import BLUEPRINTS


def init_app(app: Flask) -> None:
    """Register what answers requests."""
    for part in (assets, headers, errors, identity, shared):
        part.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
