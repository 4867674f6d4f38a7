"""Fetching an address: only the public web, only once looked up, never too long or too much."""

import contextlib
import gzip
import json
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.articles.model import ArticleError
from quizapp.services.articles.addresses import is_public
from quizapp.services.articles.fetching import MIB, PUBLIC, Reach, fetch
from quizapp.services.articles.timed_http import Deadline

PAGE = b"<h1>Tides</h1><p>The moon pulls at the sea.</p>"
LONG_S = 8.0
HERE = "127.0.0.1"  # where the sites of these tests are; nothing else may be reached


class Handler(BaseHTTPRequestHandler):
    """Answers a path as the test's site says; everything that is asked is noted."""

    site: "Site"

    def do_GET(self) -> None:
        self.site.asked.append((self.path, dict(self.headers)))
        with contextlib.suppress(OSError):  # the other side has had enough
            self.site.pages[self.path.partition("?")[0]](self)

    def log_message(self, *_: object) -> None:
        pass

    def say(self, status: int, body: bytes = b"", kind: str = "text/html", **more: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **more}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def go_on(self, piece: bytes, every_s: float = 0.0) -> None:
        """Write the same again and again while somebody listens, longer than any of them should."""
        ends = time.monotonic() + LONG_S
        while time.monotonic() < ends and not self.site.over.wait(every_s):
            self.wfile.write(piece)
            self.wfile.flush()


@dataclass
class Site:
    """A server of this test alone."""

    port: int
    scheme: str = "http"
    pages: dict[str, Callable[[Handler], None]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    looked_up: list[str] = field(default_factory=list)

    def url(self, path: str = "/page", host: str = "site.test") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def reach(self, *addresses: str, **more: Any) -> Reach:
        """Reach this server alone, whatever the name; the nth look-up gives the nth address."""

        def look_up(host: str, port: int, deadline: Deadline) -> list[str]:
            self.looked_up.append(host)
            given = addresses or (HERE,)
            return given[min(len(self.looked_up), len(given)) - 1].split()

        reach = Reach(look_up, lambda address: address == HERE, frozenset({self.port}))
        return replace(reach, **more)


@contextlib.contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Site]:
    handler = type("Bound", (Handler,), {})
    with ThreadingHTTPServer((HERE, 0), handler) as server:
        site = handler.site = Site(server.server_port, "https" if context else "http")
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield site
        site.over.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as found:
        yield found


def refused(url: str, reach: Reach = PUBLIC) -> str:
    with pytest.raises(ArticleError) as caught:
        fetch(url, reach)
    return str(caught.value)


def test_a_page_comes_with_its_kind_name_and_address(site: Site) -> None:
    site.pages["/a/Tides.html"] = lambda h: h.say(200, PAGE, "Text/HTML; charset=Latin1")
    found = fetch(site.url("/a/Tides.html?b=c d#e".replace(" ", "%20")), site.reach())
    assert found.data == PAGE
    assert found.mime == "text/html; charset=latin1"
    assert found.filename == "Tides.html"
    assert found.url == site.url("/a/Tides.html?b=c%20d#e")
    path, headers = site.asked[0]
    assert path == "/a/Tides.html?b=c%20d"
    assert headers["Host"] == f"site.test:{site.port}"
    assert headers["User-Agent"] == "quizapp"
    assert "Cookie" not in headers


def test_a_path_in_other_letters_is_asked_for_as_the_web_has_it(site: Site) -> None:
    site.pages["/caf%C3%A9%20au"] = lambda h: h.say(200, b"text", "text/plain")
    found = fetch(site.url("/café%20au"), site.reach())
    assert found.filename == "café au.txt"
    assert found.mime == "text/plain"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("text/html", "page.html"),
        ("application/xhtml+xml", "page.html"),
        ("text/plain", "page.txt"),
        ("application/pdf", "page.pdf"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "page.docx"),
    ],
)
def test_articles_of_each_kind_are_taken(site: Site, kind: str, name: str) -> None:
    site.pages["/"] = lambda h: h.say(200, PAGE, kind)
    assert fetch(site.url(""), site.reach()).filename == name


@pytest.mark.parametrize("kind", ["image/png", "application/json", "text/css", "", "nonsense"])
def test_other_kinds_are_refused(site: Site, kind: str) -> None:
    site.pages["/page"] = lambda h: h.say(200, PAGE, kind)
    assert refused(site.url(), site.reach()).startswith("That is no web page, text, PDF")


