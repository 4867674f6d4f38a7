"""What every template may use: who is asking, and the words in the reader's language."""

from typing import Any

from flask import Flask, g
from flask_babel import get_domain

from quizapp.web.identity import expect, person


def init_app(app: Flask) -> None:
    """Give the templates `me`, `_`, `ngettext` and tidy white space."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(_=gettext, ngettext=ngettext)

    @app.context_processor
    def everywhere() -> dict[str, object]:
        expect()
        return {"me": person()}


def gettext(words: str, **values: Any) -> str:
    """Return words in the reader's language, with values put in.

    Flask-Babel's own looks the language up at each call; a page has a hundred of them.
    """
    found: str = _translations().ugettext(words)
    return found % values if values else found.replace("%%", "%")


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """Return the form of the words that goes with a number, `%(num)s` in them."""
    found: str = _translations().ungettext(one, many, num)
    return found % {"num": num, **values}


def _translations() -> Any:
    if "translations" not in g:
        g.translations = get_domain().get_translations()
    return g.translations
