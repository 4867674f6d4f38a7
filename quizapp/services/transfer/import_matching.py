"""What an import will do with each question, by what the bank holds already; stores nothing."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.fingerprint import same_key_and_options
from quizapp.core.formats.model import QuestionIn
from quizapp.core.part_facts import part_facts
from quizapp.models import Fact, Question, QuestionPart, QuestionTag, QuestionVersion
from quizapp.services.content.version_rows import OWN
from quizapp.services.transfer.import_preparing import Content, Made

NATIVE = "bank_yaml"  # its keys also name questions that came otherwise, as exporting wrote them

Outcome = Literal["created", "updated", "unchanged", "kept"]


@dataclass(slots=True)
class Stored:
    """A question of the bank in its current version."""

    id: int
    uid: str
    system: str | None
    external_id: str | None
    type: str
    status: str
    version: int
    edited_here: bool
    name: str
    category: str | None
    position: int
    fact_id: int | None
    fact_key: str | None  # None where the fact is its own
    sha256: str
    stat_group: int
    body: dict[str, Any]
    tags: set[str] = field(default_factory=set)
    parts: dict[str, str] = field(default_factory=dict)  # keys of the facts of parts
    part_ids: dict[str, int] = field(default_factory=dict)
    earlier: set[str] = field(default_factory=set)  # fingerprints of its versions before


@dataclass(slots=True)
class Step:
    """What becomes of one question of the file. `old` is what it was matched with."""

    item: QuestionIn
    content: Content
    outcome: Outcome
    old: Stored | None = None
    replaces: bool = False  # another type under the same key: a new question takes its place
    new_version: bool = False
    stat_group: int = 1
    twin: str | None = None  # the name of a stored question of the same content, if it is not `old`

    @property
    def makes_version(self) -> bool:
        """Whether a version has to be rendered and stored."""
        return self.new_version or self.replaces or self.outcome == "created"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a file goes: its bank (None = a new one), the namespace and the facts of its keys.

    is_new: nothing is in the bank but what this import stores, under `import_id`. renders: HTML is
    stored too; without it an import is twice as fast, and each text is rendered when first asked.
    """

    bank_id: int | None
    system: str
    facts: Collection[str]
    is_new: bool = False
    import_id: int = 0
    renders: bool = True
    made: Made = field(default_factory=dict)


def plan(
    session: Session, target: Target, items: Sequence[QuestionIn], used: set[int]
) -> list[Step]:
    """Decide on each question: by external id, else by content; `used` gathers what is matched."""
    contents = [Content(item, target.made, target.renders) for item in items]
    if target.bank_id is None or target.is_new:
        pairs = zip(items, contents, strict=True)
        return [Step(item, content, "created") for item, content in pairs]
    stored = _Matches(_rows(session, target, items, contents), target.system, used)
    steps = []
    for item, content in zip(items, contents, strict=True):
        step = _step(target, item, content, stored.match(item, content))
        step.twin = stored.twin(content) if step.old is None else None
        steps.append(step)
    return steps


def _step(target: Target, item: QuestionIn, content: Content, old: Stored | None) -> Step:
    if old is None:
        return Step(item, content, "created")
    if item.type != old.type:
        outcome: Outcome = "kept" if old.edited_here else "updated"
        return Step(item, content, outcome, old, replaces=not old.edited_here)
    content = Content(item, target.made, target.renders, old.body)
    changed = content.sha256 != old.sha256
    if old.edited_here:
        return Step(item, content, "kept" if changed else "unchanged", old)
    group = old.stat_group
    if changed and not same_key_and_options(old.body, content.question.body):
        group += 1
    same = not changed and not _moved(target, item, content, old)
    return Step(item, content, "unchanged" if same else "updated", old, False, changed, group)


def _moved(target: Target, item: QuestionIn, content: Content, old: Stored) -> bool:
    """Say whether anything but the content differs: name, category, tags, facts, status."""
    named = part_facts(content.question.body).items()
    parts = {part: key for part, key in named if key in target.facts}
    return (
        old.status == "retired"
        or old.name != content.name
        or (old.category or None) != (item.category or None)
        or old.fact_key != item.fact
        or old.tags != set(item.tags)
        or old.parts != parts
    )


