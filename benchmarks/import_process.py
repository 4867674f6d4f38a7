"""One import in a process of its own: `python -m benchmarks.import_process FILE FORMAT`."""

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from quizapp import create_app
from quizapp.core.formats import FORMATS
from quizapp.core.formats.model import QuestionIn
from quizapp.core.formats.shared.source import Source
from quizapp.extensions import db
from quizapp.models import Bank, Question
from quizapp.services.transfer.importing import import_bank


def main(path: Path, name: str) -> None:
    """Import the file and print what it took; the memory is counted over that of a worker idle."""
    with create_app().app_context():
        db.session.scalar(sa.select(Bank.id).limit(1))
        db.session.rollback()
        idle = _resident("VmRSS")
        began, cpu = time.perf_counter(), time.process_time()
        now = datetime.now(UTC)  # noqa: TID251 - stands for the worker's clock
        report = import_bank(Source.at(path), format=name, title=path.name, now=now)
        told = {
            "seconds": time.perf_counter() - began,
            "cpu_s": time.process_time() - cpu,
            "mib": (_resident("VmHWM") - idle) / 1024,
            "accepted": report.accepted,
            "found": _found(report.bank),
        }
        began = time.perf_counter()
        items = FORMATS[name].read(Source.at(path))
        told["read"] = sum(isinstance(item, QuestionIn) for item in items)
        told["reading_s"] = time.perf_counter() - began
    print(json.dumps(told), flush=True)


def _resident(line: str) -> int:
    """Return a line of the process's memory in KiB: VmRSS is now, VmHWM the most so far."""
    status = Path(f"/proc/{os.getpid()}/status").read_text()
    return int(status.partition(f"{line}:")[2].split()[0])


def _found(slug: str) -> int:
    """Return how many of the bank's questions a search would look at."""
    bank = sa.select(Bank.id).where(Bank.slug == slug).scalar_subquery()
    query = sa.select(sa.func.count()).where(Question.bank_id == bank, Question.search_text != "")
    return db.session.scalar(query) or 0


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
