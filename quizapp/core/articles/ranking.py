"""How likely an instructor takes a draft as it is: a logistic regression on plain features.

The weights are fitted on judged drafts (`data/judged.json`: features and verdicts, no texts) by
`python -m benchmarks refit`, see docs/drafting.md; instructors' own decisions can be added to them.
"""

import functools
import json
import math
from collections.abc import Mapping
from importlib import resources

from quizapp.core.articles.draft_words import content_words, key_texts
from quizapp.core.articles.gates import Context
from quizapp.core.articles.lexicon import rarity
from quizapp.core.articles.lexicon.words import WEAK_VERBS
from quizapp.core.articles.model import Draft

DATA = "data/weights.json"


@functools.cache
def weights() -> dict[str, float]:
    """Return the shipped weights by feature."""
    text = resources.files(__package__).joinpath(DATA).read_text(encoding="utf-8")
    found: dict[str, float] = json.loads(text)
    return found


def features(draft: Draft, context: Context) -> dict[str, float]:
    """Return what the score is made of, each about 0..1; `way:NAME` and `bias` are 1."""
    clause = context.source.clause
    fact = context.source.fact
    tokens = [one for one in clause.span if not one.is_punct]
    words = len(draft.stem.split())
    bare = [
        one for one in tokens
        if one.lower_ == "the" and one.head.pos_ == "NOUN" and one.head.n_lefts == 1
        and not any(child.dep_ in ("prep", "relcl", "acl") for child in one.head.rights)
    ]  # fmt: skip
    pronouns = sum(one.tag_ in ("PRP", "PRP$") for one in tokens)
    verbs = [one for one in tokens if one.pos_ == "VERB"]
    keys = key_texts(draft)
    rare = [rarity(one.lower_, one.lemma_.lower()) for one in tokens if not one.is_stop]
    return {
        "bias": 1.0,
        f"way:{draft.way}": 1.0,
        f"type:{draft.type}": 1.0,
        "words": min(words, 40) / 40,
        "very_short": float(words < 8),
        "very_long": float(words > 24),
        "key_words": min(sum(len(key.split()) for key in keys), 30) / 30,
        "key_weight": max((_key_weight(context, key) for key in keys), default=0.0),
        "fact_weight": context.parsed.weight(list(clause.span)),
        "subject_weight": context.parsed.weight(clause.subtree(clause.subject)),
        "bare_definites": 0.0 if draft.lead else min(len(bare), 3) / 3,
        "lead": float(bool(draft.lead)),
        "leans": float(context.source.leans),
        "verbs": min(len(verbs), 5) / 5,
        "commas": min(clause.quote.count(","), 4) / 4,
        "dashes": float(bool(set("—–;:") & set(clause.quote))),  # noqa: RUF001
        "named": float(bool(clause.named)),
        "hedged": float(bool(fact.hedges)),
        "conditional": float(bool(fact.conditions)),
        "has_name": float(any(one.ent_type_ in ("PERSON", "GPE", "ORG", "LOC", "NORP")
                              for one in tokens)),
        "has_number": float(any(one.like_num for one in tokens)),
        "past": float(clause.root.tag_ in ("VBD", "VBN")),
        "passive": float(bool(clause.children("auxpass"))),
        "is_be": float(clause.root.lemma_ == "be"),
        "weak_verb": float(clause.root.lemma_.lower() in WEAK_VERBS),
        "negated": float(bool(clause.children("neg"))),
        "comparative": float(any(one.tag_ in ("JJR", "RBR") for one in tokens)
                             and "than" not in clause.quote),
        "rarity": sum(rare) / len(rare) if rare else 0.0,
        "part_of_sentence": float(len(clause.quote) < 0.8 * len(clause.sentence.text)),
        "pronouns": 0.0 if draft.lead else min(pronouns, 3) / 3,
        "front_adverbial": float(clause.span[0].dep_ in ("prep", "mark", "advmod")),
        "first_paragraph": float(fact.paragraph == 0),
        "subject_plural": float(clause.subject.tag_ in ("NNS", "NNPS")),
        "subject_words": min(len(clause.subtree(clause.subject)), 12) / 12,
        "gap_at_start": float(draft.stem.startswith("[[1]]")),
        "key_is_name": float(bool(keys) and keys[0][:1].isupper() and draft.type == "cloze"),
        "shared": min(len(content_words(draft.stem)), 15) / 15,
    }  # fmt: skip


def _key_weight(context: Context, key: str) -> float:
    words = f" {key.lower()} "
    found = context.parsed.weights
    return max((weight for term, weight in found.items() if f" {term} " in words), default=0.0)


def score(found: Mapping[str, float], fitted: Mapping[str, float] | None = None) -> float:
    """Return how likely a draft with these features is acceptable, 0..1."""
    by = weights() if fitted is None else fitted
    total = sum(by.get(name, 0.0) * value for name, value in found.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
