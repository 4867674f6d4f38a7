"""What every template may use: who is asking, and the words in the reader's language."""

from collections.abc import Callable
from gettext import NullTranslations
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request
from flask_babel import get_domain

from quizapp.web.identity import expect, person


def init_app(app: Flask) -> None:
    """Give the templates `me`, `_`, `ngettext`, `has_endpoint` and tidy white space."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    with app.app_context():
        languages = app.extensions["babel"].instance.list_translations()
    app.jinja_env.globals["absolute"] = absolute
    app.jinja_env.globals.update(words(_translations if len(languages) > 1 else _untranslated))
    app.jinja_env.globals["has_endpoint"] = lambda name: name in app.view_functions

    @app.context_processor
    def everywhere() -> dict[str, object]:
        expect()
        return {"me": person()}


def absolute(path: str) -> str:
    """Return a path as others reach it: by QUIZAPP_URL, as a Host header may be anybody's word."""
    url = urlsplit(current_app.config["QUIZAPP_URL"] or request.host_url)
    return f"{url.scheme}://{url.netloc}{path}"


def words(find: Callable[[], NullTranslations]) -> dict[str, Callable[..., str]]:
    """Return `_` and `ngettext` for templates: words in a language, with values put in.

    Flask-Babel's own look the language up at each call, and a page has a hundred of them.
    """

    def gettext(words: str, **values: Any) -> str:
        found = find().gettext(words)
        return found % values if values else found.replace("%%", "%")

    def ngettext(one: str, many: str, num: int, **values: Any) -> str:
        return find().ngettext(one, many, num) % {"num": num, **values}

    return {"_": gettext, "ngettext": ngettext}


_NONE = NullTranslations()


def _untranslated() -> NullTranslations:
    return _NONE


def _translations() -> NullTranslations:
    if "translations" not in g:
        g.translations = get_domain().get_translations()
    return g.translations  # type: ignore[no-any-return]
