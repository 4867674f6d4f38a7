"""All plots, by name."""

from quizapp.core.plots import (
    calibration,
    class_forecast,
    due_days,
    exam_forecast,
    forgetting,
    item_scatter,
    item_times,
    plan_days,
    retention,
    score_histogram,
    scores,
    stability,
    workload,
    year,
)
from quizapp.core.plots.chart import Plot
from quizapp.core.registry import by_name

PLOTS: dict[str, Plot] = by_name(
    calibration,
    due_days,
    year,
    retention,
    scores,
    stability,
    score_histogram,
    item_scatter,
    item_times,
    forgetting,
    workload,
    plan_days,
    class_forecast,
    exam_forecast,
)
