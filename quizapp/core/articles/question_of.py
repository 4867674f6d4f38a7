"""What a draft is as a question of a bank, and as the JSON that programs read."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from quizapp.core.articles.model import Draft
from quizapp.core.formats.shared.plain import escaped, escaped_inside, safe_lines, to_markdown
from quizapp.core.gaps import GAP
from quizapp.core.question_types.texts import fill_ids

Body = dict[str, Any]


def question_of(draft: Draft, fact_keys: Mapping[str, str] | None = None) -> tuple[str, Body]:
    """Return stem and body as the draft's question type stores them; the texts are Markdown.

    fact_keys: the key in the bank of each fact, by its statement; the pairs of a matching name
    theirs. KeyError where no draft can be of this type.
    """
    body = _BODIES[draft.type](draft, fact_keys or {})
    return _stem(draft), fill_ids(draft.type, body)


def draft_json(draft: Draft) -> dict[str, Any]:
    """Return a draft as `article draft --json` tells it."""
    span = draft.evidence
    return {
        "type": draft.type,
        "stem": draft.shown,
        "options": list(draft.options) or None,
        "key": _key_json(draft),
        "fact": draft.fact,
        "evidence": {"start": span.start, "end": span.end, "quote": span.quote},
        "score": draft.score,
        "way": draft.way,
    }


def _key_json(draft: Draft) -> Any:
    key = draft.key
    if isinstance(key, tuple):
        return [list(one) if isinstance(one, tuple) else one for one in key]
    if isinstance(key, float) and key.is_integer():
        return int(key)
    return key


def _stem(draft: Draft) -> str:
    """Return the stem as Markdown that shows just its characters, and its gaps as gaps."""
    if draft.type != "cloze":
        return to_markdown(draft.shown)
    text, *rest = GAP.split(draft.stem)
    pieces = [escaped_inside(text)]
    for number, after in zip(rest[::2], rest[1::2], strict=True):
        pieces += [f"[[{number}]]", escaped_inside(after)]
    stem = safe_lines("".join(pieces))
    lead = draft.shown.removesuffix(draft.stem)
    return f"{to_markdown(lead)}\n\n{stem}" if lead else stem


def _chosen(draft: Draft, _keys: Mapping[str, str]) -> Body:
    right = draft.key if isinstance(draft.key, tuple) else (draft.key,)
    return {
        "options": [
            {"text": escaped(option), "fraction": "1" if option in right else "0"}
            for option in draft.options
        ]
    }


def _true_false(draft: Draft, _keys: Mapping[str, str]) -> Body:
    return {"answer": draft.key}


def _short_answer(draft: Draft, _keys: Mapping[str, str]) -> Body:
    return {"answers": _typed([draft.key, *draft.also_right])}


def _numeric(draft: Draft, _keys: Mapping[str, str]) -> Body:
    return {"answers": [{"value": format(Decimal(str(draft.key)).normalize(), "f")}]}


def _flashcard(draft: Draft, _keys: Mapping[str, str]) -> Body:
    return {"back": escaped(str(draft.key))}


def _cloze(draft: Draft, _keys: Mapping[str, str]) -> Body:
    key = _tuple(draft)
    also = draft.also_right if len(key) == 1 else ()  # of several gaps: which one is meant?
    return {
        "gaps": {
            str(number): {"kind": "typed", "answers": _typed([text, *also])}
            for number, text in enumerate(key, 1)
        }
    }


def _ordering(draft: Draft, _keys: Mapping[str, str]) -> Body:
    return {"items": [{"text": escaped(text)} for text in _tuple(draft)]}


def _matching(draft: Draft, keys: Mapping[str, str]) -> Body:
    pairs = _tuple(draft)
    texts = dict.fromkeys(right for _, right in pairs)
    # Their ids must not tell which belongs to which, so they are dealt out before they are named.
    rights = fill_ids("matching", {"rights": [{"text": escaped(text)} for text in texts]})["rights"]
    ids = {text: one["id"] for text, one in zip(texts, rights, strict=True)}
    facts = [*draft.parts, *[draft.fact] * len(pairs)]
    lefts = []
    for (left, right), fact in zip(pairs, facts, strict=False):
        entry = {"text": escaped(left), "right": ids[right]}
        lefts.append(entry | ({"fact": keys[fact]} if fact in keys and draft.parts else {}))
    return {"lefts": lefts, "rights": rights}


def _typed(texts: Sequence[Any]) -> list[Body]:
    return [{"text": text} for text in dict.fromkeys(texts)]


def _tuple(draft: Draft) -> tuple[Any, ...]:
    if not isinstance(draft.key, tuple):
        raise TypeError(f"the key of a {draft.type} is not a tuple")
    return draft.key


_BODIES: Mapping[str, Callable[[Draft, Mapping[str, str]], Body]] = {
    "multiple_choice": _chosen,
    "multiple_response": _chosen,
    "true_false": _true_false,
    "short_answer": _short_answer,
    "numeric": _numeric,
    "flashcard": _flashcard,
    "cloze": _cloze,
    "ordering": _ordering,
    "matching": _matching,
}
