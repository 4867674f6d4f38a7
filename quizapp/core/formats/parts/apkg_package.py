"""Anki's packages: which collection inside counts, unpacked, and which files its notes show."""

import contextlib
import json
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import zstandard

from quizapp.core.formats.model import FormatError
from quizapp.core.formats.parts import apkg_protobuf
from quizapp.core.formats.shared.found_media import FoundMedia
from quizapp.core.formats.shared.media import MAX_MEDIA
from quizapp.core.formats.shared.source import MIB, Source

# The newest first: newer packages hold an older collection too, whose one note asks to update.
COLLECTIONS = ("collection.anki21b", "collection.anki21", "collection.anki2")
PACKED = COLLECTIONS[0]
MAX_COLLECTION = 512 * MIB
MAX_MAP = 16 * MIB
MAX_NAMES = 200_000
NEWEST = 3  # version of the package's form
_WINDOW = 32 * MIB
_CHUNK = 256 * 1024
_NAME, _LEGACY_NAME = 1, 255


def collection_in(names: Sequence[str]) -> str | None:
    """Return the member of a package that holds its collection; None where none does."""
    return next((name for name in COLLECTIONS if name in names), None)


@contextlib.contextmanager
def unpacked(source: Source) -> Iterator[Path]:
    """Give the collection as a file of its own that nobody else can read, for as long as needed."""
    with tempfile.TemporaryDirectory(prefix="quizapp-") as folder:
        path = Path(folder, "collection")
        with path.open("wb") as file:
            if source.is_single:
                _copy(source.stream(), file)
            else:
                _unpack(source, folder, file)
        yield path


def _unpack(source: Source, folder: str, file: BinaryIO) -> None:
    name = collection_in(source.names())
    if name is None:
        raise FormatError("There is no Anki collection inside.")
    if name != PACKED:
        for piece in source.pieces(name):
            file.write(piece)
        return
    if _version(source) > NEWEST:
        message = "It was made by a newer Anki; export it again with “Support older Anki versions”."
        raise FormatError(message)
    with Path(folder, "packed").open("w+b") as packed:
        for piece in source.pieces(name):
            packed.write(piece)
        packed.seek(0)
        for piece in _decompressed(packed, MAX_COLLECTION, name):
            file.write(piece)


def _version(source: Source) -> int:
    if "meta" not in source.names():
        return NEWEST
    return apkg_protobuf.numbers(source.read("meta", MIB)).get(1, NEWEST)


def _copy(stream: BinaryIO, file: BinaryIO) -> None:
    while piece := stream.read(_CHUNK):
        file.write(piece)


def _decompressed(packed: BinaryIO, limit: int, name: str) -> Iterator[bytes]:
    """Yield what zstd has packed; its frames need not say their size, so it is counted."""
    size = 0
    unpacking = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    try:
        with unpacking.stream_reader(packed, closefd=False, read_across_frames=True) as reader:
            while piece := reader.read(_CHUNK):
                size += len(piece)
                if size > limit:
                    raise FormatError(f"{name} is larger than {limit // MIB} MiB.")
                yield piece
    except zstandard.ZstdError as error:
        raise FormatError(f"{name} is damaged and cannot be read.") from error


class PackageMedia:
    """The files of a package by the names that notes use, and what of them was shown.

    faults: plain words on a list of files that could not be read.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._is_packed = collection_in(source.names()) == PACKED
        self.faults: list[str] = []
        self._members = self._listed()
        self._used: set[str] = set()
        self._found = FoundMedia(self._read)
        self.drain = self._found.drain

    def find(self, address: str) -> str | None:
        """Return the name in the bank of the file that a note's address stands for."""
        name = unicodedata.normalize("NFC", address)
        # Anki writes names as they are; a percent sign or # in one is no sign of an address
        return self._found.find(quote(name) if name in self._members else address)

    def names(self) -> list[str]:
        """Return the names of all files that the package lists."""
        return sorted(self._members)

    def unused(self) -> int:
        """Return how many files are there that nothing showed."""
        return len(set(self._members) - self._used)

    def _read(self, name: str) -> bytes | None:
        name = unicodedata.normalize("NFC", name)
        member = self._members.get(name)
        if member is None or member not in self._source.names():
            return None
        self._used.add(name)
        data = self._source.read(member)
        return self._unzipped(data, name) if self._is_packed else data

    def _unzipped(self, data: bytes, name: str) -> bytes:
        with tempfile.SpooledTemporaryFile(max_size=MAX_MEDIA) as packed:
            packed.write(data)
            packed.seek(0)
            pieces = _decompressed(packed, MAX_MEDIA, name)  # type: ignore[arg-type]
            return b"".join(pieces)

    def _listed(self) -> dict[str, str]:
        """Return the members of the package by the name of the file that each is."""
        if "media" not in self._source.names():
            return {}
        try:
            pairs = self._new_list() if self._is_packed else self._old_list()
        except (FormatError, ValueError, RecursionError):
            self.faults.append("Its list of pictures and sounds cannot be read; they are left out.")
            return {}
        members: dict[str, str] = {}
        for member, name in pairs[:MAX_NAMES]:
            members.setdefault(unicodedata.normalize("NFC", name), member)
        return members

    def _old_list(self) -> list[tuple[str, str]]:
        listed = json.loads(self._source.read("media", MAX_MAP))
        if not isinstance(listed, dict):
            raise ValueError(listed)
        return [(member, name) for member, name in listed.items() if isinstance(name, str)]

    def _new_list(self) -> list[tuple[str, str]]:
        with tempfile.SpooledTemporaryFile(max_size=MAX_MAP) as packed:
            packed.write(self._source.read("media", MAX_MAP))
            packed.seek(0)
            data = b"".join(_decompressed(packed, MAX_MAP, "media"))  # type: ignore[arg-type]
        pairs = []
        for place, (number, entry) in enumerate(apkg_protobuf.fields(data)):
            if number == 1 and isinstance(entry, bytes):
                name = apkg_protobuf.texts(entry).get(_NAME, "")
                member = apkg_protobuf.numbers(entry).get(_LEGACY_NAME, place)
                pairs.append((str(member), name))
        return pairs
