"""The letters of a web page, by what it says of its encoding and else by a guess."""

import codecs
import re
from typing import Final

from quizapp.core.formats.shared.decoding import decode

_HEAD = 4096  # bytes in which a page names its encoding
_DECLARED = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([\w.:-]{2,30})", re.IGNORECASE
)
_OF_TYPE = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,30})", re.IGNORECASE)
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_AS_BROWSERS: Final = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
_KNOWN: Final = frozenset(
    """utf-8 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874 iso8859-2
    iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso8859-10 iso8859-13
    iso8859-14 iso8859-15 iso8859-16 koi8-r koi8-u gb18030 big5 big5hkscs shift_jis cp932 euc_jp
    iso2022_jp euc_kr cp949 tis-620 mac-roman""".split()  # noqa: SIM905 - others would be a way in for mischief
)


def page_text(data: bytes, mime: str = "") -> str:
    """Return the text of a page; FormatError where it is not text.

    A byte order mark counts first, then what the server's type says, then what the page says.
    """
    if not data.startswith(_MARKS):
        found = _DECLARED.search(data[:_HEAD])
        named = _OF_TYPE.search(mime)
        for name in (named[1] if named else "", found[1].decode("latin-1") if found else ""):
            if (encoding := _known(name)) and (text := _decoded(data, encoding)) is not None:
                return text
    return decode(data).text


def _known(name: str) -> str:
    try:
        encoding = codecs.lookup(name).name if name else ""
    except LookupError:
        return ""
    encoding = _AS_BROWSERS.get(encoding, encoding)
    return encoding if encoding in _KNOWN else ""


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeError:
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")
