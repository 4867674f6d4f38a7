"""Our questions as Anki's notes: what stands on the front, on the back, and in the gaps."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

from quizapp.core.answers import key_text, literals, rules_of, worth
from quizapp.core.fields import text_of
from quizapp.core.formats.model import QuestionIn
from quizapp.core.formats.parts.apkg_marker import FIELD
from quizapp.core.formats.parts.apkg_note_sides import SIDES, Body, extra, html
from quizapp.core.gaps import GAP
from quizapp.core.options import is_full, share_of
from quizapp.core.question_types.texts import fill_ids
from quizapp.core.text import split_wildcards

BASIC, TYPED, CLOZE = "basic", "typed", "cloze"
AS_CARD = "Anki shows it as a card to turn over; it is not marked there."
ONE_ANSWER = "Anki compares what is typed with “{}” alone; other answers and rules are not used."
CHOICES_SHOWN = "Anki shows the options of its gaps as hints, to be turned over and not chosen."
NO_ANSWER = "It has no right answer yet, so there is no card to make of it."
NO_CARD = "A {} has nothing to be asked, so Anki has no card for it."

_HINT = "{{#Hint}}<br><br>{{hint:Hint}}{{/Hint}}"
_EXTRA = "{{#Extra}}<br><br>{{Extra}}{{/Extra}}"
_ANSWER = "{{FrontSide}}<hr id=answer>"
CSS = (
    ".card { font-family: arial; font-size: 20px; text-align: center; }\n"
    ".cloze { font-weight: bold; color: blue; }\n"
    "ul, ol, table { display: inline-block; text-align: left; }\n"
)
# What our note types are called, their fields, front, back and kind.
NOTETYPES: Mapping[str, tuple[str, tuple[str, ...], str, str, int]] = {
    BASIC: (
        "Basic (quizapp)",
        ("Front", "Back", "Hint", "Extra", FIELD),
        "{{Front}}" + _HINT,
        _ANSWER + "{{Back}}" + _EXTRA,
        0,
    ),
    TYPED: (
        "Basic (type in the answer) (quizapp)",
        ("Front", "Back", "Hint", "Extra", FIELD),
        "{{Front}}" + _HINT + "<br><br>{{type:Back}}",
        _ANSWER + "{{type:Back}}" + _EXTRA,
        0,
    ),
    CLOZE: (
        "Cloze (quizapp)",
        ("Text", "Hint", "Extra", FIELD),
        "{{cloze:Text}}" + _HINT,
        "{{cloze:Text}}" + _EXTRA,
        1,
    ),
}
_FORMULA = re.compile(r"\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)
_MARK = re.compile("\ue000([0-9]{1,4})\ue001")


class Unasked(ValueError):
    """A question that has no card in Anki; the text is plain words."""


@dataclass(slots=True)
class NoteOut:
    """The note type by its short name, the fields that people see, and what is not as it was."""

    notetype: str
    fields: list[str]
    told: list[str] = field(default_factory=list)


def note_of(item: QuestionIn) -> NoteOut:
    """Return a question as a note; Unasked where it has nothing to ask."""
    body = fill_ids(item.type, item.body)
    if item.type == "short_answer":
        return _typed(item.stem, body)
    if item.type == "cloze":
        return _cloze(item.stem, body)
    if item.type not in SIDES:
        raise Unasked(NO_CARD.format(item.type))
    front, back = SIDES[item.type](item.stem, body)
    told = [] if item.type == "flashcard" else [AS_CARD]
    return NoteOut(BASIC, [front, back, _hints(body), html(text_of(body, "feedback"))], told)


def _hints(body: Body) -> str:
    return "<br>".join(html(hint) for hint in body.get("hints") or ())


def _typed(stem: str, body: Body) -> NoteOut:
    answers = body.get("answers") or []
    shown = _typable(body)
    is_one = len(answers) == 1 and len(split_wildcards(text_of(answers[0], "text"))) == 1
    told = [] if is_one and not _has_rules(body) else [ONE_ANSWER.format(shown[:80])]
    fields = [html(stem), escape(shown, quote=False), _hints(body), extra(body, answers)]
    return NoteOut(TYPED, fields, told)


def _typable(holder: Body) -> str:
    """Return the right answer, one without wildcards where there is one; Unasked without any."""
    full = [one for one in holder.get("answers") or () if is_full(worth(one))]
    found = next(iter(literals(full)), None) or key_text(full, rules_of(holder))
    if not found:
        raise Unasked(NO_ANSWER)
    return found


def _cloze(stem: str, body: Body) -> NoteOut:
    gaps: Mapping[str, Body] = body.get("gaps") or {}
    text = _guarded(html(GAP.sub("\ue000\\1\ue001", stem)))
    kinds = {text_of(gap, "kind") for gap in gaps.values()}
    told = [CHOICES_SHOWN] if kinds & {"choice", "word"} else []
    told += [
        ONE_ANSWER.format(_typable(gap)[:80])
        for number in GAP.findall(stem)
        if _has_rules(gap := gaps.get(number, {})) or len(gap.get("answers") or ()) > 1
    ]

    def deletion(match: re.Match[str]) -> str:
        gap = gaps.get(match[1], {})
        hint = _guarded(_choices(gap, body))
        return "{{c1::" + _guarded(_answer(gap, body)) + (f"::{hint}" if hint else "") + "}}"

    made = _MARK.sub(deletion, text)
    if "{{c1::" not in made:
        raise Unasked(NO_ANSWER)
    return NoteOut(CLOZE, [made, _hints(body), html(text_of(body, "feedback"))], told)


def _answer(gap: Body, body: Body) -> str:
    """Return the HTML of what fills a gap; Unasked where nothing is right."""
    kind = text_of(gap, "kind")
    if kind == "typed":
        return escape(_typable(gap), quote=False)
    if kind == "choice":
        right = [one for one in gap.get("options") or () if is_full(share_of(one))]
        found = html(text_of(right[0], "text")) if right else ""
    else:
        words = {one["id"]: one for one in body.get("words") or ()}
        found = escape(text_of(words.get(text_of(gap, "word"), {}), "text"), quote=False)
    if not found:
        raise Unasked(NO_ANSWER)
    return found


def _choices(gap: Body, body: Body) -> str:
    kind = text_of(gap, "kind")
    if kind == "choice":
        return " / ".join(html(text_of(one, "text")) for one in gap.get("options") or ())
    words = body.get("words") or () if kind == "word" else ()
    return " / ".join(escape(text_of(one, "text"), quote=False) for one in words)


def _has_rules(holder: Body) -> bool:
    return any(holder.get(name) for name in ("case", "typos", "fillers"))


def _guarded(text: str) -> str:
    """Keep a text of a cloze from being taken for the signs of one."""
    if "\\" in text:
        text = _FORMULA.sub(lambda match: _parted(match[0], " "), text)
    return _parted(text, "<!-- -->").replace("::", ":<!-- -->:")


def _parted(text: str, by: str) -> str:
    return text.replace("{{c", "{" + by + "{c").replace("}}", "}" + by + "}")
