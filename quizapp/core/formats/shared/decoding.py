"""Text files of unknown encoding, read with a stated guess that whoever brings them can correct."""

import codecs
import re
from dataclasses import dataclass, field

from quizapp.core.formats.contract import Option
from quizapp.core.formats.model import FormatError, Guessed, Item, Warned
from quizapp.core.formats.shared.source import Source

ENCODING = Option(
    "encoding",
    "Encoding",
    (
        ("utf-8", "Unicode (UTF-8)"),
        ("utf-16", "Unicode (UTF-16)"),
        ("cp1252", "Western European (Windows-1252)"),
        ("cp1250", "Central European (Windows-1250)"),
        ("cp1251", "Cyrillic (Windows-1251)"),
        ("koi8-r", "Cyrillic (KOI8-R)"),
        ("cp1253", "Greek (Windows-1253)"),
        ("cp1254", "Turkish (Windows-1254)"),
        ("cp1255", "Hebrew (Windows-1255)"),
        ("cp1256", "Arabic (Windows-1256)"),
        ("gb18030", "Chinese (GB 18030)"),
        ("big5", "Chinese (Big5)"),
        ("shift_jis", "Japanese (Shift JIS)"),
        ("euc_kr", "Korean (EUC-KR)"),
    ),
)
FALLBACK = "cp1252"
UNSURE = (
    "The file does not say its encoding; it was read as Western European (Windows-1252). "
    "If letters look wrong, choose another encoding."
)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_SAMPLE = 64 * 1024
_MOST_CONTROLS = 0.02  # of the characters of a text


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text with LF line ends and without a byte order mark, and what is to be told of it."""

    text: str
    told: list[Item] = field(default_factory=list)


def decoded(source: Source) -> Decoded:
    """Return the text of a single file; FormatError where it is no text at all.

    The option "encoding" counts if it is set, then a byte order mark, then strict UTF-8; what is
    none of these is read as Windows-1252, with a guess and a warning.
    """
    if not source.is_single:
        raise FormatError("This is a package or folder, not a text file.")
    return decode(source.data(), source.options.get(ENCODING.name, ""))


def decode(data: bytes, chosen: str = "") -> Decoded:
    """Return bytes as text, by the same rules."""
    name, told = _named(data, chosen)
    try:
        text = data.decode(name, "replace" if told else "strict")
    except (UnicodeError, LookupError) as error:
        raise FormatError("The file is not text in this encoding; choose another one.") from error
    sample = text[:_SAMPLE]
    if len(_CONTROL.findall(sample)) > 2 + len(sample) * _MOST_CONTROLS:
        raise FormatError("This is not a text file.")
    if "\r" in text:  # a file may be large: each step makes no more than one copy of it
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Decoded(text.removeprefix("\ufeff"), told)


def _named(data: bytes, chosen: str) -> tuple[str, list[Item]]:
    if chosen:
        known = {value for value, _ in ENCODING.choices}
        if chosen not in known:
            raise FormatError(f"There is no encoding {chosen[:40]!r} here.")
        return ("utf-8-sig" if chosen == "utf-8" else chosen), []
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name, []
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        if data[1:200:2].count(0) > 50:  # UTF-16 of Latin letters, without its mark
            return "utf-16-le", []
        return FALLBACK, [Guessed(ENCODING.name, FALLBACK), Warned(None, "", None, None, UNSURE)]
    return "utf-8", []
