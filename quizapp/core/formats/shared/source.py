"""A file, zip or folder that somebody brings, opened so that it can do no harm.

Every limit is counted on the bytes that come out, whatever a header says. A file stays where it is:
what is not asked for is never in memory.
"""

import hashlib
import io
import os
import stat
import weakref
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from struct import error as StructError  # noqa: N812 - it is an exception's name
from typing import BinaryIO

from quizapp.core.formats.model import FormatError

MIB = 1024 * 1024
HEAD = 4096
_CHUNK = 256 * 1024
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    StructError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How big what somebody brings may be, in bytes.

    file: as it comes. member: one member of a zip or folder, unpacked. total: all that is read of
    one zip or folder. ratio: how many times its packed size a large member may have.
    """

    file: int = 256 * MIB
    member: int = 64 * MIB
    total: int = 256 * MIB
    members: int = 20_000
    ratio: int = 200


LIMITS = Limits()
_SMALL = MIB  # a member below this may have any ratio: 1 MiB of zeros is harmless


class Source:
    """What is to be read, under its file name: a single file, or the members of a zip or folder.

    options: what the reader's OPTIONS were set to by whoever brings the file.
    """

    def __init__(
        self,
        filename: str,
        file: BinaryIO | None,
        folder: Path | None = None,
        *,
        limits: Limits = LIMITS,
        options: Mapping[str, str] | None = None,
    ) -> None:
        self.filename = filename
        self.options: Mapping[str, str] = options or {}
        self._file, self._limits = file, limits
        self._left = limits.total
        self._origin: Source | None = None
        self.size = _size_of(file, limits) if file else 0
        self._zip = _open_zip(file, limits) if file and _head(file, 4) == b"PK\x03\x04" else None
        if self._zip:
            self._members: Mapping[str, zipfile.ZipInfo | Path] = _zip_members(self._zip, limits)
        else:
            self._members = _folder_members(folder, limits) if folder else {}

    @classmethod
    def of(cls, filename: str, data: bytes, options: Mapping[str, str] | None = None) -> "Source":
        """Open bytes as a file of that name."""
        return cls(filename, io.BytesIO(data), options=options)

    @classmethod
    def at(
        cls, path: Path, limits: Limits = LIMITS, options: Mapping[str, str] | None = None
    ) -> "Source":
        """Open a file or folder; FormatError where that is impossible."""
        try:
            if path.is_dir():
                return cls(path.resolve().name, None, path, limits=limits, options=options)
            if not path.is_file() and path.exists():
                raise FormatError("This is neither a file nor a folder.")
            file = path.open("rb")
        except OSError as error:
            raise FormatError(f"The file cannot be opened: {error.strerror}.") from error
        try:
            source = cls(path.name, file, limits=limits, options=options)
        except FormatError:
            file.close()
            raise
        weakref.finalize(source, file.close)
        return source

    @property
    def is_single(self) -> bool:
        """Whether this is a lone file, neither zip nor folder."""
        return self._file is not None and self._zip is None

    def head(self) -> bytes:
        """Return the first bytes of a single file; nothing for a zip or folder."""
        return _head(self._file, HEAD) if self._file and self.is_single else b""

    def names(self) -> list[str]:
        """Return the paths inside the zip or folder, sorted; none for a single file."""
        return sorted(self._members)

    def data(self, limit: int | None = None) -> bytes:
        """Return the bytes of the file itself, a zip's packed ones; FormatError beyond `limit`."""
        limit = self._limits.member if limit is None else limit
        if self._file is None:
            raise FormatError("This is a folder, not a file.")
        if self.size > limit:
            raise FormatError(f"The file is larger than {_size(limit)}.")
        self._file.seek(0)
        return self._file.read(limit + 1)[:limit]

    def stream(self) -> BinaryIO:
        """Return the file itself, at its beginning, to be read bit by bit and not closed.

        Other methods move it: they come before or after the reading, not between.
        """
        if self._file is None:
            raise FormatError("This is a folder, not a file.")
        self._file.seek(0)
        return self._file

    def read(self, name: str, limit: int | None = None) -> bytes:
        """Return the bytes of a member; FormatError where there is none or it is too big."""
        return b"".join(self.pieces(name, limit))

    def pieces(self, name: str, limit: int | None = None) -> Iterator[bytes]:
        """Yield the bytes of a member bit by bit; FormatError as for `read`."""
        member = self._members.get(name)
        if member is None:
            raise FormatError(f"There is no {name} inside.")
        limit = self._limits.member if limit is None else limit
        try:
            with self._open(member) as file:
                for piece in _bounded(file, min(limit, self._left), name, self._most(member)):
                    self._left -= len(piece)
                    yield piece
        except FormatError:
            raise
        except _UNREADABLE as error:
            raise FormatError(f"{name} is damaged and cannot be read.") from error

    def digest(self) -> str:
        """Return a SHA-256 of all that is inside, names and bytes; FormatError as for `read`."""
        sha = hashlib.sha256()
        if self._file is not None:
            self._file.seek(0)
            while piece := self._file.read(_CHUNK):
                sha.update(piece)
            return sha.hexdigest()
        left = self._left
        for name in self.names():
            inside = hashlib.sha256(self.read(name)).hexdigest()
            sha.update(f"{inside} {name}\n".encode("utf-8", "surrogateescape"))
        self._left = left
        return sha.hexdigest()

    def again(self, options: Mapping[str, str] | None = None) -> "Source":
        """Return the same source to be read from its beginning, with all limits as at first."""
        other = object.__new__(Source)
        other.__dict__.update(self.__dict__)
        other._origin = self  # whose end closes the file
        other._left = self._limits.total
        other.options = self.options if options is None else options
        return other

    def _open(self, member: zipfile.ZipInfo | Path) -> BinaryIO:
        if isinstance(member, Path):
            # a link that took the file's place since the folder was listed is not followed
            return os.fdopen(os.open(member, os.O_RDONLY | os.O_NOFOLLOW), "rb")
        assert self._zip is not None  # noqa: S101 - only zips have such members
        return self._zip.open(member)  # type: ignore[return-value]

    def _most(self, member: zipfile.ZipInfo | Path) -> int | None:
        """Return how many bytes may come out of a member by its packed size."""
        if isinstance(member, Path):
            return None
        return max(_SMALL, member.compress_size * self._limits.ratio)


