"""Decimal numbers: as bank files write them, and as people type them, with units."""

import re
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache

MAX_DIGITS = 100  # longer numbers and larger exponents are not read: nobody types them in earnest
MAX_EXPONENT = 300

_WRITTEN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
# wide enough that sums and products of what is read are never rounded
EXACT_CONTEXT = Context(prec=MAX_DIGITS + 2 * MAX_EXPONENT + 10, rounding=ROUND_HALF_UP)

# What people type or paste, turned into what the patterns below know.
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\u2014\ufe63\uff0d", "-"),
        **dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007", " "),
        **dict.fromkeys("\u2008\u2009\u200a\u202f\u205f\u3000\t\n\r", " "),
        **dict.fromkeys("\u2018\u2019\u02bc\u00b4`\u066c", "'"),
        **dict.fromkeys("\u00d7\u00b7\u22c5\u2217\u2715", "*"),
        "\u066b": ".",
        "\uff05": "%",
    }
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_RAISED = re.compile(r"(?<=10)([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_TYPED = re.compile(
    r"""(?P<before>[^\d.,+-]*?)\s*
        (?P<sign>[+-]?)\s*
        (?P<digits>[.,]?\d(?:[.,]?\d|[ '](?=\d{3}(?!\d)))*[.,]?)
        (?:[eE](?P<e>[+-]?\d{1,4})(?!\d)
          |\s*[*xX]\s*10\s*(?:\^|\*\*)\s*[({]?\s*(?P<times>[+-]?\s?\d{1,4})(?!\d)\s*[)}]?
          |(?<=10)\^\s*[({]?(?P<power>[+-]?\d{1,4})(?!\d)[)}]?)?
        \s*(?P<after>(?![eE][+-]?\d)[^\d\s].*)?""",
    re.VERBOSE | re.DOTALL,
)


def decimal_of(value: object) -> Decimal | None:
    """Return the number that a bank file gives, as a number or as text; None for anything else."""
    if isinstance(value, str):
        return _decimal_of_text(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    if isinstance(value, int) and value.bit_length() > 3 * MAX_DIGITS:
        return None
    return _decimal_of_text(str(value))


@lru_cache(maxsize=4096)
def _decimal_of_text(text: str) -> Decimal | None:
    """Return the number of a text: few are ever written, and each question reads several."""
    text = text.strip()
    if len(text) > MAX_DIGITS or not _WRITTEN.fullmatch(text):
        return None
    return _bounded(text)


def readings(text: str) -> list[tuple[Decimal, str]]:
    """Each way to read a typed number, with what stands beside it as its unit; none if it is none.

    Both decimal marks and the usual marks of thousands are read. One comma before three digits
    may be either, so `1,234` has two readings; a lone point is always the decimal mark.
    """
    if len(text) > 2 * MAX_DIGITS:
        return []
    raised = _RAISED.sub(lambda match: "^" + match.group().translate(_SUPERSCRIPTS), text)
    match = _TYPED.fullmatch(raised.translate(_ALIKE).strip())
    if match is None or (match["before"] and match["after"]):
        return []
    exponent = (match["e"] or match["times"] or "0").replace(" ", "")
    if match["power"]:
        forms, exponent = ["1"] if match["digits"] == "10" else [], match["power"]
    else:
        forms = _plain_forms(match["digits"])
    unit = unit_name(match["before"] or match["after"] or "")
    numbers = [_bounded(f"{match['sign']}{form}e{exponent}") for form in forms]
    return [(number, unit) for number in numbers if number is not None]


def unit_name(text: str) -> str:
    """Return a unit in one spelling: micro signs and white space do not matter, superscripts do."""
    return " ".join(text.translate(_ALIKE).replace("\u00b5", "\u03bc").split())


def same_to_digits(one: Decimal, other: Decimal, digits: int) -> bool:
    """Whether both numbers, rounded half up to so many significant digits, are the same."""
    return _rounded(one, digits) == _rounded(other, digits)


def _rounded(number: Decimal, digits: int) -> Decimal:
    if not number:
        return Decimal(0)
    unit = Decimal(1).scaleb(number.adjusted() - digits + 1)
    return number.quantize(unit, context=EXACT_CONTEXT)


def _bounded(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    bounded = len(number.as_tuple().digits) <= MAX_DIGITS and abs(number.adjusted()) <= MAX_EXPONENT
    return number if bounded or not number else None


def _plain_forms(digits: str) -> list[str]:
    """Return the digits with "." as the only mark, in each way they can be meant."""
    if " " in digits or "'" in digits:
        mark = " " if " " in digits else "'"
        whole, point, part = digits.replace(",", ".").partition(".")
        if not _grouped(whole, mark) or not (part.isdigit() or not part):
            return []
        return [whole.replace(mark, "") + (f".{part}" if point else "")]
    commas, points = digits.count(","), digits.count(".")
    if commas and points:
        return _mixed_form(digits)
    mark = "," if commas else "."
    if commas + points > 1:
        return [digits.replace(mark, "")] if _grouped(digits, mark) else []
    forms = [digits.replace(mark, ".")]
    if commas and _grouped(digits, ","):
        forms.append(digits.replace(",", ""))
    return forms


def _mixed_form(digits: str) -> list[str]:
    """`1,234.5` and `1.234,5`: the later mark is the decimal one."""
    mark = max(",.", key=digits.rfind)
    whole, _, part = digits.partition(mark)
    other = "," if mark == "." else "."
    if not part.isdigit() or not _grouped(whole, other):
        return []
    return [f"{whole.replace(other, '')}.{part}"]


def _grouped(whole: str, mark: str) -> bool:
    first, *groups = whole.split(mark)
    begins = first.isdigit() and len(first) <= 3 and first[0] != "0"
    return begins and all(len(group) == 3 and group.isdigit() for group in groups)
