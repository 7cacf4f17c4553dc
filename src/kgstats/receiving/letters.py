"""What goes back to each district: what was refused, why, in which cell, and until when."""

from __future__ import annotations

import datetime as dt
import html
from pathlib import Path

from kgstats.pipeline.readiness import District, read
from kgstats.words import N_, slug, translator
from kgstats.workspace import Workspace, replace_folder

LANG = "vi"
GREETING = N_("To: the People's Committee of {district}")
SUBJECT = N_("Return of {year}: what to correct")
ALL_WELL = N_("The return of {year} was read and no value was refused. Thank you.")
NOT_RECEIVED = N_("No return of {year} from your district has arrived.")
FORMS_MISSING = N_("Forms not received, or not readable: {forms}.")
REFUSED = N_("These values were refused. Please correct the workbook and send it again:")
DOUBTFUL = N_("These values were kept, but please look at them:")
UNTIL = N_("Please answer by {day}.")
HOW = N_(
    "Before sending, the workbook can be checked at the page that “mo-trang-kiem-tra” opens on "
    "your machine; where it is not installed, send it to us to be checked."
)
MOST_DOUBTS = 30


def write(workspace: Workspace, year: int, until: dt.date | None = None) -> Path:
    """Write a page and a short text for each district; return their folder.

    Parameters
    ----------
    until
        The day an answer is asked for.
    """
    import pandas as pd

    from kgstats.analysis.quality import file_districts
    from kgstats.present.returns import worded

    frame = worded(pd.read_parquet(workspace.data_set("findings", year)), LANG)
    cells = pd.read_parquet(workspace.data_set("cells", year), columns=["file", "row_key"])
    of_file = file_districts(cells).to_dict()
    districts = read(workspace, year)
    for one in districts:
        of_file |= dict.fromkeys(one.files, one.code)
    frame = frame.assign(district=frame["file"].map(of_file))

    def fill(folder: Path) -> None:
        for one in districts:
            said = _said(one, year, frame[frame["district"] == one.code], until)
            name = f"{one.code}-{slug(one.name)}"
            (folder / f"{name}.txt").write_text(_text(said), encoding="utf-8", newline="\n")
            (folder / f"{name}.html").write_text(_page(said), encoding="utf-8", newline="\n")

    target = workspace.letters(year)
    replace_folder(target, fill)
    return target


def _said(
    district: District, year: int, findings: object, until: dt.date | None
) -> list[tuple[str, list[str]]]:
    """Return a letter's paragraphs, each with the list below it."""
    import pandas as pd

    assert isinstance(findings, pd.DataFrame)
    t = translator(LANG)
    paragraphs: list[tuple[str, list[str]]] = [
        (t(GREETING, district=f"{district.type} {district.name}".strip()), []),
        (t(SUBJECT, year=year), []),
    ]
    refused = _lines(findings[findings["severity"] == "error"])
    doubts = _lines(findings[findings["severity"] == "warning"])[:MOST_DOUBTS]
    if not district.files:
        paragraphs.append((t(NOT_RECEIVED, year=year), []))
    elif district.lacking:
        paragraphs.append((t(FORMS_MISSING, forms=", ".join(district.lacking)), []))
    if refused:
        paragraphs.append((t(REFUSED), refused))
    if doubts:
        paragraphs.append((t(DOUBTFUL), doubts))
    if not district.lacking and not refused:
        paragraphs.append((t(ALL_WELL, year=year), []))
    elif until is not None:
        paragraphs.append((t(UNTIL, day=f"{until.day}/{until.month}/{until.year}"), []))
    if refused or doubts:
        paragraphs.append((t(HOW), []))
    return paragraphs


def _lines(findings: object) -> list[str]:
    """Return a sentence for each finding: it names file, sheet and cell, and what to do."""
    import pandas as pd

    assert isinstance(findings, pd.DataFrame)
    return [
        " ".join(f"{row['message']} {row['advice']}".split())
        for row in findings.fillna("").to_dict("records")
    ]


def _text(said: list[tuple[str, list[str]]]) -> str:
    blocks = [
        "\n".join([head, *(f"{number}. {line}" for number, line in enumerate(lines, 1))])
        for head, lines in said
    ]
    return "\n\n".join(blocks) + "\n"


def _page(said: list[tuple[str, list[str]]]) -> str:
    (greeting, _), (subject, _), *rest = said
    body = "".join(
        f"<p>{html.escape(head)}</p>"
        + ("<ol>" + "".join(f"<li>{html.escape(one)}</li>" for one in lines) + "</ol>")
        * bool(lines)
        for head, lines in rest
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{LANG}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">\n'
        f"<title>{html.escape(subject)}</title>\n</head>\n<body>\n"
        f"<p>{html.escape(greeting)}</p>\n<h1>{html.escape(subject)}</h1>\n{body}\n"
        "</body>\n</html>\n"
    )
