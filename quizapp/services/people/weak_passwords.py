"""Passwords that are guessed first: a short list of our own, and a few plain rules."""

import re
import unicodedata
from collections.abc import Iterable

SHORTEST, LONGEST = 8, 1000  # characters
# Words that people build their passwords of; digits and signs around them do not help.
_WORDS = """
    password passwort passwd passphrase motdepasse contrasena wachtwoord senha parola
    letmein welcome willkommen bienvenue changeme default secret topsecret admin administrator
    root superuser user username guest login master access trustno test testing tester demo
    example sample temp temporary qwerty qwertyuiop qwertz azerty asdf asdfgh asdfghjkl zxcvbn
    zxcvbnm qazwsx iloveyou loveyou lovely princess prince dragon monkey sunshine shadow
    superman batman spiderman pokemon starwars matrix football baseball basketball soccer hockey
    computer internet michael michelle jennifer jessica charlie thomas daniel jordan hunter
    summer winter spring autumn sommer freedom whatever flower cookie cheese chocolate
    mustang harley ferrari corvette killer ranger tigger buster ginger pepper banana orange
    student teacher school college university classroom quiz quizapp quizzes flashcard flashcards
    hello helloworld goodbye blessed jesus angel angels google facebook samsung abcd abcdef
    abcdefg abcdefgh abcdefghi
"""
WORDS = frozenset(_WORDS.split())
ROWS = (
    "12345678901234567890",
    "09876543210987654321",
    "abcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcba",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgbyhnujm",
    "zaq12wsxcde34rfv",
)
LOOKALIKES = str.maketrans("@4301!$57", "aaeoiisst")
REPEATED = re.compile(r"(.{1,4}?)\1+", re.DOTALL)


def normalized(password: str) -> str:
    """Return the one form of a password that keyboards and systems spell differently."""
    return unicodedata.normalize("NFC", password)


def weakness(password: str, personal: Iterable[str]) -> str | None:
    """Return why a password is refused: short, long, common or personal; None if it is not.

    `personal` is what others know of its owner, such as the e-mail address and the name.
    """
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    text = password.casefold()
    cores = _cores(text)
    if _is_common(text) or not cores.isdisjoint(WORDS):
        return "common"
    if text in _known(personal) or not cores.isdisjoint(_known(personal)):
        return "personal"
    return None


def _core(text: str) -> str:
    """Return the word within: without digits and signs at either end, without spaces."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$|\s", "", text)


def _cores(text: str) -> set[str]:
    """Return the words within, also where signs stand for letters; trailing ones stand for none."""
    core, headed = _core(text), re.sub(r"[\W\d_]+$", "", text)
    return {core, core.translate(LOOKALIKES), headed.translate(LOOKALIKES)}


def _is_common(text: str) -> bool:
    """Say whether it only repeats a few characters, or runs along the keyboard."""
    return bool(REPEATED.fullmatch(text)) or any(text in row for row in ROWS)


def _known(personal: Iterable[str]) -> set[str]:
    """Return the forms in which somebody's name and address would stand in a password."""
    known = set()
    for text in personal:
        folded = text.casefold()
        known |= {folded, folded.partition("@")[0], "".join(folded.split()), *folded.split()}
        known |= set(re.split(r"[\W_]+", folded))
    return ({_core(word) for word in known} | known) - {""}
