"""The blueprints, one per subject."""

from quizapp.web import (
    admin,
    articles,
    attempts,
    banks,
    home,
    me,
    media,
    people,
    quizzes,
    reports,
    settings,
    study,
)
from quizapp.web.api import answers as api_answers
from quizapp.web.api import attempts as api_attempts

BLUEPRINTS = (
    home.blueprint,
    study.blueprint,
    banks.blueprint,
    quizzes.blueprint,
    attempts.blueprint,
    articles.blueprint,
    me.blueprint,
    reports.blueprint,
    media.blueprint,
    people.blueprint,
    settings.blueprint,
    admin.blueprint,
    api_answers.blueprint,
    api_attempts.blueprint,
)
