"""Which media files banks may hold, known by their names and checked by their first bytes."""

import re

MIME = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "svg": "image/svg+xml",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "wav": "audio/wav",
    "m4a": "audio/mp4",
    "mp4": "video/mp4",
    "webm": "video/webm",
}
MAX_MEDIA = 16 * 1024 * 1024
MAX_PIXELS = 40_000_000
_BEGINS = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
}
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length behind them
_NAME = re.compile(r"[^/\\\x00-\x1f\x7f]{1,200}")


def mime_of(name: str) -> str | None:
    """Return the kind of a media file by its name; None where banks may not hold it."""
    suffix = name.rpartition(".")[2].lower()
    return MIME.get(suffix) if _NAME.fullmatch(name) and not name.startswith(".") else None


def picture_mime(data: bytes) -> str | None:
    """Return what kind of picture the bytes are, whatever their name; None of any other file.

    SVG is none of them: it can hold scripts.
    """
    return next((mime for mime, begins in _BEGINS.items() if begins.match(data)), None)


def is_genuine(mime: str, data: bytes) -> bool:
    """Say whether the bytes begin as files of this kind do; kinds without a sign always do.

    Also False for what would burden a browser out of all proportion: pictures of more than
    MAX_PIXELS, and SVG with a document type, whose entities can grow without end.
    """
    begins = _BEGINS.get(mime)
    if not data or (begins is not None and begins.match(data) is None):
        return False
    if mime == "image/svg+xml":
        return b"<!doctype" not in data.lower() and b"<!entity" not in data.lower()
    return _pixels(mime, data) <= MAX_PIXELS


def _pixels(mime: str, data: bytes) -> int:
    """Return width times height as the header has them; 0 of kinds that we do not measure."""
    if mime == "image/png":
        return int.from_bytes(data[16:20]) * int.from_bytes(data[20:24])
    if mime == "image/gif":
        return int.from_bytes(data[6:8], "little") * int.from_bytes(data[8:10], "little")
    if mime == "image/jpeg":
        return _jpeg_pixels(data)
    if mime == "image/webp":
        return _webp_pixels(data)
    return 0


def _jpeg_pixels(data: bytes) -> int:
    """Return what the first frame header claims; 0 where none stands before the picture."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _JPEG_FRAMES:
            return int.from_bytes(data[at + 5 : at + 7]) * int.from_bytes(data[at + 7 : at + 9])
        if marker == 0xFF:  # padding
            at += 1
        elif marker in _JPEG_ALONE:
            at += 2
        else:
            at += 2 + max(int.from_bytes(data[at + 2 : at + 4]), 2)
    return 0


def _webp_pixels(data: bytes) -> int:
    """Return the size of a lossy, lossless or extended file; 0 of another chunk."""
    kind = data[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(data[n : n + 3], "little") + 1 for n in (24, 27))
    elif kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (int.from_bytes(data[n : n + 2], "little") & 0x3FFF for n in (26, 28))
    else:
        return 0
    return width * height
