"""One question being written as Moodle XML: its entries, texts with their files, and losses."""

import base64
import re
from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import quote, unquote

from quizapp.core.formats.model import Loss, QuestionIn
from quizapp.core.formats.parts.moodle_xml_block import PLUGIN_FILE
from quizapp.core.formats.shared import html, plain
from quizapp.core.formats.shared.checking import derived_name, shown_name
from quizapp.core.formats.shared.media import mime_of
from quizapp.core.markdown import images

MAX_NAME = 250  # characters that Moodle keeps
MAX_ID_NUMBER = 100
ODD_LETTERS = "Invisible characters that XML cannot hold were left out."
LONG_ID = "Its key is longer than Moodle's ID numbers may be and was left out."
MARKUP_LOST = "Formatting of what is to be matched was left out: Moodle shows plain text there."
_INVALID = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_IMAGE = re.compile(r'<img src="(@@PLUGINFILE@@/([^"]*))" alt="([^"]*)">')
_MARKDOWN_MEDIA = re.compile(r"\]\(media/([^()\s]{1,500})")
_INDENT = "    "


class Markup:
    """Gathers the lines of one question. `lose` notes what Moodle has no place for."""

    def __init__(self, item: QuestionIn, media: Mapping[str, bytes]) -> None:
        self.item = item
        self.body = item.body
        self.losses: list[Loss] = []
        self.lines: list[str] = []
        self._media = media

    def lose(self, words: str) -> None:
        """Note a loss, the same one once."""
        loss = Loss(self.item.position, shown_name(self.item), words)
        if loss not in self.losses:
            self.losses.append(loss)

    def add(self, *lines: str) -> None:
        """Add lines of the question's own level."""
        self.lines += [_INDENT + line for line in lines]

    def entry(self, tag: str, value: Any) -> None:
        """Add a plain entry."""
        self.add(f"<{tag}>{self.escaped(str(value))}</{tag}>")

    def text(self, tag: str, markdown: str) -> None:
        """Add a text with the files that it shows."""
        self.add(*self.text_lines(tag, markdown))

    def text_lines(self, tag: str, markdown: str, *inside: str, attributes: str = "") -> list[str]:
        """Return the lines of a text; `inside` comes after it within its element."""
        kind, written = self.outward(markdown)
        return self.element(tag, kind, written, markdown, *inside, attributes=attributes)

    def element(
        self, tag: str, kind: str, written: str, markdown: str, *inside: str, attributes: str = ""
    ) -> list[str]:
        """Return the lines of a text that is written already."""
        files = [self._file(name) for name in dict.fromkeys(n for _, n in images(markdown))]
        return [
            f'<{tag}{attributes} format="{kind}">',
            f"  <text>{self.escaped(written)}</text>",
            *filter(None, files),
            *(f"  {line}" for line in inside),
            f"</{tag}>",
        ]

    def outward(self, markdown: str) -> tuple[str, str]:
        """Return the format and a text: HTML where the Markdown comes back from it as it is."""
        written = html.from_markdown(markdown, self._url)
        if html.to_markdown(written, self._name_at).text != markdown:
            return "markdown", _MARKDOWN_MEDIA.sub(rf"]({PLUGIN_FILE}\1", markdown)
        return "html", _IMAGE.sub(_as_link, written) if "<img" in written else written

    def choice_html(self, markdown: str) -> str:
        """Return a text as HTML where Moodle knows nothing else; a loss where that changes it."""
        written = html.from_markdown(markdown, lambda name: "")
        if html.to_markdown(written).text != markdown and images(markdown):
            self.lose("Pictures and sounds inside the answers of gaps were left out.")
        return written

    def plain_html(self, markdown: str) -> str:
        """Return a text without markup, for where Moodle shows plain text."""
        written = html.from_markdown(markdown, lambda name: "")
        if "<" not in written and html.to_markdown(written).text == markdown:
            return written
        words, same = plain.from_markdown(markdown)
        if not same:
            self.lose(MARKUP_LOST)
        return escape(" ".join(words.split()), quote=False)

    def head(self, kind: str) -> None:
        """Begin the question with its type and name."""
        self.lines.append(f'  <question type="{kind}">')
        name = self.item.name or derived_name(self.item.stem) or f"Question {self.item.position}"
        name = " ".join(name.split())[:MAX_NAME]
        if html.to_markdown(name).text != name and ("<" in name or "&" in name):
            name = escape(name, quote=False)
        self.add("<name>", f"  <text>{self.escaped(name)}</text>", "</name>")

    def id_number(self) -> None:
        """Add the key of the question."""
        key = self.item.key or ""
        if len(key) > MAX_ID_NUMBER:
            self.lose(LONG_ID)
            key = ""
        self.entry("idnumber", key)

    def tail(self) -> None:
        """End the question with its hints and tags."""
        for hint in self.body.get("hints") or []:
            self.text("hint", hint)
        if self.item.tags:
            tags = [f"  <tag><text>{self.escaped(tag)}</text></tag>" for tag in self.item.tags]
            self.add("<tags>", *tags, "</tags>")
        self.lines.append("  </question>")

    def escaped(self, text: str) -> str:
        """Return a text for XML: as it is, or as CDATA where it holds markup."""
        sound = _INVALID.sub("", text)
        if sound != text:
            self.lose(ODD_LETTERS)
        if not any(letter in sound for letter in "<>&"):
            return sound
        return f"<![CDATA[{sound.replace(']]>', ']]]]><![CDATA[>')}]]>"

    def _url(self, name: str) -> str:
        if name not in self._media:
            self.lose(f"The file media/{name} is missing.")
            return ""
        return PLUGIN_FILE + quote(name)

    def _name_at(self, address: str) -> str | None:
        name = unquote(address.removeprefix(PLUGIN_FILE))
        return name if name in self._media else None

    def _file(self, name: str) -> str:
        if name not in self._media:
            return ""
        data = base64.b64encode(self._media[name]).decode("ascii")
        shown = escape(name)
        return f'  <file name="{shown}" path="/" encoding="base64">{data}</file>'


def _as_link(match: re.Match[str]) -> str:
    """Return a sound or film as a link, which Moodle plays; pictures stay."""
    mime = mime_of(unquote(match[2])) or ""
    if mime.startswith("image/"):
        return match[0]
    return f'<a href="{match[1]}">{match[3]}</a>'
