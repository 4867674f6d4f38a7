"""The pictures of a bank, for whoever may see the bank."""

import sqlalchemy as sa
from flask import Blueprint, abort, make_response
from flask.typing import ResponseReturnValue

from quizapp.extensions import db
from quizapp.models import Media, MediaBlob, MediaUse
from quizapp.services import bank_pages
from quizapp.web.identity import person

blueprint = Blueprint("media", __name__)
YEAR_S = 31_536_000


@blueprint.get("/media/<slug>/<path:name>")
def show(slug: str, name: str) -> ResponseReturnValue:
    """Send a media file; as what it was checked to be, never as anything a browser would run."""
    bank = bank_pages.seen(slug, person())
    found = (
        bank
        and db.session.execute(
            sa.select(MediaBlob.data, Media.mime, Media.sha256)
            .join(Media, Media.sha256 == MediaBlob.sha256)
            .join(MediaUse, MediaUse.sha256 == Media.sha256)
            .where(MediaUse.bank_id == bank.id, MediaUse.name == name)
        ).first()
    )
    if not found:
        abort(404)
    response = make_response(found.data)
    response.mimetype = found.mime
    response.set_etag(found.sha256)
    # An SVG opened by itself would be a page of ours: it may load and run nothing.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response
