"""Numbers and years in a text: what they are worth, and others that are clearly not them."""

import re

_YEAR = re.compile(r"1\d{3}|20\d{2}")
_PLAIN = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_WORDS = {
    word: number
    for number, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
        fifteen sixteen seventeen eighteen nineteen twenty""".split()  # noqa: SIM905
    )
}


def year(text: str) -> int | None:
    """Return the year that a text is, 1000 to 2099; None if it is something else."""
    return int(text) if _YEAR.fullmatch(text) else None


def number(text: str) -> float | None:
    """Return the number that a text is, in digits or, up to twenty, in a word."""
    lowered = text.lower()
    if lowered in _WORDS:
        return float(_WORDS[lowered])
    return float(text.replace(",", "")) if _PLAIN.fullmatch(text) else None


def another(text: str) -> str | None:
    """Return a number, written as the given one, that nobody would call nearly the same."""
    lowered = text.lower()
    if lowered in _WORDS:
        value = _WORDS[lowered]
        if value < 2:
            return None
        words = list(_WORDS)
        other = words[value * 2 if value <= 5 else value // 2]
        return other.capitalize() if text[:1].isupper() else other
    value_of = number(text)
    if value_of is None or value_of < 2:
        return None
    if "." in text:
        decimals = len(text.partition(".")[2])
        return f"{value_of * 2:,.{decimals}f}"
    doubled = round(value_of * 2) if value_of % 2 else round(value_of / 2)
    if doubled == value_of:
        return None
    return f"{doubled:,}" if "," in text or doubled >= 10_000 else str(doubled)