@pytest.mark.parametrize(
    ("status", "words"),
    [(404, "has no page"), (403, "does not let us"), (500, "said 500"), (204, "said 204")],
)
def test_a_site_without_the_page_is_told(site: Site, status: int, words: str) -> None:
    site.pages["/page"] = lambda h: h.say(status, PAGE)
    assert words in refused(site.url(), site.reach())


def test_packed_pages_are_unpacked(site: Site) -> None:
    site.pages["/gzip"] = lambda h: h.say(200, gzip.compress(PAGE), Content_Encoding="gzip")
    site.pages["/zlib"] = lambda h: h.say(200, zlib.compress(PAGE), Content_Encoding="deflate")
    assert fetch(site.url("/gzip"), site.reach()).data == PAGE
    assert fetch(site.url("/zlib"), site.reach()).data == PAGE


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_a_page_that_cannot_be_unpacked_is_told(site: Site, encoding: str) -> None:
    site.pages["/page"] = lambda h: h.say(200, PAGE, Content_Encoding=encoding)
    assert "cannot be read" in refused(site.url(), site.reach())


def test_a_bomb_is_counted_by_what_comes_out_of_it(site: Site) -> None:
    bomb = gzip.compress(bytes(64 * MIB))
    assert len(bomb) < MIB
    site.pages["/page"] = lambda h: h.say(200, bomb, Content_Encoding="gzip")
    assert refused(site.url(), site.reach()) == "That page is larger than 8 MiB."


def test_as_much_as_is_allowed_is_taken_and_no_byte_more(site: Site) -> None:
    site.pages["/page"] = lambda h: h.say(200, bytes(MIB))
    site.pages["/more"] = lambda h: h.say(200, bytes(MIB + 1))
    reach = site.reach(most_bytes=MIB)
    assert len(fetch(site.url(), reach).data) == MIB
    assert "larger than 1 MiB" in refused(site.url("/more"), reach)


