"""A file, zip or folder that somebody brings, opened so that it can do no harm.

Every limit is counted on the bytes that come out, whatever a header says.
"""

import hashlib
import io
import os
import stat
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from struct import error as StructError  # noqa: N812 - it is an exception's name
from typing import BinaryIO

from quizapp.core.formats.model import FormatError

MIB = 1024 * 1024
MAX_FILE = 256 * MIB  # a file as it comes
MAX_MEMBER = 32 * MIB  # one member of a zip or folder, unpacked
MAX_TOTAL = 256 * MIB  # all that is read of one zip or folder
MAX_MEMBERS = 10_000
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


class Source:
    """What is to be read, under its file name: a single file, or the members of a zip or folder."""

    def __init__(self, filename: str, data: bytes | None, folder: Path | None = None) -> None:
        self.filename = filename
        self._data = data
        self._left = MAX_TOTAL
        self._zip = _open_zip(data) if data is not None and data[:4] == b"PK\x03\x04" else None
        if self._zip:
            self._members: Mapping[str, zipfile.ZipInfo | Path] = _zip_members(self._zip)
        else:
            self._members = _folder_members(folder) if folder else {}

    @classmethod
    def at(cls, path: Path) -> "Source":
        """Open a file or folder; FormatError where that is impossible."""
        try:
            if path.is_dir():
                return cls(path.resolve().name, None, path)
            with path.open("rb") as file:
                return cls(path.name, _bounded(file, MAX_FILE, path.name))
        except OSError as error:
            raise FormatError(f"The file cannot be opened: {error.strerror}.") from error

    @property
    def is_single(self) -> bool:
        """Whether this is a lone file, neither zip nor folder."""
        return self._data is not None and self._zip is None

    def head(self) -> bytes:
        """Return the first bytes of a single file; nothing for a zip or folder."""
        return self._data[:HEAD] if self._data is not None and self.is_single else b""

    def names(self) -> list[str]:
        """Return the paths inside the zip or folder, sorted; none for a single file."""
        return sorted(self._members)

    def data(self, limit: int = MAX_MEMBER) -> bytes:
        """Return the bytes of the file itself, a zip's packed ones; FormatError beyond `limit`."""
        if self._data is None:
            raise FormatError("This is a folder, not a file.")
        if len(self._data) > limit:
            raise FormatError(f"The file is larger than {_size(limit)}.")
        return self._data

    def read(self, name: str, limit: int = MAX_MEMBER) -> bytes:
        """Return the bytes of a member; FormatError where there is none or it is too big."""
        member = self._members.get(name)
        if member is None:
            raise FormatError(f"There is no {name} inside.")
        try:
            with self._open(member) as file:
                data = _bounded(file, min(limit, self._left), name)
        except FormatError:
            raise
        except _UNREADABLE as error:
            raise FormatError(f"{name} is damaged and cannot be read.") from error
        self._left -= len(data)
        return data

    def digest(self) -> str:
        """Return a SHA-256 of all that is inside, names and bytes; FormatError as for `read`."""
        if self._data is not None:
            return hashlib.sha256(self._data).hexdigest()
        sha = hashlib.sha256()
        left = self._left
        for name in self.names():
            inside = hashlib.sha256(self.read(name)).hexdigest()
            sha.update(f"{inside} {name}\n".encode("utf-8", "surrogateescape"))
        self._left = left
        return sha.hexdigest()

    def _open(self, member: zipfile.ZipInfo | Path) -> BinaryIO:
        if isinstance(member, Path):
            # a link that took the file's place since the folder was listed is not followed
            return os.fdopen(os.open(member, os.O_RDONLY | os.O_NOFOLLOW), "rb")
        assert self._zip is not None  # noqa: S101 - only zips have such members
        return self._zip.open(member)  # type: ignore[return-value]


def _bounded(file: BinaryIO, limit: int, name: str) -> bytes:
    parts, size = [], 0
    while part := file.read(_CHUNK):
        size += len(part)
        if size > limit:
            raise FormatError(f"{name} is larger than {_size(limit)}.")
        parts.append(part)
    return b"".join(parts)


def _size(limit: int) -> str:
    return f"{limit // MIB} MiB" if limit >= MIB else f"{limit} bytes"


def _open_zip(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except _UNREADABLE as error:
        raise FormatError("The zip file is damaged and cannot be read.") from error


def _zip_members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the files of a zip by path, without the one folder that all may lie in."""
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise FormatError(f"The zip file has more than {MAX_MEMBERS} members.")
    members: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.filename
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
    bad = path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name.partition("/")[0]
    if bad or not name or any(ord(letter) < 32 or letter == "\x7f" for letter in name):
        raise FormatError(f"The zip file holds an unsafe name: {name[:100]!r}.")


def _folder_members(folder: Path) -> dict[str, Path]:
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
        if len(members) > MAX_MEMBERS:
            raise FormatError(f"The folder has more than {MAX_MEMBERS} files.")
    return members
