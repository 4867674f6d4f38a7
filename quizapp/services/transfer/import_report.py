"""What an import did, question by question."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from quizapp.core.formats.model import Refused, Warned
from quizapp.core.formats.shared.checking import derived_name, shown_name
from quizapp.core.statements import key_words
from quizapp.services.transfer.import_matching import Step

SHOWN_STEM = 160
KEPT = "It was changed here; the version of this bank was kept."


@dataclass(slots=True)
class Report:
    """What an import did; a dry run says what it would do."""

    format: str
    bank: str  # slug
    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    by_type: dict[str, int] = field(default_factory=dict)
    warnings: list[Warned] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    media: int = 0
    history: dict[str, Any] | None = None  # what was taken over of a learner's, where asked for

    @property
    def accepted(self) -> int:
        """How many questions were taken, changed or not."""
        return self.created + self.updated + self.unchanged

    def as_json(self) -> dict[str, Any]:
        """Return the object that the command line prints."""
        taken = {} if self.history is None else {"history": self.history}
        return {
            "format": self.format,
            "bank": self.bank,
            "read": self.read,
            "accepted": self.accepted,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "by_type": self.by_type,
            "warnings": [asdict(warned) for warned in self.warnings],
            "refused": [_without_key(refused) for refused in self.refused],
            "media": self.media,
            **taken,
        }

    def sums(self) -> dict[str, Any]:
        """Return the object without its lists, which may be long."""
        told = self.as_json()
        told["warnings"], told["refused"] = len(self.warnings), len(self.refused)
        return told

    def count(self, steps: Sequence[Step]) -> None:
        """Add outcomes; a question that was kept is unchanged, with a warning."""
        outcomes = Counter(step.outcome for step in steps)
        self.created += outcomes["created"]
        self.updated += outcomes["updated"]
        self.unchanged += outcomes["unchanged"] + outcomes["kept"]
        for step in steps:
            item = step.item
            self.by_type[item.type] = self.by_type.get(item.type, 0) + 1
            if step.outcome == "kept":
                name = shown_name(item)
                self.warnings.append(Warned(item.position, name, item.line, item.path, KEPT))


MOST_ENTRIES = 5_000  # questions that a preview shows one by one


@dataclass(slots=True)
class Preview:
    """What an import would do, and its questions one by one as far as that helps."""

    report: Report
    title: str = ""
    entries: list[dict[str, Any]] = field(default_factory=list)
    categories: Counter[str] = field(default_factory=Counter)
    twins: list[int] = field(default_factory=list)  # positions of what the bank has already
    guessed: dict[str, str] = field(default_factory=dict)
    history: dict[str, int] = field(default_factory=lambda: {"reviews": 0, "cards": 0})

    def add(self, steps: Sequence[Step]) -> None:
        """Add what becomes of some questions."""
        for step in steps:
            item = step.item
            self.categories[item.category or ""] += 1
            if step.twin is not None:
                self.twins.append(item.position)
            if len(self.entries) < MOST_ENTRIES:
                self.entries.append(
                    {
                        "position": item.position,
                        "type": item.type,
                        "name": shown_name(item),
                        "stem": _cut(derived_name(item.stem)),
                        "answer": _cut(key_words(step.content.question)),
                        "category": item.category or "",
                        "outcome": step.outcome,
                        "twin": step.twin,
                        "is_draft": item.is_draft,
                    }
                )

    def as_json(self) -> dict[str, Any]:
        """Return all of it as it is stored with an upload."""
        return {
            **self.report.as_json(),
            "title": self.title,
            "entries": self.entries,
            "categories": dict(self.categories),
            "twins": self.twins,
            "guessed": self.guessed,
            "history": self.history,
        }


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_STEM else text[:SHOWN_STEM].rstrip() + "\u2026"


def _without_key(refused: Refused) -> dict[str, Any]:
    return {name: value for name, value in asdict(refused).items() if name != "key"}
