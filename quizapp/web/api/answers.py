"""POST /api/v1/answers and GET /api/v1/study/next."""

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from quizapp.core.question import BadResponse
from quizapp.services.content import bank_pages, evidence
from quizapp.services.people.sessions import Person
from quizapp.services.study import answers, queue
from quizapp.web import studying
from quizapp.web.errors import Problem
from quizapp.web.identity import now, person

blueprint = Blueprint("api_answers", __name__, url_prefix="/api/v1")


class AnswerBody(BaseModel):
    """The body of POST /answers."""

    model_config = ConfigDict(extra="forbid", strict=True)

    client_id: Annotated[UUID, Field(strict=False)]
    question: Annotated[str, Field(min_length=1, max_length=32)]
    version: Annotated[int, Field(ge=1, lt=2**31)]
    response: dict[str, Any]
    took_ms: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    answered_at: Annotated[AwareDatetime, Field(strict=False)] | None = None
    attempt: Annotated[str, Field(max_length=32)] | None = None
    slot: Annotated[int, Field(ge=0, lt=10_000)] | None = None
    bank: Annotated[str, Field(max_length=80)] | None = None
    hint: bool = False
    unknown: bool = False  # "I don't know": wrong, whatever the response says

    @property
    def marks(self) -> dict[str, bool]:
        """What is noted beside the answer."""
        return {name: True for name in ("hint", "unknown") if getattr(self, name)}


def body_of(model: type[BaseModel]) -> Any:
    """Return the request's body as this model; Problem 400 malformed where it is not."""
    try:
        return model.model_validate_json(request.get_data())
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise Problem(400, "malformed", f"{where}: {first['msg']}") from error


@blueprint.post("/answers")
def answer() -> ResponseReturnValue:
    """Grade and log one answer; says what to ask next."""
    body: AnswerBody = body_of(AnswerBody)
    try:
        if body.attempt is not None and person() is None:
            raise answers.Absent
        who = studying.taker(body.question, body.version, body.response, body.marks)
        done = _answered(who, body)
    except answers.Absent as error:
        raise Problem(404, "absent", "There is no such question.") from error
    except BadResponse as error:
        raise Problem(422, error.code, str(error)) from error
    except answers.NotAskable as error:
        raise Problem(422, "not-askable", "This question takes no answers.") from error
    except answers.IdReused as error:
        raise Problem(409, "id-reused", "This id came with another answer before.") from error
    except answers.Refused as error:
        raise Problem(409, error.code, str(error)) from error
    return jsonify(_said(who, done, "practice" if body.attempt else "study"))


def _answered(who: Person, body: AnswerBody) -> answers.Answered:
    common: dict[str, Any] = {
        "now": now(),
        "took_ms": body.took_ms,
        "answered_at": body.answered_at,
    }
    what = (who, str(body.client_id), body.question, body.version, body.response)
    if body.attempt is not None:
        slot = 0 if body.slot is None else body.slot
        return answers.answer_in_attempt(
            *what, attempt=body.attempt, slot=slot, hinted=body.hint, **common
        )
    return answers.answer(*what, bank=body.bank, marks=body.marks, **common)


def _said(who: Person, done: answers.Answered, mode: str) -> dict[str, Any]:
    kind = done.asked.kind
    shows_key = done.settled and kind.GRADED_BY == "app"
    return {
        "client_id": done.client_id,
        "score": done.grade.score,
        "outcome": answers.outcome(done.asked, done.grade.score),
        "key": kind.key(done.asked.question) if shows_key else None,
        "feedback": {
            "html": str(studying.graded_html(done) if done.settled else studying.missed_html(done)),
            "texts": studying.feedback_texts(done) if done.settled else [],
        },
        "evidence": studying.passage_json(evidence.of_fact(done.fact_id) if done.settled else None),
        "card": studying.card_json(done, who),
        "next": studying.following(done.next, who, mode, done.next_seed, done.next_slot),
    }


@blueprint.get("/study/next")
def study_next() -> ResponseReturnValue:
    """Return the question to ask now: of one bank, or of the whole shelf; null when all is done."""
    who, slug = person(), request.args.get("bank")
    bank = bank_pages.named(slug, who) if slug else None
    if slug and bank is None:
        raise Problem(404, "absent", "There is no such bank.")
    if who is None:
        asked = queue.first_question(bank.id) if bank else None
    else:
        asked = queue.next_question(who, now(), bank.id if bank else None)
    return jsonify(studying.following(asked, who))
