"""`flask user`: accounts made by whoever runs the instance."""

import sys
from datetime import UTC, datetime

import click
from flask import current_app

from quizapp.cli.output import AnsweringGroup, emit, json_option, refuse, refusing
from quizapp.cli.serving import address
from quizapp.services.people import accounts
from quizapp.services.people.addresses import EmailInvalid
from quizapp.services.people.passwords import WeakPassword

LONGEST_NAME = 200
group = AnsweringGroup("user", help="People and their accounts.")


@group.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(["learner", "instructor", "admin"]), required=True)
@click.option("--name", default="", help="How others see the person.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@json_option
def add(email: str, role: str, name: str, password_stdin: bool, as_json: bool) -> None:
    """Make an account; without a password, print a link with which the person sets one."""
    password = _read_password(as_json) if password_stdin else None
    now = datetime.now(UTC)
    if len(name) > LONGEST_NAME:
        refuse(f"the name is longer than {LONGEST_NAME} characters", as_json)
    with refusing(as_json):
        try:
            uid, token = accounts.add_user(email, role, name, password, now)
        except accounts.EmailTaken:
            refuse(f"there is an account of {email} already", as_json)
        except EmailInvalid:
            refuse(f"{email} is not an e-mail address", as_json)
        except WeakPassword as error:
            refuse(f"the password can be guessed ({error})", as_json)
    link = f"{address(current_app.config['QUIZAPP_URL'])}/links/{token}" if token else None
    emit({"user": uid, "role": role, "link": link}, as_json)


def _read_password(as_json: bool) -> str:
    try:
        return sys.stdin.buffer.readline().decode().rstrip("\r\n")
    except UnicodeDecodeError:
        refuse("the password is not text in UTF-8", as_json)
