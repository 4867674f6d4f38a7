"""The wire format of protocol buffers, as far as Anki's packages need it: fields by number."""

from collections.abc import Iterator

from quizapp.core.formats.model import FormatError

MAX_BITS = 64
VARINT, EIGHT_BYTES, BYTES, FOUR_BYTES = 0, 1, 2, 5

Value = int | bytes


def fields(message: bytes) -> Iterator[tuple[int, Value]]:
    """Yield (number, value) of each field: whole numbers, or bytes for text and messages.

    FormatError where the bytes are no message.
    """
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, kind = tag >> 3, tag & 7
        if kind == VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        size, at = _size(message, at, kind)
        if at + size > len(message):
            raise _damaged()
        yield number, message[at : at + size]
        at += size


def texts(message: bytes) -> dict[int, str]:
    """Return the texts of a message by field number, the last one where a field is repeated."""
    found = fields(message)
    return {n: value.decode("utf-8", "replace") for n, value in found if isinstance(value, bytes)}


def numbers(message: bytes) -> dict[int, int]:
    """Return the whole numbers of a message by field number."""
    return {number: value for number, value in fields(message) if isinstance(value, int)}


def _size(message: bytes, at: int, kind: int) -> tuple[int, int]:
    """Return how many bytes a field has, and where they begin."""
    if kind == BYTES:
        return _varint(message, at)
    if kind in (EIGHT_BYTES, FOUR_BYTES):
        return (8 if kind == EIGHT_BYTES else 4), at
    raise _damaged()


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, MAX_BITS, 7):
        if at >= len(message):
            break
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise _damaged()


def _damaged() -> FormatError:
    return FormatError("A part of the package is damaged and cannot be read.")
