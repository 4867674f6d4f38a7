"""The entries of each question type as Moodle XML has them."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from quizapp.core.formats.parts.moodle_xml_answers import add_answer, numeric, percent
from quizapp.core.formats.parts.moodle_xml_gap_texts import write_cloze
from quizapp.core.formats.parts.moodle_xml_markup import Markup
from quizapp.core.options import share_of
from quizapp.core.quantities import decimal_of

Entry = Mapping[str, Any]

ALL_OR_NOTHING = "Moodle gives points for each part; that all must be right is left out."
PART_FEEDBACK = "Feedback to single parts is left out; Moodle has none there."
SAMPLE = "The sample answer is left out; Moodle has none."
NO_SLIPS = "Moodle forgives no slips of the pen."
NO_FILLERS = "Words that make no difference here do make one in Moodle."
NO_ACCENTS = "Accents always matter in Moodle."
_ORDERING = {
    "adjacent_order": "RELATIVE_NEXT_EXCLUDE_LAST",
    "exact_order": "ABSOLUTE_POSITION",
    "all_or_nothing": "ALL_OR_NOTHING",
}
_COMBINED = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")


def _combined(markup: Markup, wrong: str = "") -> None:
    for name in _COMBINED:
        markup.text(name, wrong if name == "incorrectfeedback" else "")


def _shuffle(markup: Markup) -> None:
    markup.entry("shuffleanswers", "false" if markup.body.get("shuffle") is False else "true")


def _multiple_choice(markup: Markup) -> None:
    _choice_head(markup, "true")
    for option in markup.body["options"]:
        add_answer(markup, option, percent(markup, str(option.get("fraction", "0"))))


def _choice_head(markup: Markup, single: str) -> None:
    markup.entry("single", single)
    _shuffle(markup)
    markup.entry("answernumbering", "abc")
    _combined(markup)


def _multiple_response(markup: Markup) -> None:
    scoring = markup.body.get("scoring") or "right_minus_wrong"
    if scoring == "all_or_nothing":
        markup.lose(ALL_OR_NOTHING)
    _choice_head(markup, "false")
    options = markup.body["options"]
    right = sum(share_of(option) > 0 for option in options) or 1
    for option in options:
        add_answer(markup, option, _worth(markup, option, scoring, right))


def _worth(markup: Markup, option: Entry, scoring: str, right: int) -> str:
    share = share_of(option)
    if scoring == "sum_floor0":
        if share == 1:
            return percent(markup, Fraction(1, right))
        return percent(markup, str(option.get("fraction", "0")))
    if share > 0:
        return percent(markup, Fraction(1, right))
    whole = scoring == "all_or_nothing"
    return percent(markup, Fraction(-1) if whole else Fraction(-1, right))


def _true_false(markup: Markup) -> None:
    for word in ("true", "false"):
        share = "100" if markup.body["answer"] is (word == "true") else "0"
        add_answer(markup, {"feedback": markup.body.get(f"feedback_{word}")}, share, word)


def comparison(markup: Markup, holder: Entry) -> None:
    """Note what Moodle's comparison of typed text lacks."""
    if decimal_of(holder.get("typos", 0)):
        markup.lose(NO_SLIPS)
    if holder.get("fillers"):
        markup.lose(NO_FILLERS)
    if holder.get("diacritics") is False:
        markup.lose(NO_ACCENTS)


def _short_answer(markup: Markup) -> None:
    comparison(markup, markup.body)
    markup.entry("usecase", int(markup.body.get("case") is True))
    for answer in markup.body["answers"]:
        share = percent(markup, str(answer.get("fraction", "1")))
        add_answer(markup, answer, share, answer["text"])


