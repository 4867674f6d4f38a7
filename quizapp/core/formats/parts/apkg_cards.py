"""One of Anki's cards as a question: turned over, typed, or with gaps."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from quizapp.core.formats.parts import apkg_fields, apkg_sides
from quizapp.core.formats.parts.apkg_clozes import Deletion
from quizapp.core.formats.parts.apkg_sides import Card, Front
from quizapp.core.formats.shared import html as html_texts
from quizapp.core.formats.shared.html import FindMedia
from quizapp.core.gaps import gap_numbers
from quizapp.core.markdown import render

MAX_GAP = 100  # characters of a gap that is to be typed
MAX_ANSWER = 1_000
NO_CLOZE = "The note has no deletion of this number any more; Anki shows nothing there either."
NO_FRONT = "Its template shows nothing on the front."
NO_BACK = "Its back shows nothing of its own, so it shows the front again."
NOT_TYPED = "What was deleted cannot be typed, so it became a card to turn over."
UNKNOWN = "Its template shows fields that the note does not have: {}."
_FORMULA = re.compile(r"(?<!\\)\$\$[^$]*\$\$|(?<!\\)\$[^$]+\$")
_LINE = re.compile(r"<hr\b[^<>]*\bid\s*=\s*[\"']?answer\b[^<>]*>", re.IGNORECASE)


class Unmade(ValueError):
    """A card that no question can be made of; the text is plain words."""


@dataclass(slots=True)
class Made:
    """The type, stem and body of a question, and plain words on what is not as it was."""

    type: str
    stem: str
    body: dict[str, Any]
    told: list[str] = field(default_factory=list)


def question_of(card: Card, find_media: FindMedia) -> Made:
    """Return the question that a card asks; Unmade where it asks nothing."""
    return _Making(card, find_media).made()


def turned_over(
    front: str, back: str, find_media: FindMedia, told: list[str] | None = None
) -> Made:
    """Return a flashcard of two sides in HTML; FRONT on the back is the front."""
    words = _Words(find_media, told or [])
    stem = words.markdown(front)
    if not stem.strip():
        raise Unmade(NO_FRONT)
    shown = _own_back(stem, back, words.markdown)
    if not shown.strip():
        words.tell(NO_BACK)
        shown = stem
    return Made("flashcard", stem, {"back": shown}, words.told)


class _Words:
    """Turns HTML into Markdown and gathers what is told of it, each thing once."""

    def __init__(self, find_media: FindMedia, told: list[str]) -> None:
        self._find_media, self.told = find_media, told

    def markdown(self, html: str) -> str:
        converted = html_texts.to_markdown(html, self._find_media)
        for words in converted.told:
            self.tell(words)
        return converted.text

    def tell(self, words: str) -> None:
        if words not in self.told:
            self.told.append(words)


class _Making:
    def __init__(self, card: Card, find_media: FindMedia) -> None:
        self._card, self._find_media = card, find_media
        self._words = _Words(find_media, [])

    def made(self) -> Made:
        front = apkg_sides.asking(self._card, as_gaps=True)
        if front.unknown:
            self._words.tell(UNKNOWN.format(", ".join(sorted(front.unknown)[:5])[:200]))
        if self._card.number:
            return self._with_gaps(front)
        return self._typed(front) or self._turned_over(front)

    def _turned_over(self, front: Front) -> Made:
        back = apkg_sides.answering(self._card)
        made = turned_over(front.html, back, self._find_media, self._words.told)
        made.body.update(self._hints(front.hints))
        return made

    def _typed(self, front: Front) -> Made | None:
        for name, accents in front.typed:
            text = apkg_fields.typed_text(self._card.fields[name], MAX_ANSWER)
            stem = self._words.markdown(front.html) if text else ""
            if text and stem.strip():
                rules = {} if accents else {"diacritics": False}
                return self._short(front, stem, {name}, [text], rules)
        return None

    def _short(
        self, front: Front, stem: str, names: set[str], texts: list[str], rules: dict[str, Any]
    ) -> Made:
        answers = [{"text": apkg_fields.answer(text)} for text in texts]
        body = {"answers": answers, **rules, **self._beside(front, names)}
        return Made("short_answer", stem, body, self._words.told)

    def _with_gaps(self, front: Front) -> Made:
        if not front.gaps and not front.typed_gaps:
            raise Unmade(NO_CLOZE)
        if not front.gaps:
            texts = [apkg_fields.plain(gap.text()) for gap in front.typed_gaps]
            stem = self._words.markdown(front.html)
            if stem.strip() and all(texts):
                return self._short(front, stem, set(), [", ".join(texts)[:MAX_ANSWER]], {})
        elif made := self._gapped(front):
            return made
        self._words.tell(NOT_TYPED)
        return self._turned_over(apkg_sides.asking(self._card, as_gaps=False))

    def _gapped(self, front: Front) -> Made | None:
        texts = [apkg_fields.typed_text(gap.text(), MAX_GAP) for gap in front.gaps]
        if not all(texts):
            return None
        stem = html_texts.with_gaps(self._words.markdown(front.html))
        if not _all_shown(stem, len(texts)):
            return None
        gaps = {
            str(number): {"kind": "typed", "answers": [{"text": apkg_fields.answer(text or "")}]}
            for number, text in enumerate(texts, 1)
        }
        hints = [*front.hints, *_hints_of(front.gaps)]
        return Made(
            "cloze", stem, {"gaps": gaps, **self._beside(front, set(), hints)}, self._words.told
        )

    def _beside(
        self, front: Front, names: set[str], hints: list[str] | None = None
    ) -> dict[str, Any]:
        shown = _LINE.sub("<br>", apkg_sides.beside(self._card, front, names))
        feedback = self._words.markdown(shown)
        found: dict[str, Any] = {"feedback": feedback} if feedback.strip() else {}
        return found | self._hints(front.hints if hints is None else hints)

    def _hints(self, hints: list[str]) -> dict[str, Any]:
        texts = [text for hint in hints if (text := self._words.markdown(hint)).strip()]
        return {"hints": list(dict.fromkeys(texts))} if texts else {}


def _hints_of(gaps: list[Deletion]) -> list[str]:
    return [gap.hint for gap in gaps if gap.hint.strip()]


def _all_shown(stem: str, count: int) -> bool:
    """Say whether each gap stands once in the stem, and where it can be filled."""
    numbers = [str(number) for number in range(1, count + 1)]
    if sorted(gap_numbers(stem), key=int) != numbers:  # one may also be a literal [[2]]
        return False
    if not any(sign in stem for sign in ("$", "`", "<", "](")):
        return True  # nothing that a gap could be hidden in
    if any("[[" in formula for formula in _FORMULA.findall(stem)):
        return False
    shown = render(stem, str)
    return all(f"[[{number}]]" in shown for number in numbers)


def _own_back(stem: str, back: str, markdown: Callable[[str], str]) -> str:
    """Return a back as Markdown, without the front that it repeats."""
    line = _LINE.search(back)
    if line is None:
        return _without_front(stem, markdown(back.replace(apkg_fields.FRONT, " ")))
    before = markdown(back[: line.start()].replace(apkg_fields.FRONT, " "))
    after = markdown(back[line.end() :].replace(apkg_fields.FRONT, " "))
    if before.strip() in stem:
        return after
    return "\n\n".join(part for part in (_without_front(stem, before), after) if part.strip())


def _without_front(stem: str, back: str) -> str:
    rest = back.removeprefix(stem)
    return rest.lstrip("\\\n -") if rest != back and rest[:1] in ("\n", "\\") else back


def facts_of(tags: list[str], notetype: str, deck: str, side: str, flag: int) -> Mapping[str, str]:
    """Return what a template's special fields show of a card."""
    return {
        "Tags": " ".join(tags),
        "Type": notetype,
        "Deck": deck,
        "Subdeck": deck.rpartition("::")[2],
        "Card": side,
        "CardFlag": f"flag{flag & 7}" if flag & 7 else "",
    }
