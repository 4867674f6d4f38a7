"""The parts of a GIFT question as they are written, and what they lose."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from quizapp.core.formats.parts.gift_texts import FORMAT
from quizapp.core.formats.shared.moodle_text import from_markdown
from quizapp.core.markdown import images

Entry = Mapping[str, Any]

_ESCAPED = re.compile(r"[\\~=#{}:\n]")
_WEIGHT_LIKE = re.compile(r"%-?\d")
PICTURES = "Its pictures are left out; their descriptions stand there."


class Unwritable(Exception):
    """Why a question cannot be written, in plain words."""


def escaped(text: str) -> str:
    """Return a text with all signs that mean something in GIFT escaped."""
    return _ESCAPED.sub(lambda match: "\\n" if match[0] == "\n" else "\\" + match[0], text)


def one_line(text: str) -> str:
    """Return a text with single spaces for all white space."""
    return " ".join(text.split())


class Part:
    """Writes one question; `lost` is what of it GIFT cannot carry."""

    def __init__(self, stem: str, body: Entry) -> None:
        self.stem = stem
        self.body = body
        self.format = "moodle"  # of the question, known once its stem is written
        self.lost: list[str] = []

    def stem_text(self, text: str) -> str:
        if images(text):
            self.lost.append(PICTURES)
        written, self.format = from_markdown(text, ("moodle", "html", "markdown"))
        tag = f"[{self.format}]" if self.format != "moodle" or FORMAT.match(written) else ""
        return tag + escaped(written)

    def text(self, markdown: str, *, guard_weight: bool = False, arrow: bool = False) -> str:
        """Return a part of the question, under a text format of its own where it needs one."""
        if images(markdown):
            self.lost.append(PICTURES)
        formats = dict.fromkeys((self.format, "moodle", "html", "markdown"))
        if arrow and "->" in markdown:
            formats = {"html": None}
        written, format = from_markdown(markdown, tuple(formats))
        if arrow and "->" in written:
            written = written.replace("->", "→")
            self.lost.append("An arrow -> in its text is written as →.")
        needs_tag = format != self.format or FORMAT.match(written)
        if needs_tag or (guard_weight and _WEIGHT_LIKE.match(written)):
            return f"[{format}]{escaped(written)}"
        return escaped(written)

    def typed(self, text: str) -> str:
        """Return an answer that is typed, which is plain text whatever the question's format."""
        needs_tag = FORMAT.match(text) or (self.format == "html" and "&" in text)
        return ("[moodle]" if needs_tag else "") + escaped(one_line(text))

    def feedback(self, entry: Entry, always: bool = False) -> str:
        text = entry.get("feedback") or ""
        return f"#{self.text(text)}" if text.strip() else "#" * always

    def general(self, before: str = "\t", after: str = "\n") -> str:
        text = self.body.get("feedback") or ""
        return f"{before}####{self.text(text)}{after}" if text.strip() else ""

    def braces(self, lines: Iterable[str], start: str = "") -> str:
        """Return the answers, one a line, and the general feedback."""
        return f"{{{start}\n" + "".join(f"\t{line}\n" for line in lines) + self.general() + "}"

    def entries(self, name: str, holder: Entry | None = None) -> Sequence[Entry]:
        return (self.body if holder is None else holder).get(name) or ()

    def lose_extras(self) -> None:
        if self.body.get("hints"):
            self.lost.append("Its hints are left out.")
        if self.body.get("shuffle") is False:
            self.lost.append("That its parts keep their order is left out.")

    def lose_comparison(self, holder: Entry) -> None:
        """Note how typed texts are compared, where that is not as GIFT does."""
        lost = [
            words
            for is_set, words in (
                (holder.get("case") is True, "upper and lower case"),
                (holder.get("diacritics") is False, "accents"),
                (str(holder.get("typos") or "0") != "0", "slips"),
                (bool(holder.get("fillers")), "words that make no difference"),
            )
            if is_set
        ]
        if lost:
            self.lost.append(f"How typed answers are compared is left out: {', '.join(lost)}.")
