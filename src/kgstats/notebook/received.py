"""What was received for a year, what was declared about it, and what is taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kgstats.notebook.reading import Reading
from kgstats.notebook.view import NotebookError

if TYPE_CHECKING:
    import pandas as pd

ORIGIN = ("number", "date", "issuer_vi", "issuer_en")
"""What ``origin.yml`` says of a printed report."""


class Received(Reading):
    """What a report knows of the files it is made from."""

    @property
    def origin(self) -> dict[str, Any]:
        """The printed document of the year: number, date, issuer.

        Raises
        ------
        NotebookError
            When the year has no transcribed report.
        """
        import yaml

        path = self.workspace.report_origin(self.year)
        if not path.is_file():
            raise NotebookError(
                f"the printed report of {self.year} does not say where it is from: write {path}"
            )
        origin = dict(yaml.safe_load(path.read_text(encoding="utf-8")))
        missing = [name for name in ORIGIN if not origin.get(name)]
        if missing:
            shown = path.relative_to(self.workspace.root).as_posix()
            raise NotebookError(f"{shown} does not say {', '.join(missing)}: fill it in")
        return origin

    def received(self) -> dict[str, Any]:
        """What there is of the year: ``returns``, ``report``, and ``statement``.

        ``statement`` holds what ``origin.yml`` says of illustrative returns, by language; it is
        None where the returns are not declared illustrative.
        """
        import yaml

        statement = None
        if self.workspace.is_illustrative(self.year):
            origin = self.workspace.year_raw(self.year) / "origin.yml"
            declared = yaml.safe_load(origin.read_text(encoding="utf-8"))
            statement = dict(declared.get("statement") or {})
        return {
            "returns": self.workspace.has_returns(self.year),
            "report": self.workspace.has_report(self.year),
            "statement": statement,
        }

    def corrections(self) -> pd.DataFrame:
        """Read the corrections declared for the year's returns; without rows where there are none.

        Columns: ``number, file, sheet, cell, expected, value, reason, reported_by, status``, all
        text but the number.

        Raises
        ------
        NotebookError
            When ``corrections.yml`` cannot be read.
        """
        import pandas as pd

        from kgstats.returns import corrections
        from kgstats.returns.ledger import raw_text

        try:
            found = corrections.read_corrections(
                self.workspace.year_raw(self.year) / "corrections.yml"
            )
        except corrections.CorrectionError as error:
            raise NotebookError(str(error)) from None
        rows = [
            (
                one.number, one.file, one.sheet, one.cell, one.expected,
                "" if one.value is None else raw_text(one.value),
                one.reason, one.reported_by, one.status,
            )
            for one in found
        ]  # fmt: skip
        columns = ["number", "file", "sheet", "cell", "expected", "value"]
        columns += ["reason", "reported_by", "status"]
        frame = pd.DataFrame(rows, columns=columns)
        frame = frame.astype({**dict.fromkeys(columns, "string"), "number": "Int64"})
        if self.disclosure != (0, 1):
            from kgstats import withholding

            hidden = ~withholding.shown_at(frame, self.data("cells", optional=True))
            told = ["expected", "value", "reason"]
            frame[told] = frame[told].mask(hidden, self.t(withholding.WITHHELD))
        return frame

    def deliveries(self) -> pd.DataFrame:
        """Read what is declared about the year's files; without rows where nothing is.

        Columns: ``file, district_code, received, reason`` (text) and ``supersedes`` (a list of the
        files it takes the place of).

        Raises
        ------
        NotebookError
            When ``deliveries.yml`` cannot be read or names a file that is not there.
        """
        import pandas as pd

        from kgstats.returns import deliveries, processed

        folder = self.workspace.returns(self.year)
        files = processed.received_files(folder)
        try:
            found = deliveries.read_deliveries(
                self.workspace.year_raw(self.year) / "deliveries.yml",
                [processed.file_name(file, folder) for file in files],
            )
        except deliveries.DeliveryError as error:
            raise NotebookError(str(error)) from None
        rows = [
            (one.file, one.district, one.received, one.reason, list(one.supersedes))
            for one in found.entries
        ]
        texts = ["file", "district_code", "received", "reason"]
        frame = pd.DataFrame(rows, columns=[*texts, "supersedes"])
        return frame.astype(dict.fromkeys(texts, "string"))

    def accept(self, figures: pd.DataFrame, statements: pd.DataFrame) -> str:
        """Take proposed figures and statements over into the transcription of the year's report.

        Parameters
        ----------
        figures, statements
            Rows of ``proposed_figures`` and ``proposed_identities``, chosen and changed as you
            see fit. Rows that were accepted before stay as they are.

        Raises
        ------
        NotebookError
            With a line for every rule a row would break; nothing is written then.
        """
        from kgstats.published import PublishedError
        from kgstats.published.reading import review

        try:
            taken = review.accept(self.year, figures, statements, self.workspace)
        except PublishedError as error:
            raise NotebookError(str(error)) from None
        return self.t(
            "{figures} figures and {statements} statements taken over; {kept} rows stay as they "
            "are.",
            figures=str(taken.figures), statements=str(taken.identities), kept=str(taken.kept),
        )  # fmt: skip
