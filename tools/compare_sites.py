"""Compare two publications of one year: words of pages, data files, clean tables.

    python tools/compare_sites.py BEFORE AFTER [--only funding-gaps] [--most 40]

BEFORE and AFTER are folders like ``outputs/2019`` (with ``html`` and ``tables``). Pages are
compared by what a reader can read, one block a line; the panels that say from which cells a table
comes are counted, not compared. Exit code 1 when anything differs.
"""

from __future__ import annotations

import argparse
import csv
import difflib
import sys
from pathlib import Path

from lxml import html

BLOCKS = {
    "p", "li", "h1", "h2", "h3", "h4", "tr", "caption", "figcaption", "summary", "dt", "dd", "text",
    "pre",
}  # fmt: skip


def said(path: Path) -> list[str]:
    """The page's words, one block a line, alternative texts included."""
    page = html.parse(str(path), parser=html.HTMLParser(encoding="utf-8")).getroot()
    for element in page.xpath(
        "//script|//style|//details[contains(@class,'provenance')]|//nav|//header|//footer"
        "|//div[contains(@class,'input') or contains(@class,'code')]|//details[@class='code']"
    ):
        element.drop_tree()
    lines = []
    for element in page.iter():
        if element.get("aria-label"):
            lines.append(f"[{element.get('aria-label')}]")
        if element.tag in BLOCKS:
            cells = [" ".join(cell.text_content().split()) for cell in element.xpath("./th|./td")]
            text = " | ".join(cells) if cells else " ".join(element.text_content().split())
            if text:
                lines.append(text)
    return lines


def data(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [" | ".join(row) for row in csv.reader(file)]


def files(folder: Path, pattern: str, only: str) -> dict[str, Path]:
    found = {str(path.relative_to(folder)): path for path in sorted(folder.rglob(pattern))}
    return {name: path for name, path in found.items() if only in name}


def compare(before: Path, after: Path, only: str, most: int) -> int:
    differing = 0
    for pattern, read in (("html/**/*.html", said), ("tables/**/*.csv", data)):
        old, new = files(before, pattern, only), files(after, pattern, only)
        for name in sorted(old.keys() | new.keys()):
            if name not in new or name not in old:
                print(f"{name}: {'gone' if name not in new else 'new'}")
                differing += 1
                continue
            lines = [
                line
                for line in difflib.unified_diff(read(old[name]), read(new[name]), lineterm="", n=0)
                if not line.startswith(("---", "+++", "@@"))
            ]
            if lines:
                differing += 1
                print(f"{name}: {len(lines)} lines differ")
                print("\n".join(f"    {line[:300]}" for line in lines[:most]))
    print(f"{differing} files differ")
    return int(differing > 0)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--only", default="", help="part of a page's or file's name")
    parser.add_argument("--most", type=int, default=40, help="lines shown a file")
    chosen = parser.parse_args()
    return compare(chosen.before, chosen.after, chosen.only, chosen.most)


if __name__ == "__main__":
    sys.exit(main())
