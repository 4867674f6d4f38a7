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
    """Say whether the bytes begin as files of this kind do; kinds without a sign always do."""
    begins = _BEGINS.get(mime)
    return bool(data) and (begins is None or begins.match(data) is not None)
