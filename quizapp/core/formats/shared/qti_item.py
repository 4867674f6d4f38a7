"""A QTI item as a question, or kept as it came where it cannot be asked here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from quizapp.core.formats.model import QuestionIn, RawBlock
from quizapp.core.formats.shared.checking import UNANSWERED
from quizapp.core.formats.shared.html import EMBEDDED_LOST, PICTURE_LEFT_OUT, FindMedia
from quizapp.core.formats.shared.kept import MAX_RAW, kept
from quizapp.core.formats.shared.plain import escaped
from quizapp.core.formats.shared.qti_alone import description, essay, text_entry
from quizapp.core.formats.shared.qti_choices import Built, choice, hottext, order
from quizapp.core.formats.shared.qti_gaps import SEVERAL, cloze, is_gap
from quizapp.core.formats.shared.qti_names import attribute, inside, is_true, name_of
from quizapp.core.formats.shared.qti_pairs import associate, match
from quizapp.core.formats.shared.qti_reading import NotAskable, Reading, Shared
from quizapp.core.formats.shared.xml import Element, source_of
from quizapp.core.problems import MINOR
from quizapp.core.question import Question
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.question_types.texts import fill_ids

NO_TEXT = "It has no text of its own; its title stands there."
ADAPTIVE = "It changes while it is answered (adaptive), which cannot be asked here."
TEMPLATED = "It is made anew with other values each time, which cannot be asked here."

_BUILDERS: dict[str, Callable[[Reading], Built]] = {
    "choiceInteraction": choice,
    "orderInteraction": order,
    "matchInteraction": match,
    "associateInteraction": associate,
    "hottextInteraction": hottext,
    "extendedTextInteraction": essay,
    "textEntryInteraction": text_entry,
    "inlineChoiceInteraction": cloze,
    "gapMatchInteraction": cloze,
}
_FOREIGN = {
    "hotspotInteraction": "pointing at a place in a picture",
    "selectPointInteraction": "pointing at a place in a picture",
    "graphicOrderInteraction": "putting places of a picture in order",
    "graphicAssociateInteraction": "joining places of a picture",
    "graphicGapMatchInteraction": "dragging to places of a picture",
    "positionObjectInteraction": "placing a picture on another",
    "sliderInteraction": "a slider",
    "drawingInteraction": "drawing",
    "uploadInteraction": "handing in a file",
    "mediaInteraction": "playing a sound or film",
    "endAttemptInteraction": "a button that ends the try",
    "customInteraction": "a program of its own",
    "portableCustomInteraction": "a program of its own",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item comes from, and what the package says of it."""

    format: str
    position: int
    key: str | None
    path: str | None = None
    line: int | None = None
    tags: Sequence[str] = ()
    category: str | None = None
    told: Sequence[str] = field(default_factory=list)


def read_item(
    root: Element, place: Place, find: FindMedia, shared: Sequence[Shared] = ()
) -> QuestionIn:
    """Return an item as a question; opaque, with the reason, where it cannot be asked.

    `shared`: the texts that it belongs to, which stand before its own.
    """
    reading = Reading(root, find, shared)
    try:
        type, stem, body = _build(reading)
        item = _question(reading, place, type, stem, body)
        if words := _refusing(item):
            raise NotAskable(words)
        return item
    except NotAskable as why:
        return _opaque(Reading(root, find, shared), place, find, str(why))


def _build(reading: Reading) -> Built:
    if is_true(reading.root, "adaptive"):
        raise NotAskable(ADAPTIVE)
    if next(inside(reading.root, "templateDeclaration", "templateProcessing"), None) is not None:
        raise NotAskable(TEMPLATED)
    names = [name_of(one) for one in reading.interactions]
    for name in names:
        if name not in _BUILDERS:
            raise NotAskable(_asked_by(name))
    if not names:
        return description(reading)
    if len(names) == 1:
        built = _BUILDERS[names[0]](reading)
    elif all(is_gap(reading, one) for one in reading.interactions):
        built = cloze(reading)
    else:
        raise NotAskable(SEVERAL)
    if built[0] != "essay":
        reading.note_rubrics()
    return built


def _asked_by(name: str) -> str:
    how = _FOREIGN.get(name)
    return (
        f"It is answered by {how}, which cannot be asked here."
        if how
        else (f"It is answered in a way ({name[:60]}) that is not known here.")
    )


def _question(
    reading: Reading, place: Place, type: str, stem: str, body: dict[str, object]
) -> QuestionIn:
    title = _title(reading.root)
    if not stem.strip() and (title or place.key):
        stem = escaped(title or place.key or "")
        if not reading.is_own:
            reading.told.append(NO_TEXT)
    left_out = [words for words in reading.told if words in (EMBEDDED_LOST, PICTURE_LEFT_OUT)]
    lossy = list(dict.fromkeys([*reading.lossy, *left_out]))
    raw = RawBlock(place.format, source_of(reading.root)[:MAX_RAW], lossy) if lossy else None
    return QuestionIn(
        position=place.position,
        type=type,
        stem=stem,
        body=body,
        key=place.key,
        name=title,
        line=place.line,
        path=place.path,
        tags=list(place.tags),
        category=place.category,
        raw=raw,
        warnings=list(dict.fromkeys([*place.told, *reading.told])),
    )


def _title(root: Element) -> str:
    return " ".join(attribute(root, "title").split())


def _refusing(item: QuestionIn) -> str:
    """Return why the question would be refused, "" if it is sound."""
    question = Question(item.type, item.stem, fill_ids(item.type, item.body))
    problems = QUESTION_TYPES[item.type].problems(question)
    mild = MINOR | UNANSWERED
    told = dict.fromkeys(one.message for one in problems if one.code not in mild)
    return " ".join(list(told)[:3])


def _opaque(reading: Reading, place: Place, find: FindMedia, why: str) -> QuestionIn:
    stem, root = reading.stem(), reading.root
    for one in root.iter():
        for name in ("src", "data"):
            if address := one.get(name):
                find(address)  # so that what its source shows stays in the bank
    item = kept(
        place.position,
        place.format,
        source_of(root),
        why,
        stem=stem,
        name=_title(root),
        key=place.key,
        line=place.line,
        path=place.path,
        category=place.category,
        tags=tuple(place.tags),
    )
    told = dict.fromkeys([*item.warnings, *place.told, *reading.told])
    return replace(item, warnings=list(told))
