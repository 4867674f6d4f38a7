"""Roles in a course, and what was noted about people in it, as people say them."""

from flask_babel import gettext as _

from quizapp.services.courses.course_privacy import LOOK, Noted


def role(name: str) -> str:
    """Return a role in a course."""
    words: dict[str, str] = {
        "learner": _("Learner"),
        "assistant": _("Assistant"),
        "instructor": _("Instructor"),
    }
    return words.get(name, name)


def noted(one: Noted) -> str:
    """Return what somebody did, as "Looked at marks"; an act without words of its own is named."""
    if one.action == LOOK:
        return _("Looked at: %(what)s", what=_looked_at(one.what))
    words: dict[str, str] = {
        "course.role.learner": _("Made learner"),
        "course.role.assistant": _("Made assistant"),
        "course.role.instructor": _("Made instructor"),
        "course.time": _("Changed the time in exams"),
        "user.time": _("Changed the time in exams"),
        "user.role": _("Changed the role"),
        "user.disable": _("Shut out"),
        "user.enable": _("Let in again"),
        "course.leave": _("Taken out of the course"),
        "course.mark": _("Gave points by hand"),
        "course.mark.back": _("Took points by hand back"),
        "course.judge": _("Judged an answer"),
        "course.comment": _("Wrote a comment"),
        "assignment.exception": _("Changed dates, tries or excuse"),
        "course.forgotten": _("Results deleted, as their time was over"),
    }
    return words.get(one.action) or _("Changed: %(what)s", what=_plain(one.action))


def _looked_at(what: str) -> str:
    words: dict[str, str] = {
        "marks": _("marks"),
        "memory": _("what is known"),
        "attempt": _("an attempt"),
        "answers": _("answers"),
        "exceptions": _("dates and tries"),
    }
    return words.get(what, _plain(what))


def _plain(name: str) -> str:
    """Return "course.mark_override" as "mark override"."""
    return name.removeprefix("course.").replace(".", " ").replace("_", " ")
