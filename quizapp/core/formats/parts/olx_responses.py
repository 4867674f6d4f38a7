"""The responses of Open edX problems that can be asked here."""

import copy
import re
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from quizapp.core.formats.shared import xml
from quizapp.core.formats.shared.html_texts import HtmlTexts, typed
from quizapp.core.formats.shared.shares import plain
from quizapp.core.quantities import decimal_of

REGEXP = "Its answer is a pattern (regular expression); it is kept as it came."
FORMULA = "Its answer is a formula or no plain number; it is kept as it came."
NO_INPUT = "It has no options; it is kept as it came."
UNCHOSEN = "Feedback on options that were not chosen was left out."
COMBINED = "Feedback on several options together was left out."
PARTIAL = "Open edX gives a part of the points for a part of the answer; that was left out."
FIXED = "Some of its options keep their place; none of them is shuffled here."
POOL = "Open edX shows some of its options only; here all are shown."
PATTERN_HINT = "Feedback on answers of a pattern was left out."
OPEN_END = "An end of its range that does not belong to it is taken as right here."
TARGETED = "Feedback that depends on the option chosen stands elsewhere and was left out."

Body = dict[str, Any]

INPUTS = frozenset(
    "choicegroup checkboxgroup radiogroup optioninput textline formulaequationinput".split()  # noqa: SIM905
)
_HIDDEN = INPUTS | frozenset(
    """solution demandhint script additional_answer correcthint stringequalhint regexphint
    compoundhint responseparam targetedfeedbackset hintgroup style""".split()  # noqa: SIM905
)
_AS_BLOCKS = {"label": "p", "description": "p", "text": "div", "problem": "div"}
_TUPLE = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")
_RANGE = re.compile(r"\s*([\[(])([^,\[\]()]*),([^,\[\]()]*)([\])])\s*")
_MATHJAX = re.compile(r"\[(/?)(mathjaxinline|mathjax)\]")
_MATHJAX_SIGNS = {
    ("", "mathjaxinline"): "\\(",
    ("/", "mathjaxinline"): "\\)",
    ("", "mathjax"): "\\[",
    ("/", "mathjax"): "\\]",
}
_PERCENT = re.compile(r"\s*([^%]+?)\s*%\s*")
MAX_ATTRIBUTE = 10_000


class NotAskable(Exception):
    """A problem that cannot be a question here; the text says why."""


def is_response(element: xml.Element) -> bool:
    """Say whether an element asks something."""
    return xml.local(element).endswith("response")


def html_of(element: xml.Element, whole: bool = False) -> str:
    """Return what is to be read inside an element, or of the `whole` of it, as HTML."""
    if whole and xml.local(element) in _HIDDEN:
        return ""
    if not whole and not len(element):
        return _with_formulas(escape(element.text or "", quote=False))
    node = copy.deepcopy(element)
    node.tail = None
    for one in list(node.iter()):
        tag = xml.local(one)
        if one is not node and (tag in _HIDDEN or tag.endswith(("hint", "input"))):
            _drop(one)
        elif is_response(one):
            one.tag = "div"
        elif tag in _AS_BLOCKS:
            one.tag = _AS_BLOCKS[tag]
    return _with_formulas(xml.source_of(node) if whole else xml.inner(node))


def multiple_choice(response: xml.Element, reading: HtmlTexts) -> tuple[str, Body]:
    """Read a choice of one; points for others are kept."""
    groups = list(xml.descendants(response, "choicegroup", "radiogroup"))
    if not groups:
        raise NotAskable(NO_INPUT)
    choices = xml.children(groups[0], "choice")
    shuffle = groups[0].get("shuffle") == "true"
    if shuffle and any(one.get("fixed") == "true" for one in choices):
        reading.tell(FIXED)
        shuffle = False
    if groups[0].get("answer-pool") or response.get("answer-pool"):
        reading.lose(POOL)
    if response.get("targeted-feedback") or any(one.get("explanation-id") for one in choices):
        reading.lose(TARGETED)
    body: Body = {"options": [_option(one, response, reading) for one in choices]}
    return "multiple_choice", body if shuffle else body | {"shuffle": False}


def checkboxes(response: xml.Element, reading: HtmlTexts) -> tuple[str, Body]:
    """Read a choice of several, where all has to be right."""
    groups = list(xml.descendants(response, "checkboxgroup"))
    if not groups:
        raise NotAskable(NO_INPUT)
    if response.get("partial_credit"):
        reading.lose(PARTIAL)
    if any(True for _ in xml.descendants(groups[0], "compoundhint")):
        reading.lose(COMBINED)
    options = [_option(one, response, reading) for one in xml.children(groups[0], "choice")]
    return "multiple_response", {
        "options": options,
        "shuffle": False,
        "scoring": "all_or_nothing",
    }


def dropdown(response: xml.Element, reading: HtmlTexts) -> tuple[str, Body]:
    """Read a drop-down list."""
    for one in xml.descendants(response, "optioninput"):
        return "multiple_choice", {"options": dropdown_options(one, reading), "shuffle": False}
    raise NotAskable(NO_INPUT)


