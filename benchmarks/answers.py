"""What an answer costs in server CPU and in waiting, beside a bare transaction."""

import http.client
import json
import re
import sqlite3
import threading
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks.served import SLUG, Served, served

LEARNERS, ANSWERS, WARM_UP = 8, 120, 20
Line = dict[str, Any]


class Learner:
    """A guest who answers one question after another over one connection."""

    def __init__(self, port: int) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        page, self.cookie = self._page()
        found = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert found
        self.token = found[1]
        self.next = self._get(f"/api/v1/study/next?bank={SLUG}")
        self.waits_s: list[float] = []
        self.refused = 0

    def _page(self) -> tuple[str, str]:
        self.line.request("GET", "/")
        reply = self.line.getresponse()
        return reply.read().decode(), (reply.headers["Set-Cookie"] or "").split(";")[0]

    def _get(self, path: str) -> Any:
        self.line.request("GET", path, headers={"Cookie": self.cookie})
        return json.loads(self.line.getresponse().read())

    def answer(self) -> None:
        """Send one answer and note how long it took."""
        body = {
            "client_id": self.next["client_id"],
            "question": self.next["question"],
            "version": self.next["version"],
            "response": response_to(self.next),
            "took_ms": 3000,
            "bank": SLUG,
        }
        headers = {
            "Cookie": self.cookie,
            "X-CSRFToken": self.token,
            "Content-Type": "application/json",
        }
        began = time.perf_counter()
        self.line.request("POST", "/api/v1/answers", json.dumps(body), headers)
        reply = self.line.getresponse()
        said = json.loads(reply.read())
        self.waits_s.append(time.perf_counter() - began)
        if cookie := reply.headers["Set-Cookie"]:
            self.cookie = cookie.split(";")[0]
        if reply.status != 200:
            self.refused += 1
            return
        self.next = said["next"] or self._get(f"/api/v1/study/next?bank={SLUG}")


def response_to(question: dict[str, Any]) -> dict[str, Any]:
    """Return some answer in the shape of the question's type, read from its fields."""
    html = question["html"]
    if question["type"] == "flashcard":
        return {"rating": 3}
    if question["type"] in {"short_answer", "numeric", "essay"}:
        return {"text": "2"}
    if question["type"] == "true_false":
        return {"value": "true"}
    if question["type"] == "multiple_choice":
        return {"option": re.findall(r'name="r.option" value="(\w+)"', html)[0]}
    if question["type"] == "multiple_response":
        return {"options": re.findall(r'name="r.options\[\]" value="(\w+)"', html)[:1]}
    parts = re.findall(r'name="r\.(\w+)\.(\w+)"', html)
    values = re.findall(r'<option value="(\w+)"', html) or ["cells"]
    if question["type"] == "ordering":
        return {"order": [part for _, part in parts]}
    return {parts[0][0]: {part: values[0] for _, part in parts}}


def run() -> list[Line]:
    """Measure in one run: one learner alone for CPU, then eight in a closed loop."""
    with served() as app:
        bare_ms = bare_transaction_ms(app.instance / "bare.db")
        alone = Learner(app.port)
        for _ in range(WARM_UP):
            alone.answer()
        cpu_ms = [cpu_of(app, alone) for _ in range(6)]
        learners = [Learner(app.port) for _ in range(LEARNERS)]
        together(learners)
        waits_ms = [1000 * wait for learner in learners for wait in learner.waits_s[5:]]
        memory = app.memory_mb()
        refused = sum(learner.refused for learner in learners)
    p99 = quantiles(waits_ms, n=100)[98]
    baseline = {"name": "bare three-statement transaction, wall, median", "value": bare_ms}
    count = len(waits_ms)
    return [
        line("answer server CPU", median(cpu_ms), "ms", 1.0, baseline, 6 * 40),
        line("answer p99, 8 learners", p99, "ms", 100, baseline, count),
        line("answer max, 8 learners", max(waits_ms), "ms", 600, baseline, count),
        line("answer median, 8 learners", median(waits_ms), "ms", None, baseline, count),
        line("answers refused, 8 learners", refused, "answers", 0, baseline, count),
        line("web worker memory", memory, "MB", 150, None, 1),
    ]


def cpu_of(app: Served, learner: Learner, count: int = 40) -> float:
    """Return the server's CPU per answer in ms over a batch; the clock ticks in 10 ms."""
    before = app.cpu_s()
    for _ in range(count):
        learner.answer()
    return 1000 * (app.cpu_s() - before) / count


def together(learners: list[Learner]) -> None:
    """Let all learners answer at once, each as soon as the last answer is there."""
    threads = [
        threading.Thread(target=lambda one=one: [one.answer() for _ in range(ANSWERS)])
        for one in learners
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def bare_transaction_ms(path: Path) -> float:
    """Return the median time of three statements and a durable commit on the same disk."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("pragma journal_mode=wal")
    database.execute("pragma synchronous=full")
    database.execute("create table card (id integer primary key, text text)")
    times = []
    for n in range(200):
        began = time.perf_counter()
        database.execute("begin immediate")
        database.execute("insert into card values (?, 'x')", (n,))
        database.execute("update card set text = 'y' where id = ?", (n,))
        database.execute("select text from card where id = ?", (n,)).fetchone()
        database.execute("commit")
        times.append(1000 * (time.perf_counter() - began))
    database.close()
    return round(median(times), 3)


def line(
    name: str, value: float, unit: str, target: float | None, baseline: Line | None, n: int
) -> Line:
    """Return one line of the report."""
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "target": target,
        "baseline": baseline,
        "n": n,
    }
