"""Which drafts are kept: the best ones that cover the article, mix kinds and tell on no other."""

from collections import Counter
from collections.abc import Sequence

from quizapp.core.articles.draft_words import content_words, key_texts
from quizapp.core.articles.model import Draft

FORMS_A_FACT = 3
MOST_OF_A_TYPE = 0.4
MOST_OF_A_WAY = 0.3
LEAST_SCORE = 0.48
LEAST_FALSE_SCORE, FALSE_ONES = 0.4, 2
FALSE_WAYS = ("false_number", "false_entity", "false_sibling")  # the others read as tricks
ENOUGH = 12  # drafts: with fewer, some kinds may make up more than their share
COVERING = 0.12  # how much better a draft counts whose paragraph has none yet
REPEATING = 0.05  # how much worse for each draft that its fact or paragraph has


def select(drafts: Sequence[Draft], paragraphs: dict[str, int], limit: int) -> list[Draft]:
    """Return at most `limit` drafts, best first; `paragraphs` gives that of each fact."""
    left = sorted(drafts, key=lambda one: -one.score)
    kept = _false_ones(left, limit)
    left = [one for one in left if one not in kept]
    while left and len(kept) < limit:
        best = max(left, key=lambda one: _worth(one, kept, paragraphs))
        left.remove(best)
        if best.score >= LEAST_SCORE and _fits(best, kept, limit):
            kept.append(best)
    return _balanced(sorted(kept, key=lambda one: -one.score), limit)


def _false_ones(drafts: Sequence[Draft], limit: int) -> list[Draft]:
    """Return the best false statements, each of another way: who finds all true, reads none."""
    found: dict[str, Draft] = {}
    for one in drafts:
        is_new = all(one.fact != other.fact for other in found.values())
        if one.way in FALSE_WAYS and one.score >= LEAST_FALSE_SCORE and is_new:
            found.setdefault(one.way, one)
    return list(found.values())[: min(FALSE_ONES, limit // 4)]


def _worth(draft: Draft, kept: Sequence[Draft], paragraphs: dict[str, int]) -> float:
    mine = paragraphs[draft.fact]
    here = sum(paragraphs[one.fact] == mine for one in kept)
    same = sum(one.fact == draft.fact for one in kept)
    return draft.score + (COVERING if not here else -REPEATING * here) - REPEATING * same


def _fits(draft: Draft, kept: Sequence[Draft], limit: int) -> bool:
    forms = [one for one in kept if one.fact == draft.fact]
    if len(forms) >= FORMS_A_FACT or any(one.type == draft.type for one in forms):
        return False
    if sum(one.way == draft.way for one in kept) >= max(MOST_OF_A_WAY * limit, 2):
        return False
    if sum(one.type == draft.type for one in kept) >= max(MOST_OF_A_TYPE * limit, 2):
        return False
    return not any(tells(one, draft) or tells(draft, one) for one in kept if one.fact != draft.fact)


def _balanced(kept: list[Draft], limit: int) -> list[Draft]:
    """Drop the weakest of a type that makes up too much, as long as enough are left."""
    fewest = min(ENOUGH, limit)
    while len(kept) > fewest:
        kind, count = Counter(one.type for one in kept).most_common(1)[0]
        if count <= MOST_OF_A_TYPE * len(kept):
            break
        kept.remove([one for one in kept if one.type == kind][-1])
    return kept


def tells(one: Draft, other: Draft) -> bool:
    """Tell whether the text of a draft gives away the answer of another."""
    shown = content_words(" ".join([one.shown, *one.options]))
    asked = content_words(other.stem)
    if not asked or len(asked & shown) / len(asked) < 0.5:
        return False
    keys = [content_words(text) for text in key_texts(other)]
    return isinstance(other.key, bool | float) or any(key and key <= shown for key in keys)
