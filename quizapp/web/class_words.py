"""What a class knows in words: recall, reasons to talk to somebody, times of the course."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import format_datetime, format_time, ngettext
from flask_babel import gettext as _

from quizapp.core.statistics import class_matrix
from quizapp.core.statistics.class_needs import (
    BEHIND,
    IDLE,
    MISSED,
    QUICK,
    SILENT,
    WEAK,
    WRONG,
    Reason,
)
from quizapp.core.statistics.recall import recall_level
from quizapp.services.courses.access import CourseView
from quizapp.services.courses.class_detail import Known
from quizapp.services.courses.fact_answers import GivenAnswer
from quizapp.services.study.answer_rows import AnswerRow

LONGEST_HEAD = 26  # characters of a fact that stand upright over its column


def as_of(at: datetime, now: datetime, course: CourseView) -> str:
    """Return when figures were made, in the course's zone: "12:03", with the day if not today's."""
    zone = ZoneInfo(course.tz)
    local = at.astimezone(zone).replace(tzinfo=None)
    if local.date() == now.astimezone(zone).date():
        return str(format_time(local, "HH:mm", rebase=False))
    return str(format_datetime(local, "EEE d MMM, HH:mm", rebase=False))


def moment(at: datetime, course: CourseView) -> str:
    """Return a time as "Tue 26 May, 10:58", in the course's zone."""
    local = at.astimezone(ZoneInfo(course.tz)).replace(tzinfo=None)
    return str(format_datetime(local, "EEE d MMM, HH:mm", rebase=False))


def percent(value: float | None) -> str:
    """Return a chance of recall as "57%", rounded down as in the matrix; "" for none."""
    return "" if value is None else f"{class_matrix.percent(value)}%"


def level(value: float | None) -> int:
    """Return the colour of a chance of recall, 0 where there is none."""
    return recall_level(value)


def recalled(one: Known) -> str:
    """Return what a learner remembers of a fact: a percentage, or why there is none."""
    if one.memory:
        return percent(one.memory.recall)
    return _("never answered, counts as 0%") if one.owed else _("not asked yet")


def short(statement: str) -> str:
    """Return a fact as it fits over a column, cut at a word."""
    text = statement.strip().rstrip(".")
    if len(text) <= LONGEST_HEAD:
        return text
    cut = text[: LONGEST_HEAD - 1].rsplit(" ", 1)[0]
    return f"{cut[: LONGEST_HEAD - 1].rstrip(',;:')}…"


def reason(one: Reason, facts: int) -> str:
    """Return why to talk to somebody as a sentence; `facts` is how many the course is about."""
    first, second = one.numbers
    words = {
        SILENT: _silent, IDLE: _idle, WEAK: _weak, WRONG: _wrong, MISSED: _missed, QUICK: _quick,
    }  # fmt: skip
    if one.code == BEHIND:
        return _(
            "Knows about %(known)s of %(facts)s facts, where the middle learner knows %(middle)s.",
            known=first,
            facts=facts,
            middle=second,
        )
    return words[one.code](first, second) if one.code in words else ""


def _silent(days: int, _none: int) -> str:
    return ngettext(
        "Has not answered yet; there has been something to answer for %(num)s day.",
        "Has not answered yet; there has been something to answer for %(num)s days.",
        days,
    )


def _idle(days: int, usual: int) -> str:
    said = ngettext("Has not answered for %(num)s day", "Has not answered for %(num)s days", days)
    if usual < 1:
        return _("%(said)s; the middle learner answered today.", said=said)
    than = ngettext(
        "the middle learner answered %(num)s day ago",
        "the middle learner answered %(num)s days ago",
        usual,
    )
    return f"{said}; {than}."


def _weak(mean: int, counted: int) -> str:
    return ngettext(
        "Would recall about %(mean)s%% of %(num)s fact now.",
        "Would recall about %(mean)s%% of %(num)s facts now.",
        counted,
        mean=mean,
    )


def _wrong(right: int, usual: int) -> str:
    return _(
        "Was right on %(right)s%% of the last answers, the middle learner on %(usual)s%%.",
        right=right,
        usual=usual,
    )


def _missed(missed: int, due: int) -> str:
    return ngettext(
        "Missed %(missed)s of %(num)s assignment.",
        "Missed %(missed)s of %(num)s assignments.",
        due,
        missed=missed,
    )


def _quick(quick: int, timed: int) -> str:
    return ngettext(
        "Took under 2 seconds for %(quick)s of the last %(num)s answer.",
        "Took under 2 seconds for %(quick)s of the last %(num)s answers.",
        timed,
        quick=quick,
    )


def outcome(row: AnswerRow) -> str:
    """Return how an answer was judged."""
    ratings = {1: _("Again"), 2: _("Hard"), 3: _("Good"), 4: _("Easy")}
    table: dict[str, str] = {
        "right": _("Right"),
        "partial": _("Partly right"),
        "wrong": _("Wrong"),
        "waiting": _("Waits for a person"),
        "self": ratings.get(row.rating or 0, _("Rated by themselves")),
    }
    return table.get(row.outcome, row.outcome)


def answered(one: GivenAnswer) -> str:
    """Return what was answered, as a person reads it."""
    if one.row.type == "true_false":
        return {"true": _("True"), "false": _("False")}.get(one.said, one.said)
    if one.said:
        return one.said
    return "" if one.row.outcome == "self" else _("no answer")
