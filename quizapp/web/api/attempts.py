"""PUT /api/v1/attempts/UID/items/SLOT and POST /api/v1/attempts/UID/hand-in."""

import json
from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from quizapp.core.question import BadResponse
from quizapp.services.content.questions import Absent
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import handing_in, saving
from quizapp.services.quizzes.attempt_views import Refused
from quizapp.services.quizzes.saving import Conflict
from quizapp.web import errors
from quizapp.web.api.answers import body_of
from quizapp.web.errors import Problem
from quizapp.web.identity import now, person

blueprint = Blueprint("api_attempts", __name__, url_prefix="/api/v1/attempts")


class SaveBody(BaseModel):
    """The body of PUT /items/SLOT; a response of null clears the answer."""

    model_config = ConfigDict(extra="forbid", strict=True)

    client_id: Annotated[UUID, Field(strict=False)]
    base_seq: Annotated[int, Field(ge=0, lt=2**31)]
    response: dict[str, Any] | None
    flagged: bool


@blueprint.put("/<uid>/items/<int:slot>")
def save(uid: str, slot: int) -> ResponseReturnValue:
    """Save an answer of an open exam; says the number that the next save is based on."""
    body: SaveBody = body_of(SaveBody)
    try:
        saved = saving.save(
            _who(),
            uid,
            slot,
            client_id=str(body.client_id),
            base_seq=body.base_seq,
            response=body.response,
            flagged=body.flagged,
            now=now(),
        )
    except Absent as error:
        raise _absent() from error
    except BadResponse as error:
        raise Problem(422, error.code, str(error)) from error
    except Conflict as conflict:
        return _conflict(conflict)
    except Refused as refused:
        raise Problem(409, refused.code, str(refused)) from refused
    return jsonify(seq=saved.seq, saved_at=saved.saved_at.isoformat())


@blueprint.post("/<uid>/hand-in")
def hand_in(uid: str) -> ResponseReturnValue:
    """Hand in from what is saved; a second time changes nothing and says the same."""
    try:
        done = handing_in.hand_in(_who(), uid, now())
    except Absent as error:
        raise _absent() from error
    held = done.hides(now())
    return jsonify(
        state=done.state,
        handed_in_at=done.handed_in_at.isoformat() if done.handed_in_at else None,
        points=None if held else done.points,
        max_points=None if held else done.max_points,
        url=url_for("attempts.show", uid=uid),
    )


def _who() -> Person:
    who = person()
    if who is None:
        raise Absent
    return who


def _absent() -> Problem:
    return Problem(404, "absent", "There is no such attempt or question.")


def _conflict(conflict: Conflict) -> Response:
    """Answer 409 with the answer that stands, so that the learner can choose."""
    reply = errors.answer(409, conflict.code, str(conflict))
    current = {
        "seq": conflict.seq,
        "saved_at": conflict.saved_at.isoformat() if conflict.saved_at else None,
        "response": conflict.told,
    }
    reply.set_data(json.dumps({**reply.get_json(force=True), "current": current}))
    return reply
