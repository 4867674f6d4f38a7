"""`flask article`: draft questions from an article, to look at or into a bank."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa

from quizapp.cli.output import AnsweringGroup, emit, json_option, refuse, refusing
from quizapp.core.articles.model import ArticleError, Draft, Drafted, Extracted
from quizapp.core.articles.question_of import draft_json
from quizapp.extensions import db
from quizapp.models import User
from quizapp.services.articles import child, drafting, generating, reviewing, storing
from quizapp.services.articles.sandbox import Stopped
from quizapp.services.people.addresses import email_key

group = AnsweringGroup("article", help="Draft questions from articles.")
MOST_DRAFTS = 200


@group.command("draft")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--limit",
    type=click.IntRange(1, MOST_DRAFTS),
    default=generating.LIMIT,
    show_default=True,
    help="How many drafts at the most.",
)
@click.option(
    "--generator",
    type=click.Choice(drafting.GENERATORS),
    default="local",
    show_default=True,
    help="Who drafts: the app's own rules, or the language model that QUIZAPP_LLM_URL names.",
)
@json_option
def draft_command(*, path: Path, limit: int, generator: str, as_json: bool) -> None:
    """Draft questions from the article at PATH; nothing is stored."""
    with refusing(as_json, ArticleError, OSError, Stopped):
        found = _read(path)
        drafted = generating.drafted(found, generator, limit)
    _tell(drafted)
    if as_json:
        emit({"article": _article(found), "drafts": list(map(draft_json, drafted.drafts))}, as_json)
        return
    click.echo(f"{found.title}: {len(drafted.facts)} facts, {len(drafted.drafts)} drafts")
    for draft in drafted.drafts:
        _show(draft)


@group.command("add")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--bank", "title", metavar="TITLE", help="Instead of the title of the article.")
@click.option("--owner", metavar="EMAIL", help="Whose bank it is; nobody's if left out.")
@json_option
def add_command(*, path: Path, title: str | None, owner: str | None, as_json: bool) -> None:
    """Store the article at PATH with its facts and drafts, for review."""
    with refusing(as_json, ArticleError, OSError, Stopped):
        owner_id = _owner_id(owner, as_json) if owner else None
        db.session.rollback()  # nothing is held while the article is read
        found = _read(path)
        drafted = generating.drafted(found)
        added = storing.add(found, drafted, title, owner_id, datetime.now(UTC))
    _tell(drafted)
    told = {
        "article": added.article,
        "bank": added.bank,
        "facts": added.facts,
        "drafts": added.drafts,
    }
    emit(told, as_json)


@group.command("decisions")
@json_option
def decisions_command(*, as_json: bool) -> None:
    """Print what instructors decided on drafts: features and verdicts, no texts.

    `python -m benchmarks.refit --add FILE` takes the JSON to fit the ranking anew.
    """
    judged = [
        {"features": dict(one.features), "accepted": int(one.decision == "accept")}
        for one in reviewing.judged()
    ]
    if as_json:
        emit({"decisions": judged}, as_json)
        return
    accepted = sum(one.decision == "accept" for one in reviewing.judged())
    click.echo(f"{len(judged)} drafts decided, {accepted} accepted as they were")


def _read(path: Path) -> Extracted:
    with path.open("rb") as file:
        data = file.read(drafting.MAX_BYTES + 1)  # one more is refused in words
    return child.read(data, path.name)


def _owner_id(email: str, as_json: bool) -> int:
    owner_id = db.session.scalar(sa.select(User.id).where(User.email_key == email_key(email)))
    if owner_id is None:
        refuse(f"Nobody has the address {email}.", as_json)
    return owner_id


def _article(found: Extracted) -> dict[str, Any]:
    return {
        "title": found.title,
        "authors": list(found.authors),
        "published": found.published.isoformat() if found.published else None,
        "text": found.text,
        "dropped": [{"text": block.text, "reason": block.dropped} for block in found.dropped],
    }


def _tell(drafted: Drafted) -> None:
    """Say on stderr what could not be done."""
    for words in drafted.told:
        click.echo(words, err=True)


def _show(draft: Draft) -> None:
    click.echo(f"\n{draft.score:.2f} {draft.type} ({draft.way}): {draft.stem}")
    for option in draft.options:
        click.echo(f"  - {option}")
    click.echo(f"  key: {draft_json(draft)['key']}")
    click.echo(f"  says: {draft.evidence.quote}")
