"""How each district writes its return: file, letters, numbers, layout.

Habits are dealt like cards. For every habit the fifteen districts are shuffled once; the first
in the row takes the first card, and so on; a card counts only from its degree of mess on. So a
higher degree adds habits and never takes one away, each card is used once, and no district has
to be named here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .places import districts

Deal = tuple[tuple[str, float], ...]

DEALS: dict[str, tuple[str, Deal]] = {
    "file_format": (
        "xlsx",
        (
            ("xls", 0.1), ("ods", 0.15), ("xls", 0.2), ("csv", 0.3), ("xls", 0.35),
            ("html", 0.4), ("ods", 0.45), ("tsv", 0.6), ("xls", 0.7), ("utf16", 0.75),
            ("cp1258", 0.8),
        ),
    ),
    "letters": (
        "unicode",
        (
            ("vni", 0.1), ("tcvn3", 0.15), ("vni", 0.25), ("nfd", 0.3), ("tcvn3", 0.4),
            ("mixed", 0.5), ("vni", 0.6), ("mojibake", 0.8),
        ),
    ),
    "unit": (
        "triệu đồng",
        (("đồng", 0.1), ("đồng", 0.2), ("tỷ đồng", 0.3), ("nghìn đồng", 0.4), ("đồng", 0.45)),
    ),
    "numbers": (
        "real",
        (("vn", 0.2), ("vn", 0.3), ("en", 0.45), ("space", 0.6), ("en", 0.7), ("vn", 0.8)),
    ),
    "percent": (
        "number", (("sign", 0.2), ("cell", 0.3), ("sign", 0.45), ("cell", 0.5), ("cell", 0.7))
    ),
    "marks": (
        "Đ|CĐ",
        (
            ("Đạt|Chưa đạt", 0.1), ("1|0", 0.15), ("x|-", 0.2), ("+|-", 0.3),
            ("Đạt|Không đạt", 0.35), ("X|0", 0.4), ("✓|KĐ", 0.5), ("đạt|CĐ", 0.6),
        ),
    ),
    "criteria_header": (
        "numbers",
        (
            ("TC", 0.1), ("names", 0.15), ("groups", 0.2), ("long", 0.3), ("names", 0.4),
            ("groups", 0.45), ("TC", 0.5),
        ),
    ),
    "code_row": (
        "no", (("yes", 0.1), ("yes", 0.2), ("yes", 0.3), ("yes", 0.4), ("yes", 0.45), ("yes", 0.6))
    ),
    "totals": (
        "last", (("first", 0.15), ("absent", 0.25), ("first", 0.4), ("absent", 0.45))
    ),
    "letterhead": (
        "short",
        (
            ("full", 0.1), ("full", 0.15), ("full", 0.2), ("full", 0.3), ("full", 0.4),
            ("full", 0.5), ("none", 0.9),
        ),
    ),
    "files": ("one", (("each", 0.2), ("each", 0.35), ("each", 0.5), ("each", 0.7))),
    "hidden_sheet": ("no", (("hidden", 0.2), ("very_hidden", 0.4), ("hidden", 0.6))),
    "stray_sheet": ("no", (("yes", 0.4), ("yes", 0.7))),
    "continued": ("no", (("yes", 0.2), ("yes", 0.35), ("yes", 0.6))),
    "extra_columns": ("no", (("yes", 0.2), ("yes", 0.3), ("yes", 0.45), ("yes", 0.7))),
    "order": ("form", (("other", 0.25), ("other", 0.4), ("other", 0.6))),
    "name_type": (
        "full",
        (("none", 0.1), ("short", 0.2), ("none", 0.25), ("short", 0.4), ("none", 0.5)),
    ),
    "spelling": (
        "as listed",
        (
            ("new tone", 0.15), ("spaces", 0.3), ("capitals", 0.4), ("new tone", 0.45),
            ("no marks", 0.8),
        ),
    ),
    "dates": ("real", (("dd/mm/yyyy", 0.1), ("d/m/yyyy", 0.2), ("dd/mm/yyyy", 0.4))),
    "zero": ("0", (("-", 0.2), ("-", 0.3), ("-", 0.5), ("-", 0.7))),
    "hidden_column": ("no", (("yes", 0.35), ("yes", 0.7))),
    "signature": ("yes", (("no", 0.3), ("no", 0.6))),
    "serial": ("1", (("01", 0.2), ("merged on", 0.3), ("01", 0.45))),
    "footnote": ("no", (("name", 0.35), ("number", 0.6), ("name", 0.7))),
    "funding_tables": ("one", (("two", 0.35), ("two", 0.5))),
    "poverty_tables": ("one", (("stacked", 0.6), ("stacked", 0.8))),
    "labels": ("every row", (("once", 0.3), ("once", 0.5))),
    "margin": ("0", (("1", 0.25), ("2", 0.4), ("1", 0.6))),
    "words": ("usual", (("other", 0.15), ("other", 0.3), ("other", 0.45))),
    "damage": ("no", (("cut off", 0.95),)),
}  # fmt: skip
"""For each habit the usual form, and the cards with the degree of mess from which they count."""

TEXT_FORMATS = ("csv", "tsv", "utf16", "cp1258", "html")

LASTING = ("file_format", "letters", "unit", "words")
"""Habits a district keeps from year to year; the others are shuffled every year."""


@dataclass(frozen=True)
class Habits:
    """The habits of one district in one year, one field per entry of ``DEALS``."""

    file_format: str
    letters: str
    unit: str
    numbers: str
    percent: str
    marks: str
    criteria_header: str
    code_row: str
    totals: str
    letterhead: str
    files: str
    hidden_sheet: str
    stray_sheet: str
    continued: str
    extra_columns: str
    order: str
    name_type: str
    spelling: str
    dates: str
    zero: str
    hidden_column: str
    signature: str
    serial: str
    footnote: str
    funding_tables: str
    poverty_tables: str
    labels: str
    margin: str
    words: str
    damage: str

    @property
    def unusual(self) -> frozenset[str]:
        """Names of the habits that are not the usual ones."""
        return frozenset(name for name, (usual, _) in DEALS.items() if getattr(self, name) != usual)


def deal(year: int, seed: int, mess: float) -> dict[str, Habits]:
    """Return the habits of every district, keyed by its code.

    ``mess`` runs from 0 (every district follows the form) to 1.

    Raises
    ------
    ValueError
        For a mess outside 0..1.
    """
    if not 0 <= mess <= 1:
        raise ValueError(f"mess is {mess}: give a number from 0 (tidy) to 1 (wild)")
    codes = districts()["district_code"].tolist()
    held: dict[str, dict[str, str]] = {code: {} for code in codes}
    for place, (habit, (usual, cards)) in enumerate(DEALS.items()):
        rng = np.random.default_rng([seed, 5, place, 0 if habit in LASTING else year])
        order = sorted(zip(rng.random(len(codes)).tolist(), codes, strict=True))
        for at, (_, code) in enumerate(order):
            value, since = cards[at] if at < len(cards) else (usual, 0.0)
            held[code][habit] = value if mess >= since else usual
    return {code: _possible(Habits(**values)) for code, values in held.items()}


def _possible(habits: Habits) -> Habits:
    """Mend combinations that no office could write."""
    if habits.file_format in TEXT_FORMATS:
        # such a file has one table, text only, and no hidden parts
        habits = replace(
            habits,
            files="each",
            hidden_sheet="no",
            stray_sheet="no",
            hidden_column="no",
            numbers=habits.numbers if habits.numbers != "real" else "vn",
            percent="sign" if habits.percent == "cell" else habits.percent,
            dates="dd/mm/yyyy" if habits.dates == "real" else habits.dates,
        )
    if habits.file_format == "cp1258":
        # the code page has neither a tick nor the letters that old fonts borrow
        habits = replace(habits, letters="unicode")
        if "✓" in habits.marks:
            habits = replace(habits, marks="x|-")
    if habits.numbers != "real" and habits.unit == "tỷ đồng":
        # 1,234 tỷ as text could be read as 1234: no way to tell, so no office we accept does it
        habits = replace(habits, unit="triệu đồng")
    if habits.totals == "absent" and habits.footnote == "number":
        habits = replace(habits, footnote="no")
    return habits
