"""Random public ids and secrets, and how secrets are stored."""

import base64
import hashlib
import secrets

UID_BYTES = 12  # 96 bits: cannot be guessed or met twice
SHARED_BYTES = 3  # as new_uids says
SECRET_BYTES = 32


def new_uid() -> str:
    """Return a new public id, 16 URL-safe characters, the first no hyphen.

    One in front would be an option to a command line, and a formula to a spreadsheet.
    """
    return _led(secrets.token_urlsafe(UID_BYTES))


def new_uids(number: int) -> list[str]:
    """Return new public ids, 20 URL-safe characters of which the first four are the same.

    Rows with them go to one place of each index instead of all over it: many at once are stored
    in half the time. What follows is as hard to guess as in `new_uid`.
    """
    shared = _led(secrets.token_urlsafe(SHARED_BYTES))
    own = base64.urlsafe_b64encode(secrets.token_bytes(UID_BYTES * number)).decode()
    length = UID_BYTES * 4 // 3
    return [shared + own[at : at + length] for at in range(0, len(own), length)]


def _led(text: str) -> str:
    return f"_{text[1:]}" if text.startswith("-") else text


def new_secret() -> str:
    """Return a new secret, 43 URL-safe characters; only its hash is ever stored."""
    return secrets.token_urlsafe(SECRET_BYTES)


def sha256_hex(secret: str) -> str:
    """Return what is stored in place of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
