"""Children that read and draft: whatever they do, they end in time and harm nobody."""

import json
import os
import time
from pathlib import Path

import pytest

from quizapp.core.articles import extract
from quizapp.core.articles.model import ArticleError
from quizapp.services.articles import child, drafting, sandbox
from quizapp.services.articles.sandbox import MIB, Failed, Limits, Stopped
from tests.services.article_makers import TEXT

PROJECT = Path(__file__).resolve().parents[2]
BEGIN = f"""
import sys
sys.path.insert(0, {str(PROJECT / "quizapp/services/articles")!r})
import sandbox
task, data = sandbox.task_and_data()
"""
LITTLE = Limits(seconds=30, memory=300 * MIB)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return tmp_path / "program.py"


def failure(program: Path, does: str, limits: Limits) -> str:
    program.write_text(BEGIN + does)
    with pytest.raises(Failed) as failed:
        sandbox.run(program, {}, b"", limits)
    return failed.value.kind


def test_a_child_answers_what_it_was_given(program: Path) -> None:
    program.write_text(BEGIN + "sandbox.answer([task, len(data), data[-1]])")
    data = bytes(range(256)) * 20_000
    assert sandbox.run(program, {"n": "ü\n"}, data, LITTLE) == [{"n": "ü\n"}, 5_120_000, 255]


@pytest.mark.parametrize("does", ["while True: pass", "import time; time.sleep(60)"])
def test_a_child_that_does_not_end_is_ended(program: Path, does: str) -> None:
    began = time.monotonic()
    assert failure(program, does, Limits(2, 300 * MIB)) == "time"
    assert time.monotonic() - began < 10


def test_a_child_that_eats_memory_is_ended(program: Path) -> None:
    assert (
        failure(program, "eaten = []\nwhile True: eaten.append(bytes(10**7))", LITTLE) == "memory"
    )


@pytest.mark.parametrize("does", [
    "1 / 0",
    "print('no JSON')",
    "import os; os._exit(3)",
    "import os; os.abort()",
    "raise RecursionError",
])  # fmt: skip
def test_a_child_that_breaks_has_failed(program: Path, does: str) -> None:
    assert failure(program, does, LITTLE) == "broken"


def test_a_child_that_answers_without_an_end_has_failed(program: Path) -> None:
    does = "while True: sys.stdout.write('x' * 2**20)"
    assert failure(program, does, LITTLE) == "broken"


def test_a_child_that_was_killed_from_outside_says_nothing_of_the_file(program: Path) -> None:
    program.write_text(BEGIN + "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(Stopped):
        sandbox.run(program, {}, b"", LITTLE)


def test_a_signal_to_the_group_of_the_worker_does_not_reach_a_child(program: Path) -> None:
    program.write_text(BEGIN + "import os; sandbox.answer(os.getpgid(0))")
    assert sandbox.run(program, {}, b"", LITTLE) != os.getpgid(0)


def test_no_secret_goes_to_a_child(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hidden")
    monkeypatch.setenv("QUIZAPP_LLM_KEY", "hidden")
    monkeypatch.setenv("DATABASE_URL", "hidden")
    program.write_text(BEGIN + "import os; sandbox.answer(dict(os.environ))")
    assert "hidden" not in json.dumps(sandbox.run(program, {}, b"", LITTLE))


LOOPS = "while True: pass"
EATS = "eaten = []\nwhile True: eaten.append(bytes(10**7))"


@pytest.mark.parametrize(
    ("does", "words"), [(LOOPS, "too long"), (EATS, "memory"), ("1/0", "safely")]
)
def test_whoever_brought_a_bomb_is_told_in_plain_words(
    program: Path, monkeypatch: pytest.MonkeyPatch, does: str, words: str
) -> None:
    program.write_text(BEGIN + does)
    monkeypatch.setattr(child, "PROGRAM", program)
    monkeypatch.setattr(child, "READING", Limits(3, 300 * MIB))
    with pytest.raises(ArticleError, match=words):
        child.read(b"x", "bomb.pdf")


def test_reading_is_over_before_anybody_has_waited_for_fifteen_seconds() -> None:
    assert child.READING.seconds < 15
    assert child.READING.memory <= 1200 * MIB
    assert child.DRAFTING.seconds <= 60


@pytest.mark.parametrize(("spent_s", "left"), [(0.0, 13), (2.1, 10), (9.9, 4)])
def test_what_fetching_took_is_taken_from_the_time_to_read(
    monkeypatch: pytest.MonkeyPatch, spent_s: float, left: int
) -> None:
    given: list[Limits] = []

    def run(_program: Path, _task: object, _data: bytes, limits: Limits) -> dict[str, str]:
        given.append(limits)
        return {"error": "None."}

    monkeypatch.setattr(child, "run", run)
    with pytest.raises(ArticleError):
        child.read(b"x", "x.html", spent_s=spent_s)
    assert given == [Limits(left, child.READING.memory)]


def test_a_real_file_is_read_by_a_child_that_has_not_loaded_the_web_app() -> None:
    found = child.read(f"# Reefs\n\n{TEXT}".encode(), "reefs.md")
    assert (found.title, found.text) == ("Reefs", TEXT)
    assert found == extract.extract(f"# Reefs\n\n{TEXT}".encode(), "reefs.md")


def test_a_pasted_text_is_read_too_and_what_is_none_is_refused_in_words() -> None:
    assert child.read_text(f"Reefs\n\n{TEXT}").text == TEXT
    with pytest.raises(ArticleError, match="too few whole sentences"):
        child.read_text("Hello.")


def test_a_real_article_is_drafted_from_and_every_draft_is_proved() -> None:
    text = (PROJECT / "questions/immunotherapy/articles/immunotherapy.txt").read_text().strip()
    drafted = child.draft(text, "Immunotherapy", "en", 8)
    assert len(drafted.facts) >= 8
    assert 1 <= len(drafted.drafts) <= 8
    for one in (*drafted.drafts, *drafted.facts):
        assert text[one.evidence.start : one.evidence.end] == one.evidence.quote
    assert all(one.features for one in drafted.drafts)


def test_the_limits_of_what_is_kept_are_those_of_reading() -> None:
    assert (drafting.MAX_BYTES, drafting.MAX_SOURCE) == (extract.MAX_BYTES, extract.MAX_SOURCE)
