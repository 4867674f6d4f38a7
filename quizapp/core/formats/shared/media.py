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
_NAME = re.compile(r"[^/\\\x00-\x1f\x7f]{1,200}")


def mime_of(name: str) -> str | None:
    """Return the kind of a media file by its name; None where banks may not hold it."""
    suffix = name.rpartition(".")[2].lower()
    return MIME.get(suffix) if _NAME.fullmatch(name) and not name.startswith(".") else None


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
    return 0
