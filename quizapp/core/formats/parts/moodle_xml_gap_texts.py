"""A question with gaps as Moodle has it: words to choose from, or embedded answers."""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from html import escape
from math import lcm
from typing import Any

from quizapp.core.formats.parts.moodle_xml_markup import Markup
from quizapp.core.formats.shared import html
from quizapp.core.formats.shared.moodle_cloze_syntax import BEGIN, written
from quizapp.core.gaps import GAP, gap_numbers
from quizapp.core.quantities import decimal_of

Percent = Callable[[Markup, str], str]
Gap = Mapping[str, Any]

POOL_LOST = "The words of its pool became a choice in each gap."
WEIGHTS_LOST = "The weights of its gaps cannot be written as whole numbers and were rounded."
MAX_WEIGHT = 1_000_000
_MARK = re.compile("\ue000(\\d{1,4})\ue001")


def write_cloze(markup: Markup, percent: Percent) -> tuple[str, list[str], list[str]]:
    """Return Moodle's type, the lines of the text, and the lines of the words to choose from."""
    gaps = markup.body["gaps"]
    numbers = [number for number in gap_numbers(markup.item.stem) if number in gaps]
    if _is_pool_only(markup.body, numbers):
        return _words(markup, numbers)
    weights = _weights(markup, numbers)
    sources = {
        number: _source(markup, gaps[number], weights[number], percent) for number in numbers
    }
    return "cloze", _text(markup, sources, lambda match: "&#123;", BEGIN), []


def _is_pool_only(body: Mapping[str, Any], numbers: list[str]) -> bool:
    gaps = [body["gaps"][number] for number in numbers]
    words = [word["text"] for word in body.get("words") or []]
    return (
        bool(gaps)
        and all(gap.get("kind") == "word" for gap in gaps)
        and len({decimal_of(gap.get("weight", 1)) for gap in gaps}) == 1
        and len(set(words)) == len(words)
    )


def _words(markup: Markup, numbers: list[str]) -> tuple[str, list[str], list[str]]:
    words = markup.body["words"]
    place = {word["id"]: str(number) for number, word in enumerate(words, 1)}
    sources = {number: f"[[{place[markup.body['gaps'][number]['word']]}]]" for number in numbers}
    lines = ["<shuffleanswers>1</shuffleanswers>"]
    for name in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
        lines += markup.text_lines(name, "")
    for word in words:
        text = markup.escaped(escape(word["text"], quote=False))
        lines += ["<selectoption>", f"  <text>{text}</text>", "  <group>1</group>"]
        lines.append("</selectoption>")
    return "gapselect", _text(markup, sources, lambda match: "&#91;", GAP), lines


def _text(
    markup: Markup,
    sources: Mapping[str, str],
    sign: Callable[[re.Match[str]], str],
    literal: re.Pattern[str],
) -> list[str]:
    """Return the text with Moodle's gaps; what only looks like one is kept from being one."""
    marked = GAP.sub(
        lambda match: html.gap_mark(match[1]) if match[1] in sources else match[0],
        markup.item.stem,
    )
    kind, text = markup.outward(marked)
    if kind == "html":
        text = literal.sub(lambda match: sign(match) + match[0][1:], text)
    else:
        text = literal.sub(lambda match: "\\" + match[0], text)
    text = _MARK.sub(lambda match: sources[match[1]], text)
    return markup.element("questiontext", kind, text, markup.item.stem)


def _weights(markup: Markup, numbers: list[str]) -> dict[str, int]:
    """Return the weights as whole numbers of the same proportions."""
    given = {
        number: Fraction(decimal_of(markup.body["gaps"][number].get("weight", 1)) or 1)
        for number in numbers
    }
    whole = lcm(*(weight.denominator for weight in given.values())) if given else 1
    scaled = {number: int(weight * whole) for number, weight in given.items()}
    if max(scaled.values(), default=1) > MAX_WEIGHT:
        markup.lose(WEIGHTS_LOST)
        return {number: max(1, round(weight)) for number, weight in given.items()}
    return scaled


def _source(markup: Markup, gap: Gap, weight: int, percent: Percent) -> str:
    if gap.get("kind") == "typed":
        name = "SHORTANSWER_C" if gap.get("case") is True else "SHORTANSWER"
        answers = [
            (
                percent(markup, str(answer.get("fraction", "1"))),
                answer["text"],
                markup.choice_html(answer.get("feedback") or ""),
            )
            for answer in gap["answers"]
        ]
        return written(name, weight, answers)
    if gap.get("kind") == "word":
        markup.lose(POOL_LOST)
        options: list[Gap] = [
            {
                "text": html.plain.escaped(word["text"]),
                "fraction": "1" if word["id"] == gap.get("word") else "0",
            }
            for word in markup.body.get("words") or []
        ]
    else:
        options = gap["options"]
    name = "MULTICHOICE" if gap.get("shuffle") is False else "MULTICHOICE_S"
    answers = [
        (
            percent(markup, str(option.get("fraction", "0"))),
            markup.choice_html(option["text"]),
            markup.choice_html(option.get("feedback") or ""),
        )
        for option in options
    ]
    return written(name, weight, answers)
