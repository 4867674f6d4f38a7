"""What several tests of services begin with."""

import pytest
from flask import Flask

from quizapp.services.people.sessions import Person
from tests.factories import create_person
from tests.services.article_makers import add_article


@pytest.fixture
def teacher(app: Flask) -> Person:
    return create_person("instructor")


@pytest.fixture
def article(teacher: Person) -> str:
    """The uid of an article that was drafted on, in a bank of the teacher's."""
    return add_article(teacher)
