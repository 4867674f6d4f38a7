"""The command line of memories: rebuild or check them by the log; how well they are predicted."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from quizapp.cli import output
from quizapp.core.scheduling import review_log
from quizapp.services.content import regrouping
from quizapp.services.study import replay_check

if TYPE_CHECKING:
    from quizapp.core.scheduling import evaluation

group = output.AnsweringGroup("study", help="Learners' memories.")


@group.command("replay")
@click.option("--check", is_flag=True, help="Compare only; exit 1 where something differs.")
@output.json_option
def replay_(check: bool, as_json: bool) -> None:
    """Fold every card and day anew from the log of reviews."""
    with output.refusing(as_json):
        pending = regrouping.pending_facts()
        found = replay_check.check(pending) if check else replay_check.rebuild(pending)
    output.emit(
        {
            "cards": found.cards,
            "reviews": found.reviews,
            "different": found.different,
            "examples": found.examples,
        },
        as_json,
    )
    if check and found.different:
        sys.exit(1)


@group.command("evaluate")
@click.argument("csv", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@output.json_option
def evaluate_(csv: Path, as_json: bool) -> None:
    """Predict the answers of a review log with each model; needs no database."""
    from quizapp.core.scheduling import evaluation

    with output.refusing(as_json, review_log.UnreadableLog):
        try:
            lines = csv.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise review_log.UnreadableLog("It is no text in UTF-8.") from error
        by_user = evaluation.evaluate(review_log.by_user(review_log.read_csv(lines)))
        if not by_user:
            raise review_log.UnreadableLog(
                f"Nobody has {evaluation.LEAST_SCORED} answers that came a day after another one."
            )
    found = evaluation.pooled(by_user)
    by_model = {name: _told(one) for name, one in found.items()}
    ours = found[evaluation.OURS]
    output.emit({"predictions": ours.rows, **_told(ours), "by_model": by_model}, as_json)


def _told(found: "evaluation.Metrics") -> dict[str, float]:
    return {"log_loss": found.log_loss, "rmse_bins": found.rmse_bins, "auc": found.auc}
