"""Options that several commands take, each said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_YEAR = 2019
"""The year of the report that ships with the product."""

Year = Annotated[int, typer.Option("--year", "-y", min=2000, max=2100, help="Reporting year.")]
ReturnsYear = Annotated[
    int, typer.Option("--year", "-y", min=2017, max=2100, help="Reporting year.")
]
"""A year whose districts and communes are listed, so that returns of it can be read."""
WorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", metavar="DIR", help="Folder with data/raw; this project's else."),
]
