"""The printed report's figures on money, beside the same ones from the returns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.analysis import indicators, tidy
from kgstats.analysis.funding.lines import FundingError, in_order, year_of
from kgstats.analysis.funding.rounding import nearest
from kgstats.published.audit import HOLDS
from kgstats.published.printed import SCALES
from kgstats.reference import funding_rules

OUTPUTS = ("projects", "projects_planned", "households", "persons")
_OF_MONEY = ["programme", "component", "source", "kind", "plan_year"]
_NAMES = ["figure", *_OF_MONEY, "measure"]
_COLUMNS = [
    *_NAMES, "printed_text", "printed_vnd", "returns_vnd", "difference_vnd", "printed_pct",
    "returns_pct", "difference_pp", "agrees", "class", "holds", "role", "identity_id",
    "recomputed_vnd", "recomputed_pct", "suggestion",
]  # fmt: skip


def _printed(year: int, figures: pd.DataFrame) -> pd.DataFrame:
    """Return the printed figures on money, exact, in whole đồng or percent."""
    wanted = funding_rules.published(year)
    if figures.empty or wanted.empty:
        return pd.DataFrame(columns=[*wanted.columns, "printed", "printed_text"])
    by_id = figures.set_index("id")
    values, texts = [], []
    for figure, part, measure in wanted[["figure", "part", "measure"]].itertuples(index=False):
        names = [name.strip() for name in figure.split("+")]
        missing = [name for name in names if name not in by_id.index]
        if missing:
            raise FundingError(
                f"the report of {year} has no figure {', '.join(missing)}; "
                "mend reference/data/published_facts.csv"
            )
        total = Fraction(0)
        for name in names:
            row = by_id.loc[name]
            scale = SCALES.get(row["unit"], 1) if measure in ("allocated", "disbursed") else 1
            total += Fraction(str(row["denominator" if part == "of" else "value"])) * scale
        values.append(total)
        texts.append(" + ".join(str(by_id.loc[name]["printed"]) for name in names))
    return wanted.assign(printed=pd.Series(values, dtype=object), printed_text=texts)


def _among(sums: pd.DataFrame, row: Mapping[Any, Any]) -> pd.DataFrame:
    """Return the kinds of money a printed figure speaks of."""
    chosen = sums["programme"] == row["programme"]
    for name in ("component", "source", "kind"):
        if row[name] != funding_rules.ANY:
            chosen &= sums[name].isin(str(row[name]).split("|"))
    return sums[(chosen & (sums["plan_year"] == row["plan_year"])).fillna(False)]


def _open_amounts(money: pd.DataFrame) -> pd.DataFrame:
    """Say of each kind of money whether a line leaves what was allocated, or paid, open."""
    allocated = money["allocated_vnd"].isna()
    held = money.assign(allocated=allocated, disbursed=allocated | money["disbursed_vnd"].isna())
    by_kind = held.groupby(_OF_MONEY, dropna=False, as_index=False)
    return by_kind[["allocated", "disbursed"]].any()


def _audited(row: Mapping[Any, Any], audit: Sequence[Mapping[Any, Any]]) -> dict[str, Any]:
    """Return the identity that tests a printed figure (a broken one first), or one it is part of.

    A figure that is only part of a sum is judged by a sum that holds, if there is one: where
    a sum is broken, any of its figures may be the wrong one.
    """
    named = [] if pd.isna(row["identities"]) else str(row["identities"]).split("|")
    tested = [{**one, "role": "tested"} for one in audit if one["identity_id"] in named]
    if tested:
        return min(tested, key=lambda one: one["class"] in HOLDS)
    parts = [
        {**one, "role": "part"}
        for one in audit
        if row["figure"] in str(one["figure_ids"]).split() and one["kind"] in ("sum", "ratio")
    ]
    return min(parts, key=lambda one: one["class"] not in HOLDS) if parts else {}


def beside_printed(
    money: pd.DataFrame,
    figures: pd.DataFrame,
    audit: pd.DataFrame,
    silent: Iterable[str] = (),
) -> pd.DataFrame:
    """Set the figures of the printed report beside the same ones from the returns.

    Amounts agree when they are equal, rates when they differ by less than one unit of the last
    printed digit. The printed value is kept whatever is found. A figure of the province is
    compared only where every district reports, and every line of the money it speaks of: part
    of a sum is no verdict on it.

    Parameters
    ----------
    money
        What :func:`kgstats.analysis.funding.lines` returns (one or both programmes).
    figures
        The transcribed figures of the report (``report.data("figures")``); may be empty.
    audit
        The audit of the report's own arithmetic; may be empty.
    silent
        Codes of districts that return no line of any money; where there is one, what comes from
        the returns is null.

    Returns
    -------
    pandas.DataFrame
        ``figure, programme, component, source, kind, plan_year, measure`` (``allocated,
        disbursed, rate``), ``printed_text``, ``printed_vnd, returns_vnd, difference_vnd``
        (printed − returns) or ``printed_pct, returns_pct, difference_pp``; ``agrees``; from the
        audit ``class, holds`` (whether that class is an agreement), ``role`` (``tested`` by an
        identity, or only ``part`` of one), ``identity_id, recomputed_vnd, recomputed_pct,
        suggestion``. Without rows for a year without a transcribed report.

    Raises
    ------
    FundingError
        When a figure that is to be compared is not among those transcribed.

    Examples
    --------
    >>> money = pd.DataFrame({"year": [2020], "programme": ["ntm"]})
    >>> beside_printed(money, pd.DataFrame(), pd.DataFrame()).empty
    True
    """
    here = set(money["programme"].dropna())
    partial = bool(set(silent))
    printed = _printed(year_of(money), figures)
    if printed.empty:
        return _typed(pd.DataFrame(columns=_COLUMNS))
    # Amounts add up, so that each kind of money is summed once for all figures that hold it.
    sums = indicators.disbursement(money.head(0) if partial else money, _OF_MONEY)
    open_ = _open_amounts(money)
    amounts = ["allocated_vnd", "covered_vnd", "disbursed_vnd"]
    tests = audit.to_dict("records")
    rows = []
    for row in printed.to_dict("records"):
        if row["measure"] in OUTPUTS or row["programme"] not in here:
            continue
        found = _among(sums, row)[amounts].sum(min_count=1)
        if _among(open_, row)["allocated" if row["measure"] == "allocated" else "disbursed"].any():
            found[:] = pd.NA
        checked = _audited(row, tests)
        entry = {name: row[name] for name in (*_NAMES, "printed_text")}
        compare = _rate if row["measure"] == "rate" else _amount
        rows.append(entry | compare(row, found) | _verdict(row, checked))
    return _typed(pd.DataFrame(rows, columns=_COLUMNS))


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    def kind(name: str) -> str:
        if name.endswith("_vnd") or name in ("plan_year", *OUTPUTS):
            return "Int64"
        if name.endswith(("_pct", "_pp")):
            return "Float64"
        return "boolean" if name in ("agrees", "holds") else "string"

    return table.astype({name: kind(name) for name in table.columns})


def _rate(row: Mapping[Any, Any], found: pd.Series) -> dict[str, Any]:
    entry: dict[str, Any] = {"printed_pct": float(row["printed"])}
    if pd.isna(found["covered_vnd"]) or found["covered_vnd"] <= 0:
        return entry
    own = Fraction(100 * int(found["disbursed_vnd"]), int(found["covered_vnd"]))
    place = Fraction(1, 10 ** len(str(row["printed_text"]).partition(",")[2]))
    return entry | {
        "returns_pct": float(own),
        "difference_pp": float(row["printed"] - own),
        "agrees": abs(row["printed"] - own) < place,
    }


def _amount(row: Mapping[Any, Any], found: pd.Series) -> dict[str, Any]:
    amount, printed = found[f"{row['measure']}_vnd"], nearest(row["printed"])
    entry: dict[str, Any] = {"printed_vnd": printed, "returns_vnd": amount}
    if pd.isna(amount):
        return entry
    return entry | {
        "difference_vnd": printed - int(amount),
        "agrees": row["printed"] == int(amount),
    }


def _verdict(row: Mapping[Any, Any], checked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the audit says of a printed figure, and what it would be if recomputed."""
    entry = {name: checked.get(name) for name in ("class", "role", "identity_id")}
    if checked:
        entry["holds"] = checked["class"] in HOLDS
    if checked.get("role") != "tested":
        return entry
    entry["suggestion"] = checked.get("suggestion")
    if not pd.isna(checked.get("recomputed")):
        exact = Fraction(str(checked["recomputed"]))
        if row["measure"] == "rate":
            entry["recomputed_pct"] = float(exact)
        else:
            entry["recomputed_vnd"] = nearest(exact * SCALES.get(checked["unit"], 1))
    return entry


