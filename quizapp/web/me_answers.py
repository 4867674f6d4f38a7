"""The answers behind a learner's figures, as listings."""

from datetime import datetime
from typing import cast

from flask import url_for
from flask_babel import gettext as _

from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.scheduling.days import learner_day
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import assigned
from quizapp.services.study import (
    answer_rows,
    fact_story,
    figure_rows,
    marked_facts,
    retention_rows,
)
from quizapp.services.study.answer_rows import AnswerRow
from quizapp.services.study.figure_rows import Page
from quizapp.services.study.retention_rows import Age
from quizapp.web import words
from quizapp.web.me_tables import Asked, Cell, Listing, day_words, in_days, percent


def one_day(person: Person, now: datetime, asked: Asked) -> Listing:
    """List the answers that a day counts."""
    day = asked.number("day")
    held = assigned.hidden(person.id, now)
    page = answer_rows.of_day(person, day, asked.after, asked.most, held)
    title = _("Answers on %(day)s", day=day_words(day))
    lede = _("The newest first. Undone answers are left out.")
    return _answers_listing(title, lede, page, person)


def fact(person: Person, now: datetime, asked: Asked) -> Listing:
    """List the answers on a fact, below what is known of it."""
    fact_id = marked_facts.fact_id(person, asked.args["id"])
    held = assigned.hidden(person.id, now)
    page = answer_rows.of_fact(person, fact_id, asked.after, asked.most, held)
    listing = _answers_listing(_("A fact and your answers"), "", page, person)
    story = None if asked.after else fact_story.of_fact(person, fact_id, now)
    withheld = story.withheld if story else fact_story.is_withheld(person, fact_id, now)
    return Listing(
        listing.title,
        listing.lede,
        listing.head,
        listing.names,
        listing.rows,
        listing.after,
        None if withheld else figure_rows.memory_of(person, now, fact_id),
        {
            "fact": marked_facts.of_fact(person, fact_id),
            "fact_id": fact_id,
            "story": story,
            "withheld": withheld,
        },
    )


def _answers_listing(title: str, lede: str, page: Page[AnswerRow], person: Person) -> Listing:
    head = (_("Question"), _("Answer"), _("When"), _("Took"), _("Kind"))
    names = ("question", "outcome", "answered_at", "took_ms", "type", "score")
    rows = [_answer_row(row, person) for row in page.rows]
    return Listing(title, lede, head, names, rows, page.after)


def _answer_row(row: AnswerRow, person: Person) -> tuple[Cell, ...]:
    took = "" if row.took_ms is None else _("%(n)s s", n=max(round(row.took_ms / 1000), 1))
    text, verdict = _outcome(row)
    answered = url_for("study.answered", seq=row.seq)
    return (
        Cell(row.stem, row.stem, None if row.outcome == "held" else answered),
        Cell(text, row.outcome, verdict=verdict),
        Cell(words.moment(row.at, person), row.at),
        Cell(took, row.took_ms, number=True),
        Cell(_(QUESTION_TYPES[row.type].LABEL), row.type),
        Cell("", row.score),
    )


def _outcome(row: AnswerRow) -> tuple[str, str | None]:
    ratings = {1: _("Again"), 2: _("Hard"), 3: _("Good"), 4: _("Easy")}
    table = {
        "right": _("Right"),
        "partial": _("Partly right"),
        "wrong": _("Wrong"),
        "waiting": _("Waits for a person"),
        "held": _("Not released yet"),
        "self": ratings.get(row.rating or 0, _("Rated by yourself")),
    }
    return table[row.outcome], row.outcome if row.outcome in {"right", "partial", "wrong"} else None


def retention(person: Person, now: datetime, asked: Asked) -> Listing:
    """List the answers that true retention counts, with the figure itself."""
    age = asked.args["age"]
    if age not in {"young", "mature", "true"}:
        raise ValueError(age)
    today = learner_day(now, person.tz, person.rollover_minutes)
    last = asked.number("until") if "until" in asked.args else today
    first = last - asked.number("days") + 1 if "days" in asked.args else 1
    before = int(asked.after) if asked.after and asked.after.isdecimal() else None
    page = retention_rows.rows(
        person, cast(Age, age), first, last,
        before=before, most=asked.most, held=assigned.hidden(person.id, now),
    )  # fmt: skip
    share = getattr(retention_rows.figure(person, first, last), age)
    low, high = share.likely_range
    lede = _("No memory of this age was asked then.")
    if share.answered:
        lede = _(
            "%(passed)s of %(all)s recalled, %(percent)s. "
            "The true share most likely lies between %(low)s and %(high)s.",
            passed=share.passed,
            all=share.answered,
            percent=percent(share.value),
            low=percent(low),
            high=percent(high),
        )
    names = ("fact", "recalled", "interval_days", "age", "answered_at")
    head = (_("Fact"), _("Recalled"), _("Interval before"), _("Age"), _("When"))
    rows = [_recall_row(row, person) for row in page.rows]
    return Listing(_retention_title(age, first, last), lede, head, names, rows, page.after)


def _retention_title(age: str, first: int, last: int) -> str:
    titles = {
        "young": _("Young memories that were asked"),
        "mature": _("Mature memories that were asked"),
        "true": _("Memories that were asked when due"),
    }
    if first <= 1:
        return _("%(title)s, all time", title=titles[age])
    if first == last:
        return _("%(title)s, %(day)s", title=titles[age], day=day_words(last))
    return _(
        "%(title)s, %(first)s to %(last)s",
        title=titles[age],
        first=day_words(first),
        last=day_words(last),
    )


def _recall_row(row: retention_rows.RecallRow, person: Person) -> tuple[Cell, ...]:
    href = None if row.response_seq is None else url_for("study.answered", seq=row.response_seq)
    return (
        Cell(row.statement, row.statement, url_for("me.rows", what="fact", id=row.fact)),
        _recalled(row.recalled),
        Cell(in_days(row.interval_days), row.interval_days, number=True),
        Cell(_("mature") if row.age == "mature" else _("young"), row.age),
        Cell(words.moment(row.at, person), row.at, href),
    )


def _recalled(recalled: bool | None) -> Cell:
    if recalled is None:
        return Cell(_("Not released yet"), None)
    word = _("Recalled") if recalled else _("Forgotten")
    return Cell(word, recalled, verdict="right" if recalled else "wrong")
