"""`make bench`: every benchmark, a line of JSON each."""

import importlib
import json
import sys

MODULES = (
    "answers",
    "pages",
    "dashboard",
    "courses",
    "items",
    "memory",
    "guessing",
    "replay",
    "forecast",
    "exam_plan",
    "class_forecasts",
    "imports",
    "drafting",
)


def main(names: list[str]) -> None:
    """Run the benchmarks named, or all."""
    for name in names or MODULES:
        for line in importlib.import_module(f"benchmarks.{name}").run():
            print(json.dumps(line), flush=True)


main(sys.argv[1:])
