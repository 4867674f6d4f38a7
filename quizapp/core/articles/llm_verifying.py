"""Drafts solved again: by their evidence alone the key is right, and no distractor is."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from quizapp.core.articles import llm_prompts
from quizapp.core.articles.llm_prompts import ANSWERS, CANNOT_TELL
from quizapp.core.articles.llm_reading import BLANK, GAP
from quizapp.core.articles.llm_support import distractors_of, keys_of, numbers, telling
from quizapp.core.articles.llm_talk import Message, Talk
from quizapp.core.articles.model import Draft
from quizapp.core.text import Rules, comparable

AT_ONCE = 8  # drafts in one question to the model
AGREED = 0.5  # of the words of the key are in a typed answer
SOLVED_OTHERWISE, ALSO_RIGHT, UNREAD = "solved_otherwise", "distractor_also_right", "known_unread"
_NOT_RIGHT = frozenset({CANNOT_TELL, "no"})


def reasons_against(talk: Talk, drafts: Sequence[Draft]) -> list[str]:
    """Return for each draft why it failed, "" where it stood: an answer that lacks is a failure.

    Each distractor is claimed without its neighbours, so that nothing can be ruled out by them.
    """
    everyone = range(len(drafts))
    items = [_item(one, "solve") for one in drafts]
    solved = _asked(talk, llm_prompts.solving, items, everyone)
    reasons = ["" if agrees(drafts[n], solved.get(n, "")) else SOLVED_OTHERWISE for n in everyone]
    for nth in range(max((len(distractors_of(one)) for one in drafts), default=0)):
        claimed = [n for n in everyone if not reasons[n] and nth < len(distractors_of(drafts[n]))]
        claims = [_claim(drafts[n], distractors_of(drafts[n])[nth]) for n in claimed]
        judged = _asked(talk, llm_prompts.judging, claims, claimed)
        for n in claimed:
            if comparable(judged.get(n, ""), Rules()) not in _NOT_RIGHT:
                reasons[n] = ALSO_RIGHT
    return reasons


def known_unread(talk: Talk, drafts: Sequence[Draft]) -> set[int]:
    """Return the places of drafts that are answered without the article; guesses aside."""
    places = [n for n, one in enumerate(drafts) if one.type not in ("true_false", "flashcard")]
    items = [_item(drafts[n], "guess", with_evidence=False) for n in places]
    said = _asked(talk, llm_prompts.guessing, items, places)
    return {n for n in places if agrees(drafts[n], said.get(n, ""))}


def agrees(draft: Draft, answer: str) -> bool:
    """Whether an answer is the key: the same option, or for typed ones mostly the same words."""
    said = comparable(answer, Rules())
    if isinstance(draft.key, bool):
        return said == str(draft.key).lower()
    keys = [*keys_of(draft), *draft.also_right]
    if any(said == comparable(one, Rules()) for one in keys):
        return True
    if draft.type == "multiple_choice" or said == CANNOT_TELL:
        return False
    return any(_is_much_of(one, answer) for one in keys)


def _is_much_of(key: str, answer: str) -> bool:
    wanted = telling(key)
    if not wanted or not numbers(key) <= numbers(answer):
        return False
    return len(wanted & telling(answer)) >= AGREED * len(wanted)


def _item(draft: Draft, seed: str, with_evidence: bool = True) -> dict[str, Any]:
    item: dict[str, Any] = {"evidence": draft.evidence.quote} if with_evidence else {}
    item["question"] = draft.stem.replace(GAP, BLANK)
    if draft.type == "true_false":
        item["question"] = f"Is this true or false? {item['question']}"
        item["options"] = ["true", "false"]
    elif draft.options:
        # The key first, then mixed: an order that owes nothing to the one that is shown.
        options = [*keys_of(draft), *distractors_of(draft)]
        Random(f"{seed} {draft.stem}").shuffle(options)
        item["options"] = options
    return item


def _claim(draft: Draft, distractor: str) -> dict[str, Any]:
    item = _item(draft, "claim")
    item.pop("options", None)
    return {**item, "claimed": distractor}


def _asked(
    talk: Talk,
    ask: Callable[[Sequence[Mapping[str, Any]]], list[Message]],
    items: Sequence[Mapping[str, Any]],
    places: Sequence[int],
) -> dict[int, str]:
    """Return the model's answers by the numbers that the items are given."""
    if not items:
        return {}
    numbered = [{"id": n, **item} for n, item in zip(places, items, strict=True)]
    found = talk.answer(ask(numbered), ANSWERS)
    return {one["id"]: one["answer"] for one in found["answers"]}
