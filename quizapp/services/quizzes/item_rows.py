"""The answers that item analysis reads: what each earned, as judged last."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.extensions import db
from quizapp.models import Attempt, AttemptItem, LoggedResponse, Question, QuestionVersion
from quizapp.models.memory import Regrade
from quizapp.services.quizzes.item_answers import Answers
from quizapp.services.quizzes.item_sittings import AT_ONCE, Sitting
from quizapp.services.quizzes.regrade_answers import COMMENT
from quizapp.services.quizzes.tries import counted
from quizapp.services.study import judged

ROWS_AT_ONCE = 2_000
SAID_RIGHT = "said_right"  # of an answer's marks: its learner has overruled the judgement

Key = tuple[int, int]  # question id and stat_group: versions that share key and options


def gather(quiz_ids: Sequence[int], sittings: Sequence[Sitting]) -> dict[Key, Answers]:
    """Return the answers of these attempts at the quizzes, by question and key, as judged last."""
    if not sittings:
        return {}
    since = min(sitting.handed_in_at for sitting in sittings)
    given = _given(_of_attempts(quiz_ids, since), sittings)
    _judge_anew(given, _of_attempts(quiz_ids, since), sittings)
    _tell_times(given.values(), sittings)
    floors = {at for at, sitting in enumerate(sittings) if sitting.settings.floor_zero}
    for answers in given.values():
        for at, fraction in enumerate(answers.fractions):
            if fraction is not None and fraction < 0 and answers.sittings[at] in floors:
                answers.fractions[at] = 0.0
    return _by_key(given)


def _of_attempts(quiz_ids: Sequence[int], since: datetime) -> sa.Select[Any]:
    """Select from the attempts handed in since then; `sittings` has those that are wanted."""
    query: sa.Select[Any] = sa.select(Attempt.user_id).add_columns(Attempt.n)
    return query.where(
        Attempt.quiz_id.in_(quiz_ids), Attempt.state != "open", Attempt.handed_in_at >= since
    )


_ITEM = sa.and_(AttemptItem.user_id == Attempt.user_id, AttemptItem.n == Attempt.n)
_FIRST_TRY = sa.and_(
    LoggedResponse.user_id == AttemptItem.user_id,
    LoggedResponse.attempt_n == AttemptItem.n,
    LoggedResponse.slot == AttemptItem.slot,
    LoggedResponse.try_no == 1,
)


def _given(attempts: sa.Select[Any], sittings: Sequence[Sitting]) -> dict[Key, Answers]:
    """Return the first answers by question and version, as they were judged at first.

    JSON is read as text: most answers are alike, and are parsed once. Lists by question instead of
    an object for each answer: a hundred thousand objects would keep the garbage collector busy.
    """
    query = (
        attempts.add_columns(
            AttemptItem.slot,
            AttemptItem.question_id,
            AttemptItem.question_version,
            AttemptItem.weight,
            LoggedResponse.fraction,
            sa.cast(LoggedResponse.payload, sa.Text),
            sa.cast(LoggedResponse.marks, sa.Text),
            LoggedResponse.took_ms,
            sa.cast(sa.extract("epoch", LoggedResponse.answered_at), sa.Double),
        )
        .join(AttemptItem, _ITEM)
        .outerjoin(LoggedResponse, _FIRST_TRY)
    )
    found: dict[Key, Answers] = {}
    places = {sitting.place: at for at, sitting in enumerate(sittings)}
    for user_id, n, slot, question_id, version, weight, *answer in _rows(query):
        at = places.get((user_id, n))
        if at is None:
            continue
        key = (question_id, version)
        answers = found.get(key) or found.setdefault(key, Answers())
        answers.sittings.append(at)
        answers.slots.append(slot)
        answers.versions.append(version)
        answers.weights.append(weight)
        _read(answers, at, *answer)
    return found


def _read(
    answers: Answers,
    sitting: int,
    fraction: float | None,
    payload: str | None,
    marks: str | None,
    took_ms: int | None,
    at_s: float | None,
) -> None:
    answers.fractions.append(0.0 if payload is None else fraction)
    answers.payloads.append(payload)
    answers.took_ms.append(took_ms)
    answers.at_s.append(at_s)
    if marks is not None and SAID_RIGHT in marks:
        answers.said_right.add(sitting)


def _tell_times(given: Collection[Answers], sittings: Sequence[Sitting]) -> None:
    """Fill in the times that were not measured, as in an exam, by the answers before."""
    all_s: list[list[float]] = [[sitting.started_at.timestamp()] for sitting in sittings]
    for answers in given:
        for sitting, at_s in zip(answers.sittings, answers.at_s, strict=True):
            if at_s is not None:
                all_s[sitting].append(at_s)
    for times in all_s:
        times.sort()
    for answers in given:
        entries = zip(answers.sittings, answers.at_s, answers.took_ms, strict=True)
        for at, (sitting, at_s, took_ms) in enumerate(entries):
            if took_ms is None and at_s is not None:
                before = all_s[sitting][max(bisect_left(all_s[sitting], at_s) - 1, 0)]
                answers.took_ms[at] = round((at_s - before) * 1000)
                answers.told.add(sitting)


def _rows(query: sa.Select[Any]) -> Iterable[Any]:
    # Rows of a session, or all of them at once, would take twice as long.
    connection = db.session.connection()
    return connection.execute(query, execution_options={"yield_per": ROWS_AT_ONCE})


def _judge_anew(
    given: Mapping[Key, Answers], attempts: sa.Select[Any], sittings: Sequence[Sitting]
) -> None:
    """Put later judgements and later tries in place of the first."""
    places = {sitting.place: at for at, sitting in enumerate(sittings)}
    tries: dict[tuple[Key, int], dict[int, float | None]] = {}
    for user_id, n, question_id, version, try_no, fraction, why, by in _rows(_later(attempts)):
        sitting, key = places.get((user_id, n)), (question_id, version)
        if sitting is None or key not in given:
            continue
        tries.setdefault((key, sitting), {})[try_no] = fraction
        if try_no == 1 and why not in (None, COMMENT):
            given[key].regraded.add(sitting)
        if try_no == 1 and why == "override" and by == user_id:
            given[key].said_right.add(sitting)
    for (key, sitting), fractions in tries.items():
        at = given[key].sittings.index(sitting)
        fractions.setdefault(1, given[key].fractions[at])
        given[key].fractions[at] = counted(fractions, sittings[sitting].settings)


def _later(attempts: sa.Select[Any]) -> sa.Select[Any]:
    """Select answers that were judged anew, and those that are not the first at their place."""
    own = sa.and_(LoggedResponse.user_id == Attempt.user_id, LoggedResponse.attempt_n == Attempt.n)
    return (
        attempts.add_columns(
            LoggedResponse.question_id,
            LoggedResponse.question_version,
            LoggedResponse.try_no,
            judged.FRACTION,
            Regrade.why,
            Regrade.by,
        )
        .join(LoggedResponse, own)
        .outerjoin(Regrade, judged.LATEST)
        .where(sa.or_(LoggedResponse.try_no > 1, Regrade.n.is_not(None)))
    )


def _by_key(given: Mapping[Key, Answers]) -> dict[Key, Answers]:
    """Put the versions that share a key together."""
    groups = _stat_groups({question_id for question_id, _ in given})
    found: dict[Key, Answers] = {}
    for (question_id, version), answers in sorted(given.items(), key=lambda pair: pair[0]):
        key = (question_id, groups[(question_id, version)])
        if key in found:
            found[key].extend(answers)
        else:
            found[key] = answers
    return found


def _stat_groups(question_ids: Collection[int]) -> dict[tuple[int, int], int]:
    ids, found = sorted(question_ids), dict[tuple[int, int], int]()
    for start in range(0, len(ids), AT_ONCE):
        rows = db.session.execute(
            sa.select(
                QuestionVersion.question_id, QuestionVersion.number, QuestionVersion.stat_group
            ).where(QuestionVersion.question_id.in_(ids[start : start + AT_ONCE]))
        )
        found.update({(question, number): group for question, number, group in rows})
    return found


def current_groups(question_ids: Iterable[int]) -> dict[int, int]:
    """Return the stat_group of each question's version of now."""
    ids, found = sorted(question_ids), dict[int, int]()
    newest = sa.and_(
        QuestionVersion.question_id == Question.id, QuestionVersion.number == Question.version
    )
    for start in range(0, len(ids), AT_ONCE):
        rows = db.session.execute(
            sa.select(Question.id, QuestionVersion.stat_group)
            .join(QuestionVersion, newest)
            .where(Question.id.in_(ids[start : start + AT_ONCE]))
        )
        found.update((row[0], row[1]) for row in rows)
    return found
