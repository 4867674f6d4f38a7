"""The pages of an attempt, built from what the services found."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import render_template
from flask_babel import format_decimal, format_time, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from quizapp.core.question import BadResponse
from quizapp.services.content.questions import Asked
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import disguise, results
from quizapp.services.quizzes.attempt_views import IDLE, Attempt, Item
from quizapp.services.quizzes.quizzes import Settings
from quizapp.services.quizzes.results import Result
from quizapp.services.quizzes.saving import Conflict
from quizapp.web import present, studying, words
from quizapp.web.identity import now, person

MINUTE_S = 60
LONGEST_STEM = 90
VERDICT_LINE = re.compile(r'<h2 class="verdict-line.*?</h2>', re.DOTALL)


def exam(
    attempt: Attempt,
    slot: int | None,
    given: Mapping[str, Any] | None = None,
    conflict: Conflict | None = None,
    error: BadResponse | None = None,
) -> str:
    """Return a question of an open exam; `given` is an answer that could not be saved as it is."""
    item = attempt.item(slot) if slot is not None else attempt.next_open() or attempt.items[0]
    unsaved = conflict is not None or error is not None
    return render_template(
        "attempts/exam.html",
        attempt=attempt,
        item=item,
        html=_in_exam(item, given if unsaved else item.draft),
        other=_beside(_in_exam(item, conflict.response)) if conflict else None,
        conflict=conflict,
        error=unread(error) if error else None,
        **_clock(attempt),
    )


def _in_exam(item: Item, draft: Mapping[str, Any] | None) -> Markup:
    """Return the inputs of an exam's question; their ids tell nothing of the key."""
    asked = disguise.disguised(item.asked, item.option_seed)
    shown = disguise.hidden(item.asked, item.option_seed, draft)
    return present.ask(asked, seed=item.option_seed, mode="exam", draft=shown)


def _beside(html: Markup) -> Markup:
    """Return inputs that stand beside the same ones: with ids, names and keys of their own."""
    text = str(html).replace(' id="', ' id="other-').replace(' for="', ' for="other-')
    text = text.replace(' name="r.', ' name="other.').replace("<kbd", "<kbd hidden")
    return Markup(text)  # noqa: S704 - made of what a template escaped


