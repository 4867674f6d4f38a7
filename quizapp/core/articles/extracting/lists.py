"""Lists in plain form: short items become one sentence, longer ones a paragraph each."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from quizapp.core.articles.extracting.found import Found

_ENDS = re.compile(r"""[.!?…。！？][\"'”’»)\]]*$""")  # noqa: RUF001
_SHORT = 12  # words of an item that is no sentence


def list_blocks(items: Sequence[str], reason: str = "") -> list[Found]:
    """Return the paragraphs that say what a list says, items in order.

    A list of sentences gives a paragraph for each; "red", "green" and "blue" give one paragraph,
    "red; green; blue.".
    """
    items = [item for item in (" ".join(item.split()) for item in items) if item]
    if len(items) < 2 or any(len(item.split()) > _SHORT or _ENDS.search(item) for item in items):
        return [Found(item, 0, reason) for item in items]
    return [Found("; ".join(item.rstrip(" ,;") for item in items) + ".", 0, reason, listed=True)]


def with_lists_joined(blocks: Iterable[Found]) -> list[Found]:
    """Return the blocks with each list of one sentence added to the paragraph that announces it."""
    out: list[Found] = []
    for one in blocks:
        before = out[-1] if out else None
        if before and one.listed and before.text.endswith(":") and _alike(before, one):
            out[-1] = replace(before, text=f"{before.text} {one.text}")
        else:
            out.append(one)
    return out


def _alike(before: Found, one: Found) -> bool:
    return before.level == 0 and before.reason == one.reason


def is_sentence_end(text: str) -> bool:
    """Say whether a text ends with a mark that ends a sentence."""
    return _ENDS.search(text) is not None
