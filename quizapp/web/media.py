"""The pictures of a bank, for whoever may see them."""

from flask import Blueprint, abort, make_response, request
from flask.typing import ResponseReturnValue

from quizapp.services.content import media
from quizapp.web.identity import person

blueprint = Blueprint("media", __name__)
SHOWN = ("image/", "audio/")
PAGE_LIKE = "image/svg+xml"  # shown inside our pages, but never opened as a page of ours


@blueprint.get("/media/<slug>/<path:name>")
def show(slug: str, name: str) -> ResponseReturnValue:
    """Send a media file; as what it was checked to be, never as anything a browser would run."""
    found = media.find(slug, name, person())
    if found is None:
        abort(404)
    response = make_response(found.data)
    response.mimetype = found.mime
    response.set_etag(found.sha256)
    # An SVG opened by itself would be a page of ours: it may load and run nothing.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    # Not `immutable`: importing a bank anew may give a name to another picture.
    response.headers["Cache-Control"] = "private, max-age=3600"
    if not found.mime.startswith(SHOWN) or found.mime == PAGE_LIKE:
        response.headers["Content-Disposition"] = "attachment"
    return response.make_conditional(request)
