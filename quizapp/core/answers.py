"""Listed answers to typed text: which one a text hits, which one is the key, what is wrong."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from quizapp.core.fields import text_of
from quizapp.core.options import is_full, share_of
from quizapp.core.problems import MAX_TEXT
from quizapp.core.quantities import decimal_of
from quizapp.core.question import Problem
from quizapp.core.text import (
    Rules,
    comparable,
    fits,
    forgiven_slips,
    pattern_of,
    slips,
    split_wildcards,
)

Answer = Mapping[str, Any]
ANY_TEXT = "…"  # what a key shows for a wildcard amid a text


def rules_of(holder: Mapping[str, Any]) -> Rules:
    """How the holder of `answers` wants typed text compared."""
    typos = decimal_of(holder.get("typos", 0))
    forgiven = int(typos) if typos is not None and typos in (0, 1, 2) else 0
    plain = Rules(holder.get("case") is True, holder.get("diacritics") is not False, forgiven)
    listed = text_of(holder, "fillers")[:MAX_TEXT]
    return replace(plain, fillers=frozenset(comparable(listed, plain).split())) if listed else plain


def find_answer(
    answers: Sequence[Answer], text: str, rules: Rules, rivals: Iterable[str] = ()
) -> Answer | None:
    """Return the answer that a text hits: the first it fits, else the one missed by least slips.

    A slip is never forgiven where the text is as near to an answer of another worth, or to one of
    `rivals`: texts that are right elsewhere in the question. A lone `*` is hit last of all.
    """
    typed = comparable(text, rules)
    fitting = [answer for answer in answers if fits(_pattern(answer, rules), typed)]
    meant = next((answer for answer in fitting if any(_pattern(answer, rules))), None)
    any_text = fitting[0] if fitting else None
    return meant or _nearest(answers, typed, rules, rivals) or any_text


def key_text(answers: Sequence[Answer], rules: Rules) -> str | None:
    """Return a text to show as the right answer, one that `find_answer` gives full worth."""
    full = [answer for answer in answers if is_full(worth(answer))]
    seen = [answer for answer in full if _pattern(answer, rules) != ("",)]
    shown = [text for answer in seen for text in _key_texts(text_of(answer, "text"))]
    for text in shown:
        hit = find_answer(answers, text, rules)
        if hit is not None and is_full(worth(hit)):
            return text
    return shown[0] if shown else None


def worth(answer: Answer) -> Fraction:
    """Return the answer's share of the points, 1 where it says nothing."""
    return share_of(answer, "1")


def answer_problems(
    answers: Sequence[Answer], holder: Mapping[str, Any], path: str
) -> list[Problem]:
    """Return what is wrong with answers; `path` is where the holder stands, "" or "gaps.1."."""
    found = []
    rules = rules_of(holder)
    if not answers:
        found.append(Problem("no-answers", "There are no accepted answers.", f"{path}answers"))
    elif not any(is_full(worth(answer)) for answer in answers):
        found.append(Problem("no-right-answer", "No answer is fully right.", f"{path}answers"))
    if decimal_of(holder.get("typos", 0)) not in (0, 1, 2):
        found.append(Problem("typos-range", "Slips forgiven: 0, 1 or 2.", f"{path}typos"))
    for place, answer in enumerate(answers):
        if _pattern(answer, rules) == ("",) and text_of(answer, "text").strip():
            words = "Nothing can be seen of this answer."
            found.append(Problem("missing", words, f"{path}answers.{answer['id']}.text"))
        if _is_shadowed(answer, answers[:place], rules):
            words = "An earlier answer of another worth takes all its texts."
            where = f"{path}answers.{answer['id']}"
            found.append(Problem("shadowed-answer", words, where))
    return found


def literals(answers: Iterable[Answer]) -> list[str]:
    """Return the texts of the answers without wildcards, as one would type them."""
    split = [split_wildcards(text_of(answer, "text")) for answer in answers]
    return [pieces[0] for pieces in split if len(pieces) == 1 and pieces[0]]


def _pattern(answer: Answer, rules: Rules) -> tuple[str, ...]:
    return pattern_of(text_of(answer, "text")[:MAX_TEXT], rules)


def _nearest(
    answers: Sequence[Answer], typed: str, rules: Rules, rivals: Iterable[str]
) -> Answer | None:
    if not rules.typos:
        return None
    plain = [(answer, _pattern(answer, rules)) for answer in answers]
    literal = [(answer, pattern[0]) for answer, pattern in plain if len(pattern) == 1]
    near = [
        (distance, place)
        for place, (_, text) in enumerate(literal)
        if (distance := forgiven_slips(text, typed, rules)) is not None
    ]
    if not near:
        return None
    distance, place = min(near)
    found = literal[place][0]
    own = {text for answer, text in literal if worth(answer) == worth(found)}
    others = {text for _, text in literal} | {comparable(rival, rules) for rival in rivals}
    if any(slips(other, typed, distance) is not None for other in others - own):
        return None
    return found


def _is_shadowed(answer: Answer, earlier: Sequence[Answer], rules: Rules) -> bool:
    texts = _key_texts(text_of(answer, "text"))
    typed = comparable(texts[-1], rules)
    patterns = ((other, _pattern(other, rules)) for other in earlier)
    hit = next(
        (other for other, pattern in patterns if any(pattern) and fits(pattern, typed)), None
    )
    return hit is not None and worth(hit) != worth(answer)


def _key_texts(text: str) -> list[str]:
    """Ways to show a pattern: wildcards at its ends left out if it fits without, else as dots."""
    pieces = split_wildcards(text)
    trimmed = ANY_TEXT.join(pieces).strip(ANY_TEXT).strip()
    whole = ANY_TEXT.join(pieces)
    return [trimmed, whole] if trimmed and trimmed != whole else [whole]
