"""One question element of Moodle XML: its entries, its texts as Markdown, its files."""

import base64
import binascii
import re
from hashlib import sha256
from html import escape, unescape
from typing import Any
from urllib.parse import quote, unquote

from quizapp.core.formats.shared import html, moodle_text, plain, shares, xml
from quizapp.core.formats.shared.found_media import FoundMedia
from quizapp.core.formats.shared.kept import MAX_RAW
from quizapp.core.formats.shared.media import MAX_MEDIA, mime_of
from quizapp.core.formats.shared.moodle_cloze_question import Unsupported

Element = Any

PLUGIN_FILE = "@@PLUGINFILE@@/"
FILES_CUT = "The files inside its source were too large to keep there."
_LOSSY_WORDS = {
    html.PICTURE_LEFT_OUT: "pictures",
    html.EMBEDDED_LOST: "embedded",
    html.FORMULA_AS_TEXT: "formulas",
}
_LINK = re.compile(
    r"<a\s[^<>]{0,1000}?href\s?=\s?[\"'](@@PLUGINFILE@@/[^\"'<>]{1,500})[\"'][^<>]{0,1000}>"
    r"((?:(?!</a).){0,500})</a>",
    re.IGNORECASE | re.DOTALL,
)
_MARKDOWN_FILE = re.compile(r"\]\((@@PLUGINFILE@@/[^()\s]{1,500})")
_USUAL = {"100": "1", "0": "0"}
_UNSAFE = re.compile(r"[ ()<>\\%\"']")
_MANY_LINES = re.compile(r"\n[ \t]*\n\s*")
_LINE_ENDS = re.compile(r"\r\n?")


class Media:
    """The files of a whole import; each text finds its own by the content behind an address."""

    def __init__(self) -> None:
        self._data: dict[str, bytes] = {}
        self.found = FoundMedia(lambda address: self._data.get(address.split("/")[1]))

    def name_of(self, name: str, data: bytes) -> str | None:
        """Return the name in the bank of a file, None where banks may not hold it."""
        digest = sha256(data).hexdigest()
        self._data = {digest: data}
        kept = self.found.find(f"file/{digest}/{quote(name)}")
        self._data = {}
        return kept


