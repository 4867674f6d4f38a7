"""The figures of a course's first page, worked out for all learners and facts at once.

They hold ids and numbers only: names are read when a page is shown, so that a new name shows at
once and an erased one is gone.
"""

from collections.abc import Mapping
from datetime import datetime
from math import fsum
from typing import Any

import sqlalchemy as sa

from quizapp.core.statistics import class_matrix, class_needs
from quizapp.core.statistics.class_matrix import NOT_ASKED, Matrix
from quizapp.core.statistics.class_needs import Need, Standing
from quizapp.extensions import db
from quizapp.models import Enrolment
from quizapp.services.courses import class_answers, class_memory, course_facts
from quizapp.services.courses.class_memory import Remembered
from quizapp.services.courses.course_facts import CourseFacts

MOST_CELLS = 1_000_000  # of more facts the first are taken, and the page says so
MOST_NEEDS = 100
MOST_BELIEVED = 20

Memories = Mapping[int, Mapping[int, Remembered]]  # by learner and fact


def of_course(course_id: int, now: datetime) -> dict[str, Any]:
    """Return the figures as they are stored: plain JSON; see `first_page` for who reads them."""
    learners = _learners(course_id)
    about = course_facts.of_course(course_id)
    facts = about.facts[: MOST_CELLS // max(len(learners), 1)]
    memories = _by_learner(class_memory.of_class(course_id, facts, now))
    matrix = class_matrix.build(
        list(learners),
        facts,
        {who: {fact: one.recall for fact, one in known.items()} for who, known in memories.items()},
        {who: about.owed(who, joined, now) for who, joined in learners.items()},
    )
    standing = _standing(course_id, learners, about, memories, matrix, now)
    needs = class_needs.needs(standing, matrix.learners)[:MOST_NEEDS]
    believed = class_answers.believed(course_id, facts, now)[:MOST_BELIEVED]
    return {
        **_stored(matrix, memories),
        "all_facts": len(about.facts),
        "needs": [_need(one) for one in needs],
        "believed": [[one.question, one.option, one.chosen, one.wrong] for one in believed],
    }


def _learners(course_id: int) -> dict[int, datetime]:
    """Return the learners of a course and since when they are in it."""
    rows = db.session.execute(
        sa.select(Enrolment.user_id, Enrolment.joined_at)
        .where(
            Enrolment.course_id == course_id,
            Enrolment.user_id.in_(class_memory.learner_ids(course_id)),
        )
        .order_by(Enrolment.user_id)
    )
    return {row.user_id: row.joined_at for row in rows}


def _by_learner(memories: list[Remembered]) -> dict[int, dict[int, Remembered]]:
    found: dict[int, dict[int, Remembered]] = {}
    for one in memories:
        found.setdefault(one.user_id, {})[one.fact_id] = one
    return found


def _stored(matrix: Matrix, memories: Memories) -> dict[str, Any]:
    reps = (
        [known[fact].reps if fact in known else 0 for fact in matrix.facts]
        for known in (memories.get(who, {}) for who in matrix.learners)
    )
    return {
        "learners": list(matrix.learners),
        "facts": list(matrix.facts),
        "cells": [class_matrix.pack(row) for row in matrix.cells],
        "reviews": [class_matrix.pack_counts(row) for row in reps],
        "learner_means": [_short(mean) for mean in matrix.learner_means],
        "fact_means": [_short(mean) for mean in matrix.fact_means],
        "counted": list(matrix.counted),
        "under": list(matrix.under),
    }


def _short(mean: float | None) -> float | None:
    return None if mean is None else round(mean, 4)


def _need(one: Need) -> list[Any]:
    return [one.learner, [[reason.code, *reason.numbers] for reason in one.reasons]]


def _standing(
    course_id: int,
    learners: Mapping[int, datetime],
    about: CourseFacts,
    memories: Memories,
    matrix: Matrix,
    now: datetime,
) -> dict[int, Standing]:
    handed_in = class_answers.handed_in(about.given)
    recent = class_answers.recent(course_id, about.facts, now)
    places = {who: place for place, who in enumerate(matrix.learners)}
    found = {}
    for who, joined_at in learners.items():
        known = memories.get(who, {})
        over = [one for one in about.given if one.is_over(who, joined_at, now)]
        missed = [
            one
            for one in over
            if (
                (one.id, who) not in handed_in
                if one.quiz_id is not None
                else not (one.facts & known.keys())
            )
        ]
        answers = recent.get(who, class_answers.Recent())
        found[who] = Standing(
            known=fsum(one.recall for one in known.values()),
            mean=matrix.learner_means[places[who]],
            counted=sum(cell != NOT_ASKED for cell in matrix.cells[places[who]]),
            idle_days=int(min(one.days_ago for one in known.values())) if known else None,
            waited_days=_waited_days(about, who, joined_at, now),
            missed=len(missed),
            due=len(over),
            quick=answers.quick,
            timed=answers.timed,
            right=answers.right,
        )
    return found


def _waited_days(about: CourseFacts, who: int, joined_at: datetime, now: datetime) -> int | None:
    """Return since when a learner could have answered what they still can; None for nothing."""
    since = []
    for one in about.given:
        terms = one.terms_of(who)
        if terms.is_open(now) and not terms.excused:
            since.append(max(terms.opens_at or one.created_at, joined_at))
    return max((now - min(since)).days, 0) if since else None
