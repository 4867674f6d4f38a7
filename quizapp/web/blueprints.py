"""The blueprints, one per subject."""

from quizapp.web import home

BLUEPRINTS = (home.blueprint,)