def _head(file: BinaryIO, size: int) -> bytes:
    file.seek(0)
    return file.read(size)


def _size_of(file: BinaryIO, limits: Limits) -> int:
    size = file.seek(0, os.SEEK_END)
    if size > limits.file:
        raise FormatError(f"The file is larger than {_size(limits.file)}.")
    return size


def _bounded(file: BinaryIO, limit: int, name: str, most: int | None) -> Iterator[bytes]:
    size = 0
    while part := file.read(_CHUNK):
        size += len(part)
        if size > limit:
            raise FormatError(f"{name} is larger than {_size(limit)}.")
        if most is not None and size > most:
            raise FormatError(f"{name} unpacks to far more than it is packed; that is not safe.")
        yield part


def _size(limit: int) -> str:
    return f"{limit // MIB} MiB" if limit >= MIB else f"{limit} bytes"


def _open_zip(file: BinaryIO, limits: Limits) -> zipfile.ZipFile:
    try:
        _count_members(file, limits)
        return zipfile.ZipFile(file)
    except FormatError:
        raise
    except _UNREADABLE as error:
        raise FormatError("The zip file is damaged and cannot be read.") from error


def _count_members(file: BinaryIO, limits: Limits) -> None:
    """Refuse a zip of too many members before its directory is read into memory."""
    # the record that zipfile itself will go by: a forged one beside it must not count
    end = zipfile._EndRecData(file)  # type: ignore[attr-defined]
    if end is None:
        raise zipfile.BadZipFile
    told, length = end[4], end[5]
    if told > limits.members or length > limits.members * 512:
        raise FormatError(f"The zip file has more than {limits.members} members.")


def _zip_members(archive: zipfile.ZipFile, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """Return the files of a zip by path, without the one folder that all may lie in."""
    infos = archive.infolist()
    if len(infos) > limits.members:
        raise FormatError(f"The zip file has more than {limits.members} members.")
    members: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.filename.replace("\\", "/")  # as some packers write on Windows
        _check_name(name)
        if stat.S_ISLNK(info.external_attr >> 16):
            raise FormatError(f"The zip file holds a link ({name}), which is not allowed.")
        if info.flag_bits & 1:
            raise FormatError("The zip file is encrypted.")
        if name.endswith("/") or name.startswith("__MACOSX/"):
            continue
        if name in members:
            raise FormatError(f"The zip file holds {name} twice.")
        members[name] = info
    return _without_common_folder(members)


def _without_common_folder(members: dict[str, zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    tops = {name.split("/", 1)[0] if "/" in name else "" for name in members}
    if len(tops) != 1 or "" in tops or not any(n.count("/") == 1 for n in members):
        return members
    return {name.split("/", 1)[1]: info for name, info in members.items()}


def _check_name(name: str) -> None:
    path = PurePosixPath(name)
    bad = path.is_absolute() or ".." in path.parts or ":" in name.partition("/")[0]
    if bad or not name or any(ord(letter) < 32 or letter == "\x7f" for letter in name):
        raise FormatError(f"The zip file holds an unsafe name: {name[:100]!r}.")


def _folder_members(folder: Path, limits: Limits) -> dict[str, Path]:
    """Return the files of a folder by path; hidden ones are left out, links are refused."""
    members: dict[str, Path] = {}
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in (*folders, *files):
            if Path(root, name).is_symlink():
                raise FormatError(f"The folder holds a link ({name}), which is not allowed.")
        for name in files:
            path = Path(root, name)
            if not name.startswith(".") and path.is_file():
                members[path.relative_to(folder).as_posix()] = path
        if len(members) > limits.members:
            raise FormatError(f"The folder has more than {limits.members} files.")
    return members
