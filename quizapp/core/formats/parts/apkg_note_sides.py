"""The front and back of the cards that questions become which Anki cannot ask in their own way."""

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from quizapp.core.answers import worth
from quizapp.core.fields import text_of
from quizapp.core.formats.shared.html import from_markdown
from quizapp.core.formats.shared.media import mime_of
from quizapp.core.options import is_full, share_of

_PLAYED = re.compile(r'<img src="([^"<>]+)"[^<>]*>')

Body = Mapping[str, Any]


def html(text: str) -> str:
    """Return Markdown as the HTML of a field, sounds in Anki's own form."""
    if not text:
        return ""
    made = from_markdown(text, lambda name: name)
    made = made.replace("\x1f", " ").replace("<br />\n", "<br>").replace(">\n<", "><")
    return _PLAYED.sub(_sound, made) if "<img" in made else made


def _sound(match: re.Match[str]) -> str:
    name = match[1]
    is_picture = (mime_of(name) or "image/").startswith("image/")
    return match[0] if is_picture else f"[sound:{name}]"


def extra(body: Body, told: Sequence[Body]) -> str:
    """Return the general feedback and that of each option or answer."""
    lines = [
        f"{html(text_of(one, 'text'))}: {html(text_of(one, 'feedback'))}"
        for one in told
        if text_of(one, "feedback").strip()
    ]
    return "<br>".join([*filter(None, [html(text_of(body, "feedback"))]), *lines])


def _listed(texts: Sequence[str], tag: str = "ul") -> str:
    return f"<{tag}>" + "".join(f"<li>{text}</li>" for text in texts) + f"</{tag}>"


def _options(stem: str, body: Body) -> tuple[str, str]:
    options: Sequence[Body] = body.get("options") or ()
    right = [html(text_of(one, "text")) for one in options if share_of(one) > 0]
    front = html(stem) + _listed([html(text_of(one, "text")) for one in options])
    told = extra({}, options)
    return front, _listed(right) + (f"<br>{told}" if told else "")


def _true_false(stem: str, body: Body) -> tuple[str, str]:
    right = body.get("answer") is True
    told = html(text_of(body, "feedback_true" if right else "feedback_false"))
    other = html(text_of(body, "feedback_false" if right else "feedback_true"))
    back = "<br>".join(part for part in ("True" if right else "False", told, other) if part)
    return html(stem) + "<br><br>True or false?", back


def _numeric(stem: str, body: Body) -> tuple[str, str]:
    unit = next((text_of(one, "unit") for one in body.get("units") or ()), "")
    lines = []
    for one in body.get("answers") or ():
        if not is_full(worth(one)):
            continue
        value, by = str(one.get("value") or ""), str(one.get("tolerance") or "")
        shown = value or f"{one.get('min', '')} … {one.get('max', '')}"
        kind = {"relative": " (relative)", "significant": " (digits)"}
        by = f" ± {by}{kind.get(text_of(one, 'tolerance_type'), '')}" if by and value else ""
        lines.append(escape(f"{shown}{by} {unit}".strip(), quote=False))
    return html(stem), "<br>".join(lines)


def _matching(stem: str, body: Body) -> tuple[str, str]:
    rights = {one["id"]: html(text_of(one, "text")) for one in body.get("rights") or ()}
    lefts: Sequence[Body] = body.get("lefts") or ()
    asked = [html(text_of(one, "text")) for one in lefts]
    pairs = [
        f"{html(text_of(one, 'text'))} → {rights.get(text_of(one, 'right'), '')}" for one in lefts
    ]
    return html(stem) + _listed(asked) + _listed(sorted(rights.values())), _listed(pairs)


def _ordering(stem: str, body: Body) -> tuple[str, str]:
    items = [html(text_of(one, "text")) for one in body.get("items") or ()]
    return html(stem) + _listed(sorted(items)), _listed(items, "ol")


def _essay(stem: str, body: Body) -> tuple[str, str]:
    parts = [html(text_of(body, name)) for name in ("sample", "rubric")]
    return html(stem), "<br><br>".join(part for part in parts if part)


def _flashcard(stem: str, body: Body) -> tuple[str, str]:
    return html(stem), html(text_of(body, "back"))


SIDES: Mapping[str, Callable[[str, Body], tuple[str, str]]] = {
    "flashcard": _flashcard,
    "multiple_choice": _options,
    "multiple_response": _options,
    "true_false": _true_false,
    "numeric": _numeric,
    "matching": _matching,
    "ordering": _ordering,
    "essay": _essay,
}
