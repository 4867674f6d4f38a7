"""Question versions as the app asks them: immutable, so each is read once and kept."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from threading import Lock
from typing import Any

import sqlalchemy as sa

from quizapp.core.markdown import RENDERER, render
from quizapp.core.media_links import stored_link
from quizapp.core.question import Question, QuestionType
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.question_types.texts import texts
from quizapp.extensions import db
from quizapp.models import Bank, QuestionPart, QuestionVersion
from quizapp.models import Question as QuestionRow
from quizapp.services.content.bank_access import let_in
from quizapp.services.people.sessions import Person

KEPT = 4096  # versions in memory, about 5 kB each


PARTED = {
    name
    for name, kind in QUESTION_TYPES.items()
    if any(part.name == "fact" for field in kind.FIELDS for part in field.entry)
}


class Absent(LookupError):
    """No such question, version or bank, or not this person's to see."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One version of a question: what is asked, its rendered texts, and how its type works."""

    id: int
    uid: str
    bank_slug: str
    version: int
    stat_group: int
    question: Question
    kind: QuestionType
    html: Mapping[str, str]  # rendered Markdown by body path: "stem", "options.o1.text" ...
    guess: float | None  # expected score of a blind guess

    @property
    def has_parts(self) -> bool:
        """Whether gaps or pairs of it may test facts of their own."""
        return self.kind.NAME in PARTED

    def shown(self, seed: int) -> dict[str, Any]:
        """Return what may be seen before answering, in the order that this seed gives."""
        return self.kind.shown(self.question, Random(seed))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question stands now: its facts may be regrouped and its status may change."""

    id: int
    uid: str
    bank_id: int
    bank_slug: str
    fact_id: int | None
    status: str
    version: int


class _Versions:
    """The last versions asked, by (question id, number)."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, int], Asked] = OrderedDict()
        self._mutex = Lock()

    def get(self, key: tuple[int, int]) -> Asked | None:
        with self._mutex:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: tuple[int, int], asked: Asked) -> None:
        with self._mutex:
            self._kept[key] = asked
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)


def forget() -> None:
    """Read all versions anew; after questions went to another bank, in this process."""
    _versions.cache_clear()


@lru_cache(maxsize=16)
def _versions(database: sa.URL) -> _Versions:
    """One store per database: tests open many in one process."""
    return _Versions()


_VERSION = (
    sa.select(QuestionVersion, QuestionRow.uid, QuestionRow.type, Bank.slug)
    .join(QuestionRow, QuestionRow.id == QuestionVersion.question_id)
    .join(Bank, Bank.id == QuestionRow.bank_id)
)


def asked(question_id: int, number: int) -> Asked:
    """Return a version of a question; Absent where there is none."""
    store = _versions(db.engine.url)
    found = store.get((question_id, number))
    if found is None:
        row = db.session.execute(
            _VERSION.where(
                QuestionVersion.question_id == question_id, QuestionVersion.number == number
            )
        ).first()
        if row is None:
            raise Absent
        version, uid, kind, slug = row
        question = Question(kind, version.stem, version.body)
        found = Asked(
            id=question_id,
            uid=uid,
            bank_slug=slug,
            version=number,
            stat_group=version.stat_group,
            question=question,
            kind=QUESTION_TYPES[kind],
            html=_html(version, question),
            guess=QUESTION_TYPES[kind].random_guess_score(question),
        )
        store.put((question_id, number), found)
    return found


def _html(version: QuestionVersion, question: Question) -> Mapping[str, str]:
    """Return the texts as stored, or rendered anew where another renderer had made them."""
    if version.renderer == RENDERER:
        return version.html
    return {path: render(text, stored_link) for path, text in texts(question)}


_PLACE = (
    sa.select(
        QuestionRow.id,
        QuestionRow.uid,
        QuestionRow.bank_id,
        Bank.slug,
        QuestionRow.fact_id,
        QuestionRow.status,
        QuestionRow.version,
    )
    .join(Bank, Bank.id == QuestionRow.bank_id)
    .where(
        QuestionRow.uid == sa.bindparam("uid"),
        Bank.deleted_at.is_(None),
        sa.or_(
            Bank.visibility.in_(("public", "link")),
            Bank.owner_id == sa.bindparam("user_id"),
            sa.and_(sa.bindparam("is_admin", type_=sa.Boolean()), Bank.owner_id.is_(None)),
            let_in(Bank.id, sa.bindparam("user_id")),
        ),
    )
)


def place(uid: str, person: Person | None) -> Place:
    """Return where the question stands; Absent where it is not this person's to see."""
    row = (
        db.session.connection()
        .execute(
            _PLACE,
            {
                "uid": uid,
                "user_id": person.id if person else None,
                "is_admin": bool(person and person.is_admin),
            },
        )
        .first()
    )
    if row is None:
        raise Absent
    return Place(*row)


_PARTS = sa.select(QuestionPart.part, QuestionPart.fact_id).where(
    QuestionPart.question_id == sa.bindparam("question_id")
)


def part_facts(question_id: int) -> dict[str, int]:
    """Return the facts that single gaps or pairs of a question test, by part."""
    rows = db.session.connection().execute(_PARTS, {"question_id": question_id})
    return dict(rows.all())


def fact_of(question_id: int) -> int | None:
    """Return the fact that a question tests now."""
    return db.session.scalar(sa.select(QuestionRow.fact_id).where(QuestionRow.id == question_id))
