"""What the pages of a course's first tab share: the blueprint, and the words of their templates."""

from typing import Any

from flask import Blueprint, render_template

from quizapp.services.courses.access import CourseView
from quizapp.web import class_words
from quizapp.web.identity import now

blueprint = Blueprint("course_first", __name__)
PAGE = 50  # rows of a list


def page(template: str, course: CourseView, **values: Any) -> str:
    """Return a page of the course's first tab."""
    return render_template(
        f"course_first/{template}", course=course, words=class_words, now=now(), **values
    )