def endless(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    handler.go_on(b"and on " * 10_000)


def test_an_endless_answer_ends_at_the_limit(site: Site) -> None:
    site.pages["/page"] = endless
    assert "larger than" in refused(site.url(), site.reach())


def drip_body(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    handler.go_on(b"x", 0.05)


def drip_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
    handler.go_on(b"x", 0.05)


def drip_chunks(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n")
    handler.wfile.write(b"Transfer-Encoding: chunked\r\n\r\n")
    handler.go_on(b"1\r\nx\r\n", 0.05)


def hang(handler: Handler) -> None:
    handler.site.over.wait(LONG_S)


def hang_in_the_body(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>")
    handler.site.over.wait(LONG_S)


def early_hints(handler: Handler) -> None:
    handler.go_on(b"HTTP/1.1 100 Continue\r\n\r\n", 0.05)


@pytest.mark.parametrize(
    "slow", [hang, hang_in_the_body, drip_body, drip_headers, drip_chunks, early_hints]
)
def test_a_slow_answer_ends_at_the_one_deadline(
    site: Site, slow: Callable[[Handler], None]
) -> None:
    site.pages["/page"] = slow
    began = time.monotonic()
    assert refused(site.url(), site.reach(seconds=0.5)) == "The site did not answer in time."
    assert time.monotonic() - began < LONG_S / 2


def test_redirects_share_the_deadline(site: Site) -> None:
    def slowly(handler: Handler) -> None:
        handler.site.over.wait(0.3)
        handler.say(302, Location="/page")

    site.pages["/page"] = slowly
    assert refused(site.url(), site.reach(seconds=0.5)) == "The site did not answer in time."
    assert len(site.asked) == 2


def test_a_name_that_is_looked_up_for_ever_ends_at_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait() and [])
    words = refused("http://site.test/", replace(PUBLIC, seconds=0.2))
    over.set()
    assert words == "The site did not answer in time."


def test_an_answer_that_breaks_off_is_no_page(site: Site) -> None:
    def broken(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n")
        handler.wfile.write(b"Content-Length: 100\r\n\r\n<p>The sea")

    site.pages["/page"] = broken
    assert "broke off" in refused(site.url(), site.reach())


def test_what_is_no_http_is_told(site: Site) -> None:
    site.pages["/page"] = lambda h: h.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
    assert "cannot be read" in refused(site.url(), site.reach())


def test_three_redirects_are_followed_and_a_fourth_is_not(site: Site) -> None:
    for number in range(4):
        place = {"Location": f"/{number + 1}"}
        site.pages[f"/{number}"] = lambda h, place=place: h.say(302, **place)
    site.pages["/4"] = lambda h: h.say(200, PAGE)
    assert fetch(site.url("/1"), site.reach()).url == site.url("/4")
    site.asked.clear()
    assert "without an end" in refused(site.url("/0"), site.reach())
    assert [path for path, _ in site.asked] == ["/0", "/1", "/2", "/3"]


def test_a_redirect_in_a_circle_ends(site: Site) -> None:
    site.pages["/page"] = lambda h: h.say(302, Location="/page")
    assert "without an end" in refused(site.url(), site.reach())


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("http://inside.test:{port}/secret", "not of the public web"),
        ("//inside.test:{port}/secret", "not of the public web"),
        ("http://site.test:1/", "usual ports"),
        ("file:///etc/passwd", "not an address"),
        ("http://me:secret@site.test:{port}/", "without a user name"),
        ("http://[", "leads to one that is none"),
    ],
)
def test_a_redirect_is_vetted_like_the_address_itself(site: Site, place: str, words: str) -> None:
    where = place.format(port=site.port)
    site.pages["/page"] = lambda h: h.say(302, Location=where)
    assert words in refused(site.url(), site.reach(HERE, "127.0.0.2"))
    assert len(site.asked) == 1


@pytest.fixture
def inside(site: Site) -> Iterator[list[str]]:
    """What reaches a server of the inner network, at the site's port of another address."""
    reached: list[str] = []
    with socket.create_server(("127.0.0.2", site.port)) as server:
        server.settimeout(0.02)
        over = threading.Event()

        def listen() -> None:
            while not over.is_set():
                with contextlib.suppress(TimeoutError), server.accept()[0]:
                    reached.append("reached")

        thread = threading.Thread(target=listen)
        thread.start()
        yield reached
        over.set()
        thread.join()


def test_a_name_that_leads_elsewhere_the_second_time_is_looked_up_once(
    site: Site, inside: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    system = socket.getaddrinfo

    def only_numbers(host: str, *arguments: Any, **keywords: Any) -> Any:
        ip_address(host)  # a name would be looked up once more by whoever connects
        return system(host, *arguments, **keywords)

    monkeypatch.setattr(socket, "getaddrinfo", only_numbers)
    site.pages["/page"] = lambda h: h.say(200, PAGE)
    assert fetch(site.url(host="rebound.test"), site.reach(HERE, "127.0.0.2")).data == PAGE
    assert site.looked_up == ["rebound.test"]
    assert inside == []


def test_a_name_with_one_address_inside_is_refused_whole(site: Site, inside: list[str]) -> None:
    for mixed in (f"{HERE} 127.0.0.2", f"127.0.0.2 {HERE}"):
        assert "not of the public web" in refused(site.url(), site.reach(mixed))
    assert site.asked == inside == []


def test_the_next_address_is_tried_where_one_is_silent(site: Site) -> None:
    site.pages["/page"] = lambda h: h.say(200, PAGE)
    reach = site.reach(f"127.0.0.3 {HERE}", may_reach=lambda address: True)
    assert fetch(site.url(), reach).data == PAGE


def test_proxies_of_the_environment_are_not_used(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    site.pages["/page"] = lambda h: h.say(200, PAGE)
    assert fetch(site.url(), site.reach()).data == PAGE


@pytest.mark.parametrize(
    "url",
    [
        "",
        "site.test/page",
        "//127.0.0.1/c",
        "ftp://site.test/",
        "gopher://127.0.0.1:6379/_INFO",
        "javascript:alert(1)",
        "http://",
        "http://[",
        "http://a:99999/",
        "http://site.test/a b",
        "http://127.0.0.1\\@site.test/",
        "http://site.test/\ud800",
        "http://a..b/",
    ],
)
def test_what_is_no_address_of_a_page_is_refused_before_anything_is_asked(url: str) -> None:
    def never(*_: object) -> list[str]:
        raise AssertionError("looked up")

    assert "not an address of a web page" in refused(url, Reach(look_up=never))


def test_user_names_ports_and_endless_addresses_are_refused() -> None:
    assert "user name" in refused("http://site.test@127.0.0.1/")
    assert "usual ports" in refused("http://site.test:22/")
    assert "too long" in refused("http://site.test/" + "a" * 2_000)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "localhost", "LOCALHOST",
        "①②⑦.⓪.⓪.①", "127。0。0。1", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]", "0.0.0.0", "[::]", "10.0.0.1", "172.16.0.1", "192.168.0.1",
        "169.254.169.254", "2852039166", "100.64.0.1", "224.0.0.1", "[fe80::1]", "[fd00:ec2::254]",
    ],
)  # fmt: skip
def test_no_spelling_of_an_inner_address_is_fetched(host: str) -> None:
    assert "not of the public web" in refused(f"http://{host}/latest/meta-data/")


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.255.255.254", "168.63.129.16",
        "169.254.170.2", "172.31.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1",
        "198.18.0.1", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::7f00:1", "::ffff:8.8.8.8", "64:ff9b::808:808", "64:ff9b:1::1", "100::1",
        "2001::1", "2001:db8::1", "2002:808:808::1", "3fff::1", "fc00::1", "fe80::1", "fe80::1%lo",
        "fec0::1", "ff02::1", "site.test", "",
    ],
)  # fmt: skip
def test_inner_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_public_addresses_are() -> None:
    assert is_public("93.184.215.14")
    assert is_public("2606:4700::6810:84e5")


