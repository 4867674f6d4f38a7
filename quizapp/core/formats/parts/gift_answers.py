"""What stands between the braces of a GIFT question, as the body of a question type."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from quizapp.core.formats.parts.gift_numbers import Fault, parsed_number
from quizapp.core.formats.parts.gift_texts import Texts, unescaped
from quizapp.core.formats.shared import shares
from quizapp.core.formats.shared.pairs import paired

Body = dict[str, Any]

MAX_ANSWERS = 1000

_SIGN = re.compile(r"\\.|([=~])", re.DOTALL)
_HASH = re.compile(r"\\.|(#)", re.DOTALL)
_GENERAL = re.compile(r"\\.|(####)", re.DOTALL)
_WEIGHT = re.compile(r"\s*%(-?\d{1,20}(?:\.\d{0,20})?)%")
_TAG = re.compile(r"<[A-Za-z][^<>]*>")
_ATTRIBUTE = re.compile(r"(?<!\\)=[\"']")
_BARE = re.compile(r"(?<!\\)[=~#]")
_TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}


@dataclass(frozen=True, slots=True)
class Piece:
    """One answer: the sign that it began with, its weight, and its texts as written."""

    sign: str
    share: str | None
    text: str
    feedback: str


def first(pattern: re.Pattern[str], text: str) -> int:
    """Return where the first sign of a pattern stands that is not escaped; -1 for none."""
    return next((match.start() for match in pattern.finditer(text) if match[1]), -1)


def parsed(section: str, texts: Texts) -> tuple[str, Body]:
    """Return type and body of what stands between the braces; Fault where it makes no sense."""
    section, general = _general(_guarded(section, texts))
    section = section.strip()
    kind, body = _typed(section, texts)
    if general.strip():
        body["feedback"] = texts.markdown(general)
    return kind, body


def _typed(section: str, texts: Texts) -> tuple[str, Body]:
    if not section:
        return "essay", {}
    if section[0] == "#":
        return "numeric", _numeric(section[1:], texts)
    signs = {match[1] for match in _SIGN.finditer(section) if match[1]}
    if "~" in signs:
        return _choice(list(_pieces(section, "~", texts)), texts)
    truth = _truth(section, texts) if not signs else None
    if truth is not None:
        return "true_false", truth
    listed = list(_pieces(section, "=", texts))
    if signs and any("->" in piece.text and piece.share is None for piece in listed):
        return "matching", _matching(listed, texts)
    if not signs:
        texts.tell("Its answer has no = before it; it was read as a text to type.")
    answers = [_answer(piece, texts) for piece in listed]
    return "short_answer", {"answers": [one for one in answers if one["text"] or "feedback" in one]}


def _guarded(section: str, texts: Texts) -> str:
    """Escape the signs inside HTML tags that have attributes: nobody means answers there."""
    if "<" not in section:
        return section

    def guard(match: re.Match[str]) -> str:
        if not _ATTRIBUTE.search(match[0]):
            return match[0]
        texts.tell("Signs inside HTML tags were read as part of them, not as answers.")
        return _BARE.sub(lambda sign: "\\" + sign[0], match[0])

    return _TAG.sub(guard, section)


def _general(section: str) -> tuple[str, str]:
    at = first(_GENERAL, section)
    return (section, "") if at < 0 else (section[:at], section[at + 4 :])


def _parts(text: str) -> tuple[str, str]:
    """Return an answer and its feedback."""
    at = first(_HASH, text)
    return (text, "") if at < 0 else (text[:at], text[at + 1 :])


def _pieces(section: str, unsigned: str, texts: Texts) -> Iterator[Piece]:
    """Yield the answers; text before the first sign counts as if it had the sign `unsigned`."""
    places = [match.start() for match in _SIGN.finditer(section) if match[1]]
    if len(places) > MAX_ANSWERS:
        raise Fault(f"It has more than {MAX_ANSWERS} answers.")
    ends = [*places, len(section)]
    if before := section[: ends[0]].strip():
        yield _piece(unsigned, before, texts)
    for start, end in zip(places, ends[1:], strict=True):
        yield _piece(section[start], section[start + 1 : end], texts)


def _piece(sign: str, raw: str, texts: Texts) -> Piece:
    share = None
    if match := _WEIGHT.match(raw):
        raw = raw[match.end() :]
        share = _share(match[1], texts)
    text, feedback = _parts(raw)
    return Piece(sign, share, text.strip(), feedback.strip())


def _share(percent: str, texts: Texts) -> str:
    share = shares.from_percent(percent)
    if share is None or abs(Decimal(share)) > 1:
        texts.tell(f"A share of {percent} % was read as a whole: more is not possible.", lossy=True)
        return "-1" if percent.startswith("-") else "1"
    return share


def _choice(listed: Sequence[Piece], texts: Texts) -> tuple[str, Body]:
    options = []
    for piece in listed:
        if not piece.text and not piece.feedback:
            continue  # `~=a`: the sign alone is no answer
        share = piece.share or ("1" if piece.sign == "=" else "0")
        option: Body = {"text": texts.markdown(piece.text)}
        if share != "0":
            option["fraction"] = share
        options.append(_with_feedback(option, piece, texts))
    single = any(piece.sign == "=" for piece in listed)
    if single and _is_several(options):
        single = False
        texts.tell("No answer alone is fully right: it was read as a question with several.")
    if single:
        return "multiple_choice", {"options": options}
    return "multiple_response", {"options": options, "scoring": "sum_floor0"}


def _is_several(options: Sequence[Body]) -> bool:
    given = [Decimal(option.get("fraction", "0")) for option in options]
    return bool(given) and max(given) < 1 and sum(one for one in given if one > 0) > Decimal("0.99")


def _with_feedback(entry: Body, piece: Piece, texts: Texts) -> Body:
    feedback = texts.markdown(piece.feedback) if piece.feedback else ""
    return {**entry, "feedback": feedback} if feedback else entry


def _answer(piece: Piece, texts: Texts) -> Body:
    answer: Body = {"text": texts.typed(piece.text)}
    if piece.share not in (None, "1"):
        answer["fraction"] = piece.share
    return _with_feedback(answer, piece, texts)


def _truth(section: str, texts: Texts) -> Body | None:
    word, rest = _parts(section)
    word = word.strip()
    truth = _TRUTH.get(word.upper())
    if truth is None:
        return None
    if word not in _TRUTH:
        texts.tell(f"{{{word}}} was read as true or false; Moodle takes only capitals for that.")
    wrong, right = (texts.markdown(one) for one in _parts(rest))
    to_true, to_false = (right, wrong) if truth else (wrong, right)
    body: Body = {"answer": truth, "feedback_true": to_true, "feedback_false": to_false}
    return {name: value for name, value in body.items() if value != ""}


def _numeric(section: str, texts: Texts) -> Body:
    answers = []
    for piece in _pieces(section, "=", texts):
        default = "0" if piece.sign == "~" else "1"
        any_number = not piece.text and piece.sign == "~"
        answer = parsed_number("*" if any_number else unescaped(piece.text))
        share = piece.share or default
        if share != "1":
            answer["fraction"] = share
        answers.append(_with_feedback(answer, piece, texts))
    return {"answers": answers}


def _matching(listed: Sequence[Piece], texts: Texts) -> Body:
    pairs = []
    for piece in listed:
        whole = piece.text
        if piece.feedback:
            whole = f"{piece.text}#{piece.feedback}"
            texts.tell("Matching has no feedback to single pairs: # was read as part of the text.")
        prompt, arrow, match = whole.partition("->")
        if not arrow:
            shown = unescaped(piece.text)[:60]
            raise Fault(f"“{shown}” has no -> to what it matches, unlike other answers.")
        right = texts.converted(unescaped(match.strip()), "moodle")
        pairs.append((texts.markdown(prompt.strip()), right))
    return paired(pairs)
