"""The command line: one group per subject."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add our groups to the `flask` command."""
