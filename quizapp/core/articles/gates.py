"""What a draft must not be: hard rejects, each with a reason code."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quizapp.core.articles.draft_words import WORD, content_words, key_texts
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.lexicon import rarity
from quizapp.core.articles.lexicon.words import EMPTY_NOUNS
from quizapp.core.articles.model import Draft
from quizapp.core.articles.parsing import Parsed

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_STEM, LONGEST_KEY = 37, 30  # words
RARE = 0.72  # a word this rare says what a text is about
_TURNS = re.compile(
    r"\b(but|unless|except|although|though|however|despite|rather than|not|n[o’']t|only|until)\b",  # noqa: RUF001
    re.IGNORECASE,
)
_SLIPS = re.compile(
    r"(\b\w+\b) \1\b|\s,|,\s*[?.]|,,|\(\)|\ba [aeio]\w|\ban [bcdfgjklmnpqrstvwxz]\w|"
    r"\b(?:the|a|an|and|or)[?.]$|[.]\s[a-z]|--",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Context:
    """What a gate may look at besides the draft."""

    parsed: Parsed
    source: ParsedFact


Gate = Callable[[Draft, Context], bool]


def is_unresolved(draft: Draft, context: Context) -> bool:
    """Tell whether it speaks of something that is named only elsewhere in the article."""
    if context.source.fact.unresolved:
        return True
    opening = re.match(r"(?:it|they|he|she|this|these|those|such|there)\b", draft.stem.lower())
    return opening is not None and draft.type != "true_false" and not draft.lead


def drops_hedge(draft: Draft, context: Context) -> bool:
    """Tell whether a word that limits the truth ("often", "if") is gone."""
    said = " ".join([draft.stem, *key_texts(draft)]).lower()
    fact = context.source.fact
    if draft.type in ("matching", "ordering", "multiple_response"):
        return bool(fact.conditions)
    return any(not re.search(rf"\b{re.escape(one.lower())}\b", said)
               for one in (*fact.hedges, *fact.conditions))  # fmt: skip


def drops_turn(draft: Draft, context: Context) -> bool:
    """Tell whether it leaves out how the sentence goes on: "but ...", "unless ...", "not ..."."""
    said = " ".join([draft.stem, *key_texts(draft)]).lower()
    clause = context.source.clause
    after = context.parsed.text[clause.end : clause.sentence.end]
    return any(one.lower() not in said for one in _TURNS.findall(after))


def leaks(draft: Draft, context: Context) -> bool:
    """Tell whether the stem holds the answer, or a word of its root."""
    if draft.type not in ("short_answer", "cloze", "multiple_choice", "flashcard"):
        return False
    stem = content_words(draft.shown)
    for key in key_texts(draft):
        words = content_words(key)
        if draft.type == "flashcard":
            if words and len(words & stem) / len(words) > 0.6:
                return True
        elif words & stem:
            return True
    return False


def also_true(draft: Draft, context: Context) -> bool:
    """Tell whether a wrong option is in the evidence, or a false statement in the article."""
    if draft.type == "multiple_choice":
        quote = context.source.clause.sentence.text.lower()
        return any(one != draft.key and one.lower() in quote for one in draft.options)
    if draft.key is False:
        words = WORD.findall(draft.stem.lower())
        return " ".join(words) in " ".join(WORD.findall(context.parsed.text.lower()))
    return False


def has_bad_options(draft: Draft, context: Context) -> bool:
    """Tell whether options repeat, hold one another, or are too few."""
    if draft.type not in ("multiple_choice", "multiple_response"):
        return False
    lowered = [one.casefold() for one in draft.options]
    if len(set(lowered)) != len(lowered) or len(lowered) < 4:
        return True
    return any(one in other for one in lowered for other in lowered if one != other)


def reads_wrong(draft: Draft, context: Context) -> bool:
    """Tell whether it shows how it was put together: doubled words, a lone comma, "a apple"."""
    texts = [draft.stem, *key_texts(draft)]
    if any(_SLIPS.search(text.replace("[[1]]", "gap")) for text in texts):
        return True
    return any(text.count("“") != text.count("”") or text.count('"') % 2 for text in texts)


def is_too_long(draft: Draft, context: Context) -> bool:
    """Tell whether it has more words than can be held in mind."""
    if draft.type in ("matching", "ordering"):
        return any(len(text.split()) > LONGEST_KEY for text in key_texts(draft))
    longest = LONGEST_KEY if draft.type == "flashcard" else 6
    return len(draft.stem.split()) > LONGEST_STEM or any(
        len(text.split()) > longest for text in key_texts(draft)
    )


def is_too_short(draft: Draft, context: Context) -> bool:
    """Tell whether it has too few words to mean one thing."""
    if draft.way == "definition":
        return False
    fewest = 7 if draft.type in ("true_false", "cloze") else 5
    return len(WORD.findall(draft.stem)) < fewest


def is_trivial(draft: Draft, context: Context) -> bool:
    """Tell whether nothing in it belongs to the subject, or the answer is an empty word."""
    if draft.type == "cloze" and all(one.lower() in EMPTY_NOUNS for one in key_texts(draft)):
        return True
    said = " ".join([draft.stem, *key_texts(draft)])
    rare = {word.lower() for word in WORD.findall(said) if rarity(word) > RARE}
    named = any(one.ent_type_ and one.ent_type_ != "ORDINAL" for one in context.source.clause.span)
    return len(rare) < (2 if named or draft.type == "flashcard" else 3)


# In this order; the first that a draft runs into is its reason.
GATES: dict[str, Gate] = {
    "unresolved": is_unresolved,
    "dropped_hedge": drops_hedge,
    "dropped_turn": drops_turn,
    "leak": leaks,
    "also_true": also_true,
    "options": has_bad_options,
    "grammar": reads_wrong,
    "too_long": is_too_long,
    "too_short": is_too_short,
    "trivial": is_trivial,
}


def reason_against(draft: Draft, context: Context) -> str:
    """Return the code of the first gate that keeps a draft out, "" if none does."""
    return next((code for code, gate in GATES.items() if gate(draft, context)), "")


def repeated(drafts: "Iterable[Draft]") -> dict[int, str]:
    """Return, by position, drafts that ask what an earlier one asks, with the reason.

    "not_unique": the same question has two answers, so that neither can be asked.
    """
    seen: dict[tuple[str, str], list[tuple[int, Draft]]] = {}
    for place, draft in enumerate(drafts):
        seen.setdefault((draft.type, draft.stem.casefold()), []).append((place, draft))
    found: dict[int, str] = {}
    for same in seen.values():
        if len({str(one.key) for _, one in same}) > 1:
            found.update(dict.fromkeys((place for place, _ in same), "not_unique"))
        else:
            found.update(dict.fromkeys((place for place, _ in same[1:]), "duplicate"))
    return found
