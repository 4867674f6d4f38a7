"""A language model that says what a test wants, and an article for it to draft from."""

import json
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from quizapp.core.articles.llm_talk import Message, Reply, Schema

TITLE = "How a lighthouse shines"
TEXT = """\
A lighthouse warns ships of rocks and shallow water. In 1822 the French physicist Augustin Fresnel \
built a lens of glass rings that bends light into one narrow beam.

Fresnel’s lens needs far less glass than a solid lens of the same size, so it is thin. The first \
one was lit in the tower of Cordouan in 1823.

## Fuel

Keepers often trimmed the wick of the lamp every four hours. Whale oil was the usual fuel until \
kerosene, which is made from petroleum, replaced it.

Each tower has its own rhythm of flashes, called its character. Sailors compare the character \
with a printed list to learn which tower they see."""

LENS = "In 1822 the French physicist Augustin Fresnel built a lens of glass rings that bends light"
CHOICE = {
    "type": "multiple_choice",
    "stem": "Who built a lens of glass rings that bends light into one narrow beam?",
    "answer": "Augustin Fresnel",
    "distractors": ["Isaac Newton", "Michael Faraday", "Christiaan Huygens"],
}
FALSE = {
    "type": "true_false",
    "stem": "In 1850 the French physicist Augustin Fresnel built a lens of glass rings.",
    "answer": "false",
    "replaced": "1822",
    "replacement": "1850",
}
TRUE = {
    "type": "true_false",
    "stem": "A lens by Fresnel needs far less glass than a solid lens of the same size.",
    "answer": "true",
}
SHORT = {
    "type": "short_answer",
    "stem": "Which fuel replaced whale oil in lamps?",
    "answer": "kerosene",
    "also_right": ["paraffin oil"],
}
CLOZE = {"type": "cloze", "stem": "Kerosene is made from ____.", "answer": "petroleum"}
CARD = {
    "type": "flashcard",
    "stem": "What is the character of a lighthouse tower?",
    "answer": "its own rhythm of flashes",
}
FACTS: list[dict[str, Any]] = [
    {
        "statement": "The French physicist Augustin Fresnel built a lens of glass rings in 1822.",
        "evidence": LENS,
        "questions": [CHOICE, FALSE],
    },
    {
        "statement": "Fresnel's lens needs far less glass than a solid lens of the same size.",
        "evidence": "Fresnel's lens  needs far less glass\nthan a solid lens of the same size",
        "questions": [TRUE],
    },
    {
        "statement": "Kerosene, made from petroleum, replaced whale oil as the usual fuel.",
        "evidence": "Whale oil was the usual fuel until kerosene, which is made from petroleum, "
        "replaced it.",
        "questions": [SHORT, CLOZE],
    },
    {
        "statement": "Each lighthouse has its own rhythm of flashes, its character.",
        "evidence": "Each tower has its own rhythm of flashes, called its character.",
        "questions": [CARD],
    },
]


def facts(**changes: Any) -> list[dict[str, Any]]:
    """Return the first fact with its first question alone, changed: statement, evidence, or it."""
    fact = deepcopy(FACTS[0])
    question = {**fact["questions"][0], **changes}
    for name in ("statement", "evidence"):
        fact[name] = question.pop(name, fact[name])
    return [{**fact, "questions": [question]}]


class Model:
    """Drafts the facts given and solves their questions; everything that it was sent is kept.

    solved, guessed, claimed: what it answers instead, by the stem or by the claimed answer.
    said: texts that it says first, one a time, whatever it is asked.
    """

    def __init__(self, drafted: Any = None, *said: str) -> None:
        self.drafted = FACTS if drafted is None else drafted
        self.said = list(said)
        self.solved: dict[str, str] = {}
        self.guessed: dict[str, str] = {}
        self.claimed: dict[str, str] = {}
        self.sent: list[list[Message]] = []

    def __call__(self, messages: Sequence[Message], schema: Schema) -> Reply:
        self.sent.append(list(messages))
        text = self.said.pop(0) if self.said else json.dumps(self._answer(messages))
        return Reply(text, 100, 10)

    def _answer(self, messages: Sequence[Message]) -> dict[str, Any]:
        system, user = messages[0]["content"], messages[1]["content"]
        if "write questions for a quiz" in system:
            return {"facts": self.drafted}
        items = json.loads(user)["items"]
        if "claimed answer" in system:
            says = [self.claimed.get(one["claimed"], "cannot tell") for one in items]
        elif "everybody knows" in system:
            says = [self.guessed.get(one["question"], "cannot tell") for one in items]
        else:
            says = [self._solution(one["question"]) for one in items]
        return {
            "answers": [
                {"id": item["id"], "answer": said} for item, said in zip(items, says, strict=True)
            ]
        }

    def _solution(self, question: str) -> str:
        for fact in self.drafted:
            for one in fact["questions"]:
                stem = one["stem"].replace("____", "_____")
                if question in (stem, f"Is this true or false? {stem}"):
                    return self.solved.get(one["stem"], str(one["answer"]))
        raise AssertionError(f"never drafted: {question}")
