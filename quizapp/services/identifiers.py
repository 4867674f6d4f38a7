"""Random public ids and secrets, and how secrets are stored."""

import hashlib
import secrets

UID_BYTES = 12  # 96 bits: cannot be guessed or met twice
SECRET_BYTES = 32


def new_uid() -> str:
    """Return a new public id, 16 URL-safe characters."""
    return secrets.token_urlsafe(UID_BYTES)


def new_secret() -> str:
    """Return a new secret, 43 URL-safe characters; only its hash is ever stored."""
    return secrets.token_urlsafe(SECRET_BYTES)


def sha256_hex(secret: str) -> str:
    """Return what is stored in place of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
