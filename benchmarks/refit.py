"""Fits the weights of the ranking anew, on the judged drafts that ship and on any others.

    python -m benchmarks.refit [--add DECISIONS.json] [--write]

A judged draft is {"features": {name: value}, "accepted": 0 or 1}; those of instructors come from
`flask --app wsgi article decisions --json`. Prints how well the fit orders drafts of articles that
it has not seen.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from quizapp.core.articles.ranking import score

DATA = Path(__file__).parent.parent / "quizapp" / "core" / "articles" / "data"
PULL = 1.5  # how strongly weights are drawn to 0 (L2), so that rare features say little
STEPS = 60


def main() -> None:
    """Read the judged drafts, fit, report, and write the weights if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--add", type=Path, action="append", default=[])
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    judged = json.loads((DATA / "judged.json").read_text(encoding="utf-8"))
    for path in given.add:
        judged += json.loads(path.read_text(encoding="utf-8"))["decisions"]
    report(judged)
    weights = fit(judged)
    if given.write:
        text = json.dumps(weights, indent=1, sort_keys=True) + "\n"
        (DATA / "weights.json").write_text(text, encoding="utf-8")


def fit(judged: list[dict[str, Any]]) -> dict[str, float]:
    """Return the weights by feature: logistic regression with L2, by Newton's method."""
    names = sorted({name for one in judged for name in one["features"]})
    x = np.array([[one["features"].get(name, 0.0) for name in names] for one in judged])
    y = np.array([float(one["accepted"]) for one in judged])
    pull = np.array([0.01 if name == "bias" else PULL for name in names])
    weights = np.zeros(len(names))
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (p - y) + pull * weights
        curve = (x.T * (p * (1 - p))) @ x + np.diag(pull)
        weights -= np.linalg.solve(curve, gradient)
    return {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)}


def report(judged: list[dict[str, Any]]) -> None:
    """Print the AUC over articles left out one by one, and the rate of the best-ranked half."""
    by_article = defaultdict(list)
    for one in judged:
        by_article[one.get("article", "")].append(one)
    held: list[tuple[float, int]] = []
    for article, mine in by_article.items():
        rest = [one for name, some in by_article.items() if name != article for one in some]
        if rest:
            weights = fit(rest)
            held += [(score(one["features"], weights), one["accepted"]) for one in mine]
    pairs = [(a, b) for a, right in held if right for b, wrong in held if not wrong]
    auc = sum((a > b) + (a == b) / 2 for a, b in pairs) / max(len(pairs), 1)
    held.sort(reverse=True)
    half = held[: len(held) // 2]
    print(json.dumps({
        "judged": len(judged), "accepted": sum(one["accepted"] for one in judged) / len(judged),
        "auc_left_out": round(auc, 3),
        "accepted_of_best_half": round(sum(one for _, one in half) / max(len(half), 1), 3),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
