"""E-mail addresses: one account for all spellings of an address."""

import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

LONGEST_KEY = 320  # the column's width; casefold may lengthen


class EmailInvalid(ValueError):
    """Not an e-mail address."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address as it is shown and written to, and the key that is unique."""

    email: str
    key: str


def email_key(text: str) -> str:
    """Return what is equal for all spellings of an address: NFKC and casefold of the whole."""
    folded = unicodedata.normalize("NFKC", text.strip()).casefold()
    return unicodedata.normalize("NFKC", folded)


def read_address(text: str) -> Address:
    """Check an address without asking the network; EmailInvalid where it is none."""
    try:
        found = validate_email(
            unicodedata.normalize("NFKC", text.strip()),
            check_deliverability=False,
            test_environment=True,  # accepts *.test: nothing is sent at sign-up
        )
    except EmailNotValidError as error:
        raise EmailInvalid(str(error)) from error
    address = Address(found.normalized, email_key(found.normalized))
    if len(address.key) > LONGEST_KEY:
        raise EmailInvalid("too long")
    return address
