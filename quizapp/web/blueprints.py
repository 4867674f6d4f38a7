"""The blueprints, one per subject."""

from quizapp.web import (
    admin,
    articles,
    attempts,
    bank_editing,
    bank_settings,
    banks,
    exports,
    home,
    imports,
    me,
    media,
    people,
    questions,
    quiz_editing,
    quiz_places,
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
    questions.blueprint,
    bank_editing.blueprint,
    bank_settings.blueprint,
    imports.blueprint,
    exports.blueprint,
    quizzes.blueprint,
    quiz_editing.blueprint,
    quiz_places.blueprint,
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
