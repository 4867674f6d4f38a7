"""Drafting by a language model, whose drafts pass gates and are solved again before they are shown.

The model is a callable given in, so nothing here reaches a network.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from quizapp.core.articles import llm_gates, llm_prompts, llm_reading, llm_verifying, segment
from quizapp.core.articles.draft_flaws import flaws_of
from quizapp.core.articles.gates import repeated
from quizapp.core.articles.llm_instructions import suspect
from quizapp.core.articles.llm_reading import Article, Candidate
from quizapp.core.articles.llm_support import is_supported, keys_of, telling
from quizapp.core.articles.llm_talk import Ask, AskFailed, Message, Reply, Talk, Unusable
from quizapp.core.articles.model import Draft, Drafted, FoundFact, Rejected, Span
from quizapp.core.articles.selecting import select

__all__ = ["Ask", "AskFailed", "Reply", "draft"]

PART = 8_000  # characters of an article that are asked about at once
MOST_PARTS = 8
FEWEST_FACTS = 2  # that a part is asked for
A_FACT = 2  # questions at most: about half of them may fail then
LIKE = 0.85  # of the words of two drafts of a type
SURE, FOR_A_WARNING = 0.95, 0.1  # the score of a draft that stood, and what each warning takes
LIKE_ANOTHER = "like_another"
NOT_SENT = "Paragraphs left out, as they speak to a program instead of telling something: {count}."
NOT_READ = "The article is long: the model was given {read} of its {all} parts."
STOPPED = "It was stopped early: {why}"
COST = "The model read {read:,} and wrote {wrote:,} tokens."


@dataclass(slots=True)
class _Work:
    """What was made so far, so that nothing of it is lost when the model fails.

    unread: stems of the drafts that the model can answer without the article.
    """

    talk: Talk
    article: Article
    facts: list[FoundFact] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)


def draft(
    text: str,
    title: str,
    facts: Sequence[FoundFact],
    ask: Ask,
    *,
    limit: int = 20,
    language: str = "en",
) -> Drafted:
    """Return what a model found in a text, best drafts first; AskFailed where nothing stood.

    facts: those that are known already; they are kept where the model found none at their place.
    Every evidence is the text's own: `text[start:end] == quote`.
    """
    work = _Work(Talk(ask), Article(text))
    parts, told = _parts(text)
    wanted = max(FEWEST_FACTS, math.ceil(limit / max(len(parts), 1)))
    failure: AskFailed | None = None
    for part in parts:
        try:
            messages = llm_prompts.drafting(title, part, wanted, language)
            _draft_part(work, messages, wanted * A_FACT)
        except Unusable as error:
            failure = error
        except AskFailed as error:
            failure = error
            break
    chosen = _chosen(_weighed(work, language), work.facts, limit)
    if not chosen:
        raise failure or AskFailed("None of the model's drafts stood the checks.")
    if failure is not None:
        told.append(STOPPED.format(why=failure))
    told.append(COST.format(read=work.talk.prompt_tokens, wrote=work.talk.completion_tokens))
    return Drafted(_merged(work, facts), tuple(chosen), tuple(work.rejected), tuple(told))


def _parts(text: str) -> tuple[list[str], list[str]]:
    """Return the parts of an article that a model is given, and what it is not given, in words."""
    suspects = suspect(text)
    told = [NOT_SENT.format(count=len(suspects))] if suspects else []
    parts = [""]
    for piece in _pieces(text, suspects):
        if parts[-1] and len(parts[-1]) + len(piece) > PART:
            parts.append("")
        parts[-1] += f"{piece}\n\n"
    parts = [part for part in parts if part]
    if len(parts) > MOST_PARTS:
        told.append(NOT_READ.format(read=MOST_PARTS, all=len(parts)))
        parts = [parts[n * len(parts) // MOST_PARTS] for n in range(MOST_PARTS)]
    return parts, told


def _pieces(text: str, suspects: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Yield the headings and paragraphs that may be sent, none of them longer than a part."""
    for block in segment.blocks(text):
        if (block.start, block.end) in suspects:
            continue
        said = text[block.start : block.end]
        heading = segment.HEADING if block.kind == "heading" else ""
        for start in range(0, len(said), PART):
            yield heading + said[start : start + PART]


