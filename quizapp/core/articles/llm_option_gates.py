"""What the options of a language model's draft must not be, each with a reason code."""

import re

from quizapp.core.articles.llm_support import distractors_of, numbers, telling
from quizapp.core.articles.model import Draft
from quizapp.core.flaws.wording import words
from quizapp.core.text import Rules, comparable

OPTIONS = 4
_OF_OTHERS = re.compile(
    r"\b(?:all|none|any|both|neither) (?:of|are|is) (?:the |these |them)|"
    r"^both .+ and |^(?:all|none|both|neither)\.?$|\b[a-d] (?:and|or) [a-d]\b",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?:(an?)|(the))\s", re.IGNORECASE)
_AFTER_THE_NOUN = re.compile(r"\s(?:of|in|for|from|that|which|with|to|by|on)\s")


def has_bad_options(draft: Draft, text: str) -> bool:
    """Tell whether there are not four different options, or one holds another."""
    if draft.type != "multiple_choice":
        return False
    said = [f" {comparable(one, Rules())} " for one in draft.options]
    if len(said) != OPTIONS or len(set(said)) != OPTIONS or "  " in said:
        return True
    return any(one in other for one in said for other in said if one != other)


def speaks_of_other_options(draft: Draft, text: str) -> bool:
    """Tell whether an option is "all of the above" or the like."""
    return any(_OF_OTHERS.search(one) for one in draft.options)


def has_options_of_two_kinds(draft: Draft, text: str) -> bool:
    """Tell whether only some options have numbers, or the key alone its article or its number."""
    if draft.type != "multiple_choice":
        return False
    if len({bool(numbers(one)) for one in draft.options}) > 1:
        return True
    key, others = str(draft.key), distractors_of(draft)
    return any(all(trait(key) != trait(one) for one in others) for trait in (_article, _is_plural))


def has_longest_key(draft: Draft, text: str) -> bool:
    """Tell whether the key is twice as long as the longest distractor."""
    if draft.type != "multiple_choice":
        return False
    longest = max((len(one.split()) for one in distractors_of(draft)), default=0)
    return len(str(draft.key).split()) >= max(2 * longest, 5)


def has_true_distractor(draft: Draft, text: str) -> bool:
    """Tell whether a distractor stands in the evidence too, so that it may be as right."""
    quote, stem = telling(draft.evidence.quote), telling(draft.stem)
    said = [telling(one) for one in distractors_of(draft)]
    return any(one and one <= quote and one - stem for one in said)


def has_distractor_like_the_key(draft: Draft, text: str) -> bool:
    """Tell whether a distractor says what the key says: in other forms, or by its initials."""
    key = str(draft.key)
    plain_key = comparable(key, Rules())
    return any(
        (telling(one) == telling(key) != set())
        or _initials(one) == plain_key
        or _initials(key) == comparable(one, Rules())
        for one in distractors_of(draft)
    )


def _article(text: str) -> str:
    match = _ARTICLE.match(text)
    return "" if match is None else "a" if match[1] else "the"


def _is_plural(text: str) -> bool:
    noun = _AFTER_THE_NOUN.split(text)[0].rstrip(" .")
    return noun.endswith("s") and not noun.endswith(("ss", "us", "is"))


def _initials(text: str) -> str:
    found = "".join(word[0] for word in words(text))
    return found if len(found) > 1 else ""
