"""What a question, a response and a grade are, and what every question type has to offer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal, Protocol

Body = Mapping[str, Any]  # the type's own part of a question, plain JSON; see questions/README.md
Response = Mapping[str, Any]  # plain JSON in the shape that docs/api.md gives for each type
GradedBy = Literal["app", "learner", "person", "nobody"]
FieldKind = Literal["markdown", "text", "number", "bool", "choice", "list", "map"]

MAP = (dict, Mapping)  # for isinstance: asking the abstract class first is ten times as slow
LIST = (list, tuple)  # ask for it before MAP, for the same reason
EXACT = 1e-5  # sums of fractions this near to 1 count as 1 (three times 33.33333 percent)


@dataclass(frozen=True)
class Question:
    """One way to ask a fact: its type, its stem (Markdown) and the type's own body."""

    type: str
    stem: str
    body: Body


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a question: a stable code, plain words, and where (a body path)."""

    code: str
    message: str
    where: str = ""


@dataclass(frozen=True)
class Grade:
    """What a response is worth.

    score: 0..1, for memory; None while it awaits a person. fraction: -1..1, for points.
    parts: 0..1 by id of option, gap, pair or item where the type has parts.
    feedback: body paths of the feedback texts that apply, such as "options.o2.feedback".
    """

    score: float | None
    fraction: float | None
    parts: Mapping[str, float] = field(default_factory=dict)
    feedback: Sequence[str] = ()


@dataclass(frozen=True, eq=False)  # what is worked out of fields is kept by their identity
class Field:
    """One entry of a body, as the authoring form and the renderer see it.

    kind "markdown" is rendered; "list" and "map" hold entries that are described by `entry`
    (list entries are mappings that carry an `id`; a map's keys are the ids).
    For the form: `one` is what a single entry is called, `whole` a number without decimals, `of`
    the list of the body whose ids may stand here ("facts": keys of the bank's facts), and `when`
    (name, values ...) the entry beside it on whose value it depends whether this one is asked for.
    """

    name: str
    label: str
    kind: FieldKind
    required: bool = False
    choices: tuple[str, ...] = ()
    entry: tuple["Field", ...] = ()
    default: Any = None
    one: str = ""
    whole: bool = False
    of: str = ""
    when: tuple[str, ...] = ()
    help: str = ""


class BadResponse(ValueError):
    """A response that the type cannot read; `code` is stable, the text is plain words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class QuestionType(Protocol):
    """The contract of a module in `question_types`."""

    @property
    def NAME(self) -> str: ...  # noqa: N802
    @property
    def LABEL(self) -> str: ...  # noqa: N802
    @property
    def WIDGET(self) -> str:  # noqa: N802
        """Name of the template in templates/widgets that asks it."""

    @property
    def GRADED_BY(self) -> GradedBy: ...  # noqa: N802
    @property
    def FIELDS(self) -> tuple[Field, ...]: ...  # noqa: N802
    @property
    def HARDNESS(self) -> int:  # noqa: N802
        """1 recognise, 2 choose among many or arrange, 3 recall; harder ones as memory grows."""

    def problems(self, question: Question) -> list[Problem]:
        """Return everything wrong with the question, for form, importer and drafts alike."""

    def key(self, question: Question) -> Response | None:
        """Return a response that scores 1; None unless the app grades."""

    def parse(self, question: Question, raw: object) -> Response:
        """Return the response in `raw` in the type's own shape; BadResponse where there is none."""

    def grade(self, question: Question, response: Response) -> Grade:
        """Judge a response. Never raises, whatever the response: what it cannot read scores 0."""

    def classify(self, question: Question, response: Response) -> list[str]:
        """Return labels of what was chosen, for the distractor report: option ids, or "other"."""

    def random_guess_score(self, question: Question) -> float | None:
        """Return the expected score of a blind guess, 0..1; None where it has no meaning."""

    def shown(self, question: Question, rng: Random) -> dict[str, Any]:
        """Return what may be seen before answering, in order: ids, never a key or a text."""
