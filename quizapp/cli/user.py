"""`flask user`: accounts made by whoever runs the instance."""

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import AppGroup

from quizapp.cli.output import emit, json_option, refusing
from quizapp.cli.serving import address
from quizapp.services import accounts

group = AppGroup("user", help="People and their accounts.")


@group.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(["learner", "instructor", "admin"]), required=True)
@click.option("--name", default="", help="How others see the person.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@json_option
def add(email: str, role: str, name: str, password_stdin: bool, as_json: bool) -> None:
    """Make an account; without a password, print a link with which the person sets one."""
    password = click.get_text_stream("stdin").readline().rstrip("\r\n") if password_stdin else None
    now = datetime.now(UTC)  # noqa: TID251 - the command line reads the clock
    with refusing(as_json, accounts.EmailTaken, ValueError):
        uid, token = accounts.add_user(email, role, name, password, now)
    link = f"{address(current_app.config['QUIZAPP_URL'])}/links/{token}" if token else None
    emit({"user": uid, "role": role, "link": link}, as_json)
