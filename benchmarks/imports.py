"""What bringing large files in takes, and what learners notice of it meanwhile."""

import csv
import io
import json
import random
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks.answers import LEARNERS, WARM_UP, Learner, Line, line
from benchmarks.served import served
from quizapp.core.formats import FORMATS
from quizapp.core.formats.contract import SINGLE
from quizapp.core.formats.model import QuestionIn
from tests.server import ROOT, environment, flask, kill, start

ROWS, QUESTIONS = 100_000, 10_000
ALONE = 120  # answers of each learner before the import begins
TARGET_S, TARGET_MIB, TEXT_TARGET_S, P99_MS = 6, 100, 5, 200
WORDS = """the of a cell membrane energy protein carbon light water plant reaction transport
    gradient nucleus acid base chain bond electron which what does produce before after""".split()  # noqa: SIM905


def run() -> list[Line]:
    """Import into an empty instance, file by file; then again beside learners who answer."""
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder)
        env = environment(instance, 0)
        subprocess.run(flask("db", "upgrade"), cwd=ROOT, env=env, check=True, stdout=sys.stderr)
        table = instance / "table.csv"
        table.write_text(csv_text(ROWS))
        lines = table_lines(imported(table, "csv", env, ROWS))
        for name, suffix in (("moodle_xml", "xml"), ("gift", "gift")):
            file = written(instance / f"questions.{suffix}", name)
            lines += text_lines(name, imported(file, name, env, QUESTIONS))
            lines.append(beside_learners(name, file))
    return lines


def table_lines(told: dict[str, Any]) -> list[Line]:
    """Return seconds and memory of the table."""
    reading = {"name": "reading the file alone, s", "value": round(told["reading_s"], 3)}
    cpu = {"name": "its processor time, s", "value": round(told["cpu_s"], 3)}
    return [
        line("import of CSV, 100,000 questions", told["seconds"], "s", TARGET_S, reading, ROWS),
        line("the same, over an idle worker", told["mib"], "MiB", TARGET_MIB, cpu, ROWS),
    ]


def text_lines(name: str, told: dict[str, Any]) -> list[Line]:
    """Return the seconds of a file of 10,000 questions."""
    reading = {"name": "reading the file alone, s", "value": round(told["reading_s"], 3)}
    label = f"import of {FORMATS[name].LABEL}, 10,000 questions"
    return [line(label, told["seconds"], "s", TEXT_TARGET_S, reading, QUESTIONS)]


def imported(file: Path, name: str, env: dict[str, str], questions: int) -> dict[str, Any]:
    """Import a file in a process of its own; returns what it says of itself."""
    command = [sys.executable, "-m", "benchmarks.import_process", str(file), name]
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE)
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["accepted"] == told["found"] == told["read"] == questions, told
    return told


def beside_learners(name: str, file: Path) -> Line:
    """Return the p99 of answers while a worker's process imports, beside that of none doing so."""
    with served() as app:
        learners = [Learner(app.port) for _ in range(LEARNERS)]
        for enough in (WARM_UP, ALONE):
            for one in learners:
                one.waits_s.clear()
            answering(learners, lambda n=enough: all(len(one.waits_s) >= n for one in learners))
        alone = p99_ms(learners)
        for one in learners:
            one.waits_s.clear()
        env = environment(app.instance, app.port)
        command = [sys.executable, "-m", "benchmarks.import_process", str(file), name]
        process = start(command, env, app.instance / "import.log")
        try:
            answering(learners, lambda: process.poll() is not None)
            assert process.returncode == 0, (app.instance / "import.log").read_text()
        finally:
            kill(process)
        refused = sum(one.refused for one in learners)
    baseline = {"name": "the same without an import, ms", "value": round(alone, 3)}
    count = sum(len(one.waits_s) for one in learners)
    label = f"answer p99, 8 learners beside an import of {FORMATS[name].LABEL} ({refused} refused)"
    return line(label, p99_ms(learners), "ms", P99_MS, baseline, count)


def answering(learners: list[Learner], is_over: Any) -> None:
    """Let all learners answer, each as soon as the last answer is there, until it is over."""

    def answer(one: Learner) -> None:
        while not is_over():
            one.answer()

    threads = [threading.Thread(target=answer, args=(one,)) for one in learners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def p99_ms(learners: list[Learner]) -> float:
    """Return the wait that one answer in a hundred exceeds."""
    return 1000 * quantiles([wait for one in learners for wait in one.waits_s], n=100)[98]


def csv_text(rows: int) -> str:
    """Return a table of different multiple choice questions with tags."""
    chance, file = random.Random(1), io.StringIO()
    writer = csv.writer(file)
    writer.writerow(("question", "a", "b", "c", "d", "correct", "tags"))
    for n in range(rows):
        options = [f"{words(chance, 3)} {n}{letter}" for letter in "abcd"]
        tags = f"chapter{n % 20}, level{n % 3}"
        writer.writerow((f"{words(chance, 10)} {n}?", *options, chance.choice("ABCD"), tags))
    return file.getvalue()


def written(path: Path, name: str) -> Path:
    """Write 10,000 different questions of several types with our own writer."""
    made = FORMATS[name].write(items(QUESTIONS), path.name)
    assert made.questions == QUESTIONS, made.losses[:3]
    path.write_bytes(made.files[SINGLE])
    return path


def items(number: int) -> Iterator[QuestionIn]:
    """Yield choices, typed answers and true or false, some words marked."""
    chance = random.Random(2)
    for n in range(1, number + 1):
        stem = f"What **{words(chance, 2)}** does {words(chance, 6)} *{n}*?"
        yield QuestionIn(n, *typed(chance, n, stem), tags=[f"chapter{n % 20}"])


def typed(chance: random.Random, n: int, stem: str) -> tuple[str, str, dict[str, Any]]:
    """Return type, stem and body."""
    texts = [f"{words(chance, 3)} {n}{letter}" for letter in "abcd"]
    if n % 4 == 0:
        return "short_answer", stem, {"answers": [{"text": texts[0]}, {"text": texts[1]}]}
    if n % 4 == 1:
        return "true_false", stem, {"answer": chance.random() < 0.5}
    options = [
        {"text": text, "fraction": "0" if place else "1", "feedback": f"About {texts[place]}."}
        for place, text in enumerate(texts)
    ]
    return "multiple_choice", stem, {"options": options}


def words(chance: random.Random, number: int) -> str:
    """Return some words that begin with a capital letter."""
    return " ".join(chance.choice(WORDS) for _ in range(number)).capitalize()