def allocation_gap(beside: pd.DataFrame) -> pd.DataFrame:
    """Return money assigned by the province (as printed) less money given out in detail.

    Allocation gap = assigned − allocated on the districts' lines, by programme and source.
    Above zero: money no district has on a line; below zero: more on lines than was assigned, so
    that one of the two figures is wrong.

    Parameters
    ----------
    beside
        What :func:`beside_printed` returns.

    Returns
    -------
    pandas.DataFrame
        ``programme, source, plan_year, assigned_vnd, allocated_vnd, allocation_gap_vnd, class``.

    Examples
    --------
    >>> beside = pd.DataFrame(
    ...     {
    ...         "programme": ["ntm"], "component": ["*"], "source": ["central"], "kind": ["*"],
    ...         "plan_year": [2019], "measure": ["allocated"], "printed_vnd": [50],
    ...         "returns_vnd": [51], "difference_vnd": [-1], "class": ["wrong"],
    ...     }
    ... )
    >>> allocation_gap(beside)[["source", "allocation_gap_vnd"]].to_dict("records")
    [{'source': 'central', 'allocation_gap_vnd': -1}]
    """
    every = funding_rules.ANY
    carried = beside["plan_year"] < beside["plan_year"].max()
    of_sources = (beside["measure"] == "allocated") & (beside["component"] == every)
    of_sources &= (beside["kind"] == every) | carried
    names = {
        "printed_vnd": "assigned_vnd",
        "returns_vnd": "allocated_vnd",
        "difference_vnd": "allocation_gap_vnd",
    }
    table = beside[of_sources].rename(columns=names).reset_index(drop=True)
    return table[["programme", "source", "plan_year", *names.values(), "class"]]


