"""The language model of an OpenAI-compatible endpoint, where the operator has named one.

Without QUIZAPP_LLM_URL nothing is ever sent. With it the title and text of an article go there,
and evidence with questions when drafts are verified; nothing of who asks.
"""

import json
import os
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from quizapp.config import llm_settings
from quizapp.core.articles import llm
from quizapp.core.articles.llm_talk import AskFailed, Message, Reply, Schema
from quizapp.core.articles.model import ArticleError, Drafted, FoundFact
from quizapp.services.articles.addresses import look_up_in_time
from quizapp.services.articles.timed_http import Deadline, Site, TooLong, asked, connect, read

WAIT_S = 120.0  # for all that one article is asked about
MOST_BYTES = 2 * 1024 * 1024  # of one answer
# What an endpoint is asked for in turn, until it takes one; "bare" leaves the temperature to it.
FORMS = ("json_schema", "json_object", "text", "bare")
_REFUSED_FORM = (400, 415, 422, 501)
_SAID = {
    401: "it refused the key",
    403: "it refused the key",
    404: "it has no such model or address",
    413: "the article is too long for it",
    429: "it wants fewer questions for now",
}


class LlmFailed(ArticleError):
    """The model made nothing that can be used; the message says why in plain words."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the model is; `url` is what was set, `key` is never shown."""

    url: str
    model: str
    key: str = field(default="", repr=False)

    @property
    def address(self) -> str:
        """The address that questions are posted to."""
        url = self.url.rstrip("/")
        if url.endswith("/chat/completions"):
            return url
        return f"{url}{'' if url.endswith('/v1') else '/v1'}/chat/completions"


def endpoint() -> Endpoint | None:
    """Return the endpoint that the environment names, None where there is none."""
    url, model, key = llm_settings(os.environ)
    return Endpoint(url, model, key) if url else None


def generate(
    text: str,
    title: str,
    language: str,
    facts: Sequence[FoundFact],
    limit: int,
    *,
    where: Endpoint | None = None,
    wait_s: float = WAIT_S,
) -> Drafted:
    """Return what the model made of an article and what stood the checks; LlmFailed where none did.

    where: the endpoint, that of the environment unless given. Takes `wait_s` at most.
    """
    where = where or endpoint()
    if where is None:
        raise LlmFailed("No language model is set up.")
    try:
        return llm.draft(text, title, facts, Client(where, wait_s), limit=limit, language=language)
    except AskFailed as error:
        raise LlmFailed(str(error)) from error


class Client:
    """Asks one endpoint within a time for all questions; to be given to `llm.draft`."""

    def __init__(self, where: Endpoint, wait_s: float = WAIT_S) -> None:
        self._where = where
        self._deadline = Deadline(wait_s)
        self._forms = list(FORMS)

    def __call__(self, messages: Sequence[Message], schema: Schema) -> Reply:
        """Return the model's answer; AskFailed where there is none."""
        while True:
            status, data = self._posted(self._payload(messages, schema))
            if status == 200:
                return _reply(data)
            if status not in _REFUSED_FORM or len(self._forms) == 1:
                said = _SAID.get(status, f"it answered {status}")
                raise AskFailed(f"The language model gave no answer: {said}.")
            del self._forms[0]  # for good: what it does not know now it will not know later

    def _payload(self, messages: Sequence[Message], schema: Schema) -> dict[str, Any]:
        form = self._forms[0]
        payload: dict[str, Any] = {"model": self._where.model, "messages": list(messages)}
        if form != "bare":
            payload["temperature"] = 0
        if form == "json_schema":
            wanted = {"name": "answer", "strict": True, "schema": schema}
            payload["response_format"] = {"type": form, form: wanted}
        elif form == "json_object":
            payload["response_format"] = {"type": form}
        return payload

    def _posted(self, payload: Mapping[str, Any]) -> tuple[int, bytes]:
        """Return the status and the body; what went wrong is told without the key or the body."""
        try:
            return self._exchanged(json.dumps(payload).encode())
        except TimeoutError:
            raise AskFailed("The language model took too long.") from None
        except TooLong:
            raise AskFailed("The language model's answer is too large.") from None
        except ssl.SSLError:
            raise AskFailed("The language model's server could not prove its name.") from None
        except (OSError, HTTPException):
            raise AskFailed("The language model cannot be reached, or broke off.") from None

    def _exchanged(self, body: bytes) -> tuple[int, bytes]:
        url = urlsplit(self._where.address)
        site = Site(url.scheme, url.hostname or "", url.port or _port(url.scheme))
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._where.key:
            headers["Authorization"] = f"Bearer {self._where.key}"
        sock = connect(
            look_up_in_time(site.host, site.port, self._deadline), site.port, self._deadline
        )
        path = url.path + (f"?{url.query}" if url.query else "")
        with asked(
            sock, site, "POST", path, headers=headers, body=body, deadline=self._deadline
        ) as response:
            return response.status, read(response, MOST_BYTES) if response.status == 200 else b""


def _port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _reply(data: bytes) -> Reply:
    """Return what a completion says; AskFailed where it is none."""
    try:
        found = json.loads(data)
        text = found["choices"][0]["message"]["content"]
        usage = found.get("usage") or {}
        if isinstance(text, str):
            read, wrote = usage.get("prompt_tokens"), usage.get("completion_tokens")
            return Reply(text, _count(read), _count(wrote))
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        pass
    raise AskFailed("The language model's answer cannot be read.")


def _count(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < 10**9 else 0
