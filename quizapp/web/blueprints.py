"""The blueprints, one per subject."""

from quizapp.web import admin, banks, home, media, people, settings, study
from quizapp.web.api import answers as api_answers

BLUEPRINTS = (
    home.blueprint,
    study.blueprint,
    banks.blueprint,
    media.blueprint,
    people.blueprint,
    settings.blueprint,
    admin.blueprint,
    api_answers.blueprint,
)
