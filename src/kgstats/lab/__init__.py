"""Results in JupyterLab as on the site: its styles in Lab's theme, its scripts, one language.

`notebook.start` shows this once in a notebook that a person has open; a run of the pipeline does
not. Styles and scripts are those of the appendices, so that a page looks the same in both.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

OUTPUT = ".jp-RenderedHTML"
"""Where JupyterLab puts an output of HTML; nothing outside of it is touched."""

DARK_OUTPUT = f'body[data-jp-theme-light="false"] {OUTPUT}'
STYLES = ("kgstats.css", "figures.css", "map.css")
SCRIPTS = ("figures.js", "map.js")
_DARK = re.compile(r"@media[^{]*prefers-color-scheme:\s*dark[^{]*\Z")
_LEFT_OUT = re.compile(r"@(page|media\s+print)\b")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True)
class Dress:
    """What a notebook in JupyterLab is dressed in."""

    lang: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        scripts = "\n".join(
            f"window.kgstatsOnce({json.dumps(name)}, function () {{\n{_asset(name)}\n}});"
            for name in SCRIPTS
        )
        own = (resources.files("kgstats.lab") / "lab.js").read_text(encoding="utf-8")
        style, script = styles().replace("</", "<\\/"), f"{own}\n{scripts}".replace("</", "<\\/")
        call = f"window.kgstatsLab({json.dumps(self.lang)});"
        return {
            "text/html": f"<style>{style}</style><script>{script}\n{call}</script>",
            "text/plain": "",
        }


def worn() -> bool:
    """Whether this runs in the kernel of a notebook, not in a script or a shell."""
    import sys

    shell = sys.modules.get("IPython")
    running = shell.get_ipython() if shell is not None else None
    return running is not None and getattr(running, "kernel", None) is not None


@lru_cache
def styles() -> str:
    """Return the site's styles for Lab's outputs, dark where its theme is.

    >>> "@media print" in styles(), ":root" in styles()
    (False, False)
    """
    light, dark = [], []
    for name in STYLES:
        for head, body in blocks(_COMMENT.sub("", _asset(name))):
            if _LEFT_OUT.match(head):
                continue
            if _DARK.match(head):
                dark.append(body)
            else:
                light.append(f"{head} {{{body}}}")
    own = (resources.files("kgstats.lab") / "lab.css").read_text(encoding="utf-8")
    return f"{OUTPUT} {{\n{_inside(light)}\n}}\n{DARK_OUTPUT} {{\n{_inside(dark)}\n}}\n{own}"


def _inside(rules: list[str]) -> str:
    """Return rules to stand inside another, whose element takes the place of the page."""
    return re.sub(r":root\b", "&", "\n".join(rules))


def blocks(css: str) -> list[tuple[str, str]]:
    """Return the outermost blocks of a style sheet: what stands before the brace, and within.

    >>> blocks("a { b: c } @media x { d { e: f } }")
    [('a', ' b: c '), ('@media x', ' d { e: f } ')]
    """
    found: list[tuple[str, str]] = []
    depth = start = opened = 0
    for at, sign in enumerate(css):
        if sign == "{":
            opened = opened if depth else at
            depth += 1
        elif sign == "}":
            depth -= 1
            if not depth:
                found.append((css[start:opened].strip(), css[opened + 1 : at]))
                start = at + 1
    return found


def _asset(name: str) -> str:
    return (resources.files("kgstats.appendix") / "assets" / name).read_text(encoding="utf-8")
