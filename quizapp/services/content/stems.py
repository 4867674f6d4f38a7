"""A question in one plain line, for lists: no markup, gaps as lines."""

import re
from html import unescape

from quizapp.services.content.questions import Asked

LONGEST = 200
_TAG = re.compile(r"<[^>]*>")
_GAP = re.compile(r"\[\[\w+\]\]")
_SPACE = re.compile(r"\s+")


def stem(asked: Asked, longest: int = LONGEST) -> str:
    """Return what is asked, cut at a word where it is long."""
    text = _plain(asked.html.get("stem") or asked.question.stem)
    if len(text) <= longest:
        return text
    return text[:longest].rsplit(" ", 1)[0] + " …"


def options(asked: Asked) -> list[str]:
    """Return the choices as they stand in the question, without saying which is right."""
    listed = asked.question.body.get("options", ())
    return [
        _plain(asked.html.get(f"options.{option['id']}.text") or option.get("text", ""))
        for option in listed
    ]


def _plain(html: str) -> str:
    return _SPACE.sub(" ", unescape(_TAG.sub("", _GAP.sub("____", html)))).strip()
