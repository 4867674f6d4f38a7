"""What several tests of pages begin with."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from quizapp.services.people.sessions import Person
from tests.factories import create_person, sign_in


@pytest.fixture
def teacher(app: Flask, client: FlaskClient) -> Person:
    """An instructor, signed in."""
    person = create_person("instructor")
    sign_in(client, person)
    return person
