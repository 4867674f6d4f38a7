"""How commands answer: one JSON object on stdout with --json, plain lines otherwise."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar

import click
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from quizapp.database import Busy

C = TypeVar("C", bound=Callable[..., Any])


def json_option(command: C) -> C:
    """Give a command its --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)


class AnsweringCommand(click.Command):
    """A command that answers wrong usage in JSON too, where --json is among its arguments."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Parse the arguments; wrong usage ends with 2."""
        with _usage_told(args):
            context = super().make_context(info_name, args, parent, **extra)
            for parameter, value in context.params.items():
                if isinstance(value, str) and not _storable(value):
                    raise click.UsageError(f"{parameter} is not text in UTF-8.", context)
            return context


class AnsweringGroup(AppGroup):
    """A group whose commands answer wrong usage in JSON, and which does so itself."""

    command_class = AnsweringCommand

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Parse the arguments before the command's name."""
        with _usage_told(args):
            return super().make_context(info_name, args, parent, **extra)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is named."""
        with _usage_told(args):
            return super().resolve_command(ctx, args)


@contextmanager
def _usage_told(args: list[str]) -> Iterator[None]:
    """Say what is wrong with the arguments in JSON, too, where they ask for it."""
    as_json = "--json" in args  # now: parsing empties the list
    try:
        yield
    except click.UsageError as error:
        if as_json:
            emit({"error": error.format_message()}, as_json)
        raise


def _storable(text: str) -> bool:
    """Say whether an argument came as UTF-8; other bytes come as lone surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def emit(payload: Mapping[str, Any], as_json: bool) -> None:
    """Print what came of a command."""
    if as_json:
        text = json.dumps(payload, ensure_ascii=False, default=str)
        # The name of a file may be any bytes; JSON is UTF-8, and has an escape for the rest.
        click.echo(text.encode("utf-8", "backslashreplace").decode())
        return
    for name, value in payload.items():
        click.echo(f"{name}: {value if isinstance(value, str) else json.dumps(value, default=str)}")


def refuse(message: str, as_json: bool, payload: Mapping[str, Any] | None = None) -> NoReturn:
    """Say why the work was refused and exit with 1."""
    if as_json:
        emit({**(payload or {}), "error": message}, as_json)
    else:
        click.echo(message, err=True)
    raise SystemExit(1)


@contextmanager
def refusing(as_json: bool, *errors: type[Exception]) -> Iterator[None]:
    """Turn these errors, and those of the database, into a refusal in words."""
    try:
        yield
    except Busy:
        refuse("others are writing: try again in a moment", as_json)
    except (OperationalError, ProgrammingError) as error:
        reason = str(error.orig).strip().splitlines()[0]
        missing = "no such table" in reason or "does not exist" in reason
        advice = " (is it migrated? flask db upgrade)" if missing else ""
        refuse(f"the database says: {reason}{advice}", as_json)
    except errors as error:
        refuse(str(error) or type(error).__name__, as_json)
