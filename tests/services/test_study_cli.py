"""`study evaluate`: what it prints for a log, and how it refuses what is none."""

import json
from pathlib import Path

import pytest
from flask import Flask

HEADER = "user,card,at_ms,rating,took_ms"


def evaluate(app: Flask, path: Path) -> tuple[int, dict[str, object]]:
    found = app.test_cli_runner().invoke(args=["study", "evaluate", str(path), "--json"])
    return found.exit_code, json.loads(found.stdout)


@pytest.mark.only("sqlite")
def test_a_log_is_evaluated_with_every_model(app: Flask, tmp_path: Path) -> None:
    day = 86_400_000
    rows = [
        f"u,{card},{(20_000 + at) * day + card},{1 if (card + at) % 7 == 0 else 3},1500"
        for card in range(12) for at in (0, 1, 3, 7, 15)
    ]  # fmt: skip
    path = tmp_path / "log.csv"
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    code, told = evaluate(app, path)
    assert code == 0
    assert told["predictions"] == 40
    models = {"constant", "moving_average", "sm2", "fsrs6_default", "fsrs6_fitted", "quizapp"}
    assert set(told["by_model"]) == models
    assert told["by_model"]["quizapp"]["log_loss"] == told["log_loss"]
    for one in told["by_model"].values():
        assert one["log_loss"] > 0
        assert 0 <= one["rmse_bins"] <= 1
        assert 0 <= one["auc"] <= 1


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "first line"),
        (f"{HEADER}\nu,a,soon,3,0", "Line 2"),
        (f"{HEADER}\nu,a,1,3,0", "Nobody has"),
    ],
)
def test_what_cannot_be_evaluated_is_refused_in_words(
    app: Flask, tmp_path: Path, text: str, reason: str
) -> None:
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    code, told = evaluate(app, path)
    assert code == 1
    assert reason in str(told["error"])


@pytest.mark.only("sqlite")
def test_a_log_of_py_fsrs_is_evaluated(app: Flask, shared: Path) -> None:
    code, told = evaluate(app, shared / "data/revlogs/py-fsrs/review_logs_josh.csv")
    assert code == 0
    models = told["by_model"]
    assert models["quizapp"]["log_loss"] <= models["fsrs6_fitted"]["log_loss"] - 0.0015
    assert models["fsrs6_default"]["log_loss"] == pytest.approx(0.4417, abs=0.0005)
