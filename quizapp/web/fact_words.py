"""Why a fact is due when it is, in plain sentences; each says what the log and the card say."""

from collections.abc import Iterator
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.scheduling import fsrs
from quizapp.core.scheduling.fold import CardState
from quizapp.services.people.sessions import Person
from quizapp.services.study.fact_story import Story, Told, Wait
from quizapp.web import words
from quizapp.web.me_tables import day_words, in_days, percent


def why(story: Story, person: Person, now: datetime) -> list[str]:
    """Return the reasons, in the order in which they act."""
    if story.card is None:
        return [_("You have not met this fact yet, so it is not due: it comes as a new one.")]
    if story.withheld:  # the day alone would tell whether it was right
        held = _("An answer whose result is not released yet has set the day on which it is due.")
        return [held, _("Both are told when it is released."), *_ahead(story)]
    found = [_due(story.card, story.today, now)]
    if story.answers:
        found += _last(story.answers[-1], story.card, story.today, person)
        if story.wait:
            found += _waited(story.wait, story.card.state, story.answers[-1])
    return [*found, *_ahead(story)]


def form(name: str) -> str:
    """Return the name of a question type as people read it."""
    return _(QUESTION_TYPES[name].LABEL)


def outcome(told: Told) -> str:
    """Return what an answer said of memory, in a word."""
    return {1: _("Forgotten"), 2: _("Recalled, hard"), 4: _("Recalled, easy")}.get(
        told.rating, _("Recalled")
    )


def _due(card: CardState, today: int, now: datetime) -> str:
    late = today - card.due_day
    if card.state != fsrs.REVIEW and card.due_day >= today:
        if card.due_at > now:
            minutes = max(round((card.due_at - now).total_seconds() / 60), 1)
            return ngettext(
                "It comes back in %(num)s minute.", "It comes back in %(num)s minutes.", minutes
            )
        return _("It is due now.")
    day = day_words(card.due_day)
    if late > 0:
        return ngettext(
            "It has been due since %(day)s, %(num)s day.",
            "It has been due since %(day)s, %(num)s days.",
            late,
            day=day,
        )
    if late == 0:
        return _("It is due today, %(day)s.", day=day)
    return _("It is due on %(day)s, %(days)s.", day=day, days=words.in_days(-late))


def _last(last: Told, card: CardState, today: int, person: Person) -> Iterator[str]:
    days = max(today - last.day, 0)
    yield _(
        "You last answered it on %(when)s (%(days)s): %(form)s, %(outcome)s.",
        when=words.moment(last.at, person),
        days=_ago(days),
        form=form(last.form),
        outcome=outcome(last).lower(),
    )
    if last.due_before is not None:
        yield _asked(last.day - last.due_before)
    if last.p_knew is not None and last.p_knew < 0.995 and last.rating > fsrs.AGAIN:
        yield _(
            "A right answer of this form may be a guess: the chance that you knew it was %(chance)s"
            ", so it counts for less.",
            chance=percent(last.p_knew),
        )
    yield _(
        "The memory that is left falls to a recall of 90%% in %(days)s (its stability).",
        days=_stability(card.stability),
    )


def _ago(days: int) -> str:
    if not days:
        return _("today")
    return ngettext("%(num)s day ago", "%(num)s days ago", days)


def _asked(late: int) -> str:
    if late == 0:
        return _("It was due on that day.")
    if late < 0:
        return ngettext(
            "That was %(num)s day before it was due.",
            "That was %(num)s days before it was due.",
            -late,
        )
    return ngettext(
        "It had been due for %(num)s day by then.",
        "It had been due for %(num)s days by then.",
        late,
    )


def _stability(days: float) -> str:
    if days < 1:
        return _("under a day")
    return _("%(n)s days", n=f"{days:.1f}") if days < 10 else in_days(days)


def _waited(wait: Wait, state: int, last: Told) -> Iterator[str]:
    if wait.by == "weights":
        yield _("Your memory model was fitted anew since then, and that set the day.")
        return
    if wait.by == "kept":
        yield _("Your memory model was fitted anew since then; the day stayed as it was.")
        return
    if state != fsrs.REVIEW:
        yield _learning(last)
        return
    yield ngettext(
        "You wanted to know %(share)s of the facts that come back: that makes %(num)s day.",
        "You wanted to know %(share)s of the facts that come back: that makes %(num)s days.",
        wait.model_days,
        share=percent(wait.retention),
    )
    if last.source == "quiz" and wait.set_days == 1:
        yield _("An answer in a quiz makes no step of minutes: the next day is the earliest.")
    yield from _moved(wait)


def _learning(last: Told) -> str:
    if last.rating == fsrs.AGAIN:
        return _("It was not known, so it comes back within minutes: a learning step.")
    return _("It is still being learnt, so it comes back within minutes: a learning step.")


def _moved(wait: Wait) -> Iterator[str]:
    if wait.by == "other":
        yield ngettext(
            "The day was set to %(num)s day after the answer, by what held then.",
            "The day was set to %(num)s days after the answer, by what held then.",
            wait.set_days,
        )
        return
    if by := wait.even_days - wait.model_days:
        yield _by_days(by, _("so that facts learnt together do not all come back on one day"))
    if by := wait.set_days - wait.even_days:
        yield _by_days(by, _("because of your easy days or days off"))


def _by_days(by: int, reason: str) -> str:
    if by > 0:
        return ngettext(
            "It was moved %(num)s day later, %(reason)s.",
            "It was moved %(num)s days later, %(reason)s.",
            by,
            reason=reason,
        )
    return ngettext(
        "It was moved %(num)s day earlier, %(reason)s.",
        "It was moved %(num)s days earlier, %(reason)s.",
        -by,
        reason=reason,
    )


def _ahead(story: Story) -> Iterator[str]:
    """Yield what else decides on which day it is asked."""
    if story.suspended:
        yield _("It is suspended: it is not asked until you take it up again.")
    if story.buried_until is not None:
        yield _("You left it until %(day)s.", day=day_words(story.buried_until))
    if story.paused_until is not None:
        yield _("Its bank is paused until %(day)s.", day=day_words(story.paused_until))
    if story.off_until is not None:
        yield _(
            "You have paused studying: nothing is asked before %(day)s is over.",
            day=day_words(story.off_until),
        )
    if story.exam is not None:
        yield _(
            'It belongs to your plan for "%(title)s" on %(day)s, which chooses the days.',
            title=story.exam.title or _("Your exam"),
            day=day_words(story.exam.day),
        )
    if story.listed:
        yield _("Your plan has chosen it for today.")
    elif story.passed_over and story.off_until is None and not story.withheld:
        yield _("Your plan has chosen others for today: those on which time is spent best.")