class Block:
    """A question element; what is read of it otherwise than it stands is noted on the way.

    told: plain words for the report. lossy: names of entries that could not be kept.
    """

    def __init__(self, element: Element, media: Media) -> None:
        self.element = element
        self.told: list[str] = []
        self.lossy: list[str] = []
        self._media = media
        self._used: set[Element] = set()
        self._parts: dict[str, list[Element]] = {}
        for child in element:
            if isinstance(child.tag, str):
                self._parts.setdefault(child.tag, []).append(child)
        stem = self.one("questiontext")
        self.format = (stem.get("format") if stem is not None else None) or "html"

    def all(self, name: str) -> list[Element]:
        """Return the child elements of that name."""
        return self._parts.get(name, [])

    def one(self, name: str) -> Element | None:
        """Return the first child of that name."""
        found = self._parts.get(name)
        return found[0] if found else None

    def value(self, name: str, default: str = "") -> str:
        """Return the text of a plain entry, without white space around it."""
        element = self.one(name)
        return default if element is None else own_text(element).strip()

    def is_true(self, name: str, default: bool) -> bool:
        """Return a switch as Moodle reads it: anything but false, 0 and nothing is true."""
        element = self.one(name)
        return default if element is None else own_text(element).strip() not in ("false", "0", "")

    def lose(self, name: str, words: str) -> None:
        """Note that an entry with a meaning could not be kept."""
        self.lossy.append(name)
        self.told.append(words)

    def text(self, element: Element | None) -> str:
        """Return a text in any of Moodle's formats as Markdown; "" for none."""
        if element is None:
            return ""
        written = own_text(element)
        if not written or written.isspace():
            return ""
        return self.markdown(written, element)

    def markdown(self, written: str, element: Element) -> str:
        """Return what is written in the format of a text's element as Markdown."""
        kind = element.get("format") or self.format
        if kind == "plain_text":
            return plain.to_markdown(_LINE_ENDS.sub("\n", written))
        if kind == "markdown":
            return self._own_markdown(written, element)
        if "@@PLUGINFILE@@" in written:
            written = _LINK.sub(_shown, written)
        if kind == "moodle_auto_format":
            converted = moodle_text.to_markdown(
                with_few_lines(written), "moodle", lambda address: self._find(address, element)
            )
        else:
            converted = html.to_markdown(written, lambda address: self._find(address, element))
        if converted.told:
            self.note(converted.told)
        return converted.text

    def note(self, told: list[str]) -> None:
        """Take what a conversion told; lost pictures and the like count as lossy."""
        self.told += told
        self.lossy += [_LOSSY_WORDS[words] for words in told if words in _LOSSY_WORDS]

    def _own_markdown(self, written: str, element: Element) -> str:
        def shown(match: re.Match[str]) -> str:
            name = self._find(match[1], element)
            return f"](media/{_UNSAFE.sub(_as_percent, name)}" if name else match[0]

        return _MARKDOWN_FILE.sub(shown, _LINE_ENDS.sub("\n", written).strip())

    def _find(self, address: str, element: Element) -> str | None:
        if address.startswith("data:"):
            return self._media.found.find(address)
        if not address.startswith(PLUGIN_FILE):
            return None
        wanted = unquote(address[len(PLUGIN_FILE) :].partition("?")[0]).strip("/")
        file = _file(element.iterchildren("file"), wanted)
        if file is None:  # careless writers put a file beside another text
            file = _file(self.element.iter("file"), wanted)
        return self._kept(file) if file is not None else None

    def _kept(self, file: Element) -> str | None:
        self._used.add(file)
        data = decoded(file.text or "")
        name = (file.get("name") or "").rpartition("/")[2]
        return self._media.name_of(name, data) if data and name else None

    def old_picture(self) -> str:
        """Return the Markdown of the picture of a question of Moodle 1.9, "" for none."""
        data, address = decoded(self.value("image_base64")), self.value("image")
        if not address:
            return ""
        name = self._media.name_of(address.rpartition("/")[2], data) if data else None
        if name is None:
            self.note([html.PICTURE_LEFT_OUT])
            return ""
        self.told.append(html.PICTURE_UNNAMED)
        return html.picture(name, name.rpartition(".")[0] or name)

    def unused_files(self) -> None:
        """Note the files that no text has shown."""
        for file in self.element.iter("file"):
            if file not in self._used:
                words = f"The file {(file.get('name') or '')[:100]} is not shown and was left out."
                self.lose("file", words)

    def raw(self) -> str:
        """Return the element as it stands; files inside are emptied where it would be too long."""
        text = xml.source_of(self.element)
        if len(text) <= MAX_RAW:
            return text
        for file in self.element.iter("file"):
            file.text = None
        self.told.append(FILES_CUT)
        return xml.source_of(self.element)

    def fraction(self, element: Element) -> str:
        """Return what an answer is worth; Unsupported beyond the whole."""
        written = (element.get("fraction") or "0").strip()
        if written in _USUAL:
            return _USUAL[written]
        share = shares.from_percent(written)
        if share is None:
            self.told.append(f"“{written[:30]}” is no share of the points; it counts as 0.")
            return "0"
        if not -1 <= float(share) <= 1:
            raise Unsupported(f"An answer is worth {written[:30]} percent, which is out of range.")
        return share

    def typed(self, element: Element) -> str:
        """Return what learners have to type: mere text, entities of HTML undone."""
        text = own_text(element).strip()
        kind = element.get("format") or ""
        return unescape(text) if "&" in text and kind != "plain_text" else text


def own_text(element: Element) -> str:
    """Return the text of `<x><text>here</text></x>`, or of `<x>here</x>` in old files."""
    for child in element:
        if child.tag == "text":
            # a text may hold elements where its HTML was not marked as text
            return xml.inner(child) if len(child) else child.text or ""
    return element.text or ""


def with_few_lines(text: str) -> str:
    """Return a text whose line ends count, without runs of empty lines."""
    return _MANY_LINES.sub("\n\n", _LINE_ENDS.sub("\n", text))


def decoded(text: str) -> bytes:
    """Return the bytes of a file written as base64; none where it is broken or too big."""
    if len(text) > 2 * MAX_MEDIA:
        return b""
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return b""


def _as_percent(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"


def _file(files: Any, wanted: str) -> Element | None:
    """Return the file of that path, or else the first of that name."""
    first = None
    for file in files:
        name = file.get("name") or ""
        if f"{file.get('path') or ''}/{name}".strip("/").replace("//", "/") == wanted:
            return file
        if first is None and name and name == wanted.rpartition("/")[2]:
            first = file
    return first


def _shown(match: re.Match[str]) -> str:
    """Return a link to a file as what shows or plays it, as Moodle's filters do."""
    address, words = match[1], match[2]
    name = unquote(address.partition("?")[0]).rpartition("/")[2]
    mime = mime_of(name)
    if mime is None or "<img" in words.lower():
        return match[0]
    if mime.startswith("image/") or "<" in words or not words.strip():
        alt = escape(name.rpartition(".")[0] or name)
        return f'{words} <img src="{escape(address)}" alt="{alt}">'
    return f'<img src="{escape(address)}" alt="{escape(unescape(words.strip()))}">'
