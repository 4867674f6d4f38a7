"""Texts compared without regard to white space and typographic marks."""

import re

_SIGNS = {
    "‐‑‒–—―−-": "-",  # noqa: RUF001 - typographic marks are meant
    "‘’‚‛‹›′`´'": "'",  # noqa: RUF001
    '“”„‟«»″"': '"',
    "…": "...",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "\u00ad\u200b\u200c\u200d\u2060\ufeff": "",  # soft hyphens and marks without a width
}
_STANDARD = {sign: plain for signs, plain in _SIGNS.items() for sign in signs}
_TYPOGRAPHY = re.compile(r"\s+|[‐‑‒–—―−-]+|[‘’‚‛‹›′`´“”„‟«»″…ﬁﬂ\u00ad\u200b-\u200d\u2060\ufeff]")  # noqa: RUF001


def fold(text: str) -> str:
    """Return the text with each run of white space as one blank, and plain typographic marks."""
    return _TYPOGRAPHY.sub(lambda match: _plain(match.group()), text)


def _plain(sign: str) -> str:
    return " " if sign[0].isspace() else _STANDARD[sign[0]]


def origins(text: str) -> list[int]:
    """Return where in the text each character of `fold(text)` comes from."""
    found: list[int] = []
    at = 0
    for match in _TYPOGRAPHY.finditer(text):
        found += range(at, match.start())
        found += [match.start()] * len(_plain(match.group()))
        at = match.end()
    found += range(at, len(text))
    return found
