"""How commands answer: one JSON object on stdout with --json, plain lines otherwise."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar

import click
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
        as_json = "--json" in args
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            if as_json:
                emit({"error": error.format_message()}, as_json)
            raise


def emit(payload: Mapping[str, Any], as_json: bool) -> None:
    """Print what came of a command."""
    if as_json:
        click.echo(json.dumps(payload, ensure_ascii=False, default=str))
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
        refuse(f"the database says: {reason} (is it migrated? flask db upgrade)", as_json)
    except errors as error:
        refuse(str(error) or type(error).__name__, as_json)
