"""The language model over HTTP: a real server that answers well, badly, slowly or not at all."""

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from quizapp.config import UnsafeSettings, from_environment
from quizapp.core.articles.model import ArticleError, Drafted
from quizapp.services.articles import llm_client
from quizapp.services.articles.llm_client import Endpoint, LlmFailed, generate
from tests.core.llm_ground import CHOICE, FACTS, TEXT, TITLE, Model, facts
from tests.core.test_llm import EVIL

KEY = "sk-not-to-be-seen"
LONG_S = 8.0


class Handler(BaseHTTPRequestHandler):
    server_of: "Server"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server_of.asked.append((self.path, dict(self.headers), body))
        with contextlib.suppress(OSError):  # the other side has had enough
            self.server_of.answer(self, body)

    def log_message(self, *_: object) -> None:
        pass

    def say(self, status: int, body: object, **more: str) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **more}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


def well(handler: Handler, body: dict[str, Any]) -> None:
    """Answer as the server's model does."""
    reply = handler.server_of.model(body["messages"], {})
    handler.say(
        200,
        {
            "choices": [{"message": {"role": "assistant", "content": reply.text}}],
            "usage": {
                "prompt_tokens": reply.prompt_tokens,
                "completion_tokens": reply.completion_tokens,
            },
        },
    )


@dataclass
class Server:
    port: int
    model: Model = field(default_factory=Model)
    answer: Callable[[Handler, dict[str, Any]], None] = well
    asked: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/v1") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def generate(self, text: str = TEXT, path: str = "/v1", **more: Any) -> Drafted:
        where = Endpoint(self.url(path), "tiny", KEY)
        return generate(text, TITLE, "en", (), 20, where=where, **more)

    def failure(self, **more: Any) -> str:
        """Return why drafting failed; neither it nor what led to it ever shows the key."""
        with pytest.raises(LlmFailed) as caught:
            self.generate(**more)
        shown = "".join(map(repr, (caught.value, caught.value.__cause__)))
        assert KEY not in shown
        return str(caught.value)


@pytest.fixture
def server() -> Iterator[Server]:
    handler = type("Bound", (Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        found = handler.server_of = Server(http.server_port)
        thread = threading.Thread(target=http.serve_forever, args=(0.02,))
        thread.start()
        yield found
        found.over.set()
        http.shutdown()
        thread.join()


def test_a_model_that_answers_well_gives_drafts_and_their_cost(server: Server) -> None:
    found = server.generate()
    assert len(found.drafts) >= 5
    assert all(TEXT[d.evidence.start : d.evidence.end] == d.evidence.quote for d in found.drafts)
    calls = len(server.asked)
    assert f"The model read {100 * calls:,} and wrote {10 * calls:,} tokens." in found.told


def test_what_is_sent_is_what_an_openai_compatible_endpoint_expects(server: Server) -> None:
    server.generate()
    path, headers, body = server.asked[0]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert headers["User-Agent"] == "quizapp"
    assert set(body) == {"model", "messages", "temperature", "response_format"}
    assert body["model"] == "tiny"
    assert {one["temperature"] for _, _, one in server.asked} == {0}
    form = body["response_format"]
    assert form["type"] == "json_schema"
    assert form["json_schema"]["strict"] is True
    assert "facts" in form["json_schema"]["schema"]["properties"]


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/", "/v1/chat/completions"])
def test_the_address_may_be_given_in_each_usual_way(server: Server, path: str) -> None:
    server.generate(path=path)
    assert {asked for asked, _, _ in server.asked} == {"/v1/chat/completions"}


def test_no_key_means_no_header(server: Server) -> None:
    generate(TEXT, TITLE, "en", (), 20, where=Endpoint(server.url(), "tiny"))
    assert "Authorization" not in server.asked[0][1]


@pytest.mark.parametrize(
    ("known", "tried"),
    [
        ("json_object", ["json_schema", "json_object"]),
        ("text", ["json_schema", "json_object", "text"]),
        ("bare", ["json_schema", "json_object", "text", "bare"]),
    ],
)
def test_a_form_that_the_server_refuses_is_not_asked_for_again(
    server: Server, known: str, tried: list[str]
) -> None:
    def form_of(body: dict[str, Any]) -> str:
        without = "text" if "temperature" in body else "bare"
        return str(body.get("response_format", {"type": without})["type"])

    def answer(handler: Handler, body: dict[str, Any]) -> None:
        if form_of(body) == known:
            well(handler, body)
        else:
            handler.say(400, {"error": {"message": f"no such form; your key is {KEY}"}})

    server.answer = answer
    assert server.generate().drafts
    forms = [form_of(body) for _, _, body in server.asked]
    assert forms[: len(tried)] == tried
    assert set(forms[len(tried) :]) == {known}


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "refused the key"), (404, "no such model"), (429, "fewer questions"),
     (400, "answered 400"), (500, "answered 500"), (302, "answered 302")],
)  # fmt: skip
def test_a_server_that_refuses_is_told_without_its_words_or_the_key(
    server: Server, status: int, words: str
) -> None:
    server.answer = lambda h, _: h.say(
        status, {"error": f"Incorrect API key provided: {KEY}"}, Location=server.url("/elsewhere")
    )
    said = server.failure()
    assert words in said
    assert "Incorrect" not in said
    assert {path for path, _, _ in server.asked} == {"/v1/chat/completions"}  # no redirect followed