def dropdown_options(box: xml.Element, reading: HtmlTexts) -> list[Body]:
    """Return the options of a list: elements, or a tuple of texts in an attribute."""
    listed = xml.children(box, "option")
    if listed:
        return [_option(one, box, reading) for one in listed]
    source, right = (box.get("options") or "")[:MAX_ATTRIBUTE], box.get("correct") or ""
    found = [a or b for a, b in _TUPLE.findall(source)]
    names = found or [one.strip() for one in source.strip("() ").split(",") if one.strip()]
    options: list[Body] = []
    for name in (re.sub(r"\\(.)", r"\1", name) for name in names):
        option: Body = {"text": reading.markdown(escape(name, quote=False))}
        options.append(option | ({"fraction": "1"} if name == right.strip() else {}))
    return options


def string(response: xml.Element, reading: HtmlTexts) -> tuple[str, Body]:
    """Read a typed text; wrong answers with a hint of their own are kept as such."""
    rules = (response.get("type") or "").split()
    if "regexp" in rules:
        raise NotAskable(REGEXP)
    body: Body = {"answers": list(_answers(response, reading))}
    if "ci" not in rules:
        body["case"] = True
    return "short_answer", body


def _answers(response: xml.Element, reading: HtmlTexts) -> Iterator[Body]:
    told = _hint(response, "correcthint", reading)
    for one in (response.get("answer") or "").split("_or_"):
        if one.strip():
            yield {"text": typed(one.strip())} | told
    for other in xml.children(response, "additional_answer"):
        text = (other.get("answer") or xml.text_of(other)).strip()
        if text:
            yield {"text": typed(text)} | _hint(other, "correcthint", reading)
    for other in xml.children(response, "stringequalhint"):
        if text := (other.get("answer") or "").strip():
            words = reading.markdown(html_of(other))
            yield {"text": typed(text), "fraction": "0"} | ({"feedback": words} if words else {})
    if any(True for _ in xml.descendants(response, "regexphint")):
        reading.lose(PATTERN_HINT)


def number(response: xml.Element, reading: HtmlTexts) -> tuple[str, Body]:
    """Read a typed number: a value with a tolerance, or a range."""
    if response.get("partial_credit"):
        reading.lose(PARTIAL)
    tolerance = _tolerance(response)
    told = _hint(response, "correcthint", reading)
    answers = [_number(response.get("answer") or "", tolerance, reading) | told]
    for other in xml.children(response, "additional_answer"):
        text = other.get("answer") or xml.text_of(other)
        answers.append(_number(text, tolerance, reading) | _hint(other, "correcthint", reading))
    return "numeric", {"answers": answers}


def _number(text: str, tolerance: Body, reading: HtmlTexts) -> Body:
    if match := _RANGE.fullmatch(text[:MAX_ATTRIBUTE]):
        if "(" in match[1] or ")" in match[4]:
            reading.tell(OPEN_END)
        return {"min": _decimal(match[2]), "max": _decimal(match[3])}
    return {"value": _decimal(text), **tolerance}


def _tolerance(response: xml.Element) -> Body:
    for one in xml.children(response, "responseparam"):
        if one.get("type") == "tolerance" and (text := one.get("default") or ""):
            if match := _PERCENT.fullmatch(text[:100]):
                share = decimal_of(match[1])
                if share is None or share < 0:
                    raise NotAskable(FORMULA)
                return {"tolerance": plain(share / 100), "tolerance_type": "relative"}
            found = _decimal(text)
            return {} if found in ("0", "0.0") else {"tolerance": found.lstrip("+-")}
    return {}


def _decimal(text: str) -> str:
    if decimal_of(text) is None:
        raise NotAskable(FORMULA)
    return text.strip()


def _option(choice: xml.Element, holder: xml.Element, reading: HtmlTexts) -> Body:
    option: Body = {"text": reading.markdown(html_of(choice))}
    correct = (choice.get("correct") or "").strip().lower()
    if correct == "true":
        option["fraction"] = "1"
    elif correct == "partial":
        share = decimal_of(choice.get("point_value") or "0.5")
        option["fraction"] = plain(share) if share is not None and 0 <= share <= 1 else "0.5"
    for hint in [one for one in xml.children(choice) if xml.local(one).endswith("hint")]:
        words = reading.markdown(html_of(hint))
        if hint.get("selected") == "false" and words:
            reading.lose(UNCHOSEN)
        elif words:
            option["feedback"] = words
    return option


def _hint(element: xml.Element, name: str, reading: HtmlTexts) -> Body:
    one = xml.child(element, name)
    words = reading.markdown(html_of(one)) if one is not None else ""
    return {"feedback": words} if words else {}


def _with_formulas(text: str) -> str:
    return _MATHJAX.sub(lambda match: _MATHJAX_SIGNS[match[1], match[2]], text)


def _drop(element: xml.Element) -> None:
    """Take an element out, its tail stays."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)


KINDS: dict[str, Callable[[xml.Element, HtmlTexts], tuple[str, Body]]] = {
    "multiplechoiceresponse": multiple_choice,
    "choiceresponse": checkboxes,
    "optionresponse": dropdown,
    "stringresponse": string,
    "numericalresponse": number,
}
