"""Talking with a language model: what is asked, the JSON in what it answers, one more try."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator

from quizapp.core.articles.model import ArticleError

Message = dict[str, str]  # role and content
Schema = Mapping[str, Any]
LONGEST_SHOWN = 4_000  # characters of a wrong answer that the model is shown again
_FENCED = re.compile(r"```[a-zA-Z]*\s*\n(.*?)```", re.DOTALL)
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
AGAIN = (
    "That cannot be used: {problem}. Give the whole answer once more, as one JSON object that "
    "keeps to the form asked for, with nothing before or after it."
)


class AskFailed(ArticleError):
    """The model gave nothing that can be used; the message says why in plain words."""


class Unusable(AskFailed):
    """It answered, but not in the form asked for, also when asked once more."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model answered, and how many tokens it read and wrote, 0 where it does not say."""

    text: str
    prompt_tokens: int = 0
    completion_tokens: int = 0


# Sends messages, with the JSON Schema of the answer wanted; raises AskFailed where none comes.
Ask = Callable[[Sequence[Message], Schema], Reply]


class Talk:
    """Asks a model and counts what that costs."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.prompt_tokens = 0
        self.completion_tokens = 0

    def answer(
        self, messages: Sequence[Message], schema: Schema, *, enough: Schema | None = None
    ) -> dict[str, Any]:
        """Return an answer that keeps to the schema, or at least to that of what is `enough`.

        Unusable where the second try does not either.
        """
        text = self._said(messages, schema)
        found, problem = _read(text, enough or schema)
        if found is None:
            again = [
                *messages,
                {"role": "assistant", "content": text[:LONGEST_SHOWN]},
                {"role": "user", "content": AGAIN.format(problem=problem)},
            ]
            found, problem = _read(self._said(again, schema), enough or schema)
        if found is None:
            raise Unusable("The model did not answer in the form that it was asked for.")
        return found

    def _said(self, messages: Sequence[Message], schema: Schema) -> str:
        reply = self._ask(messages, schema)
        self.prompt_tokens += reply.prompt_tokens
        self.completion_tokens += reply.completion_tokens
        return reply.text


def _read(text: str, schema: Schema) -> tuple[dict[str, Any] | None, str]:
    """Return the first JSON object of an answer that keeps to the schema, or what is wrong."""
    problem = "it holds no JSON object"
    for piece in _pieces(_THOUGHT.sub("", text)):
        try:
            found = json.loads(piece)
        except (ValueError, RecursionError):
            continue
        error = next(Draft202012Validator(schema).iter_errors(found), None)
        if error is None and isinstance(found, dict):
            return found, ""
        problem = f"{error.message[:200]} (at {error.json_path})" if error else problem
    return None, problem


def _pieces(text: str) -> Iterator[str]:
    yield text
    yield from _FENCED.findall(text)
    yield text[text.find("{") : text.rfind("}") + 1]
