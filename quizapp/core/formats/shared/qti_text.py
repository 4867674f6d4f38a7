"""The texts of QTI as HTML for the shared converter, and what stands in them besides words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from lxml.html import defs

from quizapp.core.formats.shared.html import gap_mark
from quizapp.core.formats.shared.media import mime_of
from quizapp.core.formats.shared.qti_names import (
    BLOCKS,
    attribute,
    is_interaction,
    name_of,
)
from quizapp.core.formats.shared.xml import Element, local, text_of

PRINTED = "It shows a value that is worked out while it is asked; that was left out."
RUBRIC_LOST = "A note that is not for learners was left out."
MAX_ALT = 300
MAX_DEPTH = 80

_FEEDBACK = frozenset({"feedbackInline", "feedbackBlock", "modalFeedback"})
_SILENT = frozenset(
    ["stylesheet", "catalogInfo", "style", "track", "col", "colgroup", "endAttemptInteraction"]
)
_CHOICES = frozenset(
    """simpleChoice inlineChoice simpleMatchSet simpleAssociableChoice gapText gapImg
    associableHotspot hotspotChoice""".split()  # noqa: SIM905
)
_KNOWN = (frozenset(defs.tags) | {"audio", "video", "source", "figure", "figcaption", "rp"}) - {
    "object",
    "rb",
    "rt",
}
_VOID = frozenset({"br", "img", "hr", "source"})
_KEPT = (
    "src",
    "alt",
    "href",
    "title",
    "class",
    "start",
    "display",
    "alttext",
    "encoding",
    "data-equation-content",
)
_MARKS = re.compile("[\ue000\ue001]")  # what gap marks are made of may not come from outside


@dataclass(frozen=True, slots=True)
class Feedback:
    """A text shown after an answer: when `outcome` has (or, if not `shown`, has not) `identifier`.

    choice: the identifier of the choice that it stands in, "" for none.
    """

    outcome: str
    identifier: str
    shown: bool
    html: str
    choice: str = ""


class Walk:
    """Turns elements into HTML.

    gaps: the number of each element that is a gap of the text. feedback, rubrics: what was found
    on the way and is no part of the text. told: plain words on what was left out.
    """

    def __init__(self, gaps: Mapping[Element, str]) -> None:
        self._gaps = gaps
        self.feedback: list[Feedback] = []
        self.rubrics: list[str] = []
        self.samples: list[str] = []
        self.told: list[str] = []
        self._choice = ""
        self._depth = 0

    def choice(self, element: Element) -> str:
        """Return what a choice shows; feedback inside it is known to be its own."""
        self._choice = attribute(element, "identifier")
        html = self.inner(element)
        self._choice = ""
        return html

    def inner(self, element: Element) -> str:
        """Return what stands inside an element; what is nested too deep comes without markup."""
        if self._depth > MAX_DEPTH:
            return _text(text_of(element))
        self._depth += 1
        parts = [_text(element.text)]
        for one in element:
            parts += (self.outer(one), _text(one.tail))
        self._depth -= 1
        return "".join(parts)

    def outer(self, element: Element) -> str:
        """Return an element."""
        name = name_of(element)
        if not name or name in _SILENT or name in _CHOICES:
            return ""
        if is_interaction(name):
            return self._interaction(element, name)
        if element in self._gaps:
            return gap_mark(self._gaps[element])
        if name in _FEEDBACK:
            return self._feedback(element)
        return self._special(element, name)

    def _special(self, element: Element, name: str) -> str:
        if name == "rubricBlock":
            return self._rubric(element)
        if name == "object":
            return self._object(element)
        if name == "math":
            return _math(element)
        if name == "rt":
            return self._reading(element)
        if name == "hottext":
            return f"<b>{self.inner(element)}</b>"
        if name == "printedVariable":
            self.told.append(PRINTED)
            return ""
        return self._plain(element, name)

    def _plain(self, element: Element, name: str) -> str:
        if name == "svg":
            return "<svg></svg>"  # the converter says that it is left out
        inside = self.inner(element)
        if name not in _KNOWN:
            return f"<div>{inside}</div>" if name in ("prompt", "contentBody") else inside
        kept = "".join(
            f' {key}="{escape(value)}"' for key in _KEPT if (value := element.get(key)) is not None
        )
        if name in _VOID:
            return f"<{name}{kept}>{inside}"
        return f"<{name}{kept}>{inside}</{name}>"

    def _interaction(self, element: Element, name: str) -> str:
        inside = self.inner(element) if name in BLOCKS else self._prompt(element)
        mark = gap_mark(self._gaps[element]) if element in self._gaps else ""
        if name in ("textEntryInteraction", "inlineChoiceInteraction"):
            return mark
        block = f"<div>{inside}</div>" if inside.strip() else ""
        return block + (f"<p>{mark}</p>" if mark else "")

    def _prompt(self, element: Element) -> str:
        return "".join(self.outer(one) for one in element if name_of(one) == "prompt")

    def _feedback(self, element: Element) -> str:
        shown = attribute(element, "showHide", "show").strip().lower() != "hide"
        names = attribute(element, "outcomeIdentifier"), attribute(element, "identifier")
        html = self.inner(element)
        self.feedback.append(Feedback(*names, shown, html, self._choice))
        return ""

    def _rubric(self, element: Element) -> str:
        views = attribute(element, "view", "candidate").lower().split()
        html = f"<div>{self.inner(element)}</div>"
        if "candidate" in views:
            return html
        is_sample = "sample" in (element.get("class") or "").split()
        (self.samples if is_sample else self.rubrics).append(html)
        return ""

    def _object(self, element: Element) -> str:
        address = attribute(element, "data").strip()
        if mime_of(address.rpartition("/")[2].partition("?")[0]) is None:
            return self.inner(element) or "<object></object>"
        alt = attribute(element, "aria-label") or " ".join(text_of(element).split())
        return f'<img src="{escape(address)}" alt="{escape(alt[:MAX_ALT])}">'

    def _reading(self, element: Element) -> str:
        """Return how a word is read aloud, in brackets unless the text has some of its own."""
        parent = element.getparent()
        inside = self.inner(element)
        has_own = parent is not None and any(local(one) == "rp" for one in parent)
        return inside if has_own or not inside.strip() else f" ({inside})"


def _text(text: str | None) -> str:
    if not text:
        return ""
    if "\ue000" in text or "\ue001" in text:
        text = _MARKS.sub("\ufffd", text)
    return escape(text, quote=False)


def _math(element: Element, depth: int = 0) -> str:
    """Return MathML without prefixes, with what the converter needs of it."""
    if depth > MAX_DEPTH:
        return _text(text_of(element))
    name = local(element)
    parts = [f"<{name}"]
    parts += [
        f' {key}="{escape(value)}"'
        for key in ("display", "alttext", "encoding")
        if (value := element.get(key)) is not None
    ]
    parts += (">", _text(element.text))
    for one in element:
        parts += (_math(one, depth + 1) if local(one) else "", _text(one.tail))
    parts.append(f"</{name}>")
    return "".join(parts)
