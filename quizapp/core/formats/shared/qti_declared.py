"""What a QTI item declares: its responses with their right answers and points, and its rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from quizapp.core.formats.shared.qti_names import attribute, below, first, inside, name_of
from quizapp.core.formats.shared.xml import Element, text_of
from quizapp.core.quantities import decimal_of

MAX_ENTRIES = 2_000
# Rules of scoring made of these alone say no more than the declared answers do.
_USUAL = frozenset(
    """match variable correct mapResponse baseValue
    setOutcomeValue sum not isNull and""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a mapping: what answering so is worth, as written and as a number."""

    key: str
    written: str
    worth: Decimal
    case: bool


@dataclass(frozen=True, slots=True)
class Declared:
    """One response: its right values, and its mapping if there is one (`entries` None if not)."""

    identifier: str
    cardinality: str
    base_type: str
    correct: Sequence[str]
    entries: Sequence[Entry] | None = None
    default: Decimal = Decimal(0)
    lower: Decimal | None = None
    upper: Decimal | None = None

    def worth(self) -> dict[str, Entry]:
        """Return the mapping by key; the first entry of a key counts."""
        return {entry.key: entry for entry in reversed(self.entries or ())}


@dataclass(frozen=True, slots=True)
class Rules:
    """How responses become points.

    mapped: responses that are scored by their mapping. matched: by their right answer.
    usual: no more is said than the declarations say. root: the element, None where there is none.
    """

    mapped: frozenset[str] = frozenset()
    matched: frozenset[str] = frozenset()
    usual: bool = True
    root: Element | None = None
    template: str = ""


@dataclass(frozen=True, slots=True)
class Declarations:
    """All that an item declares outside its body."""

    responses: Mapping[str, Declared]
    rules: Rules
    told: Sequence[str] = field(default_factory=list)


def declarations(item: Element) -> Declarations:
    """Read the declarations of an item; what is malformed in them counts as absent."""
    found = [_declared(one) for one in below(item, "responseDeclaration")]
    responses = {one.identifier: one for one in reversed(found)}
    return Declarations(responses, _rules(first(item, "responseProcessing"), responses))


def _declared(element: Element) -> Declared:
    correct = first(element, "correctResponse")
    values = below(correct, "value") if correct is not None else []
    mapping = first(element, "mapping")
    texts = [" ".join(text_of(value).split()) for value in values[:MAX_ENTRIES]]
    plain = Declared(
        identifier=attribute(element, "identifier").strip(),
        cardinality=attribute(element, "cardinality", "single").strip(),
        base_type=attribute(element, "baseType").strip(),
        correct=[text for text in texts if text],
    )
    return plain if mapping is None else _with_mapping(plain, mapping)


def _with_mapping(plain: Declared, mapping: Element) -> Declared:
    entries = []
    for one in below(mapping, "mapEntry")[:MAX_ENTRIES]:
        written = attribute(one, "mappedValue").strip()
        worth = decimal_of(written)
        if worth is not None:
            case = attribute(one, "caseSensitive").strip().lower() not in ("false", "0")
            key = attribute(one, "mapKey").strip()
            entries.append(Entry(key, written, worth, case))
    return Declared(
        plain.identifier,
        plain.cardinality,
        plain.base_type,
        plain.correct,
        entries,
        decimal_of(attribute(mapping, "defaultValue")) or Decimal(0),
        decimal_of(attribute(mapping, "lowerBound")),
        decimal_of(attribute(mapping, "upperBound")),
    )


def _rules(root: Element | None, responses: Mapping[str, Declared]) -> Rules:
    with_mapping = frozenset(name for name, one in responses.items() if one.entries is not None)
    if root is None:
        return Rules(mapped=with_mapping, matched=frozenset(responses) - with_mapping)
    template = (attribute(root, "template") or attribute(root, "templateLocation")).lower()
    if "map_response" in template:
        return Rules(mapped=frozenset(responses), root=root, template="map_response")
    if "match_correct" in template:
        return Rules(matched=frozenset(responses), root=root, template="match_correct")
    if not below(root):
        return Rules(mapped=with_mapping, matched=frozenset(responses) - with_mapping, root=root)
    mapped = frozenset(attribute(one, "identifier") for one in inside(root, "mapResponse"))
    matched = frozenset(attribute(one, "identifier") for one in inside(root, "correct"))
    if not mapped and not matched:
        mapped = with_mapping
    return Rules(mapped, matched - mapped, _is_usual(root), root)


def _is_usual(root: Element) -> bool:
    """Say whether all that gives points does so for the declared answers alone."""
    settings = (one for one in inside(root, "setOutcomeValue") if _gives_points(one))
    return all(_is_plain(one) for one in settings)


def _gives_points(setting: Element) -> bool:
    outcome = attribute(setting, "identifier").upper()
    return "SCORE" in outcome and "MAX" not in outcome


def _is_plain(setting: Element) -> bool:
    parts = [setting]
    branch = setting.getparent()
    while branch is not None and name_of(branch) != "responseProcessing":
        if name_of(branch) in ("responseIf", "responseElseIf"):
            parts += below(branch)[:1]
        elif name_of(branch) not in ("responseElse", "responseCondition"):
            return False
        branch = branch.getparent()
    every = [one for part in parts for one in part.iter() if name_of(one)]
    matches = [one for one in every if name_of(one) == "match"]
    return all(name_of(one) in _USUAL for one in every) and all(map(_compares_with_key, matches))


def _compares_with_key(match: Element) -> bool:
    return sorted(name_of(one) for one in below(match)) == ["correct", "variable"]
