"""The three kinds of gap in a cloze: typed text, a choice of options, a word from the pool."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from quizapp.core.answers import answer_problems, find_answer, key_text, literals, rules_of, worth
from quizapp.core.fields import by_id, entries, filled, text_of
from quizapp.core.options import best, share_of, single_choice_problems
from quizapp.core.question import Body, Problem
from quizapp.core.responses import chosen, typed

GAP = re.compile(r"\[\[(\d{1,4})\]\]", re.ASCII)

Gap = Mapping[str, Any]


@dataclass(frozen=True)
class Judged:
    """What a gap's answer is worth, what it was (an id or "other"), and the texts that apply."""

    share: Fraction
    label: str
    feedback: tuple[str, ...] = ()


class GapKind(Protocol):
    """How a kind of gap is answered; `number` is its key in `gaps`."""

    def read(self, body: Body, number: str, value: object) -> str:
        """Return the answer in the response's shape, "" for none; BadResponse for another shape."""

    def judge(self, body: Body, number: str, answer: str) -> Judged:
        """Judge an answer that `read` gave."""

    def key(self, body: Body, number: str) -> str | None:
        """Return an answer that is worth everything."""

    def outcomes(self, body: Body, number: str) -> list[Fraction]:
        """Return the shares that a blind guess may have, all equally likely."""

    def problems(self, body: Body, number: str) -> list[Problem]:
        """Return what is wrong with the gap beyond its fields."""


class Typed:
    """Any text; judged as a short answer."""

    def read(self, body: Body, number: str, value: object) -> str:
        return typed(value)

    def judge(self, body: Body, number: str, answer: str) -> Judged:
        gap = gap_of(body, number)
        listed = entries(gap, "answers")
        hit = find_answer(listed, answer, rules_of(gap), texts_elsewhere(body, number))
        if hit is None:
            return Judged(Fraction(0), "other")
        path = f"gaps.{number}.answers.{hit['id']}.feedback"
        return Judged(worth(hit), hit["id"], tuple(filled([(path, hit, "feedback")])))

    def key(self, body: Body, number: str) -> str | None:
        gap = gap_of(body, number)
        return key_text(entries(gap, "answers"), rules_of(gap))

    def outcomes(self, body: Body, number: str) -> list[Fraction]:
        return [Fraction(0)]

    def problems(self, body: Body, number: str) -> list[Problem]:
        gap = gap_of(body, number)
        return answer_problems(entries(gap, "answers"), gap, f"gaps.{number}.")


class Choice:
    """One of the gap's own options."""

    def read(self, body: Body, number: str, value: object) -> str:
        return chosen(value, by_id(gap_of(body, number), "options"))

    def judge(self, body: Body, number: str, answer: str) -> Judged:
        option = by_id(gap_of(body, number), "options")[answer]
        path = f"gaps.{number}.options.{answer}.feedback"
        return Judged(share_of(option), answer, tuple(filled([(path, option, "feedback")])))

    def key(self, body: Body, number: str) -> str | None:
        return best(entries(gap_of(body, number), "options"))

    def outcomes(self, body: Body, number: str) -> list[Fraction]:
        return [share_of(option) for option in entries(gap_of(body, number), "options")]

    def problems(self, body: Body, number: str) -> list[Problem]:
        options = entries(gap_of(body, number), "options")
        return single_choice_problems(options, f"gaps.{number}.options")


class Word:
    """A word of the pool that the gaps share; two words of one text are as good as each other."""

    def read(self, body: Body, number: str, value: object) -> str:
        return chosen(value, by_id(body, "words"))

    def judge(self, body: Body, number: str, answer: str) -> Judged:
        return Judged(self._share(body, number, answer), answer)

    def key(self, body: Body, number: str) -> str | None:
        word = text_of(gap_of(body, number), "word")
        return word if word in by_id(body, "words") else None

    def outcomes(self, body: Body, number: str) -> list[Fraction]:
        return [self._share(body, number, word) for word in by_id(body, "words")]

    def problems(self, body: Body, number: str) -> list[Problem]:
        if self.key(body, number) is None:
            words = "The gap's word is not in the pool."
            return [Problem("unknown-word", words, f"gaps.{number}.word")]
        return []

    def _share(self, body: Body, number: str, answer: str) -> Fraction:
        pool, key = by_id(body, "words"), self.key(body, number)
        if key is None:
            return Fraction(0)
        return Fraction(
            answer == key or text_of(pool[answer], "text") == text_of(pool[key], "text")
        )


GAP_KINDS: dict[str, GapKind] = {"typed": Typed(), "choice": Choice(), "word": Word()}


def gap_numbers(stem: str) -> list[str]:
    """Return the numbers of the gaps in a stem, in order of appearance, repeated ones each time."""
    return GAP.findall(stem)


def gap_of(body: Body, number: str) -> Gap:
    """Return the entry of a gap; empty where there is none."""
    gaps = body.get("gaps")
    gap = gaps.get(number) if isinstance(gaps, Mapping) else None
    return gap if isinstance(gap, Mapping) else {}


def kind_of(gap: Gap) -> GapKind | None:
    """How the gap is answered; None where its kind is not known."""
    kind = gap.get("kind")
    return GAP_KINDS.get(kind) if isinstance(kind, str) else None


def texts_elsewhere(body: Body, number: str) -> list[str]:
    """Return what other gaps take or offer: a slip that leads there is no slip."""
    gaps = body.get("gaps")
    others = [gap_of(body, other) for other in gaps if other != number] if gaps else []
    found = [text for gap in others for text in literals(entries(gap, "answers"))]
    pools = [entries(gap, "options") for gap in others] + [entries(body, "words")]
    return found + [text_of(entry, "text") for pool in pools for entry in pool]
