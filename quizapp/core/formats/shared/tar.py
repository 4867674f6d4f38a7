"""Tar archives, packed or not, read once from end to end into memory, under Source's limits."""

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from quizapp.core.formats.model import FormatError
from quizapp.core.formats.shared.source import LIMITS, MIB, Limits, Source

DAMAGED = "The tar archive is damaged and cannot be read."
TOO_MUCH = "The tar archive unpacks to far more than it is packed; that is not safe."
_GZIP, _XZ, _BZIP, _USTAR = b"\x1f\x8b", b"\xfd7zXZ\x00", b"BZh", b"ustar"
_HEADERS = MIB  # what may stand between the data of two members
_XZ_MEMORY = 128 * MIB
_CHUNK = 64 * 1024
_UNREADABLE = (
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    OverflowError,
    ValueError,
    MemoryError,
)


def is_tar(head: bytes) -> bool:
    """Say whether a file may be a tar archive, or one packed, by its first bytes."""
    return head.startswith((_GZIP, _XZ, _BZIP)) or head[257:262] == _USTAR


class TarSource(Source):
    """The members of a tar archive that are `wanted`; the others are passed over.

    FormatError where the archive is damaged, too big, or holds links, devices or unsafe names.
    """

    def __init__(
        self, source: Source, wanted: Callable[[str], bool], limits: Limits = LIMITS
    ) -> None:
        super().__init__(source.filename, None, limits=limits, options=source.options)
        most = max(limits.ratio * max(source.size, 1), MIB)
        head = source.head()  # before the stream, which begins where the file was left
        stream = _Counted(_unpacked(source.stream(), head), min(limits.total, most))
        try:
            self._data: Mapping[str, bytes] = _inside(stream, wanted, limits)
        except FormatError:
            raise
        except _UNREADABLE as error:
            raise FormatError(DAMAGED) from error

    def names(self) -> list[str]:
        return sorted(self._data)

    def pieces(self, name: str, limit: int | None = None) -> Iterator[bytes]:
        data = self._data.get(name)
        if data is None:
            raise FormatError(f"There is no {name} inside.")
        if limit is not None and len(data) > limit:
            raise FormatError(f"{name} is larger than {limit} bytes.")
        yield data


class _Counted(io.RawIOBase):
    """Passes a stream on, up to a total and up to what is allowed before the next `allow`."""

    def __init__(self, stream: Any, total: int) -> None:
        self._stream, self._total = stream, total
        self._left = _HEADERS

    def allow(self, size: int) -> None:
        self._left = size + _HEADERS

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._stream.read(_CHUNK if size < 0 else size)
        self._total -= len(data)
        self._left -= len(data)
        if self._total < 0 or self._left < 0:
            raise FormatError(TOO_MUCH)
        return data


class _Unxz:
    """Unpacks xz bit by bit, with a limit on the memory that the archive may ask for."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._unpack = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)

    def read(self, size: int) -> bytes:
        while not self._unpack.eof:
            packed = self._file.read(_CHUNK) if self._unpack.needs_input else b""
            if self._unpack.needs_input and not packed:
                raise EOFError
            if data := self._unpack.decompress(packed, size):
                return data
        return b""


def _unpacked(file: BinaryIO, head: bytes) -> Any:
    if head.startswith(_GZIP):
        return gzip.GzipFile(fileobj=file)
    if head.startswith(_XZ):
        return _Unxz(file)
    return bz2.BZ2File(file) if head.startswith(_BZIP) else file


def _inside(stream: _Counted, wanted: Callable[[str], bool], limits: Limits) -> Mapping[str, bytes]:
    found: dict[str, bytes] = {}
    count = 0
    with tarfile.open(fileobj=stream, mode="r|", errorlevel=2) as archive:
        for member in archive:
            count += 1
            if count > limits.members:
                raise FormatError(f"The tar archive has more than {limits.members} members.")
            name = _checked_name(member)
            stream.allow(member.size)
            if not member.isfile() or name.rpartition("/")[2].startswith("._"):
                continue
            if name in found:
                raise FormatError(f"The tar archive holds {name} twice.")
            file = archive.extractfile(member)
            keeps = wanted(name) and member.size <= limits.member
            data = _read(file, keeps) if file else b""
            if keeps:
                found[name] = data
            stream.allow(0)
    return _without_common_folder(found)


def _read(file: Any, keeps: bool) -> bytes:
    parts = []
    while piece := file.read(_CHUNK):
        if keeps:
            parts.append(piece)
    return b"".join(parts)


def _checked_name(member: tarfile.TarInfo) -> str:
    """Return the path of a member; FormatError where it or its kind is not safe."""
    name = member.name.replace("\\", "/")
    path = PurePosixPath(name)
    if member.issym() or member.islnk():
        raise FormatError(f"The tar archive holds a link ({name[:100]}), which is not allowed.")
    if member.issparse() or not (member.isfile() or member.isdir()):
        raise FormatError(f"The tar archive holds what is no plain file ({name[:100]}).")
    odd = any(ord(letter) < 32 or letter == "\x7f" for letter in name)
    if path.is_absolute() or ".." in path.parts or ":" in name.partition("/")[0] or odd:
        raise FormatError(f"The tar archive holds an unsafe name: {name[:100]!r}.")
    return path.as_posix()


def _without_common_folder(members: dict[str, bytes]) -> dict[str, bytes]:
    tops = {name.partition("/")[0] if "/" in name else "" for name in members}
    if len(tops) != 1 or "" in tops:
        return members
    return {name.partition("/")[2]: data for name, data in members.items()}
