"""Score every page of a finished run with Lighthouse: accessibility and best practices.

Needs Node 18.20 or newer (``npx`` fetches Lighthouse) and Chromium; both are looked for on the
path, Chromium also under ``CHROME_PATH``. The pages are served on this machine only.

    python benchmarks/lighthouse.py [--site outputs/2019/html] [--page vi/report-audit]

Prints a line a page and, where a score is below 100, what cost it. The exit code is 1 then.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LIGHTHOUSE = "lighthouse@12.8.2"  # The last that Node 18 and 20 run.
CATEGORIES = ("accessibility", "best-practices")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serve files and say nothing."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def score(address: str, environment: dict[str, str]) -> dict[str, Any]:
    """Return Lighthouse's report of one page."""
    command = [
        shutil.which("npx") or "npx",
        "--yes",
        LIGHTHOUSE,
        address,
        f"--only-categories={','.join(CATEGORIES)}",
        "--output=json",
        "--quiet",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-background-networking",
    ]
    said = subprocess.run(
        command, capture_output=True, encoding="utf-8", env=environment, timeout=300, check=False
    )
    if said.returncode:
        raise SystemExit(f"Lighthouse failed on {address}:\n{said.stderr.strip()[-800:]}")
    report: dict[str, Any] = json.loads(said.stdout)
    return report


def lost(report: dict[str, Any]) -> list[str]:
    """Return what cost points: audits that count and did not pass."""
    found = []
    for category in CATEGORIES:
        for reference in report["categories"][category]["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] not in (None, 1):
                items = audit.get("details", {}).get("items", [])
                shown = json.dumps(items[:2], ensure_ascii=False)[:300]
                found.append(f"    {category}: {audit['title']} {shown}")
    return found


def main() -> int:
    """Score the pages; return how the program ends."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--site", type=Path, default=ROOT / "outputs" / "2019" / "html")
    arguments.add_argument("--page", action="append", help="only this page, such as vi/index")
    given = arguments.parse_args()
    site = given.site.resolve()
    if not (site / "index.html").is_file():
        print(f"{site} has no index.html; make it with: make run", file=sys.stderr)
        return 2
    chrome = os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if shutil.which("npx") is None or chrome is None:
        print("Lighthouse needs Node (npx) and Chromium on this machine", file=sys.stderr)
        return 2
    pages = [page.relative_to(site).with_suffix("").as_posix() for page in site.glob("??/*.html")]
    pages = sorted(page for page in pages if not given.page or page in given.page)
    if not pages:
        print(f"no such page in {site}", file=sys.stderr)
        return 2
    handler = functools.partial(Quiet, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    worst = 1.0
    print(f"{'page':<44} {'accessibility':>13} {'best practices':>14}")
    for page in pages:
        address = f"http://localhost:{server.server_port}/{page}.html"
        report = score(address, {**os.environ, "CHROME_PATH": chrome})
        scores = [report["categories"][category]["score"] for category in CATEGORIES]
        worst = min(worst, *scores)
        print(f"{page:<44} {scores[0] * 100:>13.0f} {scores[1] * 100:>14.0f}", flush=True)
        for line in lost(report):
            print(line)
    server.shutdown()
    return 0 if worst == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
