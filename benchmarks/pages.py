"""What the first page weighs with an empty cache: HTML, styles, scripts and icon, as sent."""

import gzip
import re
import urllib.request
from typing import Any

from benchmarks.served import served


def run() -> list[dict[str, Any]]:
    """Fetch the first page and all that it names; the baseline is the same without gzip."""
    with served(workers=1) as app:
        root = f"http://127.0.0.1:{app.port}"
        page, plain_page = fetch(root + "/")
        assets = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', plain_page.decode()))
        modules = [path for path in assets if path.endswith(".js")]
        while modules:
            path = modules.pop()
            _, script = fetch(root + path)
            for name in re.findall(r'from "\./([\w.]+)"|import\("\./([\w.]+)"\)', script.decode()):
                found = path.rsplit("/", 1)[0] + "/" + (name[0] or name[1])
                if found not in assets:
                    assets.add(found)
                    modules.append(found)
        sizes = [(page, len(plain_page))]
        for path in assets:
            sent, plain = fetch(root + path)
            sizes.append((sent, len(plain)))
    return [
        {
            "name": "first page, empty cache",
            "value": round(sum(sent for sent, _ in sizes) / 1000, 1),
            "unit": "kB",
            "target": 40,
            "baseline": {
                "name": "the same without gzip",
                "value": round(sum(plain for _, plain in sizes) / 1000, 1),
            },
            "n": len(sizes),
        }
    ]


def fetch(url: str) -> tuple[int, bytes]:
    """Return the bytes sent for a body, and the body."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=10) as reply:
        body = reply.read()
        plain = gzip.decompress(body) if reply.headers["Content-Encoding"] == "gzip" else body
        return len(body), plain
