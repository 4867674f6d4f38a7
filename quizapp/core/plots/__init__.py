"""All plots, by name."""

from quizapp.core.plots import (
    due_days,
    item_scatter,
    item_times,
    retention,
    score_histogram,
    scores,
    stability,
    year,
)
from quizapp.core.plots.chart import Plot
from quizapp.core.registry import by_name

PLOTS: dict[str, Plot] = by_name(
    due_days, year, retention, scores, stability, score_histogram, item_scatter, item_times
)
