"""Who did it: a person of the article, typed, or with three others to choose from."""

from collections.abc import Iterator

from quizapp.core.articles.asking import capital, drafted
from quizapp.core.articles.clauses import tidy
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.facts import ParsedFact
from quizapp.core.articles.lexicon.words import WEAK_VERBS
from quizapp.core.articles.model import Draft
from quizapp.core.articles.parsing import Parsed

FEWEST_WRONG = 3
FEWEST_WORDS = 5  # of what the person did


def draft(material: Material) -> Iterator[Draft]:
    """Ask for the person who is the subject of each fact that tells a deed."""
    people = _people(material.parsed)
    for fact in material.stated:
        stem, name = _asked(fact)
        if not stem:
            continue
        full = people.get(name.split()[-1], name)
        short = [name.split()[-1]] if " " in full else []
        yield drafted("who", "short_answer", stem, full, fact, also_right=[*short, name])
        sentence = fact.clause.sentence.text
        wrong = [one for last, one in people.items() if last not in sentence and one != full]
        if len(wrong) >= FEWEST_WRONG:
            options = sorted([full, *wrong[:FEWEST_WRONG]])
            yield drafted("who", "multiple_choice", stem, full, fact, options=options)


def _asked(fact: ParsedFact) -> tuple[str, str]:
    clause = fact.clause
    subject = clause.subject
    tokens = clause.subtree(subject)
    if subject.ent_type_ != "PERSON" or subject.dep_ != "nsubj" or clause.root.tag_ != "VBD":
        return "", ""
    name = [one for one in tokens if one.ent_type_ == "PERSON"]
    if len(name) != len(tokens) or clause.root.lemma_.lower() in WEAK_VERBS or clause.named:
        return "", ""
    front = [one for one in clause.span if one.i < tokens[0].i and not clause.is_idle(one)]
    after = [one for one in clause.span if one.i > tokens[-1].i and not clause.is_idle(one)]
    if any(not one.is_punct and one.dep_ not in ("prep", "pobj") for one in front):
        return "", ""
    when = clause.text(front)
    told = clause.text(after).rstrip(".")
    who = (
        "who,"
        if after and after[0].text == "," and any(one.text == "," for one in after[1:])
        else "who"
    )
    if len(told.split()) < FEWEST_WORDS or any(one.text == name[-1].text for one in after):
        return "", ""
    if any(one.lower_ in ("his", "her", "their") for one in after) and len(after) < 9:
        return "", ""
    return capital(tidy(f"{when}, {who} {told}" if when else f"{who} {told}")) + "?", clause.text(
        name
    )


def _people(parsed: Parsed) -> dict[str, str]:
    """Return the people of an article by their last name, each as first written in full."""
    found: dict[str, str] = {}
    for sentence in parsed.sentences:
        for entity in sentence.span.ents:
            if entity.label_ != "PERSON" or not entity.text[:1].isupper():
                continue
            name = entity.text.removesuffix("’s").removesuffix("'s")  # noqa: RUF001
            last = name.split()[-1]
            if " " in name or last not in found:
                found[last] = name if " " not in found.get(last, "") else found[last]
    return found
