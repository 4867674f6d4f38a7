"""How long an article takes from text to drafts, and how much memory the drafting process needs."""

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ARTICLES = Path(__file__).parent / "articles" / "tuning"
TARGET_S, TARGET_MB = 1.5, 400
RUNS = 3


def run() -> Iterator[dict[str, Any]]:
    """Yield seconds per 1,000 words after the model is loaded, and the peak of the process."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.drafting"], check=True, capture_output=True, text=True
    )
    seconds, megabytes, load = (float(one) for one in done.stdout.split())
    yield {
        "name": "drafting 1,000 words, model loaded", "value": seconds, "unit": "s",
        "target": TARGET_S, "baseline": {"name": "loading the model", "value": load}, "n": RUNS,
    }  # fmt: skip
    yield {
        "name": "drafting process, peak", "value": megabytes, "unit": "MB", "target": TARGET_MB,
        "baseline": None, "n": 1,
    }  # fmt: skip


def _measure() -> None:
    from quizapp.core.articles import drafter, parsing

    begun = time.perf_counter()
    parsing.model()
    load = time.perf_counter() - begun
    texts = [path.read_text(encoding="utf-8") for path in sorted(ARTICLES.glob("*.txt"))]
    drafter.draft(texts[0], "")
    took = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        for text in texts:
            drafter.draft(text, text.partition("\n")[0])
        words = sum(len(text.split()) for text in texts)
        took.append((time.perf_counter() - begun) / words * 1000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(round(statistics.median(took), 3), round(peak), round(load, 2))


if __name__ == "__main__":
    _measure()
