"""Questions written as Moodle's question XML, with a word on all that Moodle has no place for."""

from collections import Counter
from collections.abc import Iterable

from quizapp.core.formats.contract import SINGLE, Written
from quizapp.core.formats.model import (
    ArticleIn,
    FactIn,
    FormatError,
    Item,
    Loss,
    MediaIn,
    QuestionIn,
    QuizIn,
)
from quizapp.core.formats.parts.moodle_xml_bodies import WRITERS, write_body
from quizapp.core.formats.parts.moodle_xml_markup import Markup
from quizapp.core.formats.parts.moodle_xml_reading import NAME
from quizapp.core.formats.shared import xml
from quizapp.core.formats.shared.checking import shown_name
from quizapp.core.question_types.texts import fill_ids

NO_TYPE = "Left out: Moodle has no questions of the type {}."
NOT_OURS = "Left out: it was kept from another format, which Moodle cannot read."
BROKEN = "Left out: its source is not whole and Moodle could not read it."
UNSOUND = "Left out: it lacks what a question of its type needs."
_PLACELESS = {ArticleIn: "article", FactIn: "fact", QuizIn: "quiz"}


def write(items: Iterable[Item], filename: str) -> Written:
    """Return one file; questions without a category come first, as Moodle can only switch."""
    listed = list(items)
    media = {item.name: item.data for item in listed if isinstance(item, MediaIn)}
    questions = [item for item in listed if isinstance(item, QuestionIn)]
    questions.sort(key=lambda item: bool(item.category))
    parts, losses, count = [], _placeless(listed), 0
    category: str | None = None
    for item in questions:
        markup = Markup(item, media)
        text = _question(markup)
        losses += markup.losses
        if text is None:
            continue
        if item.category and item.category != category:
            category = item.category
            parts.append(_category(markup, category))
        count += 1
        parts.append(f"<!-- question: {item.position}  -->\n{text}\n")
    whole = "\n".join(['<?xml version="1.0" encoding="UTF-8"?>\n<quiz>', *parts, "</quiz>\n"])
    losses.sort(key=lambda loss: loss.question or 0)
    return Written({SINGLE: whole.encode("utf-8", "replace")}, count, losses)


def _placeless(items: list[Item]) -> list[Loss]:
    """Return one loss for each kind of thing that Moodle XML does not have."""
    counts = Counter(_PLACELESS[type(item)] for item in items if type(item) in _PLACELESS)
    losses = []
    for name, words in (
        ("fact", "with their evidence are"),
        ("article", "are"),
        ("quiz", "are"),
    ):
        if count := counts[name]:
            many = "quizzes" if name == "quiz" else f"{name}s"
            said = f"{count} {many} {words}" if count > 1 else _single(name)
            losses.append(Loss(None, "", f"{said} left out: Moodle XML has no place for them."))
    return losses


def _single(name: str) -> str:
    return "1 fact with its evidence is" if name == "fact" else f"1 {name} is"


def _category(markup: Markup, category: str) -> str:
    return (
        "<!-- question: 0  -->\n"
        '  <question type="category">\n'
        "    <category>\n"
        f"      <text>{markup.escaped(f'$course$/top/{category}')}</text>\n"
        "    </category>\n"
        "  </question>\n"
    )


def _question(markup: Markup) -> str | None:
    item = markup.item
    if item.type == "opaque":
        return _opaque(markup)
    if item.type not in WRITERS:
        return _left_out(markup, NO_TYPE.format(item.type))
    markup.body = fill_ids(item.type, item.body)
    try:
        write_body(markup)
    except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError):
        return _left_out(markup, UNSOUND)
    return "\n".join(markup.lines)


def _opaque(markup: Markup) -> str | None:
    """Return the source of a question that came from Moodle, so that nothing is lost."""
    if markup.body.get("raw_format") != NAME:
        return _left_out(markup, NOT_OURS)
    try:
        root = xml.parse(str(markup.body.get("raw", "")).encode("utf-8", "replace"))
    except FormatError:
        return _left_out(markup, BROKEN)
    if root.tag != "question" or root.get("type") in (None, "category"):
        return _left_out(markup, BROKEN)
    return "  " + xml.source_of(root)


def _left_out(markup: Markup, words: str) -> str | None:
    markup.losses = [Loss(markup.item.position, shown_name(markup.item), words)]
    return None
