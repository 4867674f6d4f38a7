"""quizapp: an interactive quiz and flashcard web app with one memory per learner and fact."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from quizapp import cli, config, database, web
from quizapp.extensions import babel, csrf, db, login, migrate

ROOT = Path(__file__).resolve().parent.parent


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """Wire an app from the environment; `overrides` are Flask settings that win over it."""
    overrides = overrides or {}
    instance = Path(
        overrides.get("INSTANCE_PATH") or os.environ.get("QUIZAPP_INSTANCE") or ROOT / "instance"
    )
    app = Flask(__name__, instance_path=str(instance.resolve()), static_folder=None)
    app.config.update(config.flask_settings(config.from_environment(os.environ, instance)))
    app.config.update(overrides)
    if proxies := app.config["QUIZAPP_PROXIES"]:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies, x_prefix=proxies
        )
    for extension in (db, login, csrf, babel):
        extension.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    with app.app_context():
        database.tune_sqlite(db.engine)
    web.init_app(app)
    cli.init_app(app)
    return app
