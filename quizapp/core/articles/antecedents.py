"""Whom "he" and what "it" means at the head of a sentence, where that is beyond doubt."""

from typing import TYPE_CHECKING

from quizapp.core.articles.clauses import Clause, text_of
from quizapp.core.articles.lexicon.words import PEOPLE
from quizapp.core.articles.parsing import Parsed, Sentence

if TYPE_CHECKING:
    from spacy.tokens import Token

REACH = 3  # sentences back
LONGEST_NAME = 5  # words of a phrase that is put for a pronoun
_HE = ("he", "his", "she", "her")
_IT = ("it", "its", "they", "their")
_SUBJECTS = ("nsubj", "nsubjpass")


class Antecedents:
    """Reads clauses in order and remembers what each sentence was about."""

    def __init__(self, parsed: Parsed) -> None:
        self._parsed = parsed
        self._names: dict[int, str] = {}  # what the head of a sentence was taken for

    def names_for(self, clause: Clause) -> dict[int, str]:
        """Return what can be put for the pronoun that is the subject, or owns it; {} if unsure."""
        pronoun = _pronoun(clause)
        first = clause.sentence.span[0].i
        if pronoun is None or pronoun.i - clause.span.start > 1 or clause.span.start - first > 4:
            return {}  # further in, it may stand for something in the sentence itself
        word = pronoun.lower_
        name = self._person(clause.sentence) if word in _HE else self._thing(clause, word)
        if not name:
            return {}
        self._names[clause.sentence.index] = name
        owns = pronoun.tag_ == "PRP$"
        if owns:
            name = f"{name}’" if name.endswith("s") and word == "their" else f"{name}’s"  # noqa: RUF001
        return {pronoun.i: name}

    def _person(self, sentence: Sentence) -> str:
        """Return the one person named in the two sentences before, or the last one's subject."""
        names: dict[str, str] = {}
        for before in self._before(sentence, 2):
            if before.index in self._names:
                names.setdefault(self._names[before.index].split()[-1], self._names[before.index])
            for entity in before.span.ents:
                if entity.label_ == "PERSON":
                    name = entity.text.removesuffix("’s").removesuffix("'s")  # noqa: RUF001
                    names.setdefault(name.split()[-1], name)
        return next(iter(names.values())) if len(names) == 1 else ""

    def _thing(self, clause: Clause, word: str) -> str:
        """Return the subject of the sentence before, if it agrees and the article is about it."""
        for before in self._before(clause.sentence, REACH):
            subject = _subject_of(before)
            if subject is None:
                return ""
            if subject.pos_ == "PRON":
                if before.index in self._names:
                    return self._names[before.index] if subject.lower_ == word else ""
                if subject.lower_ != word:
                    return ""
                continue  # the same pronoun again: it still means what it meant
            plural = subject.tag_ in ("NNS", "NNPS")
            if plural != (word in ("they", "their")) or subject.lemma_.lower() in PEOPLE:
                return ""
            return self._phrase(subject)
        return ""

    def _phrase(self, subject: "Token") -> str:
        if subject.pos_ not in ("NOUN", "PROPN") or subject.ent_type_ == "PERSON":
            return ""
        children = [one for one in subject.subtree if one.i <= subject.i]
        if any(one.dep_ in ("relcl", "acl", "conj", "prep", "appos") for one in subject.children):
            return ""
        first = children[0]
        if len(children) > LONGEST_NAME or first.lower_ in _VAGUE_STARTS:
            return ""
        lemma = subject.lemma_.lower()
        if self._parsed.uses[lemma] < 2 and lemma not in self._parsed.title.lower():
            return ""
        text = text_of(children)
        is_name = first.pos_ == "PROPN" or first.ent_type_ in ("ORG", "GPE", "NORP", "WORK_OF_ART")
        return text if is_name else text[:1].lower() + text[1:]

    def _before(self, sentence: Sentence, count: int) -> list[Sentence]:
        """Return the sentences just before in the same paragraph, the nearest first."""
        first = max(sentence.index - count, 0)
        near = self._parsed.sentences[first : sentence.index]
        return [one for one in reversed(near) if one.paragraph == sentence.paragraph]


_VAGUE_STARTS = frozenset(
    """this these those that such some many most few several another other both all each its their
    his her one two three no any much more""".split()  # noqa: SIM905
)


def _pronoun(clause: Clause) -> "Token | None":
    """Return the pronoun at the head of the clause: its subject, or the owner of its subject."""
    if clause.subject.lower_ in _HE + _IT and clause.subject.tag_ == "PRP":
        if clause.subject.dep_ == "expl" or _is_weather(clause):
            return None
        return clause.subject
    for child in clause.subject.children:
        if child.tag_ == "PRP$" and child.lower_ in _HE + _IT and child.i < clause.subject.i:
            return child
    return None


def _is_weather(clause: Clause) -> bool:
    """Whether "it" stands for a clause that follows: "It is clear that ...", "It takes ..."."""
    if clause.subject.lower_ != "it":
        return False
    return any(
        child.dep_ in ("ccomp", "advcl", "xcomp", "csubj") and child.i > clause.root.i
        for head in (clause.root, *clause.children("acomp", "attr"))
        for child in head.children
    )


def _subject_of(sentence: Sentence) -> "Token | None":
    for token in sentence.span:
        if token.dep_ in _SUBJECTS and token.head.dep_ == "ROOT":
            return token
    return None
