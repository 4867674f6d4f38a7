"""The parts of a sentence that state something by themselves, with their grammar."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quizapp.core.articles.lexicon.words import LEADS
from quizapp.core.articles.parsing import Parsed, Sentence

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

SUBJECTS = ("nsubj", "nsubjpass", "csubj", "csubjpass", "expl")
# Between these, each part stays true without the other; after "but" or "if" it may not.
_LINKS = frozenset({"and", "while", "whereas", ";"})
_LEAD = re.compile(
    rf"(?:{'|'.join(sorted(map(re.escape, LEADS), key=len, reverse=True))})\b,?\s*", re.IGNORECASE
)
# Words between commas that tie a sentence to the one before it, and can go.
_ASIDES = re.compile(
    r", (?:by contrast|in contrast|of course|however|therefore|for example|for instance|in turn|"
    r"instead|too|meanwhile|nevertheless|moreover|in fact|indeed|thus|on the other hand),\s",
    re.IGNORECASE,
)
_LEADS_WITHOUT_COMMA = frozenset(
    {"and", "but", "yet", "so", "thus", "therefore", "hence", "finally"}
)
_DROPPED = frozenset({"also", "however", "therefore", "thus", "indeed", "moreover"})


@dataclass(slots=True)
class Clause:
    """A stretch of a sentence with its own subject and verb; `span` is without opening words."""

    parsed: Parsed
    sentence: Sentence
    span: "Span"
    root: "Token"
    subject: "Token"
    named: dict[int, str] = field(default_factory=dict)  # what is put for which pronoun

    @property
    def start(self) -> int:
        """Where it begins in the article."""
        return self.sentence.at(self.span[0])

    @property
    def end(self) -> int:
        """Where it ends in the article; the mark that ends the sentence belongs to it."""
        last = self.span[-1]
        return self.sentence.at(last) + len(last.text)

    @property
    def quote(self) -> str:
        """The words of the article."""
        return self.parsed.text[self.start : self.end]

    def children(self, *relations: str) -> list["Token"]:
        """Return the dependents of the verb with one of these relations, inside the clause."""
        return [one for one in self.root.children if one.dep_ in relations and one in self.span]

    def subtree(self, token: "Token") -> list["Token"]:
        """Return a word with all that hangs on it, inside the clause, in order."""
        return [one for one in token.subtree if one in self.span]

    def statement(self) -> str:
        """Return the clause as a sentence of its own."""
        return sentence_of(self.text([one for one in self.span if not self.is_idle(one)]))

    def with_put(self, tokens: "Sequence[Token]", words: str) -> str:
        """Return the clause as a sentence in which `words` stand for these tokens."""
        dropped = {one.i for one in tokens[1:]}
        kept = [one for one in self.span if one.i not in dropped and not self.is_idle(one)]
        return sentence_of(text_of(kept, {**self.named, tokens[0].i: words}, tokens[-1]))

    def is_idle(self, token: "Token") -> bool:
        """Tell whether a word only ties the clause to others, so that it can go."""
        return token.lower_ in _DROPPED and token.dep_ in ("advmod", "cc")

    def text(self, tokens: "Iterable[Token]") -> str:
        """Return words of the clause as text, with names put for the pronouns that need them."""
        return text_of(tokens, self.named)


def clauses(parsed: Parsed, sentence: Sentence) -> list[Clause]:
    """Return what a sentence states: the whole of it, or its parts where each holds alone."""
    span = without_lead(sentence.span)
    root = _root(span)
    if root is None:
        return []
    found = []
    for start, end, verb in _parts(span, root):
        part = span.doc[start:end]
        while len(part) and (part[-1].text in (",", ";", "—", "–") or part[-1].is_space):  # noqa: RUF001
            part = part[:-1]
        subject = _subject(verb, part)
        if len(part) >= 4 and subject is not None:
            found.append(Clause(parsed, sentence, part, verb, subject))
    return found


def _root(span: "Span") -> "Token | None":
    roots = [token for token in span if token.dep_ == "ROOT"]
    return roots[0] if roots and roots[0].pos_ in ("VERB", "AUX") else None


def _subject(verb: "Token", part: "Span") -> "Token | None":
    for child in verb.children:
        if child.dep_ in SUBJECTS and child in part:
            return child
    return None


def without_lead(span: "Span") -> "Span":
    """Return a sentence without the word that ties it to the one before: "However, ..."."""
    match = _LEAD.match(span.text)
    if match is None:
        return span
    word = match.group().rstrip().lower()
    if not word.endswith(",") and word not in _LEADS_WITHOUT_COMMA:
        return span
    rest = [one for one in span if one.idx - span.start_char >= match.end()]
    return span.doc[rest[0].i : span.end] if rest else span


def _parts(span: "Span", root: "Token") -> Iterator[tuple[int, int, "Token"]]:
    """Yield where each part begins and ends, and its verb."""
    cuts = []
    verb = root
    pending = [root]
    while pending:
        verb = pending.pop(0)
        for child in verb.children:
            if child.dep_ not in ("conj", "ccomp", "advcl") or child.pos_ not in ("VERB", "AUX"):
                continue
            cut = _cut(child, span)
            if cut is not None:
                cuts.append((cut, child))
                pending.append(child)
    cuts.sort(key=lambda one: one[0][0])
    start, verb = span.start, root
    for (link, after), child in cuts:
        if link <= start:
            continue
        yield start, link, verb
        start, verb = after, child
    yield start, span.end, verb


def _cut(child: "Token", span: "Span") -> tuple[int, int] | None:
    """Return where the part before a verb's clause ends and where the clause begins, if it may."""
    left = child.left_edge.i
    if left <= span.start or child not in span or _subject(child, span) is None:
        return None
    first = span.doc[left]
    before = span.doc[left - 1]
    if child.dep_ == "advcl":
        subject = _subject(child, span)
        allowed = first.lower_ in ("while", "whereas") and left > child.head.i
        # "while it is underground" tells when: it belongs to what it follows
        allowed = allowed and subject is not None and subject.tag_ != "PRP"
        return (left, left + 1) if allowed else None
    if before.text == ";":
        return left - 1, left
    if child.dep_ == "conj" and before.lower_ == "and":
        return left - 1, left
    return None


def text_of(
    tokens: "Iterable[Token]",
    named: Mapping[int, str] | None = None,
    joint: "Token | None" = None,
) -> str:
    """Return words as text, spaced as they were; where some are left out, one space.

    named: what is put for which words. joint: the last of several words that one was put for.
    """
    ordered = sorted(tokens, key=lambda one: one.i)
    parts: list[str] = []
    for place, token in enumerate(ordered):
        parts.append((named or {}).get(token.i, token.text))
        following = ordered[place + 1] if place + 1 < len(ordered) else None
        if following is None:
            continue
        last = joint if joint is not None and following.i == joint.i + 1 else token
        if last.whitespace_ or following.i != last.i + 1:
            parts.append(" ")
    return tidy("".join(parts))


def tidy(text: str) -> str:
    """Return a text without the traces of words that were left out."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"\s+([,.;:?!’)])", r"\1", text)  # noqa: RUF001
    text = re.sub(r"([(])\s+", r"\1", text)
    text = re.sub(r",(?:\s*,)+", "", text)  # a word between commas went with them
    return text.strip(" ,;:—–-")  # noqa: RUF001


def sentence_of(text: str) -> str:
    """Return a text with a capital first letter and a full stop."""
    text = tidy(_ASIDES.sub(" ", text))
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", '."', ".”")) else f"{text}."