class _Matches:
    """Finds the stored question that an item is; each is found once."""

    def __init__(self, rows: Sequence[Stored], system: str, used: set[int]) -> None:
        self._used, self._system = used, system
        self._by_key: dict[str, list[Stored]] = defaultdict(list)
        self._by_sha: dict[str, list[Stored]] = defaultdict(list)
        self._unnamed: dict[str, list[Stored]] = defaultdict(list)  # have no key of their own
        self._by_earlier: dict[str, list[Stored]] = defaultdict(list)  # by versions of before
        for row in sorted(rows, key=lambda row: row.system != system):
            self._by_sha[row.sha256].append(row)
            if row.external_id is None:
                self._unnamed[row.sha256].append(row)
            else:
                self._by_key[row.external_id].append(row)
            self._by_key[row.uid].append(row)  # as exporting names what has no key of its own
            for sha256 in row.earlier:
                self._by_earlier[sha256].append(row)

    def match(self, item: QuestionIn, content: Content) -> Stored | None:
        """Return the question with the item's key, else one of the same content, now or before."""
        if item.key is None:
            candidates = self._by_sha[content.sha256] + self._by_earlier[content.sha256]
        else:
            named = [row for row in self._by_key[item.key] if self._is_meant(row, item, content)]
            candidates = named + self._unnamed[content.sha256]
        for row in candidates:
            if row.id not in self._used:
                self._used.add(row.id)
                return row
        return None

    def _is_meant(self, row: Stored, item: QuestionIn, content: Content) -> bool:
        """Say whether a key names the row: in another format's namespace only beside its name."""
        if self._system in (row.system, NATIVE) or item.key == row.uid:
            return True
        return row.type == item.type and row.name == content.name

    def twin(self, content: Content) -> str | None:
        """Return the name of a stored question of this content; None where there is none."""
        rows = self._by_sha[content.sha256]
        return rows[0].name if rows else None


_COLUMNS = (
    Question.id,
    Question.uid,
    Question.external_system,
    Question.external_id,
    Question.type,
    Question.status,
    Question.version,
    Question.edited_here,
    Question.name,
    Question.category,
    Question.position,
    Question.fact_id,
    Fact.key,
    QuestionVersion.sha256,
    QuestionVersion.stat_group,
    QuestionVersion.body,
)


def _rows(
    session: Session, target: Target, items: Sequence[QuestionIn], contents: Sequence[Content]
) -> list[Stored]:
    keys = [item.key for item in items if item.key is not None]
    shas = [content.sha256 for content in contents]
    any_version, own = sa.orm.aliased(QuestionVersion), sa.orm.aliased(Question)
    had = (  # in any of its versions: an edit here does not make it another question
        sa.select(any_version.question_id)
        .join(own, own.id == any_version.question_id)
        .where(own.bank_id == target.bank_id, any_version.sha256.in_(shas))
    )
    query = (
        sa.select(*_COLUMNS, Fact.detail)
        .join(
            QuestionVersion,
            (QuestionVersion.question_id == Question.id)
            & (QuestionVersion.number == Question.version),
        )
        .outerjoin(Fact, Fact.id == Question.fact_id)
        .where(
            Question.bank_id == target.bank_id,
            Question.import_id.is_distinct_from(target.import_id),
            Question.status != "staged",  # of an import that may yet come to nothing
            Question.external_id.in_(keys) | Question.uid.in_(keys) | Question.id.in_(had),
        )
        .order_by(Question.position, Question.id)
    )
    found = {}
    for *values, detail in session.execute(query):
        row = Stored(*values)
        if detail and detail.get(OWN):
            row.fact_key = None
        found[row.id] = row
    _add_labels(session, found)
    versions = sa.select(QuestionVersion.question_id, QuestionVersion.sha256)
    for question_id, sha256 in session.execute(
        versions.where(QuestionVersion.question_id.in_(found), QuestionVersion.sha256.in_(shas))
    ):
        if sha256 != found[question_id].sha256:
            found[question_id].earlier.add(sha256)
    return list(found.values())


def _add_labels(session: Session, rows: Mapping[int, Stored]) -> None:
    tags = sa.select(QuestionTag.question_id, QuestionTag.tag)
    for question_id, tag in session.execute(tags.where(QuestionTag.question_id.in_(rows))):
        rows[question_id].tags.add(tag)
    parts = sa.select(QuestionPart.question_id, QuestionPart.part, Fact.key, Fact.id).join(
        Fact, Fact.id == QuestionPart.fact_id
    )
    for question_id, part, key, fact_id in session.execute(
        parts.where(QuestionPart.question_id.in_(rows))
    ):
        rows[question_id].parts[part] = key
        rows[question_id].part_ids[part] = fact_id
