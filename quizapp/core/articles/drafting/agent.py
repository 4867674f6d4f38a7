"""By whom: the agent of a passive sentence, on a flashcard."""

from collections.abc import Iterator

from quizapp.core.articles.asking import capital, drafted, question
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.lexicon.words import PEOPLE
from quizapp.core.articles.model import Draft

MOST_WORDS = 16


def draft(material: Material) -> Iterator[Draft]:
    """Ask who did each thing that is told in the passive."""
    for fact in material.facts:
        clause = fact.clause
        agents = clause.children("agent")
        if len(agents) != 1 or not clause.children("auxpass"):
            continue
        phrase = clause.subtree(agents[0])
        nouns = [one for one in agents[0].children if one.dep_ == "pobj"]
        if not nouns or not 2 <= len(phrase) <= MOST_WORDS or nouns[0].pos_ == "PRON":
            continue
        noun = nouns[0]
        if noun.ent_type_ not in ("PERSON", "NORP") and noun.lemma_.lower() not in PEOPLE:
            continue  # "By what was ...?" is no English that people speak
        stem = question("by whom", clause, phrase)
        if stem is not None:
            key = f"{capital(clause.text(phrase[1:]))}."
            yield drafted("agent", "flashcard", stem, key, fact)
