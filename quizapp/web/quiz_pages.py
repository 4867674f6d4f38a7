"""What the views that make quizzes share: who may, the page that shows one, and their words."""

from typing import ParamSpec

from flask import abort, render_template
from flask_babel import gettext as _

from quizapp.models import Quiz
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import quiz_editing, quiz_slots, quizzes
from quizapp.web import quiz_forms
from quizapp.web.identity import person
from quizapp.web.quiz_forms import QuizForm

P = ParamSpec("P")


def page(quiz: Quiz, form: QuizForm) -> str:
    """Return the page on which a quiz is edited."""
    view = quizzes.of_row(quiz)
    return render_template(
        "quiz_editing/edit.html",
        quiz=quiz,
        view=view,
        form=form,
        places=quiz_slots.places(quiz),
        asks=len(quizzes.draw(view, 0)),
        state=quiz_editing.state_of(quiz),
        seen_settings=quiz_editing.settings_mark(quiz),
        seen_places=quiz_slots.mark(quiz),
        labels=quiz_forms.LABELS,
    )


def changed() -> str:
    """Say that another tab came first."""
    return _(
        "This quiz was changed in another tab or by somebody else meanwhile. Nothing was "
        "overwritten. Look at it as it stands now, and save again if you still want to."
    )


def quiz_at(slug: str) -> Quiz:
    """Return the quiz that the visitor may edit; Absent where there is none."""
    return quiz_editing.editable(slug, person())


def editor() -> Person:
    """Return who edits."""
    return person() or abort(404)
