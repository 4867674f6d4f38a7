"""The command line: one group per subject, and the demo."""

from flask import Flask

from quizapp.cli import article, bank, demo, ops, study, user

GROUPS = (article.group, bank.group, ops.group, study.group, user.group)


def init_app(app: Flask) -> None:
    """Add our groups to the `flask` command."""
    for group in GROUPS:
        app.cli.add_command(group)
    app.cli.add_command(demo.command)
