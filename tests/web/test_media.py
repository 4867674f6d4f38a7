"""The pictures of banks: sent to those who may see them, as what they are."""

import hashlib
import struct
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from quizapp.core.formats.shared.media import is_genuine, picture_mime
from quizapp.database import writing
from quizapp.models import Media, MediaBlob, MediaUse
from tests.factories import create_bank, create_person, sign_in

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", 3, 2) + b"\x08\x02\0\0\0"


def jpeg(width: int, height: int) -> bytes:
    """A head as cameras write it: a comment and tables before the frame, with padding."""
    comment = b"\xff\xfe" + struct.pack(">H", 6) + b"\xff\xc0ab"
    tables = b"\xff\xff\xc4" + struct.pack(">H", 3) + b"\0"
    return b"\xff\xd8" + comment + tables + b"\xff\xc2" + struct.pack(">HBHH", 8, 8, height, width)


def webp(kind: bytes, rest: bytes) -> bytes:
    return b"RIFF\0\0\0\0WEBP" + kind + b"\0\0\0\0" + rest


def lossy(width: int, height: int) -> bytes:
    return webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width | 0x4000, height))


def lossless(width: int, height: int) -> bytes:
    return webp(b"VP8L", b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14))


def extended(width: int, height: int) -> bytes:
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return webp(b"VP8X", b"\0\0\0\0" + sizes)


@pytest.mark.parametrize("make", [jpeg, lossy, lossless, extended])
def test_pixels_are_counted_before_anything_is_unpacked(make: Callable[[int, int], bytes]) -> None:
    mime = "image/jpeg" if make is jpeg else "image/webp"
    assert picture_mime(make(800, 600)) == mime
    assert is_genuine(mime, make(800, 600))
    assert is_genuine(mime, make(8000, 5000))
    assert not is_genuine(mime, make(8000, 5001))
    assert not is_genuine(mime, make(5001, 8000))
    assert is_genuine(mime, make(800, 600)[:20])  # says nothing of its size, shows nothing


@pytest.mark.parametrize(
    "data", [b"", b"<svg/>", b"<!doctype html>", b"%PDF-1.7", b"RIFF\0\0\0\0WAVE", b"\x89PN"]
)
def test_other_files_are_no_pictures(data: bytes) -> None:
    assert picture_mime(data) is None


def put(bank_id: int, name: str = "cell.png", data: bytes = PNG, mime: str = "image/png") -> None:
    sha256 = hashlib.sha256(data).hexdigest()
    with writing() as session:
        session.add(Media(sha256=sha256, mime=mime, size=len(data)))
        session.flush()
        session.add(MediaBlob(sha256=sha256, data=data))
        session.add(MediaUse(bank_id=bank_id, sha256=sha256, name=name))


def test_a_picture_is_sent_sandboxed_and_as_its_kind(client: FlaskClient, app: Flask) -> None:
    put(create_bank().id)
    reply = client.get("/media/blood/cell.png")
    assert (reply.status_code, reply.data, reply.mimetype) == (200, PNG, "image/png")
    assert "sandbox" in reply.headers["Content-Security-Policy"]
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Disposition" not in reply.headers
    again = client.get("/media/blood/cell.png", headers={"If-None-Match": reply.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get("/media/blood/other.png").status_code == 404
    assert client.get("/media/nothing/cell.png").status_code == 404


@pytest.mark.only("sqlite")
def test_what_is_neither_picture_nor_sound_is_only_downloaded(
    client: FlaskClient, app: Flask
) -> None:
    put(create_bank().id, "film.mp4", b"film", "video/mp4")
    reply = client.get("/media/blood/film.mp4")
    assert reply.headers["Content-Disposition"] == "attachment"


def test_an_svg_is_shown_in_pages_but_never_opened_as_one(client: FlaskClient, app: Flask) -> None:
    put(create_bank().id, "cell.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml")
    reply = client.get("/media/blood/cell.svg")
    assert reply.headers["Content-Disposition"] == "attachment"
    assert "sandbox" in reply.headers["Content-Security-Policy"]


def test_a_picture_of_a_private_bank_is_not_there_for_others(
    client: FlaskClient, app: Flask
) -> None:
    owner = create_person("instructor")
    put(create_bank(visibility="private", owner_id=owner.id).id)
    sign_in(client, create_person())
    assert client.get("/media/blood/cell.png").status_code == 404
    browser = app.test_client()
    sign_in(browser, owner)
    assert browser.get("/media/blood/cell.png").status_code == 200


@pytest.mark.parametrize(
    ("mime", "data", "fine"),
    [
        ("image/png", PNG, True),
        ("image/png", b"GIF89a", False),
        ("image/png", PNG[:16] + struct.pack(">II", 25_000, 25_000), False),
        ("image/gif", b"GIF89a" + struct.pack("<HH", 800, 600), True),
        ("image/gif", b"GIF89a" + struct.pack("<HH", 60_000, 60_000), False),
        ("image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg"/>', True),
        ("image/svg+xml", b'<!DOCTYPE svg [<!ENTITY a "a">]><svg/>', False),
        ("image/jpeg", b"\xff\xd8\xff\xe0", True),
        ("image/png", b"", False),
    ],
)
def test_a_file_that_is_not_its_kind_or_far_too_large_is_refused(
    mime: str, data: bytes, fine: bool
) -> None:
    assert is_genuine(mime, data) == fine
