"""Articles and drafts as JSON, on the way from a child process."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from quizapp.core.articles.model import (
    Draft,
    Drafted,
    Extracted,
    FoundFact,
    Key,
    ReadBlock,
    Span,
)

Json = Mapping[str, Any]


def from_extracted(found: Extracted) -> dict[str, Any]:
    """Return an article as JSON."""
    return asdict(found) | {"published": found.published and found.published.isoformat()}


def to_extracted(told: Json) -> Extracted:
    """Return the article that `from_extracted` told."""
    published = told["published"]
    return Extracted(
        title=told["title"],
        blocks=tuple(ReadBlock(**block) for block in told["blocks"]),
        authors=tuple(told["authors"]),
        published=date.fromisoformat(published) if published else None,
        language=told["language"],
        url=told["url"],
    )


def from_drafted(drafted: Drafted) -> dict[str, Any]:
    """Return what was drafted as JSON, without the drafts that gates kept out."""
    return asdict(replace(drafted, rejected=()))


def to_drafted(told: Json) -> Drafted:
    """Return what `from_drafted` told."""
    return Drafted(
        facts=tuple(_fact(one) for one in told["facts"]),
        drafts=tuple(_draft(one) for one in told["drafts"]),
        told=tuple(told["told"]),
    )


def _fact(told: Json) -> FoundFact:
    lists = {name: tuple(told[name]) for name in ("hedges", "conditions", "unresolved")}
    return FoundFact(**{**told, **lists, "evidence": Span(**told["evidence"])})


def _draft(told: Json) -> Draft:
    lists = {name: tuple(told[name]) for name in ("options", "also_right", "parts", "warnings")}
    changed = {"evidence": Span(**told["evidence"]), "key": _key(told["key"])}
    return Draft(**{**told, **lists, **changed})


def _key(told: Any) -> Key:
    if isinstance(told, list):
        return tuple(tuple(one) if isinstance(one, list) else one for one in told)
    key: Key = told
    return key
