"""The command line of memories: rebuild them from the log, or check that they agree with it."""

import sys

import click

from quizapp.cli import output
from quizapp.services.content import regrouping
from quizapp.services.study import replay_check

group = output.AnsweringGroup("study", help="Learners' memories.")


@group.command("replay")
@click.option("--check", is_flag=True, help="Compare only; exit 1 where something differs.")
@output.json_option
def replay_(check: bool, as_json: bool) -> None:
    """Fold every card and day anew from the log of reviews."""
    with output.refusing(as_json):
        pending = regrouping.pending_facts()
        found = replay_check.check(pending) if check else replay_check.rebuild(pending)
    output.emit(
        {
            "cards": found.cards,
            "reviews": found.reviews,
            "different": found.different,
            "examples": found.examples,
        },
        as_json,
    )
    if check and found.different:
        sys.exit(1)
