"""What people and programs see when something cannot be done: plain words, a stable code."""

from http import HTTPStatus

import sqlalchemy as sa
from flask import Flask, Response, current_app, jsonify, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from quizapp.database import Busy, is_busy
from quizapp.services.content.questions import Absent
from quizapp.services.courses.courses import Archived


class Problem(Exception):
    """An answer of /api/v1 that is not a success: RFC 9457 problem JSON with a stable code."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
CODES = {
    400: "malformed",
    404: "absent",
    405: "method",
    409: "conflict",
    413: "too-big",
    415: "media-type",
    422: "refused",
    429: "throttled",
    500: "failed",
    503: "busy",
}


def words(status: int) -> tuple[str, str]:
    """Return what happened and what to do, for a page of this status."""
    table = {
        400: (_("That could not be read"), _("Nothing was changed. Go back and try again.")),
        404: (
            _("There is nothing here"),
            _("The address may be wrong, or it is not yours to see."),
        ),
        405: (_("That cannot be done here"), _("Nothing was changed. Go back and try again.")),
        409: (_("Something changed in between"), _("Nothing was lost. Go back and look again.")),
        413: (_("That is too big"), _("Nothing was stored. Send a smaller one.")),
        415: (_("That could not be read"), _("Nothing was changed. Send it as a form.")),
        422: (_("That cannot be done"), _("Nothing was changed. Go back and look again.")),
        429: (_("Too many tries"), _("Wait a minute, then try again.")),
        503: (_("Busy for a moment"), _("Nothing was lost. Try again in a second.")),
    }
    return table.get(
        status, (_("Something went wrong on our side"), _("Nothing was changed. Try again later."))
    )


def init_app(app: Flask) -> None:
    """Answer every failure as a page, or as problem JSON under /api/."""
    app.before_request(refuse_nul)
    app.before_request(refuse_other_than_forms)
    app.register_error_handler(Problem, on_problem)
    app.register_error_handler(Absent, on_absent)
    app.register_error_handler(Archived, on_archived)
    app.register_error_handler(Busy, on_busy)
    app.register_error_handler(sa.exc.OperationalError, on_database)
    app.register_error_handler(sa.exc.DataError, on_unstorable)
    app.register_error_handler(OverflowError, on_unstorable)
    app.register_error_handler(CSRFError, on_csrf)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(Exception, on_failure)


def refuse_nul() -> Response | None:
    """Refuse NUL and broken Unicode at the edge: PostgreSQL cannot store them."""
    sent = [request.args, request.form] if request.mimetype in FORMS else [request.args]
    pairs = [pair for fields in sent for pair in fields.items(multi=True)]
    texts = [request.path, *(text for pair in pairs for text in pair)]
    return answer(400, "malformed") if any("\0" in text for text in texts) else None


def refuse_other_than_forms() -> Response | None:
    """Refuse JSON that is sent to a page: pages read forms, and WTForms breaks on a list."""
    is_page = not request.path.startswith("/api/")
    return answer(415) if is_page and request.is_json and request.method == "POST" else None


def answer(status: int, code: str | None = None, detail: str | None = None) -> Response:
    """Build the answer for a failure: JSON for programs, a page for people."""
    title, advice = words(status)
    if request.path.startswith("/api/"):
        response = jsonify(
            type="about:blank",
            title=HTTPStatus(status).phrase,
            status=status,
            code=code or CODES.get(status, "failed"),
            detail=detail or title,
        )
        response.mimetype = "application/problem+json"
    else:
        page = render_template("error.html", title=title, advice=detail or advice, status=status)
        response = current_app.make_response(page)
    response.status_code = status
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "1"
    return response


def on_problem(error: Problem) -> Response:
    """Answer what a view refused."""
    return answer(error.status, error.code, error.detail)


def on_absent(_error: Absent) -> Response:
    """Answer what is not there or not theirs to see, without telling which."""
    return answer(404)


def on_archived(_error: Archived) -> Response:
    """Answer a change in a course that is over; the pages offer none, but two tabs may."""
    return answer(
        409, "archived", _("This course is archived: it can be looked at, but nothing changes.")
    )


def on_busy(_error: Busy) -> Response:
    """Answer a writer whose turn did not come: nothing was changed, try again."""
    return answer(503)


def on_database(error: sa.exc.OperationalError) -> Response:
    """Answer 503 where the database refuses only for now."""
    return answer(503) if is_busy(error) else on_failure(error)


def on_unstorable(_error: Exception) -> Response:
    """Answer what no column can hold: a number of forty digits, a NUL in a text."""
    return answer(400, "malformed")


def on_csrf(error: CSRFError) -> Response:
    """Answer a form without its token: the session ended, or the form came from elsewhere."""
    return answer(
        400,
        "csrf",
        _("Your session ended meanwhile. Go back, reload, and try again.")
        if error.description
        else None,
    )


def on_http(error: HTTPException) -> Response:
    """Answer what Flask or a view aborted with."""
    code = error.code or 500
    if 300 <= code < 400:
        return error.get_response()  # type: ignore[return-value]
    response = answer(code)
    if isinstance(getattr(error, "valid_methods", None), list):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # type: ignore[attr-defined]
    return response


def on_failure(error: Exception) -> Response:
    """Answer a defect of ours without telling its inside; the log has it."""
    current_app.logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return answer(500)