def sensitivity(money: pd.DataFrame, beside: pd.DataFrame) -> pd.DataFrame:
    """Return results with printed, recomputed and corrected inputs, where they differ.

    *Printed*: every figure as the report prints it. *Recomputed*: a figure that contradicts the
    report's own parts is replaced by what the parts give. *Corrected*: what the returns give.
    Beside the contradictory figures themselves stand results that use them: the sum of the
    sources, the counterpart ratio (province / central), coverage on the sum of the sources.

    Parameters
    ----------
    money
        What :func:`kgstats.analysis.funding.lines` returns.
    beside
        What :func:`beside_printed` returns, with the audit.

    Returns
    -------
    pandas.DataFrame
        ``result`` (``amount, rate, sum_of_sources, counterpart, coverage``), ``figure`` (null
        for derived results), ``programme, component, source, kind, plan_year, class``, ``unit``
        (``vnd, percent, ratio``), ``printed, recomputed, corrected`` (floats; whole for đồng)
        and ``identity_id``.
    """
    rows: list[dict[str, Any]] = []
    wrong = beside[((beside["role"] == "tested") & ~beside["holds"]).fillna(False)]
    for row in wrong.to_dict("records"):
        is_rate = row["measure"] == "rate"
        suffix = "pct" if is_rate else "vnd"
        rows.append(
            {name: row[name] for name in (*_NAMES[:-1], "class", "identity_id")}
            | {"result": "rate" if is_rate else "amount", "unit": "percent" if is_rate else "vnd"}
            | {"printed": row[f"printed_{suffix}"], "recomputed": row[f"recomputed_{suffix}"]}
            | {"corrected": row[f"returns_{suffix}"]}
        )
    for programme in wrong["programme"].drop_duplicates():
        rows += _derived(money, beside, str(programme))
    return tidy.frame(
        rows,
        "string: result figure programme component source kind",
        "Int64: plan_year",
        "string: class unit",
        "Float64: printed recomputed corrected",
        "string: identity_id",
    )


