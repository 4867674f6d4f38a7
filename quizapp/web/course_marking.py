"""Marking by hand: a learner's attempt, answer by answer, and the queue of what waits."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from quizapp.services.content.questions import Absent
from quizapp.services.courses import course_privacy, judging, marking, marking_queue, marks
from quizapp.services.courses.access import CourseView, Member
from quizapp.services.courses.judging import Overtaken
from quizapp.services.people import sessions
from quizapp.services.quizzes import attempt_views, results
from quizapp.services.quizzes.attempt_views import Attempt
from quizapp.services.quizzes.quiz_settings import Unfit
from quizapp.web import attempt_pages
from quizapp.web import course_mark_pages as pages
from quizapp.web.course_frame import me
from quizapp.web.course_mark_pages import blueprint
from quizapp.web.identity import now

Refusal = tuple[str, int]  # words, status


@blueprint.get("/<assignment>/<who>/attempts/<attempt>")
def sitting(uid: str, assignment: str, who: str, attempt: str) -> ResponseReturnValue:
    """Show a learner's attempt: answers, judgements, times, comments."""
    return _sitting(pages.shown(uid), assignment, who, attempt)


@blueprint.post("/<assignment>/<who>/attempts/<attempt>")
def comment(uid: str, assignment: str, who: str, attempt: str) -> ResponseReturnValue:
    """Take what somebody writes to a learner about an attempt, or about one of its answers."""
    course = pages.open_course(uid)
    learner = pages.learner(course, who, "attempt")
    seq = request.form.get("answer", type=int)
    refused = None
    if seq is not None:
        refused = _judged(course, assignment, learner, seq)
    else:
        try:
            text = request.form.get("comment", "")
            marking.comment_on(course, assignment, learner, attempt, text, me(), now())
        except Unfit as error:
            refused = (str(error), 422)
    if refused:
        return _sitting(course, assignment, who, attempt, refused[0]), refused[1]
    flash(_("Saved."), "right")
    place = request.form.get("place", type=int)
    where: dict[str, Any] = {"assignment": assignment, "who": who, "attempt": attempt}
    anchor = None if place is None else f"a{place}"
    return redirect(url_for(".sitting", uid=uid, _anchor=anchor, **where), 303)


def _judged(course: CourseView, assignment: str, learner: Member, seq: int) -> Refusal | None:
    """Take points and a comment for an answer from the form; the words where they are refused."""
    form = request.form
    try:
        judging.judge(
            course,
            assignment,
            learner,
            seq,
            pages.points_in(form.get("full") or form.get("points", "")),
            form.get("comment", ""),
            form.get("seen", type=int, default=-1),
            me(),
            now(),
        )
    except Unfit as error:
        return str(error), 422
    except Overtaken:
        return _("Somebody has marked it meanwhile. Look at it again, then save."), 409
    return None


def _sitting(
    course: CourseView, assignment: str, who: str, uid: str, refused: str | None = None
) -> str:
    learner = pages.learner(course, who, "attempt")
    found = marks.detail(course, assignment, learner, now())
    number, attempt = _closed(found, learner, uid)
    person = sessions.person(learner.user_id)
    assert person  # noqa: S101 - a member is somebody
    entries = results.of_attempt(person, attempt)
    return pages.page(
        "sitting.html",
        course,
        found=found,
        attempt=attempt,
        sitting=found.sittings[number - 1],
        nth=number,
        entries=[(each, attempt_pages.judged(each)) for each in entries],
        refused=refused,
        form=request.form,
    )


def _closed(found: marks.Detail, learner: Member, uid: str) -> tuple[int, Attempt]:
    """Return the how-manieth attempt at the assignment it is, and the attempt; Absent if open."""
    for number, sitting in enumerate(found.sittings, start=1):
        if sitting.uid == uid and sitting.is_closed:
            person = sessions.person(learner.user_id)
            assert person  # noqa: S101 - a member is somebody
            return number, attempt_views.load(person, uid)
    raise Absent


@blueprint.get("/<assignment>/to-mark")
def to_mark(uid: str, assignment: str) -> ResponseReturnValue:
    """Show one answer that a person marks: the one named, or the first that waits."""
    args = request.args
    return _to_mark(pages.shown(uid), assignment, args.get("learner"), args.get("answer", type=int))


@blueprint.post("/<assignment>/to-mark")
def mark(uid: str, assignment: str) -> ResponseReturnValue:
    """Take the points of an answer and go on to the next that waits."""
    course, form = pages.open_course(uid), request.form
    who, seq = form.get("learner", ""), form.get("answer", type=int, default=-1)
    learner = pages.learner(course, who, "answers")
    refused = None
    if not form.get("points", "").strip() and not form.get("comment", "").strip():
        refused = (_("Write how many points."), 422)
    refused = refused or _judged(course, assignment, learner, seq)
    if refused:
        return _to_mark(course, assignment, who, seq, refused[0]), refused[1]
    queue = marking_queue.queue(course, assignment)
    here = queue.find(who, seq) or 0
    following = queue.after(here)
    where: dict[str, Any] = {"names": form.get("names") or None}
    if following is None:
        flash(_("That was the last one. Everything is marked."), "right")
        return redirect(url_for(".show", uid=uid), 303)
    where |= {"learner": following.learner.uid, "answer": following.seq}
    return redirect(url_for(".to_mark", uid=uid, assignment=assignment, **where), 303)


def _to_mark(
    course: CourseView,
    assignment: str,
    who: str | None,
    seq: int | None,
    refused: str | None = None,
) -> str:
    queue = marking_queue.queue(course, assignment)
    here = queue.find(who, seq)
    hidden = request.values.get("names") == "hidden"
    if here is None:
        return pages.page("to_mark.html", course, queue=queue, one=None, hidden=hidden)
    place = queue.places[here]
    course_privacy.looked(me(), course, place.learner.user_id, "answers", now())
    around = (
        queue.places[here - 1] if here else None,
        queue.places[here + 1] if here + 1 < len(queue.places) else None,
    )
    return pages.page(
        "to_mark.html",
        course,
        queue=queue,
        place=place,
        nth=here + 1,
        before=around[0],
        following=around[1],
        one=marking_queue.to_mark(place),
        hidden=hidden,
        refused=refused,
        form=request.form,
    )
