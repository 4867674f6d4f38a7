"""What the reader of one kind of source finds, before the article is told from the rest."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Found:
    """A heading (level 1 to 6) or a paragraph (level 0), as it stands in the source.

    reason: a code of reasons.REASONS where its place already says that it is not of the article.
    listed: whether it is a whole list in one sentence, which ends a paragraph that ends with ":".
    """

    text: str
    level: int = 0
    reason: str = ""
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """All that was found in one source, in its order, and what it says about itself."""

    blocks: tuple[Found, ...]
    title: str = ""
    authors: tuple[str, ...] = ()
    published: date | None = None
    language: str = ""  # as the source names it, such as "en-GB"
