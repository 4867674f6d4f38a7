"""Questions as rows: what importing and editing store in the same way."""

from datetime import datetime
from typing import Any

from quizapp.core.markdown import RENDERER, render, words
from quizapp.core.media_links import stored_link
from quizapp.core.question import Question
from quizapp.core.question_types.texts import texts
from quizapp.core.search import MAX_SEARCH, folded
from quizapp.core.statements import statement_of
from quizapp.services.identifiers import new_uid

OWN = "own"  # in a fact's detail: made for one question, follows it
_OWN_DETAIL = {OWN: True}  # one object for all rows: so it is turned into JSON once
_NO_HTML: dict[str, str] = {}


def html_of(question: Question) -> dict[str, str]:
    """Return the clean HTML of each Markdown text by its path, media as core.media_links says."""
    return {path: render(text, stored_link) for path, text in texts(question)}


def words_of(question: Question) -> str:
    """Return the words of all texts, folded for search."""
    return folded(words([text for _, text in texts(question)]))[:MAX_SEARCH]


def version_row(
    question_id: int,
    number: int,
    stat_group: int,
    question: Question,
    sha256: str,
    html: dict[str, str] | None,
    now: datetime,
    by: int | None = None,
    reason: str | None = None,
) -> dict[str, Any]:
    """Return the columns of a question version; without `html` it is made when first asked."""
    return {
        "question_id": question_id,
        "number": number,
        "stat_group": stat_group,
        "stem": question.stem,
        "body": question.body,
        "html": html or _NO_HTML,
        "renderer": RENDERER if html is not None else "",
        "sha256": sha256,
        "edited_by": by,
        "edited_at": now,
        "reason": reason,
    }


def own_fact_row(
    bank_id: int | None, question_uid: str, question: Question, position: int
) -> dict[str, Any]:
    """Return the columns of the fact of a question that names none."""
    return {
        "uid": new_uid(),
        "bank_id": bank_id,
        "key": own_key(question_uid),
        "statement": statement_of(question),
        "detail": _OWN_DETAIL,
        "status": "active",
        "position": position,
    }


def own_key(question_uid: str) -> str:
    """Return the key of the fact that is made for one question."""
    return f"{OWN}-{question_uid}"
