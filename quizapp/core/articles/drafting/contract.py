"""What a way of drafting is given, and what it gives back."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from quizapp.core.articles.definitions import Definition
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.model import Draft
from quizapp.core.articles.parsing import Parsed


@dataclass(slots=True)
class Material:
    """An article as ways of drafting see it.

    facts: those that stand alone. stated: those and the ones that lean on the sentence before,
    which is then shown with the draft. definitions: the terms that the article explains.
    """

    parsed: Parsed
    facts: Sequence[ParsedFact]
    stated: Sequence[ParsedFact] = field(default_factory=tuple)
    definitions: Sequence[Definition] = field(default_factory=tuple)


# A way yields all drafts it can; gates and ranking decide which are kept.
Way = Callable[[Material], Iterator[Draft]]
