"""Parts of an article that its reviewer puts back, leaves out, or has drafted on anew."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from quizapp.core.articles import segment
from quizapp.core.articles.model import ArticleError
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import ArticleVersion
from quizapp.services.articles import article_blocks, drafting, living, proving, standing
from quizapp.services.articles.article_blocks import Row
from quizapp.services.content.questions import Absent
from quizapp.services.people.sessions import Person

BY_HAND = "by_hand"  # the reason of what somebody left out
MOST_LEFT_OUT = living.LONGEST_TEXT  # characters that a version keeps of what is not of it


@dataclass(frozen=True, slots=True)
class _Version:
    """The version that a part is of, with its blocks."""

    text: str
    title: str
    rows: Sequence[Row]


def put_back(person: Person, article_uid: str, place: int, *, base: int, now: datetime) -> str:
    """Put a block that was left out back where it was; returns the uid of the drafting on it.

    place: among the blocks of the version `base`. What the article proves is carried over, as by an
    edit. Absent where there is no such block, Stale where there is another version by now, and
    ArticleError where it cannot stand by itself, or too much of the person's waits already.
    """
    version = _version(person, article_uid, base)
    row = _at(version, place)
    if row.is_kept or not row.is_whole:
        raise Absent
    put = segment.HEADING + row.words if row.kind == "heading" else row.words
    before, after = version.text[: row.start], version.text[row.start :].lstrip("\n")
    text = "\n\n".join(piece for piece in (before, put, after) if piece)
    text, title = living.checked(text, version.title)
    cut = segment.blocks(text)
    number = sum(one.is_kept for one in version.rows[:place])
    if len(cut) <= number or text[cut[number].start : cut[number].end] != row.words:
        raise ArticleError("It cannot be put back as it is. Write it into the text.")
    rows = [*version.rows[:place], replace(row, reason=""), *version.rows[place + 1 :]]
    part = {"start": cut[number].start, "end": cut[number].end}
    with living.revising(person, article_uid, text, title, rows, base=base, now=now) as (
        session,
        article,
    ):
        options = {
            "given": "part",
            "generator": "local",
            "article": article_uid,
            "version": article.version,
            **part,
        }
        return drafting.enqueue(session, person, article.bank_id, options, now=now).uid


def leave_out(person: Person, article_uid: str, place: int, *, base: int, now: datetime) -> None:
    """Leave a block of an article out; what it proved breaks, until the block is put back.

    Absent and Stale as above; ArticleError where nothing would be left, or too much be left out.
    """
    version = _version(person, article_uid, base)
    row = _at(version, place)
    if not row.is_kept:
        raise Absent
    out = replace(row, reason=BY_HAND)
    left_out = [one for one in version.rows if not one.is_kept]
    if sum(len(one.words) for one in (*left_out, out)) > MOST_LEFT_OUT or not out.is_whole:
        raise ArticleError("It is too long to be kept beside the article. Take it out of the text.")
    begin = version.text.rfind("\n", 0, row.start) + 1  # with the mark of a heading
    pieces = (version.text[:begin].rstrip("\n"), version.text[row.end :].lstrip("\n"))
    text, title = living.checked("\n\n".join(piece for piece in pieces if piece), version.title)
    rows = [*version.rows[:place], out, *version.rows[place + 1 :]]
    with living.revising(person, article_uid, text, title, rows, base=base, now=now):
        pass


def draft_on(person: Person, article_uid: str, name: str, *, now: datetime) -> str:
    """Have a sentence drafted on that nothing asks yet; returns the uid of the drafting.

    name: as `proving.named` takes it. Absent where there is no such sentence, or its bank is not
    the person's to edit; ArticleError where too much of theirs waits already.
    """
    _article, bank = standing.editable(article_uid, person)
    found = proving.named(bank.id, name)
    if found.article_uid != article_uid:
        raise Absent
    options = {
        "given": "sentence",
        "generator": "local",
        "article": article_uid,
        "version": found.version,
        "start": found.start,
        "end": found.end,
        "on": name,
    }
    bank_id = bank.id
    with writing(living.PATIENCE_S) as session:
        return drafting.enqueue(session, person, bank_id, options, now=now).uid


def _version(person: Person, article_uid: str, base: int) -> _Version:
    article, _bank = standing.editable(article_uid, person)
    if article.version != base:
        raise living.Stale
    row = db.session.get_one(ArticleVersion, (article.id, base))
    return _Version(row.text, row.title, article_blocks.rows(row.text, row.blocks))


def _at(version: _Version, place: int) -> Row:
    """Return a block of a version; what was told is none."""
    if not 0 <= place < len(version.rows) or version.rows[place].kind == article_blocks.TOLD:
        raise Absent
    return version.rows[place]
