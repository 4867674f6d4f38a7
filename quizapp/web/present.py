"""Questions as HTML: asked through the widget of their type, and graded."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from quizapp.core.media_links import linked
from quizapp.core.question import Response
from quizapp.services.content.questions import Asked
from quizapp.services.study.answers import outcome

Form = Mapping[str, Any]
MOST_FIELDS = 2000


GAP = re.compile(r"\[\[(\d{1,4})\]\]")


@dataclass(frozen=True, slots=True)
class Button:
    """A flashcard's rating button, in words."""

    rating: int
    when: str
    date: str
    percent: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One option as a widget shows it."""

    name: str  # of its field, after "r."
    value: str
    text: Markup | str
    chosen: bool
    right: bool
    drafted: bool


@dataclass(frozen=True)
class View:
    """What a widget's template sees."""

    asked: Asked
    mode: str  # study, practice, exam
    shown: Mapping[str, Any]
    draft: Mapping[str, Any] = field(default_factory=dict)
    ratings: Sequence[Button] = ()
    evidence: Markup | None = None
    response: Mapping[str, Any] = field(default_factory=dict)
    parts: Mapping[str, float] = field(default_factory=dict)
    feedback: Sequence[str] = ()
    score: float | None = None

    @property
    def one_tap(self) -> bool:
        """Whether an option answers at once: a submit button, never on change."""
        return self.mode != "exam"

    @property
    def body(self) -> Mapping[str, Any]:
        """The type's own part of the question."""
        return self.asked.question.body

    @cached_property
    def key(self) -> Response:
        """The right response; empty where the app does not grade."""
        return self.asked.kind.key(self.asked.question) or {}

    @cached_property
    def outcome(self) -> str:
        """right, partial, wrong, self or waiting."""
        return outcome(self.asked, self.score)

    def html(self, path: str) -> Markup:
        """Return a rendered text of the question, cleaned when it was stored."""
        return Markup(self._stored(path))  # noqa: S704

    def _stored(self, path: str) -> str:
        html = self.asked.html.get(path, "")
        if "<img" not in html:
            return html
        return linked(html, url_for("media.show", slug=self.asked.bank_slug, name=""))

    def inline(self, path: str) -> Markup:
        """Return a rendered text without its paragraph, for a place inside a line."""
        html = self._stored(path).strip()
        if html.startswith("<p>") and html.endswith("</p>") and html.count("<p>") == 1:
            html = html[3:-4]
        return Markup(html)  # noqa: S704

    def plain(self, path: str) -> str:
        """Return a text without any markup, for a select box."""
        return Markup(self.asked.html.get(path, "")).striptags()  # noqa: S704

    @property
    def pieces(self) -> list[Markup | str]:
        """Return the stem cut at its gaps: text, gap, text, gap ... text."""
        cut = GAP.split(self._stored("stem"))
        pieces: list[Markup | str] = [Markup(cut[0])]  # noqa: S704
        for gap, text in zip(cut[1::2], cut[2::2], strict=True):
            if gap in self.shown["gaps"]:
                pieces += [gap, Markup(text)]  # noqa: S704
            else:  # a number without an entry is text
                pieces[-1] = pieces[-1] + Markup("[[{}]]{}").format(gap, Markup(text))  # noqa: S704
        return pieces

    @property
    def choices(self) -> list[Choice]:
        """Return the options of which one is the answer, in the order shown, or true and false."""
        if "options" not in self.shown:
            listed = [("value", "true", _("True")), ("value", "false", _("False"))]
        else:
            ids = self.shown["options"]
            listed = [("option", id_, self.inline(f"options.{id_}.text")) for id_ in ids]
        name = listed[0][0] if listed else ""
        given, right, draft = (
            str(of.get(name, "")).lower() for of in (self.response, self.key, self.draft)
        )
        return [
            Choice(
                name, value, text, value.lower() == given, value.lower() == right, value == draft
            )
            for name, value, text in listed
        ]

    def entries(self, name: str) -> dict[str, Mapping[str, Any]]:
        """Return the entries of a list in the body, by id."""
        return {entry["id"]: entry for entry in self.body.get(name, ())}


def ask(
    asked: Asked,
    *,
    seed: int,
    mode: str,
    draft: Mapping[str, Any] | None = None,
    ratings: Sequence[Button] = (),
    evidence: Markup | None = None,
) -> Markup:
    """Return the inputs that ask a question: no form tag, no key, options in the seed's order.

    `draft` is a response to show as given. Field names are read back by `read_form`.
    """
    view = View(asked, mode, asked.shown(seed), draft or {}, ratings, evidence)
    inputs = _macro(asked, "ask", view)
    if mode == "exam" or asked.kind.GRADED_BY != "app":
        return inputs
    shared: Any = current_app.jinja_env.get_template("widgets/parts.html").module
    return inputs + Markup(shared.help(view))  # noqa: S704 - templates escape


def graded(
    asked: Asked,
    *,
    seed: int,
    response: Response,
    parts: Mapping[str, float],
    feedback: Sequence[str],
    score: float | None,
    mode: str = "study",
) -> Markup:
    """Return a question with its answer, the right answer, and the feedback that applies."""
    view = View(
        asked,
        mode,
        asked.shown(seed),
        response=response,
        parts=parts,
        feedback=feedback,
        score=score,
    )
    return _macro(asked, "graded", view)


def _macro(asked: Asked, name: str, view: View) -> Markup:
    template = current_app.jinja_env.get_template(f"widgets/{asked.kind.WIDGET}.html")
    return Markup(getattr(template.module, name)(view))  # noqa: S704 - templates escape


def read_form(items: Iterable[tuple[str, str]]) -> dict[str, Any] | None:
    """Return the response that a plain form sends; None where it sends none.

    `r.text` is an entry, `r.options[]` a list, `r.gaps.1` an entry of a map; the question type
    turns texts into its own kinds. The same names are read by static/answer.js.
    """
    response: dict[str, Any] = {}
    for number, (name, value) in enumerate(items):
        if not name.startswith("r.") or number > MOST_FIELDS:
            continue
        path = name[2:]
        if path.endswith("[]"):
            response.setdefault(path[:-2], []).append(value)
        elif "." in path:
            outer, _, inner = path.partition(".")
            inside = response.setdefault(outer, {})
            if isinstance(inside, dict):
                inside[inner] = value
        elif path == "rating":
            response[path] = int(value) if value.isdecimal() and len(value) < 3 else value
        else:
            response[path] = value
    return response or None