def _draft_part(work: _Work, messages: Sequence[Message], most: int) -> None:
    """Draft from one part: what passes the gates and the verification is added to the work.

    most: drafts that are verified, as each costs several questions to the model.
    """
    answer = work.talk.answer(messages, llm_prompts.FACTS, enough=llm_prompts.SOME_FACTS)
    passed = []
    for candidate in _candidates(work, answer):
        reason = llm_gates.reason_against(candidate, work.article.text)
        if reason:
            work.rejected.append(Rejected(candidate.draft, reason))
        else:
            passed.append(candidate.draft)
    again = repeated([*work.drafts, *passed])
    places = list(enumerate(passed, len(work.drafts)))
    work.rejected += [Rejected(one, again[place]) for place, one in places if place in again]
    fresh = [one for place, one in places if place not in again][:most]
    for start in range(0, len(fresh), llm_verifying.AT_ONCE):
        _verify(work, fresh[start : start + llm_verifying.AT_ONCE])


def _candidates(work: _Work, answer: dict[str, object]) -> Iterator[Candidate]:
    for raw in llm_reading.facts(answer):
        span = work.article.find(raw["evidence"]) or Span(0, 0, "")
        statement = _statement(raw["statement"], span)
        if span.quote:
            work.facts.append(llm_reading.found_fact(work.article, statement, span))
        for question in raw["questions"]:
            yield llm_reading.candidate(question, statement, span)


def _statement(said: str, span: Span) -> str:
    """Return the model's statement of a fact where its evidence bears it, else the evidence."""
    line = " ".join(said.split())
    if line and is_supported(line, span.quote, llm_gates.SUPPORTED):
        return line
    return " ".join(span.quote.split()) or line


def _verify(work: _Work, drafts: Sequence[Draft]) -> None:
    reasons = llm_verifying.reasons_against(work.talk, drafts)
    judged = list(zip(drafts, reasons, strict=True))
    stood = [one for one, reason in judged if not reason]
    work.rejected += [Rejected(one, reason) for one, reason in judged if reason]
    work.drafts += stood
    work.unread |= {stood[place].stem for place in llm_verifying.known_unread(work.talk, stood)}


def _weighed(work: _Work, language: str) -> list[Draft]:
    """Return the drafts that stood with the codes of their flaws, and a score that these lower."""
    made: list[Draft] = []
    for one in work.drafts:
        found = flaws_of(one, language)
        found += [llm_verifying.UNREAD] * (one.stem in work.unread)
        found += [LIKE_ANOTHER] * any(_is_like(one, other) for other in made)
        warnings = tuple(dict.fromkeys(found))
        score = round(max(SURE - FOR_A_WARNING * len(warnings), FOR_A_WARNING), 4)
        features = {f"way:{one.way}": 1.0, "warnings": float(len(warnings))}
        made.append(replace(one, warnings=warnings, score=score, features=features))
    return made


def _is_like(one: Draft, other: Draft) -> bool:
    """Whether two drafts of a type ask nearly the same in nearly the same words."""
    if one.type != other.type:
        return False
    first, second = (telling(" ".join([each.stem, *keys_of(each)])) for each in (one, other))
    return len(first & second) >= LIKE * max(len(first | second), 1)


def _chosen(drafts: Sequence[Draft], facts: Sequence[FoundFact], limit: int) -> list[Draft]:
    """Return the drafts to show; for the mix each type counts as a way of its own."""
    paragraphs = {one.statement: one.paragraph for one in facts}
    chosen = select([replace(one, way=one.type) for one in drafts], paragraphs, limit)
    return [replace(one, way=llm_reading.WAY) for one in chosen]


def _merged(work: _Work, known: Sequence[FoundFact]) -> tuple[FoundFact, ...]:
    """Return the facts that drafts ask, with those that were known where none of them is."""
    asked = {one.fact for one in work.drafts}
    found = {one.statement: one for one in work.facts if one.statement in asked}
    for one in known:
        if not any(_overlap(one.evidence, other.evidence) for other in found.values()):
            found.setdefault(one.statement, one)
    return tuple(sorted(found.values(), key=lambda one: one.evidence.start))


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
