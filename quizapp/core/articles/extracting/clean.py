"""A block's text on one line, without the signs of print and the web that are no part of it."""

import re
import unicodedata

_UNSEEN = re.compile(  # controls, soft hyphens, joiners and marks of no width, lone surrogates
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u2069\ufeff\ufffe\uffff\ufff9-\ufffc\ud800-\udfff]"
)
_LIGATURES = str.maketrans(
    {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
)
_SPACE = re.compile(r"\s+")
_NUMBERS = r"\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*"  # noqa: RUF001 - the dash is meant
_CITATION = re.compile(  # [1], [2, 3], [4-6], .[a], [note 2], [citation needed], [edit]
    rf"(?<=[.,;:!?)\]”\"])\[[a-z]\](?!\w)"
    rf"|\s?\[(?:{_NUMBERS}|(?:note|n|fn)\.?\s?\d{{1,3}}|citation needed|clarification needed"
    r"|edit|when\?|who\?|by whom\?|better source needed)\](?!\w)",
    re.IGNORECASE,
)
_RAISED = re.compile(r"(?<=[^\W\d_]{4})([.,;:!?\"”’)]*)[¹²³⁴-⁹⁰]+(?![\w⁻])")  # noqa: RUF001
_THING = (
    r"(?:fig(?:ure|s|ures)?|tables?|tab|box(?:es)?|plates?|charts?|maps?|photos?|images?|boxes"
    r"|abb(?:ildung(?:en)?)?|tabellen?|figuras?|figura|tableaux?|tabla|tabelle|afbeelding)"
)
_WHICH = r"[A-Z]?\d{1,3}(?:[.-]\d{1,3})?\s?[a-zA-Z]?(?:\s?[,;–-]\s?[a-zA-Z])?"  # noqa: RUF001
_ONE = rf"(?:{_THING}\.?\s)?{_WHICH}"
_FIGURE = re.compile(  # (Figure 3), (see Fig. 2.1a and Table 4), (Figures 3 and 4, left)
    rf"\s?[(\[](?:(?:see|see also|cf\.?|as in|as shown in|shown in|siehe|vgl\.?|voir|véase)\s)?"
    rf"{_THING}\.?\s{_WHICH}(?:(?:,\s|;\s|\sand\s|\sto\s|\sund\s|\set\s|\sy\s){_ONE}){{0,5}}"
    r"(?:,\s(?:left|right|top|bottom|above|below))?[)\]]",
    re.IGNORECASE,
)
_BEFORE_MARK = re.compile(r"(?<=\w) +(?=[,;.](?:\s|$))")
_HASHES = re.compile(r"^(?:#{1,6}\s+)+")


def cleaned(text: str) -> str:
    """Return the text in NFC on one line, without citation marks and references to figures."""
    text = _UNSEEN.sub("", text).translate(_LIGATURES)
    text = _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()
    # a mark may be left by another one's end: until nothing changes, so that once more is the same
    while (shorter := _without_marks(text)) != text:
        text = shorter
    return text


def _without_marks(text: str) -> str:
    if "[" in text or "(" in text:
        text = _FIGURE.sub("", _CITATION.sub("", text))
        text = _BEFORE_MARK.sub("", text)
    return _SPACE.sub(" ", _HASHES.sub("", _RAISED.sub(r"\1", text))).strip()
