"""The names of QTI 2 and 3: the same things, `choiceInteraction` and `qti-choice-interaction`."""

import re
from collections.abc import Iterator
from functools import lru_cache

from quizapp.core.formats.shared.xml import Element

ITEM, TEST = "assessmentItem", "assessmentTest"
# Interactions that stand as a block of their own, in a line of text, and those we cannot ask.
BLOCKS = frozenset(
    {
        "choiceInteraction",
        "orderInteraction",
        "matchInteraction",
        "associateInteraction",
        "gapMatchInteraction",
        "hottextInteraction",
        "extendedTextInteraction",
    }
)
INLINE = frozenset({"textEntryInteraction", "inlineChoiceInteraction"})
MATHML = "http://www.w3.org/1998/Math/MathML"
# Elements that 3.0 writes with `qti-` though they have no capital letter to tell them by.
_PLAIN = frozenset(
    """prompt value mapping gap hottext weight match variable correct and or not null multiple
    ordered index sum product divide subtract equal member gt gte lt lte""".split()  # noqa: SIM905
)
_HUMP = re.compile(r"(?<!^)([A-Z])")
_KEBAB = re.compile(r"-([a-z])")


@lru_cache(maxsize=4096)
def camel(name: str) -> str:
    """Return a name of either version as version 2 writes it: `qti-item-body` is `itemBody`."""
    name = name.rpartition("}")[2]
    return _KEBAB.sub(lambda match: match[1].upper(), name.removeprefix("qti-"))


@lru_cache(maxsize=4096)
def kebab(name: str) -> str:
    """Return a name of version 2 as version 3 writes attributes: `base-type`."""
    return _HUMP.sub(lambda match: "-" + match[1].lower(), name).lower()


def name_of(element: Element) -> str:
    """Return the name of an element as version 2 has it; "" for comments and the like."""
    tag = element.tag
    return camel(tag) if isinstance(tag, str) else ""


def attribute(element: Element, name: str, default: str = "") -> str:
    """Return an attribute by its name of version 2, in either version."""
    value = element.get(name)
    if value is None:
        value = element.get(kebab(name))
    return default if value is None else str(value)


def is_true(element: Element, name: str, default: bool = False) -> bool:
    """Say whether an attribute is true, however it is written."""
    value = attribute(element, name).strip().lower()
    return value in ("true", "1") if value else default


def is_interaction(name: str) -> bool:
    """Say whether an element of that name is something to answer."""
    return name.endswith("Interaction")


def inside(element: Element, *names: str) -> Iterator[Element]:
    """Yield the elements of these names below, in document order."""
    return (one for one in element.iter() if one is not element and name_of(one) in names)


def below(element: Element, *names: str) -> list[Element]:
    """Return the child elements of these names; all without names."""
    return [one for one in element if (name := name_of(one)) and (not names or name in names)]


def first(element: Element | None, name: str) -> Element | None:
    """Return the first child of that name."""
    return next(iter(below(element, name)), None) if element is not None else None


def to_version_3(root: Element) -> None:
    """Rename the QTI elements of a tree of version 2, and their attributes, for version 3."""
    for element in root.iter():
        tag = element.tag
        if not isinstance(tag, str) or "}" in tag or not (tag in _PLAIN or _HUMP.search(tag)):
            continue
        element.tag = f"qti-{kebab(tag)}"
        for key in list(element.attrib):
            if "}" not in key and (new := kebab(key)) != key:
                value = element.attrib.pop(key)
                element.set(new, value)