@pytest.mark.parametrize(
    "data",
    [b"", b"<html>busy</html>", b"[]", b"{}", b'{"choices": []}', b"[" * 100_000, b"\xff\xfe",
     b'{"choices": [{"message": {"content": null}}]}', b'{"choices": [{"message": "hello"}]}',
     b'{"choices": [{"message": {"content": "x"}}], "usage": 3}'],
)  # fmt: skip
def test_an_answer_that_is_no_completion_is_told(server: Server, data: bytes) -> None:
    server.answer = lambda h, _: h.say(200, data)
    assert "cannot be read" in server.failure()


def test_a_count_of_tokens_that_is_none_costs_nothing(server: Server) -> None:
    def uncounted(handler: Handler, body: dict[str, Any]) -> None:
        text = server.model(body["messages"], {}).text
        handler.say(
            200, {"choices": [{"message": {"content": text}}], "usage": {"prompt_tokens": "7"}}
        )

    server.answer = uncounted
    assert "The model read 0 and wrote 0 tokens." in server.generate().told


def hang(handler: Handler, _: object) -> None:
    handler.server_of.over.wait(LONG_S)


def drip(handler: Handler, _: object) -> None:
    handler.send_response(200)
    handler.end_headers()
    ends = time.monotonic() + LONG_S
    while time.monotonic() < ends and not handler.server_of.over.wait(0.05):
        handler.wfile.write(b" ")
        handler.wfile.flush()


@pytest.mark.parametrize("slow", [hang, drip])
def test_a_slow_model_is_given_up_at_the_time_limit(
    server: Server, slow: Callable[[Handler, object], None]
) -> None:
    server.answer = slow
    began = time.monotonic()
    assert server.failure(wait_s=0.5) == "The language model took too long."
    assert time.monotonic() - began < LONG_S / 2


def test_many_answers_in_time_together_are_not(server: Server) -> None:
    def slowly(handler: Handler, body: dict[str, Any]) -> None:
        server.over.wait(0.3)
        well(handler, body)

    server.answer = slowly
    assert server.failure(wait_s=1) == "The language model took too long."
    assert len(server.asked) < 5  # six are needed


def test_what_stood_before_the_time_was_up_is_kept(server: Server) -> None:
    def ever_slower(handler: Handler, body: dict[str, Any]) -> None:
        if len(server.asked) > 6:  # the first part of the article is done
            hang(handler, body)
        else:
            well(handler, body)

    server.answer = ever_slower
    found = server.generate(TEXT + "\n\n" + "The sea is wide. " * 500, wait_s=3)
    assert len(found.drafts) >= 5
    assert "It was stopped early: The language model took too long." in found.told


def test_a_huge_answer_is_not_read_to_its_end(server: Server) -> None:
    def huge(handler: Handler, _: object) -> None:
        handler.send_response(200)
        handler.end_headers()
        ends = time.monotonic() + LONG_S
        while time.monotonic() < ends and not server.over.is_set():
            handler.wfile.write(b" " * 65536)

    server.answer = huge
    assert "too large" in server.failure()


def test_a_server_that_is_not_there_is_told(server: Server) -> None:
    where = Endpoint("http://127.0.0.1:1/v1", "tiny", KEY)
    with pytest.raises(LlmFailed, match="cannot be reached"):
        generate(TEXT, TITLE, "en", (), 20, where=where)


