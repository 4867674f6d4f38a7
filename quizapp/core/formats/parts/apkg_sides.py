"""The two sides of one of Anki's cards as HTML: fields, filters and cloze deletions filled in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape

from quizapp.core.formats.parts import apkg_clozes, apkg_fields, apkg_templates
from quizapp.core.formats.parts.apkg_clozes import Deletion
from quizapp.core.formats.parts.apkg_templates import Shown, Template
from quizapp.core.formats.shared.html import gap_mark


@dataclass(slots=True)
class Card:
    """What a card is made of; `number` is the cloze that it asks, 0 = its note type has none.

    fields: prepared HTML by name. facts: what special fields such as Tags show, as plain text.
    """

    fields: Mapping[str, str]
    front: Template
    back: Template
    number: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)

    def holds(self, name: str) -> bool:
        """Say whether a condition on a field is met; `c1` is met on the first cloze's card."""
        if name in self.fields:
            return apkg_fields.is_filled(self.fields[name])
        if self.number and name == f"c{self.number}":
            return True
        return bool(self.facts.get(name))


@dataclass(slots=True)
class Front:
    """A front: `gaps` are the deletions that it asks for, in order, `hints` what may be shown.

    typed: (field, whether accents matter) of the text that is to be typed; names: fields shown.
    typed_gaps: deletions to be typed that are not shown as gaps.
    """

    html: str = ""
    gaps: list[Deletion] = field(default_factory=list)
    typed_gaps: list[Deletion] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    typed: list[tuple[str, bool]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)


def asking(card: Card, as_gaps: bool) -> Front:
    """Return the front: deletions as gap marks, or as `[...]` for a card that is turned over."""
    front = Front()

    def deleted(deletion: Deletion) -> str:
        front.gaps.append(deletion)
        if as_gaps:
            return gap_mark(len(front.gaps))
        return f"<b>[{deletion.hint or '...'}]</b>"

    def show(node: Shown) -> str:
        if (value := _value(card, node, front.unknown)) is None:
            return ""
        kinds = set(node.filters)
        if "type" in kinds:
            _note_typed(card, node, value, front)
            return ""
        shown = _filtered(card, node, value, deleted)
        if "hint" in kinds:
            if apkg_fields.is_filled(shown):
                front.hints.append(shown)
            return ""
        if apkg_fields.is_filled(value):
            front.names.add(node.name)
        return shown

    front.html = apkg_templates.render(card.front, card.holds, show)
    return front


def answering(card: Card) -> str:
    """Return the back with all that it shows; FRONT stands where the front is."""

    def show(node: Shown) -> str:
        if node.name == "FrontSide":
            return apkg_fields.FRONT
        value = _value(card, node, set())
        return "" if value is None else _filtered(card, node, value, _revealed)

    return apkg_templates.render(card.back, card.holds, show)


def beside(card: Card, front: Front, without: set[str]) -> str:
    """Return what only the back shows besides what was asked for; "" where there is nothing.

    `without` names the fields that hold the answer.
    """
    known = card.front.texts()
    filled = False

    def show(node: Shown) -> str:
        nonlocal filled
        if node.name == "FrontSide" or node.name in front.names or node.name in without:
            return ""
        value = _value(card, node, set())
        if value is None or {"cloze", "type"} & set(node.filters):
            return ""
        shown = _filtered(card, node, value, _revealed)
        filled = filled or (node.name in card.fields and apkg_fields.is_filled(shown))
        return shown

    nodes = apkg_templates.without_texts(card.back.nodes, known)
    html = apkg_templates.render(Template(nodes), card.holds, show)
    return html if filled else ""


def _value(card: Card, node: Shown, unknown: set[str]) -> str | None:
    if node.name in card.fields:
        return card.fields[node.name]
    if node.name in card.facts:
        return escape(card.facts[node.name], quote=False)
    if node.name not in ("FrontSide", ""):
        unknown.add(node.name)
    return None


def _filtered(card: Card, node: Shown, value: str, deleted: Callable[[Deletion], str]) -> str:
    for name in reversed(node.filters):
        if name in ("cloze", "cloze-only"):
            pieces = apkg_clozes.parsed(value)
            value = apkg_clozes.shown(pieces, card.number, deleted)
        else:
            value = apkg_fields.filtered(name, value)
    return value


def _revealed(deletion: Deletion) -> str:
    return f"<b>{deletion.text()}</b>"


def _note_typed(card: Card, node: Shown, value: str, front: Front) -> None:
    if "cloze" in node.filters:
        apkg_clozes.shown(apkg_clozes.parsed(value), card.number, _kept_in(front.typed_gaps))
    elif apkg_fields.is_filled(value):
        front.typed.append((node.name, "nc" not in node.filters))


def _kept_in(found: list[Deletion]) -> Callable[[Deletion], str]:
    def keep(deletion: Deletion) -> str:
        found.append(deletion)
        return ""

    return keep