def _derived(money: pd.DataFrame, beside: pd.DataFrame, programme: str) -> Iterator[dict[str, Any]]:
    """Return the results of a programme that change with the inputs."""
    own = beside[(beside["programme"] == programme) & (beside["measure"] == "allocated")]
    own = own[(own["component"] == "*") & (own["kind"] == "*")]
    own = own[own["plan_year"] == year_of(money)]
    sources = {str(row["source"]): row for row in own.to_dict("records")}
    central = sources.get("central")
    local = next((row for name, row in sources.items() if name.startswith("province")), None)
    if central is None or local is None:
        return
    if pd.isna(central["returns_vnd"]) or pd.isna(local["returns_vnd"]):
        return
    of_programme = money[money["programme"] == programme]
    covered = int(indicators.disbursement(of_programme)["covered_vnd"].iloc[0])
    carried = int(of_programme.loc[of_programme["vintage"] == "carried", "allocated_vnd"].sum())

    def value(row: Mapping[Any, Any], inputs: str) -> int:
        if inputs == "corrected":
            return int(row["returns_vnd"])
        broken = row["role"] == "tested" and not row["holds"]
        replaced = inputs == "recomputed" and broken and not pd.isna(row["recomputed_vnd"])
        return int(row["recomputed_vnd" if replaced else "printed_vnd"])

    results: dict[str, dict[str, float | None]] = {
        name: {} for name in registry.codes("money_result")
    }
    for inputs in ("printed", "recomputed", "corrected"):
        a, b = value(central, inputs), value(local, inputs)
        results["sum_of_sources"][inputs] = a + b
        results["counterpart"][inputs] = b / a if a > 0 else None
        available = a + b + carried
        results["coverage"][inputs] = 100 * covered / available if available > 0 else None
    units = {"sum_of_sources": "vnd", "counterpart": "ratio", "coverage": "percent"}
    for result, values in results.items():
        if len(set(values.values())) > 1:
            yield {"result": result, "programme": programme, "unit": units[result], **values}


def outputs(money: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Return what the printed report says was delivered, beside the money of the same component.

    Parameters
    ----------
    money
        Lines of money: the clean table ``funding``, whole or filtered.
    figures
        Figures of the printed report, table ``figures`` or ``proposed_figures``.

    Returns
    -------
    pandas.DataFrame
        ``programme, component, allocated_vnd, disbursed_vnd, disbursed_rate_pct, projects,
        projects_planned, households, persons``; without rows where no report is transcribed.
        The two stand side by side; neither explains the other.
    """
    keys = ["programme", "component"]
    measures = ["allocated_vnd", "disbursed_vnd", "disbursed_rate_pct"]
    printed = _printed(year_of(money), figures)
    printed = printed[printed["measure"].isin(OUTPUTS)]
    if printed.empty:
        return _typed(pd.DataFrame(columns=[*keys, *measures, *OUTPUTS]))
    counts = printed.pivot(index="component", columns="measure", values="printed")
    table = indicators.disbursement(money, keys)[[*keys, *measures]]
    delivered = counts.reindex(columns=list(OUTPUTS)).astype(object)
    table = table.merge(delivered.reset_index(), on="component")
    return in_order(_typed(table), keys)
