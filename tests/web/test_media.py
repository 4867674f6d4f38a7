"""The pictures of banks: sent to those who may see them, as what they are."""

import hashlib
import struct

import pytest
from flask import Flask
from flask.testing import FlaskClient

from quizapp.core.formats.shared.media import is_genuine
from quizapp.database import writing
from quizapp.models import Media, MediaBlob, MediaUse
from tests.factories import create_bank, create_person, sign_in

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", 3, 2) + b"\x08\x02\0\0\0"


def put(bank_id: int, name: str = "cell.png", data: bytes = PNG) -> None:
    sha256 = hashlib.sha256(data).hexdigest()
    with writing() as session:
        session.add(Media(sha256=sha256, mime="image/png", size=len(data)))
        session.flush()
        session.add(MediaBlob(sha256=sha256, data=data))
        session.add(MediaUse(bank_id=bank_id, sha256=sha256, name=name))


def test_a_picture_is_sent_sandboxed_and_as_its_kind(client: FlaskClient, app: Flask) -> None:
    put(create_bank().id)
    reply = client.get("/media/blood/cell.png")
    assert (reply.status_code, reply.data, reply.mimetype) == (200, PNG, "image/png")
    assert "sandbox" in reply.headers["Content-Security-Policy"]
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get("/media/blood/other.png").status_code == 404
    assert client.get("/media/nothing/cell.png").status_code == 404


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
