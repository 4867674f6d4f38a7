"""Fetches the page that somebody gave the address of, and nothing inside our own network.

Every address of its host is vetted, and the connection is made to one of those that were vetted:
a name that is looked up a second time may lead elsewhere. Each redirect is a new address.
"""

import re
import socket
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import PurePosixPath
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from quizapp.core.articles.model import ArticleError
from quizapp.services.articles.addresses import is_public, look_up_in_time
from quizapp.services.articles.timed_http import (
    Deadline,
    Site,
    TooLong,
    asked,
    connect,
    read,
)

MIB = 1024 * 1024
MOST_REDIRECTS = 3
LONGEST_ADDRESS = 2_000
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KINDS = {  # what is read, and how a file of it is called
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "application/pdf": ".pdf",
    DOCX: ".docx",
}
_PORTS = {"http": 80, "https": 443}
_REDIRECTS = (301, 302, 303, 307, 308)
_NOT_IN_ADDRESSES = re.compile(r"[\x00-\x20\x7f\\]")
_NOT_IN_NAMES = re.compile(r"[^\w.() -]+")
_STAYS = "/%:@!$&'()*+,;=~?"  # not quoted in a path and its query

NO_ADDRESS = "That is not an address of a web page. It begins with http:// or https://."
_SAID = {
    401: "The site shows that page only to people who have signed in.",
    403: "The site does not let us read that page.",
    404: "The site has no page at that address.",
    410: "The page at that address was taken away.",
    429: "The site wants fewer visits. Try again later.",
}


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page or file as it came: `mime` is as told, in small letters, with its charset if any.

    filename: how the address calls it. url: where it was in the end, after redirects.
    """

    data: bytes
    mime: str
    filename: str
    url: str


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be reached, and how long and large an answer may be."""

    look_up: Callable[[str, int, Deadline], list[str]] = look_up_in_time
    may_reach: Callable[[str], bool] = is_public
    ports: frozenset[int] = frozenset(_PORTS.values())
    seconds: float = 10.0
    most_bytes: int = 8 * MIB
    trust: ssl.SSLContext | None = None  # None: the authorities that the system trusts


PUBLIC = Reach()


def fetch(url: str, reach: Reach = PUBLIC) -> Fetched:
    """Return what is at an address of the public web; ArticleError where that is no article."""
    deadline = Deadline(reach.seconds)
    for _ in range(MOST_REDIRECTS + 1):
        parts = _parts(url)
        try:
            with _answer(parts, reach, deadline) as response:
                if response.status not in _REDIRECTS:
                    return _fetched(url, response, reach)
                url = _joined(url, response.headers.get("Location", ""))
        except (OSError, HTTPException, TooLong) as error:
            raise ArticleError(_words_for(error, parts.hostname, reach)) from error
    raise ArticleError("That address leads from one to the next without an end.")


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise ArticleError("That address leads to one that is none.") from None


def _parts(url: str) -> SplitResult:
    """Return the parts of an address that can be fetched."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises ValueError where it is no number
        url.encode()  # and this for lone surrogates
    except ValueError:
        raise ArticleError(NO_ADDRESS) from None
    if parts.scheme not in _PORTS or not parts.hostname or _NOT_IN_ADDRESSES.search(url):
        raise ArticleError(NO_ADDRESS)
    if len(url) > LONGEST_ADDRESS:
        raise ArticleError("That address is too long.")
    if "@" in parts.netloc:
        raise ArticleError("Give the address without a user name and password.")
    return parts


def _site(parts: SplitResult, reach: Reach) -> Site:
    port = parts.port or _PORTS[parts.scheme]
    if port not in reach.ports:
        raise ArticleError("Only pages at the usual ports of the web, 80 and 443, are fetched.")
    try:
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except UnicodeError:
        raise ArticleError(NO_ADDRESS) from None
    return Site(parts.scheme, host, port)


def _answer(
    parts: SplitResult, reach: Reach, deadline: Deadline
) -> AbstractContextManager[HTTPResponse]:
    """Ask for the page at an address that was vetted."""
    site = _site(parts, reach)
    query = "?" + quote(parts.query, safe=_STAYS) if parts.query else ""
    addresses = reach.look_up(site.host, site.port, deadline)
    if not addresses or not all(map(reach.may_reach, addresses)):
        raise ArticleError("That address is not of the public web, so it is not fetched.")
    return asked(
        connect(addresses, site.port, deadline),
        site,
        "GET",
        quote(parts.path or "/", safe=_STAYS) + query,
        headers={"Accept": ", ".join(KINDS), "Accept-Encoding": "gzip"},
        deadline=deadline,
        trust=reach.trust,
    )


def _fetched(url: str, response: HTTPResponse, reach: Reach) -> Fetched:
    if response.status != 200:
        raise ArticleError(_SAID.get(response.status) or f"The site said {response.status}.")
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in KINDS:
        raise ArticleError("That is no web page, text, PDF or Word file (.docx).")
    charset = response.headers.get_content_charset()
    name = _NOT_IN_NAMES.sub("_", PurePosixPath(unquote(urlsplit(url).path)).name)[-100:]
    return Fetched(
        data=read(response, reach.most_bytes),
        mime=f"{kind}; charset={charset}" if charset else kind,
        filename=name if name.lower().endswith(KINDS[kind]) else (name or "page") + KINDS[kind],
        url=url,
    )


def _words_for(error: Exception, host: str | None, reach: Reach) -> str:
    """Return what went wrong, in plain words."""
    if isinstance(error, TimeoutError):
        return "The site did not answer in time."
    if isinstance(error, TooLong):
        return f"That page is larger than {reach.most_bytes // MIB} MiB."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The site could not prove that it is {host}."
    if isinstance(error, socket.gaierror):
        return f"There is no site called {host}."
    if isinstance(error, HTTPException):
        return "The site's answer broke off or cannot be read."
    return f"The site {host} cannot be reached, or its answer broke off."
