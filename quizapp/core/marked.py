"""Markdown whose signs are certain to be taken as signs: told, and left out, without parsing it."""

import re

# What stands for itself wherever it stands inside a line.
_TAME = r"\w ,.;:?!'\"()/%+=>{}@^\u00a0-\u00ff\u0100-\uffff-"
_WORD = r"[^\W_]"
# A sign whose inner neighbour is part of a word and whose outer one is not opens or closes
# whatever else there is: CommonMark's rules of left- and right-flanking.
_BEFORE = r"(?:(?<![^ \n(\"'/-]))"
_AFTER = r"(?!(?!\\\n)[^ \n.,;:?!)\"'/-])"
_INSIDE = rf"{_WORD}(?:[{_TAME}]*{_WORD})?"
_SIGNED = "|".join(rf"{_BEFORE}{sign}{_INSIDE}{sign}{_AFTER}" for sign in (r"\*\*", r"\*", "~~"))
_LINK = rf"\[{_INSIDE}\]\(https?://[\w/.:?=%#+,;@-]+\)"
_FORMULA = r"(?<![^ \n(])\$[^\s$*~|\\](?:[^\n$*~|]*[^\s$*~|\\])?\$(?![^ \n.,;:?)])"
_LINE = rf"(?=[^\W\d_]|[*~\[$(\"'])(?:[{_TAME}]++|{_SIGNED}|{_LINK}|{_FORMULA})++"
_SURE = re.compile(rf"{_LINE}(?:(?:\n\n|\\\n){_LINE})*+")


def signs_are_taken(text: str) -> bool:
    """Say whether no `*`, `~` or `$` of a text is left over as a character; False if not sure."""
    return "_" not in text and _SURE.fullmatch(text) is not None


def unmarked(text: str) -> str | None:
    """Return the words of a text that marks some of them and no more; None if not sure."""
    if "[" in text or "$" in text or not signs_are_taken(text):
        return None
    words = text.replace("*", "").replace("~", "").replace("\\\n", " ")
    return " ".join(words.split())
