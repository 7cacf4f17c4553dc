"""``python -m illustrative``: illustrative returns, to try the reader and the notebooks on.

It is no part of the product. In the project's folder::

    PYTHONPATH=tools .venv/bin/python -m illustrative --year 2019 --out DIR
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def sample(
    year: Annotated[int, typer.Option("--year", "-y", help="2018, 2019 or 2020.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the workbooks.")],
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="Decides the figures and who has which habit.")
    ] = 2019,
    mess: Annotated[
        float,
        typer.Option("--mess", min=0.0, max=1.0, help="0 tidy, 0.5 readable, 1 wild."),
    ] = 0.5,
    year_folder: Annotated[
        bool,
        typer.Option(
            "--year-folder",
            help="Lay DIR out as a year of data/raw: returns, origin, deliveries, corrections.",
        ),
    ] = False,
) -> None:
    """Write illustrative returns of the 15 districts, in varied layouts, letters and habits.

    Their sums are the published figures of the year; how they fall on communes is made up.
    """
    from illustrative.files import MissingWriter
    from illustrative.places import UnknownYear
    from illustrative.raw_year import lay_down
    from illustrative.write import write

    try:
        manifest = (lay_down if year_folder else write)(year, out, seed, mess)
    except (UnknownYear, MissingWriter) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from None
    except OSError as error:
        typer.echo(
            f"error: cannot write to {out}: {error.strerror or error}."
            " Name a folder you may write to with --out.",
            err=True,
        )
        raise typer.Exit(2) from None
    typer.echo(
        f"{len(manifest.files)} illustrative files of 15 districts for {year} in {out}"
        f" (seed {seed}, mess {mess:g}); {len(manifest.mistakes)} deliberate mistakes"
    )
    for mistake in manifest.mistakes:
        where = " ".join(mistake.row_key)
        said = f"{mistake.column} {where}".strip()
        typer.echo(f"  {mistake.kind}: district {mistake.district_code}, {said}")


if __name__ == "__main__":
    typer.run(sample)
