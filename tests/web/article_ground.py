"""An article about tides with its drafts, as the reading and drafting of it would store them."""

from datetime import date

from quizapp.core.articles.model import Draft, Drafted, Extracted, FoundFact, ReadBlock, Span
from quizapp.services.articles import storing
from quizapp.services.people.sessions import Person
from tests.web.people_ground import real_now

LINE = "When Sun, Moon and Earth stand in a line, their pulls add up."
NEAP = "At half moon the two pulls work at right angles, and a neap tide follows."
FUNDY = "In the Bay of Fundy the water rises by up to 16 metres."
BUILT = "William Thomson built the first mechanical tide predictor in 1872."
LETTER = "Sign up for our letter and never miss a wave."
BLOCKS = (
    ReadBlock("paragraph", "Home Science Weather", "navigation"),
    ReadBlock("paragraph", "Tides are the slow rise and fall of the sea. They follow the Moon."),
    ReadBlock("heading", "Spring and neap"),
    ReadBlock("paragraph", f"{LINE} {NEAP}"),
    ReadBlock("paragraph", LETTER, "newsletter"),
    ReadBlock("paragraph", f"{FUNDY} Lakes have tides too. {BUILT}"),
)
TIDES = Extracted("What moves the tides", BLOCKS, ("Ann Writer",), date(2025, 3, 4))


def span(quote: str) -> Span:
    start = TIDES.text.index(quote)
    return Span(start, start + len(quote), quote)


DRAFTS = (
    Draft(
        "who", "multiple_choice", "Who built the first tide predictor?", "William Thomson",
        BUILT, span(BUILT), ("Isaac Newton", "William Thomson", "James Watt"), score=0.9,
    ),
    Draft(
        "cloze", "cloze", "At half moon a [[1]] tide follows.", ("neap",), NEAP, span(NEAP),
        score=0.8,
    ),
    Draft(
        "when", "short_answer", "In which year was the predictor built?", "1872", BUILT,
        span(BUILT), score=0.7, warnings=("absolute_terms",),
    ),
    Draft(
        "truth", "true_false", "In the Bay of Fundy the water rises by up to 60 metres.", False,
        FUNDY, span(FUNDY), score=0.6,
    ),
    Draft("card", "flashcard", "Bay of Fundy", "16 metres of tide", FUNDY, span(FUNDY), score=0.5),
)  # fmt: skip
FACTS = tuple(
    FoundFact(quote, span(quote), number, str(number))
    for number, quote in enumerate((NEAP, FUNDY, BUILT))
)


def create_article(owner: Person, drafts: tuple[Draft, ...] = DRAFTS) -> str:
    """Store the article in a private bank of the owner; returns its uid."""
    drafted = Drafted(FACTS, drafts, told=("Two sentences were too long.",))
    return storing.add(TIDES, drafted, None, owner.id, real_now()).article
