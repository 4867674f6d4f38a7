"""What the conditions of a QTI 1.2 item give points for, and which feedback they show."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from quizapp.core.formats.parts.qti12_item import Block, role_of
from quizapp.core.formats.shared.shares import MAX_DIGITS, plain
from quizapp.core.formats.shared.xml import Element

Given = Mapping[str, Sequence[str]]  # the identifiers chosen, by the response's identifier

MAX_WORK = 3_000_000  # tests that one item may need
FULL = Decimal(100)
_EQUAL = frozenset({"varequal", "varsubstring"})
_NUMBERS = frozenset({"vargte", "vargt", "varlte", "varlt"})
_LOGIC = frozenset({"and", "or", "not"})
_NOTHING = frozenset({"other", "unanswered", "qticomment", "var_extension"})


class UnsupportedError(Exception):
    """A question whose meaning we cannot keep; the text is plain words."""


@dataclass(slots=True)
class Test:
    """One comparison: which response with what, and whether it stands under a `not`."""

    tag: str
    response: str
    value: str
    denied: bool
    element: Element


@dataclass(slots=True)
class Rule:
    """One condition. points: what it sets or adds, None for nothing."""

    element: Element
    tests: list[Test]
    points: Decimal | None
    adds: bool
    shows: list[str]
    goes_on: str
    has_other: bool
    has_or: bool

    @property
    def is_other(self) -> bool:
        """Whether it holds for whatever is left."""
        return self.has_other and not self.tests

    @property
    def by_option(self) -> bool:
        """Whether it names options as if they were responses, as Blackboard's rules do."""
        return bool(self.tests) and not any(test.value for test in self.tests)

    @property
    def gives(self) -> bool:
        """Whether it is a rule for right answers, or for better ones."""
        if self.points is not None:
            return self.points > 0
        return any(role_of(one) == "correct" for one in self.shows)


@dataclass(slots=True)
class Conditions:
    """All conditions of an item, in order; `most` is the highest score that it declares."""

    rules: list[Rule] = field(default_factory=list)
    most: Decimal | None = None

    def giving(self) -> list[Rule]:
        """Return the rules that give points."""
        return [rule for rule in self.rules if rule.gives]

    def score(self, given: Given, by_option: bool = False) -> Decimal:
        """Return the points of a response; `by_option`: with Blackboard's rules per option."""
        total, matched = Decimal(0), False
        for rule in self.rules:
            if (rule.by_option and not by_option) or not self._holds(rule, given, matched):
                continue
            if rule.points is not None:
                total = total + rule.points if rule.adds else rule.points
            elif rule.gives:
                total = FULL
            # a rule without `continue` goes on in all files seen, but hides what `other` says
            matched = matched or rule.points is not None or not (rule.goes_on or rule.has_other)
            if rule.goes_on == "no" and not rule.is_other:
                break
        return total

    def _holds(self, rule: Rule, given: Given, matched: bool) -> bool:
        if rule.is_other:
            return not matched and rule.points is not None
        if not rule.tests:
            return False
        return _holds(rule.element, given)


def conditions_of(block: Block) -> Conditions:
    """Return the conditions of an item; UnsupportedError where they are of no known kind."""
    found = Conditions()
    for processing in block.element.iterfind("resprocessing"):
        names = [one.get("varname") or "SCORE" for one in processing.iter("decvar")]
        for declared in processing.iter("decvar"):
            found.most = found.most or number(declared.get("maxvalue"))
        for element in processing.iterfind("respcondition"):
            found.rules.append(_rule(element, names, found.most))
    return found


def number(text: str | None) -> Decimal | None:
    """Return a number as files write it; None for what is none."""
    text = (text or "").strip()
    if not text or len(text) > MAX_DIGITS:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value.adjusted()) < MAX_DIGITS else None


def share(points: Decimal, best: Decimal) -> str:
    """Return points as a share of the best, in decimals."""
    if best == FULL:
        return plain(points / FULL)
    return plain((points / best).quantize(Decimal("1e-7")))


def afford(work: int) -> None:
    """Refuse an item that would take too long; UnsupportedError."""
    if work > MAX_WORK:
        raise UnsupportedError("It has more options and conditions than can be worked through.")


def _rule(element: Element, names: list[str], most: Decimal | None) -> Rule:
    holder = element.find("conditionvar")
    seen: set[str] = set()
    tests = list(_tests(holder, seen)) if holder is not None else []
    points, adds = _points(element, names, most)
    return Rule(
        element=holder,
        tests=tests,
        points=points,
        adds=adds,
        shows=[one.get("linkrefid") or "" for one in element.iterfind("displayfeedback")],
        goes_on=(element.get("continue") or "").strip().lower(),
        has_other="other" in seen,
        has_or="or" in seen,
    )


def _tests(holder: Element, seen: set[str]) -> Iterator[Test]:
    """Yield the comparisons inside an element, in order; `seen` gets the names of all else."""
    stack = [(one, False) for one in reversed(holder)]
    while stack:
        one, denied = stack.pop()
        tag = one.tag
        if tag in _EQUAL or tag in _NUMBERS:
            yield Test(tag, one.get("respident") or "", (one.text or "").strip(), denied, one)
            continue
        seen.add(tag)
        if tag in _LOGIC:
            stack += [(child, denied != (tag == "not")) for child in reversed(one)]
        elif isinstance(tag, str) and tag not in _NOTHING:
            raise UnsupportedError(f"It is scored by a rule that is not known here ({tag[:40]}).")


def _points(
    element: Element, names: list[str], most: Decimal | None
) -> tuple[Decimal | None, bool]:
    found, adds = None, False
    settings = element.findall("setvar")
    for one in settings:
        name = one.get("varname") or one.get("variablename") or "SCORE"
        if len(settings) > 1 and names and name not in names:
            continue
        action = (one.get("action") or "Set").strip().lower()
        text = (one.text or "").strip()
        value = (most or FULL) if text.lower() == "score.max" else number(text)
        if value is None or action not in ("set", "add", "subtract"):
            raise UnsupportedError("It is scored by a rule that is not known here.")
        found, adds = (-value if action == "subtract" else value), action != "set"
    return found, adds


def _holds(element: Element, given: Given) -> bool:
    """Say whether all that stands in an element holds; equal tests of one response are choices."""
    tag = element.tag
    if tag in _EQUAL:
        value, response = (element.text or "").strip(), element.get("respident") or ""
        if not value:  # as Blackboard has it: the option is named as if it were a response
            return any(response in chosen for chosen in given.values())
        return value in given.get(response, ())
    held = [_holds(one, given) for one in element if one.tag != "qticomment"]
    if tag == "not":
        return not all(held)
    if tag == "or":
        return any(held)
    if tag == "conditionvar" and len(held) > 1 and all(one.tag in _EQUAL for one in element):
        return any(held) if len({one.get("respident") for one in element}) == 1 else all(held)
    return bool(held) and all(held)
