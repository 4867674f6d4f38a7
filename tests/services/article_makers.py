"""An article that is read and drafted already, for tests that store it and go on from there."""

from datetime import date

from quizapp.core.articles.model import Draft, Drafted, Extracted, FoundFact, ReadBlock, Span
from quizapp.services.articles import storing
from quizapp.services.people.sessions import Person
from tests.factories import START

SENTENCES = (
    "Coral reefs are built by tiny animals called polyps.",
    "A polyp is a soft animal with a mouth and tentacles.",
    "Algae are plants that feed the polyps.",
    "The reef off Belize was found in 1842.",
    "Reefs may bleach when the sea is warm.",
)
PARAGRAPHS = (" ".join(SENTENCES[:3]), " ".join(SENTENCES[3:]))
TEXT = f"{PARAGRAPHS[0]}\n\n## Threats\n\n{PARAGRAPHS[1]}"
FOUND = Extracted(
    title="Coral reefs",
    blocks=(
        ReadBlock("paragraph", "Sign up for our newsletter!", "newsletter"),
        ReadBlock("paragraph", PARAGRAPHS[0]),
        ReadBlock("heading", "Threats"),
        ReadBlock("paragraph", PARAGRAPHS[1]),
    ),
    authors=("Ann Lee",),
    published=date(2024, 5, 17),
)


def span(sentence: str) -> Span:
    start = TEXT.index(sentence)
    return Span(start, start + len(sentence), sentence)


def fact(number: int) -> FoundFact:
    sentence = SENTENCES[number]
    return FoundFact(sentence, span(sentence), number // 3, f"s{number}", subject="it")


def draft(number: int, type: str, stem: str, key: object, score: float, **more: object) -> Draft:
    return Draft(
        way=f"way_{type}",
        type=type,
        stem=stem,
        key=key,  # type: ignore[arg-type]
        fact=SENTENCES[number],
        evidence=span(SENTENCES[number]),
        score=score,
        features={"length": score},
        **more,  # type: ignore[arg-type]
    )


CHOICE = draft(
    0, "multiple_choice", "What builds coral reefs?", "polyps", 0.9,
    options=("algae", "polyps", "sponges", "worms"), warnings=("vague",),
)  # fmt: skip
CLOZE = draft(1, "cloze", "A [[1]] is a soft animal.", ("polyp",), 0.8, also_right=("polyps",))
YEAR = draft(3, "numeric", "In which year was the reef off Belize found?", 1842.0, 0.7)
CARD = draft(2, "flashcard", "What are algae?", "Plants that feed the polyps", 0.6)
PAIRS = draft(
    1, "matching", "Match.", (("Polyp", "a soft animal"), ("Algae", "plants")), 0.5,
    parts=(SENTENCES[1], SENTENCES[2]),
)  # fmt: skip
DRAFTED = Drafted(
    facts=tuple(map(fact, range(len(SENTENCES)))),
    drafts=(CHOICE, CLOZE, YEAR, CARD, PAIRS),
    told=("Something could not be done.",),
)


def add_article(owner: Person, title: str | None = None, drafted: Drafted = DRAFTED) -> str:
    """Store the article in a bank of the owner's; returns its uid."""
    return storing.add(FOUND, drafted, title, owner.id, START).article
