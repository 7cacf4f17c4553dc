"""The workbook a district fills in: its communes, the three forms, their checks, last year's end.

Everything in it comes from the product's own form files (`kgstats.returns.forms`), identities and
rules: what it checks while it is filled in is what the province checks when it arrives.
"""

from __future__ import annotations

from pathlib import Path

from kgstats.officer import form_page, guide
from kgstats.officer.book import TemplateBook
from kgstats.officer.last_year import LastYear, of_workspace
from kgstats.reference.areas import first_list
from kgstats.reference.refusal import Refusal
from kgstats.returns.forms import all_forms
from kgstats.returns.subjects.places import gazetteer
from kgstats.words import slug
from kgstats.workspace import Workspace, replacing


class NoSuchDistrict(Refusal):
    """The year has no district of that code. Says which there are."""


def file_name(year: int, district: str) -> str:
    """Return the name of a district's template.

    >>> file_name(2020, "908")
    'Bieu-MTQG-2020-908-an-bien.xlsx'
    """
    name = gazetteer(year).districts[district].name
    return f"Bieu-MTQG-{year}-{district}-{slug(name)}.xlsx"


def districts(year: int, wanted: str | None = None) -> list[str]:
    """Return the codes of the districts a template can be written for.

    Parameters
    ----------
    year
        Reporting year.
    wanted
        Code or name of one district; all of the year when not given.

    Raises
    ------
    NoSuchDistrict
        Where the year has none, or not the one asked for.

    Examples
    --------
    >>> districts(2020, "An Biên"), districts(2020, "huyen an bien"), districts(2020, "908")
    (['908'], ['908'], ['908'])
    """
    known = gazetteer(year).districts
    if not known:
        last = max(one for one in range(first_list().year, year) if gazetteer(one).districts)
        raise NoSuchDistrict(
            f"there is no district at the end of {year}, and none sends a return of that year; "
            f"the last year of which districts report is {last}"
        )
    if wanted is None:
        return list(known)
    asked = slug(wanted)
    found = [
        code for code, one in known.items() if asked in (code, slug(one.name), slug(one.full_name))
    ]
    if not found:
        there = ", ".join(f"{code} {one.name}" for code, one in known.items())
        raise NoSuchDistrict(f"{year} has no district {wanted!r}; there are: {there}")
    return found


def write(year: int, district: str, path: Path, before: LastYear | None = None) -> Path:
    """Write the template of one district.

    Parameters
    ----------
    year
        Reporting year: decides which communes there are.
    district
        Code or name of the district.
    path
        The workbook to write, whole or not at all.
    before
        Last year's closing figures, where they are known.
    """
    (code,) = districts(year, district)
    with replacing(path) as draft:
        book = TemplateBook(draft, year, gazetteer(year).districts[code], before)
        guide.closings(book)
        guide.instructions(book)
        for key in all_forms():
            form_page.draw(book, key)
        guide.checks(book)
        guide.last_year(book)
        guide.lists(book)
        book.book.close()
    return path


def write_all(
    workspace: Workspace | None, year: int, out: Path, wanted: str | None = None
) -> list[Path]:
    """Write the templates of a year, of one district or all, into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for code in districts(year, wanted):
        before = of_workspace(workspace, code, year) if workspace is not None else None
        written.append(write(year, code, out / file_name(year, code), before))
    return written
