"""What Moodle's questions of every type have: name, tags, category, feedback and hints."""

import re
from collections.abc import Iterator
from typing import Any

from quizapp.core.formats.parts.moodle_xml_block import Block, own_text
from quizapp.core.formats.shared import html
from quizapp.core.markdown import to_plain

COMBINED = (
    "What Moodle says to every right, partly right or wrong answer has no place here; it is kept "
    "with the question's source."
)
HINT_SWITCHES = "A hint also clears wrong answers or tells how many are right in Moodle."
# Moodle's own sentences, in the languages that are met most.
_DEFAULTS = frozenset(
    {
        "",
        "your answer is correct",
        "your answer is partially correct",
        "your answer is incorrect",
        "votre réponse est correcte",
        "votre réponse est partiellement correcte",
        "votre réponse est incorrecte",
        "die antwort ist richtig",
        "die antwort ist teilweise richtig",
        "die antwort ist falsch",
        "respuesta correcta",
        "respuesta parcialmente correcta",
        "respuesta incorrecta",
        "risposta corretta",
        "risposta parzialmente corretta",
        "risposta errata",
        "sua resposta está correta",
        "sua resposta está parcialmente correta",
        "sua resposta está incorreta",
    }
)
_CONTEXT = re.compile(r"\$[\w]{1,20}\$/?")
_WITH_SWITCHES = frozenset({"multichoice", "matching", "match", "cloze", "gapselect", "ddwtos"})


def category_of(written: str) -> str | None:
    """Return a category's path without the place in Moodle that it begins with."""
    path = _CONTEXT.sub("", written, count=1) if written.startswith("$") else written
    path = path.strip().strip("/")
    if path == "top" or path.startswith("top/"):
        path = path[3:].strip("/")
    return path or None


def name_of(block: Block) -> str:
    """Return the name of a question, without markup."""
    element = block.one("name")
    name = " ".join(own_text(element).split()) if element is not None else ""
    if "<" in name or "&" in name:
        return to_plain(html.to_markdown(name).text)
    return name


def tags_of(block: Block) -> Iterator[str]:
    """Yield the tags of a question and of its course."""
    for listed in (*block.all("tags"), *block.all("coursetags")):
        for tag in listed:
            if tag.tag == "tag" and (text := own_text(tag).strip()):
                yield text


def add_common(block: Block, kind: str, body: dict[str, Any]) -> None:
    """Read what questions of every type have."""
    if feedback := block.text(block.one("generalfeedback")):
        body["feedback"] = feedback
    hints = [text for hint in block.all("hint") if (text := block.text(hint))]
    if hints:
        body["hints"] = hints
    if kind in _WITH_SWITCHES and any(
        child.tag in ("clearwrong", "shownumcorrect")
        for hint in block.all("hint")
        for child in hint
    ):
        block.told.append(HINT_SWITCHES)
    _combined(block, kind, body)


def _combined(block: Block, kind: str, body: dict[str, Any]) -> None:
    for name in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
        element = block.one(name)
        if element is None or own_text(element).strip(" .!\n\t").lower() in _DEFAULTS:
            continue
        text = block.text(element)
        if text.strip(" .!").lower() in _DEFAULTS:
            continue
        if kind == "ordering" and name == "incorrectfeedback":
            body["feedback_wrong"] = text
        else:
            block.lose(name, COMBINED)
