"""What reading a printed report proposed: sentence by sentence, doubtful, new, gone.

Every function takes, unless it says otherwise: ``figures``, figures of the printed report, table
``figures`` or ``proposed_figures``.
"""

from __future__ import annotations

import pandas as pd


def by_sentence(figures: pd.DataFrame) -> pd.DataFrame:
    """Return each sentence of a report that has figures, with what was read of it.

    Parameters
    ----------
    figures
        ``proposed_figures``: ``section, line, sentence, printed, unit, doubts, accepted``.

    Returns
    -------
    pandas.DataFrame
        ``section, line, sentence, read`` (printed number and unit of each figure, joined by
        ``"; "``), ``figures``, ``doubtful``, ``accepted`` (counts), in the order of the text.

    Examples
    --------
    >>> figures = pd.DataFrame({
    ...     "section": ["I", "I"], "line": ["3", "3"], "sentence": ["Có 2 xã, 15 hộ."] * 2,
    ...     "printed": ["2", "15"], "unit": ["communes", "households"], "doubts": ["", ""],
    ...     "accepted": [True, False]})
    >>> by_sentence(figures)[["read", "figures", "accepted"]].values.tolist()
    [['2 communes; 15 households', 2, 1]]
    """
    rows = figures.assign(
        line=figures["line"].astype("int64"),
        read=figures["printed"].str.cat(figures["unit"], sep=" "),
        doubtful=figures["doubts"] != "",
    )
    grouped = rows.groupby(["section", "line", "sentence"], sort=False)
    found = grouped.agg(
        read=("read", "; ".join),
        figures=("read", "size"),
        doubtful=("doubtful", "sum"),
        accepted=("accepted", "sum"),
    )
    return found.reset_index()


def doubtful(figures: pd.DataFrame) -> pd.DataFrame:
    """Return the proposed figures with something to look at, those not yet accepted."""
    return figures[(figures["doubts"] != "") & ~figures["accepted"]].reset_index(drop=True)


def changed(figures: pd.DataFrame) -> pd.DataFrame:
    """Return the proposed figures that continue none of the report before in its place."""
    return figures[figures["status"] != "carried"].reset_index(drop=True)


def summary(figures: pd.DataFrame, statements: pd.DataFrame, gone: pd.DataFrame) -> pd.DataFrame:
    """Return one row that counts a proposal.

    Parameters
    ----------
    statements
        Table ``proposed_identities``.
    gone
        Table ``proposed_gone``.

    Returns
    -------
    pandas.DataFrame
        ``proposed_figures, carried, moved, new, gone, doubtful, accepted_figures,
        proposed_statements, broken_statements`` (those that do not hold as printed, rounding and
        cutting of digits allowed), ``accepted_statements``.
    """
    states = figures["status"].value_counts()
    broken = ~statements["class"].isin(["exact", "rounding", "truncation", "not_computable"])
    return pd.DataFrame(
        {
            "proposed_figures": [len(figures)],
            "carried": [int(states.get("carried", 0))],
            "moved": [int(states.get("moved", 0))],
            "new": [int(states.get("new", 0))],
            "gone": [len(gone)],
            "doubtful": [int((figures["doubts"] != "").sum())],
            "accepted_figures": [int(figures["accepted"].sum())],
            "proposed_statements": [len(statements)],
            "broken_statements": [int(broken.sum())],
            "accepted_statements": [int(statements["accepted"].sum())],
        }
    )


def open_statements(statements: pd.DataFrame) -> pd.DataFrame:
    """Return the proposed statements, those that do not hold first, in the order of the text.

    Parameters
    ----------
    statements
        Table ``proposed_identities``.
    """
    quiet = statements["class"].isin(["exact", "rounding", "not_computable"])
    return statements.iloc[quiet.argsort(kind="stable")].reset_index(drop=True)
