"""From the text of an article to facts and drafts: parse, find, draft, gate, rank, select."""

from dataclasses import replace

from quizapp.core.articles import gates, leads, ranking, selecting, untagged
from quizapp.core.articles.definitions import definitions
from quizapp.core.articles.draft_flaws import flaws_of
from quizapp.core.articles.drafting import WAYS, Material
from quizapp.core.articles.facts import ParsedFact, find_facts
from quizapp.core.articles.gates import Context
from quizapp.core.articles.model import Draft, Drafted, Rejected
from quizapp.core.articles.parsing import Parsed, parse
from quizapp.core.articles.topic import WHOLE_WAYS, topic_of, with_topic

PARSED_LANGUAGE = "en"
LIMIT = 20
OTHER_LANGUAGES = (
    "This article is not in English: only cloze texts and flashcards are drafted, without grammar."
)


def draft(text: str, title: str, *, language: str = PARSED_LANGUAGE, limit: int = LIMIT) -> Drafted:
    """Return what an article states and the best drafts on it, best first.

    text: in the plain form in which evidence is counted. Loads the language model where it is not
    loaded yet.
    """
    if language != PARSED_LANGUAGE:
        return replace(untagged.draft(text, language, limit), told=(OTHER_LANGUAGES,))
    parsed = parse(text, title)
    material = material_of(parsed)
    sources = {one.fact.statement: one for one in material.stated}
    topic = topic_of(parsed)
    made = [
        _in_context(one, sources[one.fact], topic)
        for way in WAYS.values() for one in way(material)
    ]  # fmt: skip
    repeats = gates.repeated(made)
    kept: list[Draft] = []
    rejected: list[Rejected] = []
    for place, one in enumerate(made):
        context = Context(parsed, sources[one.fact])
        reason = repeats.get(place) or gates.reason_against(one, context)
        if reason:
            rejected.append(Rejected(one, reason))
            continue
        features = ranking.features(one, context)
        kept.append(replace(one, features=features, score=round(ranking.score(features), 4)))
    paragraphs = {one.fact.statement: one.fact.paragraph for one in material.stated}
    chosen = [
        replace(one, warnings=tuple(flaws_of(one, language)))
        for one in selecting.select(kept, paragraphs, limit)
    ]
    return Drafted(tuple(one.fact for one in material.stated), tuple(chosen), tuple(rejected))


def material_of(parsed: Parsed) -> Material:
    """Return an article as the ways of drafting see it."""
    stated = _once([one for one in find_facts(parsed) if not one.fact.unresolved])
    standing = [one for one in stated if not one.leans]
    return Material(parsed, standing, stated, definitions(standing))


def _in_context(draft: Draft, fact: ParsedFact, topic: str) -> Draft:
    """Return a draft with the sentence before it and the topic, where it needs them."""
    if draft.way in WHOLE_WAYS:
        return draft
    return with_topic(leads.with_lead(draft, fact), topic)


def _once(found: list[ParsedFact]) -> list[ParsedFact]:
    """Return facts without those whose statement stands there already."""
    seen: dict[str, ParsedFact] = {}
    for one in found:
        seen.setdefault(one.fact.statement, one)
    return list(seen.values())
