"""A false statement: the kind is replaced by its sister kind (active, passive immunotherapy)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from quizapp.core.articles.asking import is_name
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.drafting.false_swaps import swapped
from quizapp.core.articles.lexicon.words import LOOSE_MODIFIERS
from quizapp.core.articles.model import Draft
from quizapp.core.articles.parsing import Parsed

if TYPE_CHECKING:
    from spacy.tokens import Token


def draft(material: Material) -> Iterator[Draft]:
    """Swap the modifier of a subject whose noun the article uses with another modifier, too."""
    kinds = sibling_kinds(material.parsed)
    for fact in material.facts:
        clause = fact.clause
        modifier = _modifier(clause.subject)
        if (
            modifier is None
            or modifier not in clause.span
            or fact.fact.conditions
            or clause.children("neg")
        ):
            continue
        others = kinds.get(clause.subject.lemma_.lower(), {})
        sentence = clause.sentence.text.lower()
        for word, other in others.items():
            if word != modifier.lower_ and word not in sentence and other == word:
                made = swapped("false_sibling", fact, [modifier], other)
                if made is not None:
                    yield made
                break


def _modifier(head: "Token") -> "Token | None":
    found = [child for child in head.children if child.dep_ in ("amod", "compound")]
    if len(found) != 1 or found[0].i != head.i - 1:
        return None
    word = found[0]
    return None if word.lower_ in LOOSE_MODIFIERS or word.ent_type_ else word


def sibling_kinds(parsed: Parsed) -> dict[str, dict[str, str]]:
    """Return, for each noun, the modifiers that make kinds of it, where one sentence names two.

    That the article sets two kinds side by side shows that they are kinds of the same thing.
    """
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for sentence in parsed.sentences:
        here: dict[str, list[Token]] = defaultdict(list)
        for term in parsed.terms_of(sentence):
            words = list(term.tokens)
            if len(words) == 2 and words[0].lower_ not in LOOSE_MODIFIERS:
                here[words[1].lemma_.lower()].append(words[0])
        for noun, words in here.items():
            if len({one.lower_ for one in words}) > 1:
                found[noun].update(_spelled(words))
    return found


def _spelled(words: "Sequence[Token]") -> dict[str, str]:
    return {one.lower_: one.text if is_name(one) else one.lower_ for one in words}