def _clock(attempt: Attempt) -> dict[str, Any]:
    """Return what the timer shows before its script runs, and the time it corrects its clock by."""
    deadline = attempt.deadline_at
    left = None if deadline is None else max((deadline - now()).total_seconds(), 0)
    return {
        "server_now": now(),
        "minutes_left": None if left is None else int(left // MINUTE_S),
        "ends": None if deadline is None else clock(deadline),
        "idle_days": IDLE.days,
        "words": _WORDS,
    }


def review(attempt: Attempt) -> str:
    """Return the page that names what is unanswered, and what the learner flagged."""
    return render_template(
        "attempts/review.html",
        attempt=attempt,
        unanswered=[item for item in attempt.items if not item.answered],
        flagged=[item for item in attempt.items if item.answered and item.flagged],
        back=attempt.next_open() or attempt.items[-1],
        **_clock(attempt),
    )


def confirm(attempt: Attempt) -> str:
    """Return the page that asks once more."""
    missing = len(attempt.items) - attempt.answered
    return render_template(
        "attempts/confirm.html", attempt=attempt, missing=missing, **_clock(attempt)
    )


def practice(who: Person, attempt: Attempt, slot: int | None, again: bool) -> str:
    """Return a question of a practice quiz: asked, or judged where it has been answered."""
    item = attempt.item(slot) if slot is not None else attempt.next_open() or attempt.items[-1]
    tries = attempt.settings.question_tries
    missed = None
    if item.tries and attempt.is_open and not item.settled:
        missed = results.of_place(who, attempt, item.slot)
    elif item.tries and not (again and attempt.is_open and tries is None):
        return _judged(who, attempt, item)
    later = [other for other in attempt.items if not other.settled and other.slot != item.slot]
    skip = next((other for other in later if other.slot > item.slot), later[0] if later else None)
    given = missed.response if missed else None
    return render_template(
        "attempts/practice.html",
        attempt=attempt,
        item=item,
        html=present.ask(item.asked, seed=item.option_seed, mode="practice", draft=given),
        client_id=str(uuid4()),
        skip=skip,
        missed=missed,
        left=(tries or 1) - item.tries,
    )


def _judged(who: Person, attempt: Attempt, item: Item) -> str:
    result = results.of_place(who, attempt, item.slot)
    card = results.card_of(who, result) if result else None
    return render_template(
        "attempts/judged.html",
        attempt=attempt,
        item=item,
        result=result,
        html=_graded(result) if result else "",
        again=studying.due_words(card, who) if card else None,
        following=attempt.next_open() if attempt.is_open else None,
    )


def _graded(result: Result) -> Markup:
    html = present.graded(
        result.item.asked,
        seed=result.item.option_seed,
        response=result.response or {},
        parts=result.parts,
        feedback=result.feedback,
        score=result.score,
    )
    if result.outcome != "none":
        return html
    return Markup(VERDICT_LINE.sub("", str(html)))  # noqa: S704 - there was no answer to judge


def held(attempt: Attempt) -> str:
    """Return the page of a closed attempt whose results are not released yet."""
    return render_template("attempts/held.html", attempt=attempt, words=_WORDS)


def outcome(who: Person, attempt: Attempt, shown: str | None) -> str:
    """Return what a closed attempt came to, question by question."""
    found = results.of_attempt(who, attempt)
    lists = {
        "missed": [each for each in found if each.is_missed],
        "right": [each for each in found if each.is_right],
        "all": found,
    }
    chosen = shown if shown in lists else ("missed" if lists["missed"] else "all")
    return render_template(
        "attempts/results.html",
        attempt=attempt,
        counts={name: len(entries) for name, entries in lists.items()},
        shown=chosen,
        entries=[(each, judged(each)) for each in lists[chosen]],
        waiting=[each for each in found if each.outcome == "waiting"],
        passed=_passed(attempt),
        paragraphs=results.by_paragraph(found),
        words=_WORDS,
    )


def _passed(attempt: Attempt) -> bool | None:
    wanted, got = attempt.settings.pass_percent, attempt.percent
    return None if wanted is None or got is None else got >= wanted - 1e-9


def judged(result: Result) -> Markup:
    """Return a question of an attempt as it was answered and judged, to stand among others."""
    return _unique(_graded(result), result.item.slot)


def _unique(html: Markup, slot: int) -> Markup:
    """Make a question one of many on a page: an id of its own, groups in place of landmarks."""
    text = str(html).replace('id="q"', f'id="q{slot}"')
    text = text.replace("<section", '<div role="group"').replace("</section>", "</div>")
    return Markup(text.replace('aria-labelledby="q"', f'aria-labelledby="q{slot}"'))  # noqa: S704


def clock(at: datetime) -> str:
    """Return a time as "10:42" on the visitor's clock."""
    return str(format_time(words.local(at, person()).replace(tzinfo=None), "HH:mm", rebase=False))


def moment(at: datetime) -> str:
    """Return a time as "Tue 26 May, 10:58" on the visitor's clock."""
    return words.moment(at, person())


def number(value: float) -> str:
    """Return points without needless decimals."""
    return str(format_decimal(round(value, 2)))


def minutes_for(settings: Settings) -> str | None:
    """Return the time that the visitor has, in words; None where there is no limit."""
    who = person()
    seconds = settings.seconds_for(who) if who else settings.time_limit_s
    return None if seconds is None else words.minutes(seconds)


def points(value: float) -> str:
    """Return what a question is worth."""
    if value == 1:
        return str(ngettext("%(num)s point", "%(num)s points", 1))
    return str(_("%(n)s points", n=number(value)))


def stem(asked: Asked) -> str:
    """Return the beginning of a question as one line of plain text, its gaps as dots."""
    text = Markup(present.GAP.sub("...", asked.html.get("stem", ""))).striptags()  # noqa: S704
    return text if len(text) <= LONGEST_STEM else text[:LONGEST_STEM].rsplit(" ", 1)[0] + " ..."


def unread(error: BadResponse) -> str:
    """Say why an answer could not be taken."""
    if error.code == "no-answer":
        return str(_("Nothing was chosen or typed yet. Answer first, then check."))
    return str(_(str(error)))


def reason(code: str) -> str:
    """Say why an attempt does not allow something."""
    table = {
        "closed": _("This attempt has ended. What was saved by then counts."),
        "question-done": _("There are no tries left for this question."),
        "no-tries": _("You have used all tries of this quiz."),
        "not-open": _("It is not open yet."),
        "ended": _("It is closed. Nothing can be handed in any more."),
        "excused": _("You are excused from it."),
        "in-exam": _("This question is in your open exam. Hand that in first."),
        "empty": _("This quiz has no questions yet."),
    }
    return str(table.get(code, _("That cannot be done here. Nothing was changed.")))


_WORDS = {
    "clock": clock,
    "moment": moment,
    "number": number,
    "points": points,
    "stem": stem,
}
