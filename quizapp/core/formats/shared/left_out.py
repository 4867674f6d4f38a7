"""What a format has no place for at all, told once for the whole file."""

from collections import Counter
from collections.abc import Iterator

from quizapp.core.formats.model import (
    ArticleIn,
    FactIn,
    Item,
    Loss,
    MediaIn,
    QuizIn,
)

_KINDS = {
    ArticleIn: ("article", "articles"),
    FactIn: ("fact with its evidence", "facts with their evidence"),
    QuizIn: ("quiz", "quizzes"),
    MediaIn: ("picture or sound", "pictures and sounds"),
}


class LeftOut:
    """Counts the items that are no question."""

    def __init__(self) -> None:
        self._counts: Counter[type] = Counter()

    def add(self, item: Item) -> None:
        """Count an item that is not written."""
        self._counts[type(item)] += 1

    def losses(self) -> Iterator[Loss]:
        """Yield a loss for each kind of what was left out."""
        for kind, (one, several) in _KINDS.items():
            if count := self._counts[kind]:
                what = f"{count} {several} are" if count > 1 else f"1 {one} is"
                message = f"{what} left out: the format has no place for them."
                yield Loss(None, "", message if count > 1 else message.replace(" them.", " it."))
