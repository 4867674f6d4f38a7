"""The JSON of H5P content: values of the kind that is expected, and containers taken apart."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quizapp.core.formats.shared.html_texts import words_of

Params = Mapping[str, Any]

MAX_DEPTH = 8  # of containers inside containers
MAX_ENTRIES = 100_000
_UNNAMED = "Untitled"


@dataclass(slots=True)
class Content:
    """One piece of content: its library, such as "H5P.MultiChoice 1.16", and what it is made of.

    part: the one entry of a set that is a question of its own, empty where all of it is one.
    """

    library: str
    params: Params
    key: str | None = None
    title: str = ""
    part: Any = None

    @property
    def kind(self) -> str:
        """The library without its version and the name that they all begin with."""
        return self.library.partition(" ")[0].removeprefix("H5P.")

    def source(self) -> str:
        """Return the content as JSON; lone halves of letters stay escaped."""
        block: dict[str, Any] = {"library": self.library, "params": self.params}
        if self.part is not None:
            block["params"] = self.part
        if self.key:
            block["subContentId"] = self.key
        try:
            made = json.dumps(block, ensure_ascii=False)
        except RecursionError:
            made = json.dumps({"library": self.library})
        return made.encode("utf-8", "backslashreplace").decode()


def text(holder: Params, name: str) -> str:
    """Return an entry that is text, "" for anything else."""
    value = holder.get(name)
    return value if isinstance(value, str) else ""


def below(holder: Params, *names: str) -> Params:
    """Return an object inside, empty where there is none."""
    for name in names:
        value = holder.get(name)
        holder = value if isinstance(value, Mapping) else {}
    return holder


def maps(holder: Params, name: str) -> list[Params]:
    """Return the objects of a list, empty where there is none."""
    return [one for one in _list(holder, name) if isinstance(one, Mapping)]


def texts(holder: Params, name: str) -> list[str]:
    """Return the texts of a list, empty where there is none."""
    return [one for one in _list(holder, name) if isinstance(one, str)]


def is_true(holder: Params, name: str, default: bool = False) -> bool:
    """Return a switch, which old editors wrote as text or a number."""
    value = holder.get(name, default)
    return value.strip().lower() in ("true", "1") if isinstance(value, str) else bool(value)


def unfolded(content: Content, depth: int = 0) -> Iterator[Content]:
    """Yield the pieces that are one question each, in order."""
    inside = _CONTAINERS.get(content.kind)
    if inside is None or depth > MAX_DEPTH:
        yield from _parts(content)
        return
    for one in inside(content.params):
        if one.library:
            yield from unfolded(one, depth + 1)


def _list(holder: Params, name: str) -> Sequence[Any]:
    value = holder.get(name)
    return value[:MAX_ENTRIES] if isinstance(value, list) else ()


def _inner(block: Params) -> Content:
    title = words_of(text(below(block, "metadata"), "title"))
    return Content(
        library=text(block, "library"),
        params=below(block, "params"),
        key=text(block, "subContentId") or None,
        title="" if title.startswith(_UNNAMED) else title,
    )


def _question_set(params: Params) -> Iterator[Content]:
    intro = below(params, "introPage")
    if words_of(text(intro, "introduction")) and is_true(intro, "showIntroPage", True):
        yield Content("H5P.AdvancedText", {"text": text(intro, "introduction")})
    yield from map(_inner, maps(params, "questions"))


def _column(params: Params) -> Iterator[Content]:
    return (_inner(below(one, "content")) for one in maps(params, "content"))


def _book(params: Params) -> Iterator[Content]:
    return map(_inner, maps(params, "chapters"))


def _slides(params: Params) -> Iterator[Content]:
    for slide in maps(below(params, "presentation"), "slides"):
        yield from (_inner(below(one, "action")) for one in maps(slide, "elements"))


_CONTAINERS = {
    "QuestionSet": _question_set,
    "Column": _column,
    "InteractiveBook": _book,
    "CoursePresentation": _slides,
}
# Where the entries of a set are questions of their own.
_SETS = {"SingleChoiceSet": "choices", "Flashcards": "cards", "Dialogcards": "dialogs"}


def _parts(content: Content) -> Iterator[Content]:
    name = _SETS.get(content.kind)
    parts = maps(content.params, name) if name else []
    if not parts:
        yield content
        return
    description = text(content.params, "description")
    if content.kind == "Dialogcards" and words_of(description):
        yield Content("H5P.AdvancedText", {"text": description})
    for part in parts:
        key = text(part, "subContentId") or None
        yield Content(content.library, content.params, key, "", part)
