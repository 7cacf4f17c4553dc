"""Every page is valid HTML, by the Nu validator that the web's own standards body uses.

The validator is the npm package ``vnu-jar`` (it needs Java, not Node). Pages are served on this
machine, since for the validator a file is no origin that the policy's ``'self'`` could name.
"""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

JAR_VARIABLE = "KGSTATS_VNU"
"""Names the validator's jar, where it is not in ``node_modules``."""
IN_MODULES = Path("node_modules/vnu-jar/build/dist/vnu.jar")


@pytest.fixture(scope="module")
def validated(
    root: Path, lacking: Callable[[str], None]
) -> Callable[[Path, list[Path]], list[str]]:
    """Return what the validator says of pages: one line a fault."""
    jar = Path(os.environ.get(JAR_VARIABLE, root / IN_MODULES))
    if shutil.which("java") is None:
        lacking("no Java on this machine, which the HTML validator needs")
    if not jar.is_file():
        lacking("no HTML validator on this machine (npm install --no-save vnu-jar)")

    def faults(folder: Path, pages: list[Path]) -> list[str]:
        handler = functools.partial(_Quiet, directory=str(folder))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            base = f"http://127.0.0.1:{server.server_port}/"
            said = subprocess.run(
                [
                    "java",
                    "-Dnu.validator.client.allow-forbidden-hosts=true",
                    "-Dnu.validator.servlet.allow-forbidden-hosts=true",
                    "-jar",
                    str(jar),
                    "--stdout",
                    "--exit-zero-always",
                    "--format",
                    "json",
                    *(base + page.relative_to(folder).as_posix() for page in pages),
                ],
                capture_output=True,
                encoding="utf-8",
                check=True,
                timeout=300,
            ).stdout
        finally:
            server.shutdown()
            server.server_close()
        return sorted(
            f"{fault.get('url', '').removeprefix(base)} line {fault.get('lastLine')}: "
            f"{fault['message']} {fault.get('extract', '')[:160]!r}"
            for fault in json.loads(said)["messages"]
        )

    return faults


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


def test_every_page_is_valid(site, pages, validated):
    faults = validated(site, pages)
    assert not faults, "\n".join(["", *faults[:40], f"{len(faults)} in all"])


def test_the_validator_sees_faults(tmp_path, validated):
    page = tmp_path / "bad.html"
    page.write_text(
        '<!DOCTYPE html><html lang="vi"><head><title>a</title></head>'
        '<body><p id="x"><div id="x" onclick=1></p></body></html>',
        encoding="utf-8",
    )
    faults = " ".join(validated(tmp_path, [page]))
    assert "Duplicate ID" in faults
