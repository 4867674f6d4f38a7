"""The questions of an import, stored by the chunk inside the caller's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.part_facts import part_facts
from quizapp.core.statements import statement_of
from quizapp.models import Fact, Question, QuestionPart, QuestionTag, QuestionVersion, RawBlock
from quizapp.services.content.version_rows import own_fact_row, version_row
from quizapp.services.identifiers import new_uids
from quizapp.services.transfer.import_content import in_chunks, reserved_ids
from quizapp.services.transfer.import_matching import Step, Stored, Target
from quizapp.services.transfer.import_rows import insert_rows

STAGED = "staged"  # the status of what an import stores before it lets it be seen


def reason_of(import_id: int) -> str:
    """Return what a question version that an import made gives as its reason."""
    return f"Import {import_id}"


@dataclass(slots=True)
class Done:
    """What storing questions leaves to be done at the end of the import."""

    ids: dict[str, int] = field(default_factory=dict)  # questions of the file by key
    replaced: list[int] = field(default_factory=list)  # another type took their place
    left: set[int] = field(default_factory=set)  # facts that lost a question
    regrouped: dict[int, set[int]] = field(default_factory=dict)  # question -> facts before, after
    is_ended: bool = False


@dataclass(frozen=True, slots=True)
class Storing:
    """Where the questions go: bank, namespace, ids of the file's facts, the time, their status."""

    session: Session
    target: Target
    facts: Mapping[str, int]
    now: datetime
    done: Done
    status: str = "active"

    def store(self, steps: Sequence[Step]) -> None:
        """Store what is new or different in these steps."""
        fresh = [step for step in steps if step.outcome == "created" or step.replaces]
        changed = [step for step in steps if step.outcome == "updated" and not step.replaces]
        self._make_room(step.old for step in steps if step.replaces)
        ids = self._create(fresh)
        self._update(changed)
        self._settle(step for step in steps if step.outcome == "unchanged")
        places = list(zip(fresh, ids, strict=True))
        places += [(step, step.old.id) for step in changed if step.old]
        self._versions([(step, id_) for step, id_ in places if step.makes_version])
        self._labels(places, {step.old.id for step in changed if step.old})
        kept = [(step, step.old.id) for step in steps if step.old and not step.replaces]
        self.done.ids |= {step.item.key: id_ for step, id_ in places + kept if step.item.key}

    def _make_room(self, replaced: Iterable[Stored | None]) -> None:
        """Take the key from questions whose place a question of another type takes."""
        ids = [old.id for old in replaced if old]
        self.done.replaced += ids
        for some in in_chunks(ids):
            where = Question.id.in_(some)
            self.session.execute(
                sa.update(Question).where(where).values(external_system=None, external_id=None)
            )

    def _create(self, steps: Sequence[Step]) -> list[int]:
        uids = new_uids(len(steps))
        facts = self._fact_ids(steps, uids)
        ids = reserved_ids(self.session, Question, len(steps))
        rows = [
            {
                "id": id_,
                "uid": uid,
                "bank_id": self.target.bank_id,
                "fact_id": fact,
                "type": step.item.type,
                "status": "draft" if step.item.is_draft else self.status,
                "version": 1,
                "import_id": self.target.import_id,
                "edited_here": False,
                **self._names(step),
            }
            for step, uid, fact, id_ in zip(steps, uids, facts, ids, strict=True)
        ]
        insert_rows(self.session, Question, rows)
        return ids

    def _names(self, step: Step) -> dict[str, Any]:
        """Return the columns that follow the file."""
        key = step.item.key
        return {
            "external_system": self.target.system if key is not None else None,
            "external_id": key,
            "name": step.content.name,
            "category": step.item.category,
            "search_text": step.content.texts().search_text,
            "position": step.item.position,
        }

    def _fact_ids(self, steps: Sequence[Step], uids: Sequence[str]) -> list[int]:
        """Return the fact of each question: the one that it names, else its own, old or new."""
        own = {uid: _own_fact(step) for step, uid in zip(steps, uids, strict=True)}
        places = list(zip(steps, uids, strict=True))
        new = [(s, uid) for s, uid in places if s.item.fact is None and own[uid] is None]
        ids = reserved_ids(self.session, Fact, len(new))
        fact_uids = new_uids(len(new))
        rows = [
            {**self._fact_row(s, uid, id_), "uid": fact_uid}
            for (s, uid), id_, fact_uid in zip(new, ids, fact_uids, strict=True)
        ]
        insert_rows(self.session, Fact, rows)
        own |= {uid: id_ for (_, uid), id_ in zip(new, ids, strict=True)}
        told = [
            {"id": fact, "statement": statement_of(step.content.question), "status": "active"}
            for step in steps
            if step.item.fact is None and (fact := _own_fact(step)) is not None
        ]
        self._update_rows(Fact, told)
        return [
            self.facts[step.item.fact] if step.item.fact is not None else own[uid] or 0
            for step, uid in places
        ]

    def _fact_row(self, step: Step, uid: str, id_: int) -> dict[str, Any]:
        item = step.item
        row = own_fact_row(self.target.bank_id, uid, step.content.question, item.position)
        row |= {"id": id_, "status": self.status}
        if item.group:
            row["detail"] = {**row["detail"], "group": f"{self.target.system}:{item.group}"}
        return row

    def _update(self, steps: Sequence[Step]) -> None:
        olds = [step.old for step in steps if step.old]
        facts = self._fact_ids(steps, [old.uid for old in olds])
        rows = []
        for step, old, fact in zip(steps, olds, facts, strict=True):
            self._note_move(old, fact)
            version = old.version + step.new_version
            status = "draft" if step.item.is_draft else "active"
            row = {"id": old.id, "fact_id": fact, "version": version, "status": status}
            names = self._names(step)
            if old.external_id is not None or step.item.key is None:
                del names["external_system"], names["external_id"]
            rows.append(row | names)
        self._update_rows(Question, rows)

    def _update_rows(self, model: Any, rows: Sequence[dict[str, Any]]) -> None:
        """Update by primary key; rows with other columns go in a statement of their own."""
        shapes: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for row in rows:
            shapes.setdefault(tuple(row), []).append(row)
        for alike in shapes.values():
            self.session.execute(sa.update(model), alike)

    def _note_move(self, old: Stored, fact: int) -> None:
        if old.fact_id is not None and old.fact_id != fact:
            self.done.left.add(old.fact_id)
            self.done.regrouped.setdefault(old.id, set()).update((old.fact_id, fact))

    def _settle(self, steps: Iterable[Step]) -> None:
        """Give unchanged questions their place, and a key where they had none."""
        rows = []
        for step in steps:
            if step.old is None or step.old.edited_here:
                continue
            row: dict[str, Any] = {"position": step.item.position}
            if step.old.external_id is None and step.item.key is not None:
                row |= {"external_system": self.target.system, "external_id": step.item.key}
            if len(row) > 1 or step.old.position != step.item.position:
                rows.append({"id": step.old.id, **row})
        self._update_rows(Question, rows)

    def _versions(self, places: Sequence[tuple[Step, int]]) -> None:
        rows = [
            version_row(
                id_,
                step.old.version + 1 if step.old and step.new_version else 1,
                step.stat_group,
                step.content.question,
                step.content.sha256,
                step.content.texts().html,
                self.now,
                reason=reason_of(self.target.import_id),
            )
            for step, id_ in places
        ]
        insert_rows(self.session, QuestionVersion, rows)

    def _labels(self, places: Sequence[tuple[Step, int]], stored: set[int]) -> None:
        """Write tags, parts and raw blocks; of stored questions only where they differ."""
        differ = {id_ for step, id_ in places if id_ in stored}
        for some in in_chunks(sorted(differ)):
            for model in (QuestionTag, QuestionPart, RawBlock):
                self.session.execute(sa.delete(model).where(model.question_id.in_(some)))
        tags: list[dict[str, Any]] = []
        parts: list[dict[str, Any]] = []
        raw: list[dict[str, Any]] = []
        for step, id_ in places:
            tags += [{"question_id": id_, "tag": tag} for tag in step.item.tags]
            facts = self._part_facts(step)
            parts += [{"question_id": id_, "part": p, "fact_id": f} for p, f in facts.items()]
            self._note_parts(step, id_, facts)
            if block := step.item.raw:
                lossy = list(block.lossy)
                raw.append(
                    {"question_id": id_, "format": block.format, "raw": block.text, "lossy": lossy}
                )
        insert_rows(self.session, QuestionTag, tags)
        insert_rows(self.session, QuestionPart, parts)
        insert_rows(self.session, RawBlock, raw)

    def _part_facts(self, step: Step) -> dict[str, int]:
        named = part_facts(step.content.question.body)
        return {part: self.facts[key] for part, key in named.items() if key in self.facts}

    def _note_parts(self, step: Step, question_id: int, facts: Mapping[str, int]) -> None:
        if step.old is None or step.replaces or step.old.part_ids == facts:
            return
        before = set(step.old.part_ids.values())
        self.done.left |= before - set(facts.values())
        self.done.regrouped.setdefault(question_id, set()).update(before, facts.values())


def _own_fact(step: Step) -> int | None:
    """Return the fact that was made for the question alone, if it has one."""
    old = step.old
    return old.fact_id if old is not None and old.fact_key is None else None
