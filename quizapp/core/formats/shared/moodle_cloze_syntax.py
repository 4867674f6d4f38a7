"""Moodle's embedded answers, `{1:MULTICHOICE:=right~wrong#feedback}`: found in texts, and written.

Nothing here knows what a gap means to us; texts inside are HTML with one more layer of entities.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape, unescape

from quizapp.core.formats.shared.shares import from_percent

SHORT, SHORT_CASE, NUMBER = "SHORTANSWER", "SHORTANSWER_C", "NUMERICAL"
CHOICE, SEVERAL = "MULTICHOICE", "MULTIRESPONSE"
_NAMES = {
    **dict.fromkeys(("SHORTANSWER", "SA", "MW"), SHORT),
    **dict.fromkeys(("SHORTANSWER_C", "SAC", "MWC"), SHORT_CASE),
    **dict.fromkeys(("NUMERICAL", "NM"), NUMBER),
    **dict.fromkeys(("MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH"), CHOICE),
    **dict.fromkeys(("MULTICHOICE_S", "MCS", "MULTICHOICE_VS", "MCVS"), CHOICE),
    **dict.fromkeys(("MULTICHOICE_HS", "MCHS"), CHOICE),
    **dict.fromkeys(("MULTIRESPONSE", "MR", "MULTIRESPONSE_H", "MRH"), SEVERAL),
    **dict.fromkeys(("MULTIRESPONSE_S", "MRS", "MULTIRESPONSE_HS", "MRHS"), SEVERAL),
    **dict.fromkeys(("REGEXP", "RX"), "REGEXP"),
    **dict.fromkeys(("REGEXP_C", "RXC"), "REGEXP_C"),
}
LOWER_CASE = "A gap whose type is not in capitals is mere text in Moodle; here it is a gap."
TRIMMED = "A line end or space before an answer of a gap was left out; Moodle would misread it."
TILDE = "A backslash before ~ was read as meaning just that sign; Moodle keeps the backslash."
NOT_A_GAP = "What looks like a gap but is none stands there as text."

BEGIN = re.compile(
    r"(?<!\\)\{(\d{0,10}):(" + "|".join(sorted(_NAMES, key=len, reverse=True)) + r"):",
    re.IGNORECASE,
)
LOOKS_SO = re.compile(r"\{\d{0,10}:(?:" + "|".join(n for n in _NAMES if len(n) > 6) + r")\b")
_END = re.compile(r"(?<!\\)\}")
_PARTS = re.compile(r"(?<!\\)~")
_SIGN = re.compile(r"=|%(-?\d{1,10}(?:[.,]\d{0,20})?)%")
_FEEDBACK = re.compile(r"(?<!\\)(?<!&)(?<!&amp;)#")
_LEADING = re.compile(r"(?:\s|<br\s{0,3}/?>|</?p>|&nbsp;)+", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([}#~])")


@dataclass(frozen=True, slots=True)
class Alternative:
    """One answer of a gap as HTML, with its share of the points as we write it."""

    text: str
    fraction: str = "0"
    feedback: str = ""


@dataclass(slots=True)
class MoodleGap:
    """A gap as it stood; `kind` is one of the long names without layout or order."""

    kind: str
    weight: str
    shuffle: bool
    source: str
    alternatives: list[Alternative]
    told: list[str] = field(default_factory=list)


def gaps_in(text: str) -> list[str | MoodleGap]:
    """Return a text as its pieces: what stands between the gaps, and the gaps."""
    found: list[str | MoodleGap] = []
    at = 0
    while begin := BEGIN.search(text, at):
        end = _END.search(text, begin.end())
        if end is None:
            break  # no later gap could end either
        body = text[begin.end() : end.start()]
        if body.strip():
            found.append(text[at : begin.start()])
            found.append(_gap(begin, body, text[begin.start() : end.end()]))
        else:
            found.append(text[at : end.end()])
        at = end.end()
    found.append(text[at:])
    return found


def _gap(begin: re.Match[str], body: str, source: str) -> MoodleGap:
    name = begin[2].upper()
    gap = MoodleGap(_NAMES[name], begin[1] or "1", name.endswith("S"), source, [])
    if name != begin[2]:
        gap.told.append(LOWER_CASE)
    for part in _PARTS.split(body):
        lead = _LEADING.match(part)
        is_led = bool(lead and _SIGN.match(part, lead.end()))
        gap.told += [TRIMMED] if is_led else []
        gap.alternatives.append(_alternative(part[lead.end() :] if lead and is_led else part))
    if "\\~" in body:
        gap.told.append(TILDE)
    if gap.kind == SEVERAL:
        gap.alternatives = _shared_out(gap.alternatives)
    return gap


def _alternative(part: str) -> Alternative:
    sign = _SIGN.match(part)
    fraction = "0"
    if sign:
        fraction = from_percent(sign[1].replace(",", ".")) or "0" if sign[1] else "1"
        part = part[sign.end() :]
    text, *feedback = _FEEDBACK.split(part, maxsplit=1)
    return Alternative(_plain(text), fraction, _plain(feedback[0]) if feedback else "")


def _shared_out(alternatives: list[Alternative]) -> list[Alternative]:
    """Return what several right answers are worth: as Moodle has it, wrong ones take as much."""
    right = sum(one.fraction == "1" for one in alternatives)
    if not right or any(one.fraction not in ("0", "1") for one in alternatives):
        return alternatives
    share = from_percent(_percent_of(right)) or "1"
    return [
        Alternative(one.text, share if one.fraction == "1" else f"-{share}", one.feedback)
        for one in alternatives
    ]


def _percent_of(count: int) -> str:
    return f"{100 / count:.5f}"


def _plain(text: str) -> str:
    return unescape(_ESCAPED.sub(r"\1", text)).replace("\xa0", " ").strip()


def written(kind: str, weight: int, alternatives: Iterable[tuple[str, str, str]]) -> str:
    """Return a gap of (percent, HTML or typed text, feedback as HTML) each; `kind` is Moodle's."""
    parts = "~".join(
        f"{'=' if percent == '100' else '' if percent == '0' else f'%{percent}%'}"
        f"{_safe(text, first=True)}{f'#{_safe(feedback)}' if feedback else ''}"
        for percent, text, feedback in alternatives
    )
    return f"{{{weight}:{kind}:{parts}}}"


def _safe(text: str, first: bool = False) -> str:
    """Return HTML so that it ends no answer: entities once more, signs escaped as Moodle wants."""
    text = escape(text, quote=False).replace("}", "\\}").replace("#", "\\#")
    text = text.replace("~", "&#126;").replace("\n", " ")
    if first and text[:1] in ("=", "%"):
        text = f"&#{ord(text[0])};{text[1:]}"
    for end, entity in (("\\", "&#92;"), ("&amp;", "&#38;")):  # else they would hide what follows
        if text.endswith(end):
            return text[: -len(end)] + entity
    return text
