"""The pictures and sounds that converted texts show, gathered under names of their own."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from urllib.parse import unquote

from quizapp.core.formats.model import FormatError, Item, MediaIn, Warned
from quizapp.core.formats.shared.media import MAX_MEDIA, is_genuine, mime_of

Read = Callable[[str], bytes | None]

_DATA = re.compile(r"data:image/(png|jpeg|gif|webp);base64,([A-Za-z0-9+/=\s]+)")
_UNSAFE = re.compile(r"[/\\\x00-\x1f\x7f]+")


class FoundMedia:
    """Gives each file that an address stands for a name in the bank, the same file the same name.

    `read` returns the bytes at an address as texts write it (percent signs undone), None for none.
    `drain` yields what was found since the last time; drained often, little is in memory.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._names: dict[str, str | None] = {}  # by address
        self._digests: dict[str, str] = {}  # by name
        self._fresh: list[Item] = []

    def find(self, address: str) -> str | None:
        """Return the name of the file at an address; None where there is none that may be kept."""
        if address not in self._names:
            self._names[address] = self._found(address)
        return self._names[address]

    def drain(self) -> Iterator[Item]:
        """Yield the files found, and warnings on those that banks may not hold."""
        fresh, self._fresh = self._fresh, []
        yield from fresh

    def _found(self, address: str) -> str | None:
        if address.startswith("data:"):
            return self._embedded(address)
        plain = unquote(address.partition("?")[0].partition("#")[0])
        name = _UNSAFE.sub("-", plain.rpartition("/")[2]).strip(". ")[-120:]
        try:
            data = self._read(plain)
        except FormatError as error:
            self._fresh.append(Warned(None, name, None, plain, error.message))
            return None
        return None if data is None else self._kept(name, data, plain)

    def _embedded(self, address: str) -> str | None:
        match = _DATA.match(address) if len(address) < 2 * MAX_MEDIA else None
        if match is None:
            return None
        try:
            data = base64.b64decode(match[2])
        except binascii.Error:
            return None
        suffix = match[1].replace("jpeg", "jpg")
        return self._kept(f"picture-{sha256(data).hexdigest()[:8]}.{suffix}", data, None)

    def _kept(self, name: str, data: bytes, path: str | None) -> str | None:
        mime = mime_of(name)
        if mime is None or len(data) > MAX_MEDIA or not is_genuine(mime, data):
            words = "Banks hold no files of this kind or size; left out."
            self._fresh.append(Warned(None, name, None, path, words))
            return None
        digest = sha256(data).hexdigest()
        stem, _, suffix = name.rpartition(".")
        number = 1
        while self._digests.get(name, digest) != digest:  # another file of the same name
            number += 1
            name = f"{stem}-{number}.{suffix}"
        if name not in self._digests:
            self._digests[name] = digest
            self._fresh.append(MediaIn(name, mime, data))
        return name
