"""What an import did, question by question."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from quizapp.core.formats.model import Refused, Warned
from quizapp.core.formats.shared.checking import shown_name
from quizapp.services.transfer.import_matching import Step

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

    @property
    def accepted(self) -> int:
        """How many questions were taken, changed or not."""
        return self.created + self.updated + self.unchanged

    def as_json(self) -> dict[str, Any]:
        """Return the object that the command line prints."""
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
        }

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


def _without_key(refused: Refused) -> dict[str, Any]:
    return {name: value for name, value in asdict(refused).items() if name != "key"}
