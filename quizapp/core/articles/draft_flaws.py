"""The item-writing flaws of a draft, by the rules that the bank's flaw report has."""

from quizapp.core import flaws
from quizapp.core.articles.model import Draft
from quizapp.core.articles.question_of import question_of
from quizapp.core.question import Question


def flaws_of(draft: Draft, language: str) -> list[str]:
    """Return the codes of the flaws that a draft would have as a question, each once."""
    question = Question(draft.type, *question_of(draft))
    return list(dict.fromkeys(flaw.code for flaw in flaws.find(question, language)))
