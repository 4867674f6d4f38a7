"""Files that mean harm: each ends in a plain word, bounded in time and memory."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

# Read in a process of its own, so that its memory can be told; alarm ends what never ends.
SCRIPT = """
import json, os, resource, signal, sys, tempfile
from datetime import UTC, datetime
from pathlib import Path
from quizapp import create_app
from quizapp.core.formats import FORMATS
from quizapp.core.formats.model import FormatError
from quizapp.core.formats.shared.source import Source
from quizapp.services.transfer import importing

app = create_app()
for plugin in FORMATS.values():  # what any reader loads belongs to the idle worker
    try:
        list(plugin.read(Source.of("a", b"x")))
    except FormatError:
        pass
idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
told = {}
before = set(os.listdir(tempfile.gettempdir()))
with app.app_context():
    for name in json.load(sys.stdin):
        signal.alarm(10)
        try:
            source = Source.at(Path(name))
            report = importing.import_bank(source, dry_run=True, now=datetime.now(UTC))
            told[name] = f"read {report.read}"
        except FormatError as error:
            told[name] = error.message
        signal.alarm(0)
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle) / 1024
left = set(os.listdir(tempfile.gettempdir())) - before
print(json.dumps({"told": told, "grown_mib": grown, "left": sorted(left)}))
"""
LARGE = {"rows_200k.csv"}  # an honest file, only long


@pytest.mark.only("sqlite")
def test_hostile_files_end_in_a_plain_word_and_leave_nothing(
    shared: Path, tmp_path: Path, database_url: str
) -> None:
    folder = shared / "hostile"
    paths = [
        str(path)
        for kind in ("apkg", "csv", "gift", "sqlite", "svg", "xlsx", "xml", "yaml", "zip", "json")
        for path in sorted((folder / kind).rglob("*.*"))
        if path.is_file() and path.name not in LARGE
    ]
    paths += map(str, sorted((shared / "fixtures" / "hostile").iterdir()))
    paths += map(str, sorted((shared / "fixtures" / "qti_malformed").iterdir()))
    paths += map(str, sorted((shared / "fixtures" / "h5p_malformed").iterdir()))
    spare = tmp_path / "spare"
    spare.mkdir()
    environment = {**os.environ, "DATABASE_URL": database_url, "TMPDIR": str(spare)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=json.dumps(paths),
        capture_output=True,
        text=True,
        env=environment,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    result = json.loads(done.stdout)
    assert len(result["told"]) == len(paths) > 100
    for name, words in result["told"].items():
        assert words.startswith("read ") or words.strip(), name
    assert result["grown_mib"] < 150
    assert result["left"] == []


@pytest.fixture
def database_url(app: object) -> str:
    from quizapp.extensions import db

    return db.engine.url.render_as_string(hide_password=False)