def _matching(markup: Markup) -> None:
    if markup.body.get("scoring") == "all_or_nothing":
        markup.lose(ALL_OR_NOTHING)
    _shuffle(markup)
    _combined(markup)
    rights = {right["id"]: right["text"] for right in markup.body["rights"]}
    used = {left.get("right") for left in markup.body["lefts"]}
    pairs = [(left["text"], rights.get(left.get("right"))) for left in markup.body["lefts"]]
    pairs += [("", text) for own, text in rights.items() if own not in used]
    for left, right in pairs:
        if right is not None:
            text = markup.escaped(markup.plain_html(right))
            inside = ("<answer>", f"  <text>{text}</text>", "</answer>")
            markup.add(*markup.text_lines("subquestion", left, *inside))
    if any(left.get("feedback") for left in markup.body["lefts"]):
        markup.lose(PART_FEEDBACK)


def _ordering(markup: Markup) -> None:
    markup.entry("layouttype", "VERTICAL")
    markup.entry("selecttype", "ALL")
    markup.entry("selectcount", 0)
    scoring = markup.body.get("scoring") or "adjacent_order"
    markup.entry("gradingtype", _ORDERING.get(scoring, _ORDERING["adjacent_order"]))
    markup.entry("showgrading", "SHOW")
    markup.entry("numberingstyle", "none")
    _combined(markup, markup.body.get("feedback_wrong") or "")
    for place, item in enumerate(markup.body["items"], 1):
        attributes = f' fraction="{place}.0000000"'
        markup.add(*markup.text_lines("answer", item["text"], attributes=attributes))


def _essay(markup: Markup) -> None:
    if markup.body.get("sample"):
        markup.lose(SAMPLE)
    markup.entry("responseformat", "editor")
    markup.entry("responserequired", 1)
    markup.entry("responsefieldlines", 15)
    markup.entry("minwordlimit", markup.body.get("min_words") or "")
    markup.entry("maxwordlimit", markup.body.get("max_words") or "")
    markup.entry("attachments", 0)
    markup.entry("attachmentsrequired", 0)
    markup.text("graderinfo", markup.body.get("rubric") or "")
    markup.text("responsetemplate", "")


def _description(markup: Markup) -> None:
    pass


def _cloze(markup: Markup) -> None:
    for gap in markup.body["gaps"].values():
        comparison(markup, gap)
        if gap.get("feedback"):
            markup.lose(PART_FEEDBACK)
    if markup.body.get("scoring") == "all_or_nothing":
        markup.lose(ALL_OR_NOTHING)


# Of each type: Moodle's name, grade and penalty, and what writes its own entries.
WRITERS: Mapping[str, tuple[str, str, str, Callable[[Markup], None]]] = {
    "multiple_choice": ("multichoice", "1", "0.3333333", _multiple_choice),
    "multiple_response": ("multichoice", "1", "0.3333333", _multiple_response),
    "true_false": ("truefalse", "1", "1", _true_false),
    "short_answer": ("shortanswer", "1", "0.3333333", _short_answer),
    "numeric": ("numerical", "1", "0.3333333", numeric),
    "matching": ("matching", "1", "0.3333333", _matching),
    "ordering": ("ordering", "1", "0.3333333", _ordering),
    "essay": ("essay", "1", "0", _essay),
    "description": ("description", "0", "0", _description),
    "cloze": ("cloze", "1", "0.3333333", _cloze),
}


def write_body(markup: Markup) -> None:
    """Write the whole question; KeyError where its body is not that of its type."""
    kind, grade, penalty, own = WRITERS[markup.item.type]
    choices: list[str] = []
    if markup.item.type == "cloze":
        kind, stem, choices = write_cloze(markup, percent)
    else:
        stem = markup.text_lines("questiontext", markup.item.stem)
    markup.head(kind)
    markup.add(*stem)
    markup.text("generalfeedback", markup.body.get("feedback") or "")
    markup.entry("defaultgrade", grade)
    markup.entry("penalty", penalty)
    markup.entry("hidden", 0)
    markup.id_number()
    own(markup)
    markup.add(*choices)
    markup.tail()
