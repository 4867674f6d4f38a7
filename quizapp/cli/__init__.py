"""The command line: one group per subject."""

from flask import Flask

from quizapp.cli import article, bank, ops, study, user

GROUPS = (article.group, bank.group, ops.group, study.group, user.group)


def init_app(app: Flask) -> None:
    """Add our groups to the `flask` command."""
    for group in GROUPS:
        app.cli.add_command(group)
