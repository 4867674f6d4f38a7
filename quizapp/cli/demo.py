"""`flask demo`: fill an instance with a course of invented learners, for try-outs."""

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from quizapp.cli import serving
from quizapp.cli.output import AnsweringCommand, emit, json_option, refusing
from quizapp.core.formats.model import FormatError
from quizapp.database import patient
from quizapp.services.courses import demo, demo_plan

PATIENCE_S = 60.0  # a worker beside it writes, too, and half a demo is none
LEARNERS = click.IntRange(demo_plan.FEWEST, demo_plan.MOST)
SEEDS = click.IntRange(0, 2**31 - 1)


@click.command("demo", cls=AnsweringCommand)
@click.option(
    "--seed", type=SEEDS, default=1, show_default=True, help="Another gives another class."
)
@click.option("--learners", type=LEARNERS, default=30, show_default=True)
@click.option("--again", is_flag=True, help="Make another one where there is a demo course.")
@click.option("--force", is_flag=True, help="Make one beside the courses of others.")
@json_option
@with_appcontext
def command(seed: int, learners: int, again: bool, force: bool, as_json: bool) -> None:
    """Make a course of invented learners with four weeks of answers, and say what is true of them.

    It prints the instructor's address and password, once. The same --seed gives the same class.
    """
    wishes = demo.Wishes(seed, learners, again, force)
    config = current_app.config
    with refusing(as_json, demo.DemoRefused, FormatError), patient(PATIENCE_S):
        click.echo("To make four weeks of answers takes about a minute.", err=True)
        now = datetime.now(UTC)
        made = demo.make(wishes, serving.ROOT / "questions", config["SECRET_KEY"], now)
    told = made.as_json()
    if not as_json:
        del told["truth"]  # long, and for programs
        told["address"] = f"{serving.address(config['QUIZAPP_URL'])}/courses/{told['course']}"
    emit(told, as_json)