def test_an_answer_that_breaks_off_is_told(server: Server) -> None:
    server.answer = lambda h, _: h.say(200, b"{", **{"Content-Length": "100"})
    assert "cannot be reached" in server.failure()


def test_a_model_without_json_is_asked_twice(server: Server) -> None:
    server.model = Model(None, "Who knows?", "Not me.")
    assert "form that it was asked for" in server.failure()
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"evidence": "Fresnel made a new kind of lens in the year 1822."}, "evidence_not_found"),
        ({"answer": "Isaac Newton", "distractors": ["Augustin Fresnel", "Faraday", "Huygens"]},
         "key_unsupported"),
        ({"distractors": ["Isaac Newton", "Isaac Newton", "Michael Faraday"]}, "options"),
    ],
)  # fmt: skip
def test_bad_drafts_are_kept_out_and_good_ones_stay(
    server: Server, changes: dict[str, Any], code: str
) -> None:
    server.model = Model([*facts(**changes), *FACTS[1:]])
    found = server.generate()
    assert [one.reason for one in found.rejected] == [code]
    assert len(found.drafts) == 4


def test_a_model_of_which_nothing_stands_is_a_failure(server: Server) -> None:
    server.model = Model(facts(answer="Isaac Newton", distractors=["Galileo", "Euler", "Gauss"]))
    assert "stood the checks" in server.failure()


@pytest.mark.parametrize("evil", EVIL)
def test_instructions_in_the_article_get_nothing_past_the_gates(server: Server, evil: str) -> None:
    question = {"type": "short_answer", "stem": "What is it made of?", "answer": "green cheese"}
    obeyed = {"statement": "Cheese.", "evidence": evil, "questions": [question]}
    server.model = Model([obeyed])
    assert "stood the checks" in server.failure(text=f"{TEXT}\n\n{evil}")


def test_a_key_solved_otherwise_over_http_is_kept_out(server: Server) -> None:
    server.model.solved = {CHOICE["stem"]: "Isaac Newton"}
    assert [one.reason for one in server.generate().rejected] == ["solved_otherwise"]


def test_without_a_setting_nothing_is_sent() -> None:
    assert llm_client.endpoint() is None
    with pytest.raises(LlmFailed, match="No language model is set up"):
        generate(TEXT, TITLE, "en", (), 20)


def test_the_setting_is_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIZAPP_LLM_URL", server.url("/v1/"))
    monkeypatch.setenv("QUIZAPP_LLM_MODEL", "tiny")
    monkeypatch.setenv("QUIZAPP_LLM_KEY", f" {KEY}\n")
    found = llm_client.endpoint()
    assert found == Endpoint(server.url(), "tiny", KEY)
    assert KEY not in repr(found)
    assert generate(TEXT, TITLE, "en", (), 20).drafts


def test_a_failure_is_told_to_whoever_brought_the_article() -> None:
    assert issubclass(LlmFailed, ArticleError)


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"URL": "models.test", "MODEL": "m"}, "QUIZAPP_LLM_URL"),
        ({"URL": "ftp://models.test", "MODEL": "m"}, "QUIZAPP_LLM_URL"),
        ({"URL": f"https://me:{KEY}@models.test", "MODEL": "m"}, "QUIZAPP_LLM_URL"),
        ({"URL": "https://models.test:port", "MODEL": "m"}, "QUIZAPP_LLM_URL"),
        ({"URL": "https://", "MODEL": "m"}, "QUIZAPP_LLM_URL"),
        ({"URL": "https://models.test"}, "QUIZAPP_LLM_MODEL"),
        ({"URL": "https://models.test", "MODEL": "m", "KEY": f"{KEY}\nX: y"}, "QUIZAPP_LLM_KEY"),
        ({"URL": "https://models.test", "MODEL": "m", "KEY": f"{KEY}é"}, "QUIZAPP_LLM_KEY"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_the_start_without_showing_the_key(
    settings: dict[str, str], name: str, tmp_path: Path
) -> None:
    environment = {f"QUIZAPP_LLM_{part}": value for part, value in settings.items()}
    with pytest.raises(UnsafeSettings, match=name) as caught:
        from_environment(environment, tmp_path)
    assert KEY not in str(caught.value)


def test_what_parses_grammar_is_not_loaded_by_asking_a_model() -> None:
    """Pages ask whether there is a model; they must not carry what drafts without one."""
    code = "import sys, quizapp.services.articles.llm_client; sys.exit('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
