"""What runs in a child process: reading a file, and drafting with the language model.

It is run as a script, and without the web app: the package `quizapp` itself would make one, which
takes seconds and memory.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any


def main() -> None:
    """Do the task on stdin; the answer is {"answer": ...}, or {"error": plain words}."""
    from quizapp.services.articles import sandbox

    task, data = sandbox.task_and_data()
    from quizapp.core.articles.model import ArticleError

    try:
        sandbox.answer({"answer": TASKS[task["do"]](task, data)})
    except ArticleError as error:
        sandbox.answer({"error": str(error)})


def _read(task: Mapping[str, Any], data: bytes) -> dict[str, Any]:
    from quizapp.core.articles.extract import extract
    from quizapp.services.articles import wire

    return wire.from_extracted(extract(data, task["filename"], task["mime"], task["url"]))


def _read_text(_task: Mapping[str, Any], data: bytes) -> dict[str, Any]:
    from quizapp.core.articles.extract import extract_text
    from quizapp.services.articles import wire

    return wire.from_extracted(extract_text(data.decode()))


def _draft(task: Mapping[str, Any], data: bytes) -> dict[str, Any]:
    from quizapp.core.articles.drafter import draft
    from quizapp.services.articles import wire

    drafted = draft(data.decode(), task["title"], language=task["language"], limit=task["limit"])
    return wire.from_drafted(drafted)


TASKS: Mapping[str, Callable[[Mapping[str, Any], bytes], dict[str, Any]]] = {
    "read": _read,
    "read_text": _read_text,
    "draft": _draft,
}

if __name__ == "__main__":
    package = ModuleType("quizapp")
    package.__path__ = [str(Path(__file__).resolve().parents[2])]
    sys.modules["quizapp"] = package
    main()
