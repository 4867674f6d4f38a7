"""Style sheets and scripts: gzipped, and named by their content so that browsers keep them."""

import gzip
import hashlib
import shutil
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

SOURCE = Path(__file__).resolve().parent.parent / "static"
YEAR_S = 31_536_000
SMALLEST = 300  # bytes; below, gzip gains nothing


def init_app(app: Flask) -> None:
    """Serve quizapp/static under /static/HASH/; a changed file changes the hash."""
    files = sorted(path for path in SOURCE.rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in files:
        digest.update(str(path.relative_to(SOURCE)).encode() + b"\0" + path.read_bytes())
    version = digest.hexdigest()[:12]
    root = _packed(files, Path(app.instance_path) / "static" / version)
    prefix = f"static/{version}"
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(root),
        prefix=prefix,
        max_age=YEAR_S,
        immutable_file_test=lambda _path, _url: True,
        add_headers_function=_add_headers,
    )

    @app.template_global()
    def static_url(name: str) -> str:
        """Return the address of a static file, below the app's path prefix."""
        from flask import request

        return f"{request.script_root}/{prefix}/{name}"


def _add_headers(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def _packed(files: list[Path], root: Path) -> Path:
    """Copy the files, each with its gzip, to `root` in one step; other versions are swept."""
    if root.is_dir():
        return root
    root.parent.mkdir(parents=True, exist_ok=True)
    making = root.with_name(f"{root.name}.{id(files)}.making")
    for path in files:
        target = making / path.relative_to(SOURCE)
        target.parent.mkdir(parents=True, exist_ok=True)
        data = path.read_bytes()
        target.write_bytes(data)
        if len(data) > SMALLEST and target.suffix in {".css", ".js", ".svg", ".json"}:
            target.with_name(target.name + ".gz").write_bytes(gzip.compress(data, 9, mtime=0))
    making.mkdir(parents=True, exist_ok=True)
    try:
        making.rename(root)
    except OSError:  # another process was quicker
        shutil.rmtree(making, ignore_errors=True)
    return root
