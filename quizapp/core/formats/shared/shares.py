"""Shares of the points: percent in other formats, decimals here, exact in both directions."""

from decimal import Decimal, InvalidOperation

MAX_DIGITS = 30


def from_percent(text: str) -> str | None:
    """Return "33.33333" as "0.3333333"; None for what is no number."""
    number = _decimal(text)
    return None if number is None else plain(number / 100)


def to_percent(share: str | float | int) -> str:
    """Return "0.3333333" as "33.33333"; the inverse of `from_percent`."""
    number = _decimal(str(share))
    return "0" if number is None else plain(number * 100)


def plain(number: Decimal) -> str:
    """Return a decimal without exponent or zeros at its end, as `fraction` is written."""
    text = format(number.normalize(), "f")
    return "0" if text in ("-0", "0") else text


def _decimal(text: str) -> Decimal | None:
    text = text.strip()
    if not text or len(text) > MAX_DIGITS:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < MAX_DIGITS else None
