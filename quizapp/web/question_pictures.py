"""Pictures that are sent from the form of a question: stored, and named in Markdown."""

from flask import current_app, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from quizapp.models import Bank
from quizapp.services.content import media
from quizapp.services.people import throttling
from quizapp.services.people.sessions import Person
from quizapp.web.identity import now

A_MINUTE = 60  # pictures of one person
MOST_ALT = 500  # characters
MARKUP = "\\[]`*_<>$~!&"


def take(bank: Bank, who: Person) -> tuple[str, str]:
    """Store the picture of this request; returns its Markdown, or else why it was refused."""
    try:
        throttling.take({f"picture:{who.uid}": A_MINUTE}, now())
        return _stored_picture(bank, request.files.get("upload.file")), ""
    except throttling.Throttled:
        return "", _("Those were many pictures. Wait a minute, then go on.")
    except media.NotAPicture as error:
        return "", _refusal(error.code)


def _stored_picture(bank: Bank, file: FileStorage | None) -> str:
    """Return the Markdown of a picture that is now the bank's; NotAPicture where it is none."""
    alt = " ".join(request.form.get("upload.alt", "").split())
    if file is None or not file.filename:
        raise media.NotAPicture("no-file")
    if not alt:
        raise media.NotAPicture("no-alt")
    if len(alt) > MOST_ALT:
        raise media.NotAPicture("long-alt")
    most = current_app.config["MAX_PICTURE_LENGTH"]
    name = media.store_upload(bank.id, file.filename, file.stream.read(most + 1), most)
    for sign in MARKUP:
        alt = alt.replace(sign, f"\\{sign}")
    return f"![{alt}](media/{name})"


def _refusal(code: str) -> str:
    table = {
        "no-file": _("Choose a picture first."),
        "no-alt": _("Say in words what the picture shows, for those who cannot see it."),
        "long-alt": _("Say in at most %(n)s characters what the picture shows.", n=MOST_ALT),
        "too-large": _("That picture is too big. Nothing was stored; send a smaller one."),
        "too-many-pixels": _("That picture has too many pixels. Nothing was stored."),
    }
    return table.get(code, _("That is no PNG, JPEG, GIF or WebP picture. Nothing was stored."))
