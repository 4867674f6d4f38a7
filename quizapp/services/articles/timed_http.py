"""HTTP that ends in time: one moment by which all has to be over, and a limit of bytes.

A time limit for each read is none for the whole: a server that drips never exceeds it.
"""

import io
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

USER_AGENT = "quizapp"
CONNECT_S = 4.0  # for one address, so that there is time for the next
MOST_ADDRESSES = 4
PIECE = 64 * 1024


class TooLong(RuntimeError):
    """The answer has more bytes than were to be read."""


class BrokenOff(HTTPException):
    """The answer ended early, or is packed in a way that cannot be read."""


class Deadline:
    """The moment by which all has to be over."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left, above 0; TimeoutError where none are."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


@dataclass(frozen=True, slots=True)
class Site:
    """Who is asked: `host` is the name that it has to prove where the scheme is https."""

    scheme: str
    host: str
    port: int


def connect(addresses: Sequence[str], port: int, deadline: Deadline) -> socket.socket:
    """Connect to the first of these numeric addresses that answers; OSError where none does."""
    failure: OSError = OSError("no address")
    for address in addresses[:MOST_ADDRESSES]:
        try:
            return socket.create_connection((address, port), min(CONNECT_S, deadline.left()))
        except OSError as error:
            failure = error
    raise failure


@contextmanager
def asked(
    sock: socket.socket,
    site: Site,
    method: str,
    path: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
    deadline: Deadline,
    trust: ssl.SSLContext | None = None,
) -> Iterator[HTTPResponse]:
    """Send a request through a connected socket and yield the answer; closes the socket.

    Raises OSError (TimeoutError, ssl.SSLError) and HTTPException, also while it is read.
    """
    with closing(sock):
        if site.scheme == "https":
            sock = _encrypted(sock, site.host, deadline, trust)
        with closing(sock):
            connection = HTTPConnection(site.host, site.port)
            connection.default_port = 443 if site.scheme == "https" else 80
            connection.sock = _TimedSocket(sock, deadline)
            everything = {"User-Agent": USER_AGENT, "Connection": "close", **headers}
            connection.request(method, path, body, everything)
            with closing(connection.getresponse()) as response:
                yield response


def read(response: HTTPResponse, most: int) -> bytes:
    """Return the body, unpacked; TooLong as soon as it is known to have more than `most` bytes."""
    unpack = _unpacker(response.headers.get("Content-Encoding", "").strip().lower())
    body = bytearray()
    while piece := response.read(PIECE):
        body += unpack(piece, most + 1 - len(body))
        if len(body) > most:
            raise TooLong
    if response.length:
        raise BrokenOff
    return bytes(body)


def _encrypted(
    sock: socket.socket, host: str, deadline: Deadline, trust: ssl.SSLContext | None
) -> ssl.SSLSocket:
    """Return the socket once the other side has proved that it is `host`."""
    context = trust or ssl.create_default_context()
    secure = context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
    try:
        secure.settimeout(deadline.left())
        secure.do_handshake()
    except BaseException:
        secure.close()
        raise
    return secure


def _unpacker(encoding: str) -> Callable[[bytes, int], bytes]:
    """Return what unpacks a piece into so many bytes at most."""
    if encoding in ("", "identity"):
        return lambda piece, most: piece[:most]
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise BrokenOff
    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # tells gzip from zlib by itself

    def unpack(piece: bytes, most: int) -> bytes:
        try:
            return stream.decompress(piece, most)
        except zlib.error:
            raise BrokenOff from None

    return unpack


@dataclass(slots=True)
class _TimedSocket:
    """What http.client needs of a socket; each call has only the time that is left."""

    sock: socket.socket
    deadline: Deadline

    def sendall(self, data: "ReadableBuffer") -> None:
        self.sock.settimeout(self.deadline.left())
        self.sock.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReads(self.sock, self.deadline))

    def close(self) -> None:
        """Leave the socket open: the answer is read after http.client is done with it."""


class _TimedReads(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock, self._deadline = sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        self._sock.settimeout(self._deadline.left())
        return self._sock.recv_into(buffer)
