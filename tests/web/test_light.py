"""What a web worker must not carry: libraries that only jobs and commands need."""

import subprocess
import sys

HEAVY = ("numpy", "fsrs_rs_python", "openpyxl", "spacy")


def test_the_app_is_made_without_loading_a_heavy_library() -> None:
    asks = f"import sys, quizapp, quizapp.web; print([n for n in {HEAVY} if n in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", asks], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.strip() == "[]"
