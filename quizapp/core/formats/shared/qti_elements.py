"""The elements that QTI items are made of, in the names of version 2."""

import re
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from lxml import etree

from quizapp.core.formats.shared.shares import plain
from quizapp.core.formats.shared.xml import Element
from quizapp.core.quantities import decimal_of

_BAD = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(tag: str, *children: Element, text: str | None = None, **attributes: str) -> Element:
    """Return an element with these children; attributes without a value are left out."""
    made = etree.Element(tag)
    for name, value in attributes.items():
        if value:
            made.set(name.rstrip("_"), clean(value))
    made.text = None if text is None else clean(text)
    made.extend(children)
    return made


def clean(text: str) -> str:
    """Return a text without the characters that no XML can hold."""
    return _BAD.sub("\ufffd", text)


def number(value: Any, default: str = "0") -> Decimal:
    """Return a number of a body."""
    found = decimal_of(default if value is None else value)
    return Decimal(0) if found is None else found


def written(value: Decimal) -> str:
    """Return a number as QTI writes it."""
    return plain(value)


def label(**notes: str) -> str:
    """Return what QTI has no place for as a label; empty notes are left out."""
    parts = [f"{name}={quote(value, safe=' ,')}" for name, value in notes.items() if value]
    return "; ".join(parts)


def variable(identifier: str) -> Element:
    return element("variable", identifier=identifier)


def base(type: str, value: str) -> Element:
    return element("baseValue", text=value, baseType=type)


def is_right(identifier: str) -> Element:
    """Return the condition that a response is the declared one."""
    return element("match", variable(identifier), element("correct", identifier=identifier))


def mapped(identifier: str) -> Element:
    return element("mapResponse", identifier=identifier)


def has_pair(pair: str, identifier: str) -> Element:
    """Return the condition that a pair is among those of a response."""
    return element("member", base("directedPair", pair), variable(identifier))


def scores(expression: Element) -> Element:
    return element("setOutcomeValue", expression, identifier="SCORE")


def shown(expression: Element) -> Element:
    """Return the rule that adds what an expression gives to the feedback."""
    both = element("multiple", variable("FEEDBACK"), expression)
    return element("setOutcomeValue", both, identifier="FEEDBACK")


def when(condition: Element, *rules: Element) -> Element:
    return element("responseCondition", element("responseIf", condition, *rules))


def divided(expression: Element, whole: str) -> Element:
    return expression if whole == "1" else element("divide", expression, base("float", whole))
