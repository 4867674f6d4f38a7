"""The cards that a note in plain text makes, whose note type is known by its name at most."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from quizapp.core.formats.model import QuestionIn
from quizapp.core.formats.parts.apkg_cards import Made, Unmade, question_of, turned_over
from quizapp.core.formats.parts.apkg_clozes import numbers_in
from quizapp.core.formats.parts.apkg_fields import is_filled
from quizapp.core.formats.parts.apkg_sides import Card
from quizapp.core.formats.parts.apkg_templates import Node, Shown, Template, Text
from quizapp.core.formats.shared.found_media import FoundMedia

NO_FRONT = "Its first field is empty, so there is nothing to ask."
ONE_FIELD = "It has one field only, so there is nothing to ask."
_REVERSED, _OPTIONAL, _TYPED = "(and reversed card)", "(optional reversed card)", "(type in"
_LINE = "<br><br>"


@dataclass(frozen=True, slots=True)
class Row:
    """A note: its fields as HTML, and what the file says of it."""

    line: int
    fields: list[str]
    notetype: str
    guid: str
    category: str | None
    tags: list[str]
    own: QuestionIn | None


def _made(make: Callable[[], Made]) -> Made | str:
    """Return what `make` makes, or plain words on why it makes nothing."""
    try:
        return make()
    except Unmade as reason:
        return str(reason)


def gapped(row: Row, numbers: Sequence[int], media: FoundMedia) -> Iterator[tuple[int, Made | str]]:
    """Yield a question for each number: the fields up to the last deletion, the rest after it."""
    fields = {str(place): value for place, value in enumerate(row.fields)}
    last = max(int(name) for name, value in fields.items() if numbers_in(value))
    filled = [name for name, value in fields.items() if is_filled(value)]
    front = [name for name in filled if int(name) <= last]
    template = Template(_nodes(front, ("cloze",)))
    back = Template([*template.nodes, *_nodes([n for n in filled if n not in front], ())])
    for number in numbers:
        card = Card(fields, template, back, number)
        yield number, _made(partial(question_of, card, media.find))


def _nodes(names: Sequence[str], filters: tuple[str, ...]) -> list[Node]:
    nodes: list[Node] = []
    for name in names:
        nodes += [Text(_LINE), Shown(name, filters)]
    return nodes


def two_sided(row: Row, media: FoundMedia) -> Iterator[tuple[int, Made | str]]:
    """Yield the cards of Anki's own note types; other ones are taken as a front and a back."""
    front, *rest = row.fields or [""]
    kind = row.notetype.lower()
    if not is_filled(front):
        yield 0, NO_FRONT
        return
    if not rest:
        yield 0, ONE_FIELD
        return
    if _TYPED in kind:
        fields = {"front": front, "back": rest[0], "more": _LINE.join(filter(is_filled, rest[1:]))}
        asked = Template([Shown("front", ()), Shown("back", ("type",))])
        shown = Template([Shown("back", ("type",)), Shown("more", ())])
        yield 0, _made(lambda: question_of(Card(fields, asked, shown), media.find))
        return
    extra = rest[1:] if _OPTIONAL not in kind else rest[2:]
    back = _LINE.join(filter(is_filled, [rest[0], *extra]))
    yield 0, _made(lambda: turned_over(front, back, media.find))
    if _REVERSED in kind or (_OPTIONAL in kind and len(rest) > 1 and is_filled(rest[1])):
        yield 1, _made(lambda: turned_over(rest[0], front, media.find))
