"""The facts of an article: what its sentences state, each with the words that prove it."""

import re
from dataclasses import dataclass, replace

from quizapp.core.articles import leads, references
from quizapp.core.articles.antecedents import Antecedents
from quizapp.core.articles.clauses import Clause, clauses
from quizapp.core.articles.lexicon.words import CONDITIONS, EMPTY_NOUNS, HEDGES
from quizapp.core.articles.model import FoundFact, Span
from quizapp.core.articles.parsing import Parsed

FEWEST_WORDS, MOST_WORDS = 5, 40
_SPEECH = re.compile(r"[\"“”]")
_ASKED = ('?"', "?”", '!"', "!”")  # what was said, before "asked a visitor"
_CHANGES = frozenset({"become", "grow", "turn", "fall", "rise", "drop", "return"})
_OBJECTS = ("dobj", "attr", "acomp", "oprd", "dative", "xcomp", "ccomp", "prep", "agent")


@dataclass(slots=True)
class ParsedFact:
    """A fact with the grammar that questions are made from.

    lead: the sentence before it, "" if that is not clear by itself. leans: it needs its lead.
    """

    fact: FoundFact
    clause: Clause
    lead: str = ""
    leans: bool = False


def find_facts(parsed: Parsed) -> list[ParsedFact]:
    """Return the facts of an article in order; commands, questions and speech state none."""
    antecedents = Antecedents(parsed)
    found = []
    for sentence in parsed.sentences:
        before = parsed.sentences[sentence.index - 1].text if sentence.index else ""
        if not _states(sentence.text) or before.endswith(_ASKED):
            continue
        for clause in clauses(parsed, sentence):
            clause.named = antecedents.names_for(clause)
            words = sum(not token.is_punct for token in clause.span)
            if FEWEST_WORDS <= words <= MOST_WORDS and not _is_hypothetical(clause):
                found.append(_with_lead(ParsedFact(_fact(parsed, clause), clause)))
    return found


def _with_lead(fact: ParsedFact) -> ParsedFact:
    if fact.fact.unresolved:
        return leads.led(fact) or fact
    before = leads.sentence_before(fact.clause)
    return replace(fact, lead=leads.shown(before)) if before else fact


def _states(text: str) -> bool:
    if not text.endswith((".", '."', ".”", ".)")):
        return False
    return text.count("(") == text.count(")") and text.count("“") == text.count("”")


def _is_hypothetical(clause: Clause) -> bool:
    """Whether it tells what would be, or what somebody is to do."""
    helpers = [one.lower_ for one in clause.children("aux", "auxpass")]
    return "would" in helpers or (clause.root.tag_ == "VB" and not helpers)


def _fact(parsed: Parsed, clause: Clause) -> FoundFact:
    objects = clause.children(*_OBJECTS)
    lean = list(references.unresolved(parsed, clause.sentence, clause.span, clause.named))
    lean += _shape(clause)
    if _SPEECH.search(_without_terms(clause.quote)):
        lean.append("speech")
    return FoundFact(
        statement=clause.statement(),
        evidence=Span(clause.start, clause.end, clause.quote),
        paragraph=clause.sentence.paragraph,
        sentence=clause.sentence.id,
        subject=clause.text(clause.subtree(clause.subject)),
        relation=clause.text([*clause.children("aux", "auxpass", "neg", "prt"), clause.root]),
        object=clause.text([one for child in objects for one in clause.subtree(child)]),
        hedges=_words_in(clause, HEDGES),
        conditions=_words_in(clause, CONDITIONS),
        unresolved=tuple(lean),
    )


def _without_terms(quote: str) -> str:
    """Return a text without quotation marks around up to six words, which name a term."""
    return re.sub(r"[\"“](?:[\w’'-]+[,.]?\s?){1,6}[\"”]", "", quote)  # noqa: RUF001


def _words_in(clause: Clause, words: frozenset[str]) -> tuple[str, ...]:
    return tuple(token.text for token in clause.span if token.lower_ in words)


def _shape(clause: Clause) -> list[str]:
    """Return what in the build of a clause makes it no statement of its own."""
    found = []
    if clause.root.tag_ == "MD":
        found.append(clause.root.text)  # "Humans cannot": what?
    first = clause.subtree(clause.subject)[0].lower_
    if clause.root.lemma_ in _CHANGES and first == "the" and clause.root.tag_ in ("VBZ", "VBP"):
        found.append(clause.root.text)  # "The brain becomes active": when?
    if ":" in clause.quote:
        found.append(":")
    if clause.subject.i > clause.root.i and clause.subject.dep_ != "expl":
        found.append("inversion")
    if clause.subject.lemma_.lower() in EMPTY_NOUNS and not any(
        child.dep_ in ("prep", "relcl", "acl", "compound") for child in clause.subject.children
    ):
        found.append(clause.subject.text)  # "One well-known example is ...": of what?
    if clause.subject.lower_ == "there":
        things = [clause.root, *clause.children("attr", "dobj")]
        if not any(child.dep_ in ("prep", "relcl", "acl") for one in things
                   for child in one.children):  # fmt: skip
            found.append("there")
    return found