@given(st.ip_addresses())
def test_what_is_public_is_global_and_never_holds_another_address(address: Any) -> None:
    if is_public(str(address)):
        assert address.is_global
        assert not address.is_multicast
        assert getattr(address, "ipv4_mapped", None) is None
        assert getattr(address, "sixtofour", None) is None
        assert getattr(address, "teredo", None) is None


def test_no_spelling_of_the_hostile_list_is_fetched(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = socket.getaddrinfo

    def without_a_network(host: str, port: int, **more: Any) -> Any:
        return system(host, port, flags=socket.AI_NUMERICHOST, **more)

    monkeypatch.setattr(socket, "getaddrinfo", without_a_network)
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("connected"))
    path = shared / "hostile" / "ssrf" / "urls.json"
    if not path.is_file():
        pytest.skip(f"{path} is absent")
    ports = frozenset(range(65536))
    for url in json.loads(path.read_text(encoding="utf-8")):
        refused(url.replace("@CANARY_PORT@", "8099"), replace(PUBLIC, ports=ports, seconds=1))


def certificate(folder: Path, host: str) -> Path:
    """Make a key and a certificate for a host that signs itself; return their file."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    )
    encoding = serialization.Encoding.PEM
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / f"{host}.pem"
    path.write_bytes(
        key.private_bytes(encoding, *plain)
        + builder.sign(key, hashes.SHA256()).public_bytes(encoding)
    )
    return path


def test_an_encrypted_site_proves_its_name_not_its_address(tmp_path: Path) -> None:
    path = certificate(tmp_path, "site.test")
    names: list[str] = []
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    server.sni_callback = lambda _socket, name, _context: names.append(name)
    trust = ssl.create_default_context(cafile=str(path))
    with serving(server) as site:
        site.pages["/page"] = lambda h: h.say(200, PAGE)
        assert fetch(site.url(), site.reach(trust=trust)).data == PAGE
        other = refused(site.url(host="other.test"), site.reach(trust=trust))
        assert other == "The site could not prove that it is other.test."
        assert "could not prove" in refused(site.url(), site.reach())  # nobody vouches for it
    assert names == ["site.test", "other.test", "site.test"]


def test_a_handshake_that_never_ends_is_cut_off() -> None:
    with socket.create_server((HERE, 0)) as silent:  # it takes connections and says nothing
        port = silent.getsockname()[1]
        reach = Site(port).reach(seconds=0.3)
        assert "in time" in refused(f"https://site.test:{port}/", reach)


def test_a_site_that_does_not_exist_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert refused("https://nobody.test/") == "There is no site called nobody.test."
    with socket.create_server((HERE, 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.undo()
    assert "cannot be reached" in refused(f"http://site.test:{port}/", Site(port).reach())
