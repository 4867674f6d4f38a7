"""What stands between the braces of a GIFT question, written by type."""

from collections.abc import Callable, Mapping, Sequence

from quizapp.core.formats.parts import gift_numbers
from quizapp.core.formats.parts.gift_part import Entry, Part, Unwritable, escaped
from quizapp.core.formats.shared import shares
from quizapp.core.formats.shared.moodle_text import from_markdown
from quizapp.core.gaps import gap_numbers
from quizapp.core.markdown import images
from quizapp.core.options import is_full, share_of


def _description(part: Part) -> str:
    if part.body.get("feedback"):
        part.lost.append("Its general feedback is left out.")
    return ""


def _essay(part: Part) -> str:
    names = {"sample": "sample answer", "rubric": "rubric", "min_words": "fewest words"}
    names["max_words"] = "most words"
    lost = [words for name, words in names.items() if part.body.get(name)]
    if lost:
        part.lost.append(f"What belongs to the essay is left out: {', '.join(lost)}.")
    return "{" + part.general("", "") + "}"


def _true_false(part: Part) -> str:
    answer = part.body.get("answer") is True
    texts = [part.body.get(f"feedback_{word}") or "" for word in ("true", "false")]
    right, wrong = texts if answer else texts[::-1]
    section = "TRUE" if answer else "FALSE"
    if wrong.strip() or right.strip():
        section += f"#{part.text(wrong) if wrong.strip() else ''}"
    if right.strip():
        section += f"#{part.text(right)}"
    return f"{{{section}{part.general('', '')}}}"


def _short_answer(part: Part) -> str:
    return _typed_answers(part, part.body)


def _typed_answers(part: Part, holder: Entry) -> str:
    part.lose_comparison(holder)
    lines = []
    for answer in part.entries("answers", holder):
        text = str(answer.get("text") or "")
        if "->" in text:
            part.lost.append("Moodle takes -> in an answer for a matching question.")
        percent = shares.to_percent(_share(answer, "1"))
        lines.append(f"=%{percent}%{part.typed(text)}{part.feedback(answer, always=True)}")
    return part.braces(lines)


def _single(part: Part, options: Sequence[Entry]) -> str:
    """Return options of which one is to be chosen; one with `=` alone says so."""
    full = [is_full(share_of(option)) for option in options]
    if not any(full) or len(options) < 2:
        part.lost.append("GIFT reads it as a question with several right answers.")
        return _weighted(part, [(option, _share(option, "0")) for option in options])
    lines, has_bare, all_full = [], False, all(full)
    for option, is_whole in zip(options, full, strict=True):
        sign = "~"
        if is_whole and not (has_bare and all_full):
            sign, has_bare = "=", True
        elif share_of(option):
            sign = f"~%{shares.to_percent(_share(option, '0'))}%"
        lines.append(_option(part, sign, option))
    return part.braces(lines)


def _option(part: Part, sign: str, option: Entry) -> str:
    text = part.text(str(option.get("text") or ""), guard_weight="%" not in sign)
    return f"{sign}{text}{part.feedback(option)}"


def _weighted(part: Part, weighted: Sequence[tuple[Entry, object]]) -> str:
    lines = []
    for option, share in weighted:
        percent = shares.to_percent(str(share))
        sign = "~" if percent == "0" else f"~%{percent}%"
        lines.append(_option(part, sign, option))
    return part.braces(lines)


def _multiple_choice(part: Part) -> str:
    return _single(part, part.entries("options"))


def _multiple_response(part: Part) -> str:
    options = part.entries("options")
    right = [share_of(option) > 0 for option in options]
    scoring = part.body.get("scoring") or "right_minus_wrong"
    if scoring == "sum_floor0":
        each = _equal_share(sum(right))
        shared = [each if share_of(one) == 1 else _share(one, "0") for one in options]
        return _weighted(part, list(zip(options, shared, strict=True)))
    if scoring == "all_or_nothing":
        part.lost.append("That only all right answers together count is left out.")
    each = _equal_share(sum(right))
    shared = [each if is_right else f"-{each}" for is_right in right]
    return _weighted(part, list(zip(options, shared, strict=True)))


def _equal_share(count: int) -> str:
    """Return an equal share for each of so many, as many digits as Moodle knows."""
    percent = f"{100 / max(count, 1):.5f}"
    return shares.from_percent(percent) or "1"


def _numeric(part: Part) -> str:
    if part.body.get("units"):
        part.lost.append("Its units are left out.")
    lines = []
    for answer in part.entries("answers"):
        written, lost = gift_numbers.written(answer)
        if lost:
            part.lost.append(lost)
        if written is None:
            continue
        percent = shares.to_percent(_share(answer, "1"))
        sign = "~" if not written and percent == "0" else f"=%{percent}%{written or '*'}"
        lines.append(sign + part.feedback(answer, always=True))
    if not lines:
        raise Unwritable("GIFT has no place for a range without end; it is left out.")
    return part.braces(lines, "#")


def _matching(part: Part) -> str:
    rights = {right.get("id"): str(right.get("text") or "") for right in part.entries("rights")}
    lefts = part.entries("lefts")
    if part.body.get("scoring") == "all_or_nothing":
        part.lost.append("That only all pairs together count is left out.")
    if any((left.get("feedback") or "").strip() for left in lefts):
        part.lost.append("Its feedback to single pairs is left out.")
    pairs = [(str(left.get("text") or ""), left.get("right")) for left in lefts]
    used = {right for _, right in pairs}
    pairs += [("", right) for right in rights if right not in used]
    lines = [
        f"={part.text(left, arrow=True) if left else ''} -> {_match(part, rights[right])}"
        for left, right in pairs
        if right in rights
    ]
    return part.braces(lines)


def _match(part: Part, text: str) -> str:
    """Return what a pair is matched with: a text without a format of its own."""
    written, format = from_markdown(text, ("moodle",))
    if format == "markdown":
        written, format = from_markdown(text, ("html",))
    if images(text) or format == "markdown":
        part.lost.append("The formatting of what is matched with is left out.")
    return escaped(written)


def _cloze(part: Part) -> str:
    number = gap_numbers(part.stem)[0]
    gap = (part.body.get("gaps") or {}).get(number) or {}
    if gap.get("feedback"):
        part.lost.append("The feedback to its gap is left out.")
    if gap.get("kind") == "typed":
        return _typed_answers(part, gap)
    if gap.get("kind") == "choice":
        if gap.get("shuffle") is False:
            part.lost.append("That its parts keep their order is left out.")
        return _single(part, part.entries("options", gap))
    words = part.entries("words")
    part.lost.append("Its pool of words is written as options of its gap.")
    options = [
        {"text": word.get("text"), "fraction": "1" if word.get("id") == gap.get("word") else "0"}
        for word in words
    ]
    return _single(part, options)


SECTIONS: Mapping[str, Callable[[Part], str]] = {
    "description": _description,
    "essay": _essay,
    "true_false": _true_false,
    "short_answer": _short_answer,
    "multiple_choice": _multiple_choice,
    "multiple_response": _multiple_response,
    "numeric": _numeric,
    "matching": _matching,
    "cloze": _cloze,
}


def _share(entry: Entry, default: str) -> str:
    share = entry.get("fraction")
    return default if share in (None, "") else str(share)
