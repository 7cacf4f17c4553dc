"""Exact numbers for recomputing, and the clean tables of a publication; no analysis in it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pandas as pd

Value = Fraction | None
FORMS = ("poverty", "communes", "attainment", "funding")


class Year:
    """The clean tables behind a publication, as they lie on the disk."""

    def __init__(self, folder: Path, year: int) -> None:
        place = folder.parents[1] / "data" / "processed"
        self.year, self.place = year, place
        known = [int(own.name) for own in place.iterdir() if own.name.isdigit()]
        self.all = {
            own: {name: pd.read_parquet(place / str(own) / f"{name}.parquet") for name in FORMS}
            for own in sorted(known)
            if own <= year and (place / str(own) / "poverty.parquet").is_file()
        }
        self.now, self.before = self.all[year], self.all[year - 1]

    def met(self, year: int | None = None) -> pd.Series:
        """Return the criteria that each commune meets, from its marks."""
        marks = self.all[year or self.year]["attainment"].dropna(subset="met")
        counted = marks.groupby("commune_code")["met"].agg(["sum", "size"])
        return counted[counted["size"] == 19]["sum"].astype(int)

    def lacking(self, year: int | None = None) -> dict[str, frozenset[int]]:
        """Return the criteria that each commune lacks, where all its marks are known."""
        marks = self.all[year or self.year]["attainment"].dropna(subset="met")
        return {
            str(code): frozenset(int(n) for n in own.loc[~own["met"].astype(bool), "criterion"])
            for code, own in marks.groupby("commune_code")
            if len(own) == 19
        }


def ratio(part: object, whole: object, scale: int = 100) -> Value:
    if pd.isna(part) or pd.isna(whole) or not whole:  # type: ignore[call-overload]
        return None
    return Fraction(scale * int(part), int(whole))  # type: ignore[call-overload]


def billion(amount: object) -> Value:
    return None if pd.isna(amount) else Fraction(int(amount), 10**9)  # type: ignore[call-overload]


def whole(number: object) -> Value:
    return None if pd.isna(number) else Fraction(int(number))  # type: ignore[call-overload]


def rounded(value: Fraction, places: int) -> Fraction:
    """Round halves away from zero, as a published number that its file gives rounded."""
    scaled = abs(value) * 10**places
    return Fraction((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator),
                    10**places) * (1 if value >= 0 else -1)  # fmt: skip
