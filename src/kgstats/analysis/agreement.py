"""Published facts beside the same figures from the districts' returns.

Which facts, and of which rows and indicator each is, stands in
:mod:`kgstats.reference.published_facts`; every figure from the returns is one of
:mod:`kgstats.analysis.indicators`, as on the other pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from kgstats.analysis import attainment, indicators, overview, tidy
from kgstats.analysis.tidy import By, keys, sums
from kgstats.published.expressions import Reference, parse
from kgstats.published.printed import SCALES
from kgstats.reference import areas
from kgstats.reference.published_facts import Fact, facts

Tables = Mapping[str, Mapping[int, pd.DataFrame]]
"""Clean tables by name (``communes, attainment, poverty, funding``) and year."""

_CONDITIONS = ("decided_from", "decided_until", "list_year", "rank")
_FALL = "_fall_pp"


# ------------------------------------------------------------------ from the returns


class Returns:
    """The figures that the returns give, each computed by its indicator."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._standings: dict[int, pd.DataFrame] = {}
        self._moved: dict[int, pd.DataFrame] = {}
        self._counted: dict[tuple[Any, ...], pd.Series] = {}
        self._chosen: dict[tuple[Any, ...], pd.DataFrame] = {}

    def _rows(self, table: pd.DataFrame, fact: Fact) -> pd.DataFrame:
        """Return the rows of its table that a fact is about, chosen once."""
        key = _rows_of(fact)
        if key not in self._chosen:
            self._chosen[key] = _selected(table, fact)
        return self._chosen[key]

    def _of(
        self, indicator: Callable[..., pd.DataFrame], table: pd.DataFrame, fact: Fact
    ) -> pd.Series:
        """Return the indicator of a fact's rows, computed for all facts of its year at once."""
        key = _rows_of(fact)
        if key not in self._counted:
            alike = {
                _rows_of(one): one
                for one in facts()
                if (one.subject, one.year) == (fact.subject, fact.year) and _comparable(one)
            } | {key: fact}
            selected = {own: self._rows(table, one) for own, one in alike.items()}
            keys_of = [own for own, rows in selected.items() if len(rows)]
            together = [selected[own].assign(_fact=at) for at, own in enumerate(keys_of)]
            found = indicator(pd.concat(together), "_fact") if together else pd.DataFrame()
            self._counted |= {keys_of[row["_fact"]]: row for _, row in found.iterrows()}
            for own in selected.keys() - set(keys_of):
                self._counted[own] = indicator(selected[own]).iloc[0]
        return self._counted[key]

    def _table(self, name: str, year: int) -> pd.DataFrame | None:
        table = self._tables.get(name, {}).get(year)
        return None if table is None or table.empty else table

    def _standing(self, year: int) -> pd.DataFrame | None:
        communes, marks = self._table("communes", year), self._table("attainment", year)
        if communes is None or marks is None:
            return None
        if year not in self._standings:
            self._standings[year] = attainment.standing(communes, marks, year)
        return self._standings[year]

    def value(self, fact: Fact) -> Decimal | None:
        """Return what the returns say of a fact; None where they say nothing, or not all of it.

        A sum over fewer places than the fact is about neither agrees nor differs.

        Parameters
        ----------
        fact
            What was published, with the return it is compared with.
        """
        by_subject: dict[str, Callable[[Fact], Any]] = {
            "attainment": self._of_communes,
            "funding": self._of_money,
            "poverty": self._of_households,
        }
        found = by_subject[fact.subject](fact)
        return None if found is None or pd.isna(found) else Decimal(str(found))

    def at_hand(self, fact: Fact) -> bool:
        """Whether there is a return of the years and of the form that a fact is about.

        Parameters
        ----------
        fact
            What was published, with the return it is compared with.
        """
        name = {"attainment": "communes"}.get(fact.subject, fact.subject)
        before = [fact.year - 1] if fact.indicator.endswith(_FALL) else []
        return all(self._table(name, own) is not None for own in [*before, fact.year])

    def complete(self, fact: Fact) -> bool:
        """Whether everybody a fact is about reported, so that the returns hold no such thing.

        Parameters
        ----------
        fact
            What was published, with the return it is compared with.
        """
        if fact.subject == "attainment":
            standing = self._standing(fact.year)
            if standing is None:
                return False
            told = standing.loc[standing["reported"].fillna(False), "commune_code"]
            return not _places(areas.rural(fact.year), fact, "commune_code") - set(told)
        lines = self._table("funding", fact.year) if fact.subject == "funding" else None
        if lines is None or self._rows(lines, fact)["allocated_vnd"].isna().any():
            return False
        missing = _places(areas.districts(fact.year), fact) - set(lines["district_code"])
        return not missing and self._rows(lines, fact).empty

    def holds(self, fact: Fact) -> bool:
        """Whether what was published beside the value is so: its base, its place in a rank.

        Parameters
        ----------
        fact
            What was published, with the return it is compared with.
        """
        if fact.of is not None:
            standing = self._standing(fact.year)
            if standing is None:
                return False
            row = self._of(indicators.commune_standard, standing, fact)
            return bool(row["communes"] - row["communes_not_reported"] == fact.of)
        rank = fact.where.get("rank")
        if rank is None:
            return True
        table = self._table("poverty", fact.year)
        assert table is not None
        counts = indicators.household_poverty(table, "district").set_index("district_code")
        counts = counts[fact.indicator].dropna()
        edge = counts.max() if rank == "highest" else counts.min()
        return list(counts.index[counts == edge]) == [fact.where["district_code"]]

    def _of_communes(self, fact: Fact) -> Any:
        standing = self._standing(fact.year)
        if standing is None:
            return None
        if fact.indicator == "criteria_met":
            rows = self._rows(standing, fact)
            return rows["criteria_met"].iloc[0] if len(rows) == 1 else None
        if fact.indicator == "districts_all_recognised":
            if not indicators.status_known(standing).all():
                return None
            districts = attainment.district_standard(
                attainment.summary(self._rows(standing, fact), "district")
            )
            return int(
                ((districts["condition"] == "met") & (districts["route"] == "standard")).sum()
            )
        rows = self._rows(standing, fact)
        of_criteria = fact.indicator in ("mean_criteria", "least_criteria")
        known = rows["criteria_met"].notna() if of_criteria else indicators.status_known(rows)
        if not known.all():
            return None
        return self._of(indicators.commune_standard, standing, fact)[fact.indicator]

    def _of_money(self, fact: Fact) -> Any:
        lines = self._table("funding", fact.year)
        if lines is None or _places(areas.districts(fact.year), fact) - set(lines["district_code"]):
            return None
        paid = fact.indicator.startswith("disbursed")
        if self._rows(lines, fact)["disbursed_vnd" if paid else "allocated_vnd"].isna().any():
            return None
        return self._of(indicators.disbursement, lines, fact).get(fact.indicator)

    def _of_households(self, fact: Fact) -> Any:
        table = self._table("poverty", fact.year)
        if table is None:
            return None
        if fact.indicator.endswith(_FALL):
            if fact.year not in self._moved:
                both = overview.two_years(self._tables["poverty"], fact.year)
                self._moved[fact.year] = overview.rate_changes(both, fact.year)
            moved = self._moved[fact.year]
            own = moved["measure"] == fact.indicator.removesuffix(f"_rate{_FALL}")
            own &= moved["matched_units"] == moved["expected_units"]
            return -moved.loc[own, "change_pp"].iloc[0] if own.any() else None
        rate = indicators.RATES.get(fact.indicator)
        counted = table.dropna(subset=[fact.indicator] if rate is None else [rate.count, rate.base])
        if _places(areas.units(fact.year), fact, "commune_code") - set(counted["commune_code"]):
            return None
        return self._of(indicators.household_poverty, table, fact)[fact.indicator]


def _places(units: pd.DataFrame, fact: Fact, column: str = "district_code") -> set[str]:
    """Return the places a fact is about, of a year's list: all, or those it names."""
    for name in ("district_code", "commune_code"):
        if name in fact.where and name in units:
            units = units[units[name].isin(fact.where[name].split("|"))]
    return set(units[column])


def _rows_of(fact: Fact) -> tuple[Any, ...]:
    """Return what says of which rows a fact is."""
    return (fact.subject, fact.year, *sorted(fact.where.items()))


def _selected(table: pd.DataFrame, fact: Fact) -> pd.DataFrame:
    """Return the rows a fact is about.

    A decision outside the fact's window is as if it had not been made: the commune stays in the
    base.
    """
    rows = table
    for name, wanted in fact.where.items():
        if name == "decision_no":
            rows = rows[rows[name].str.contains(wanted, regex=False).fillna(False)]
        elif name not in _CONDITIONS:
            rows = rows[rows[name].astype("string").isin(wanted.split("|"))]
    if "list_year" in fact.where:
        listed = areas.rural(int(fact.where["list_year"]))["commune_code"]
        rows = rows[rows["commune_code"].isin(set(listed))]
    if "decided_from" in fact.where or "decided_until" in fact.where:
        first = pd.Timestamp(fact.where.get("decided_from", "1900-01-01"))
        last = pd.Timestamp(fact.where.get("decided_until", "2200-01-01"))
        within = rows["decision_date"].between(first, last)
        outside = (rows["status"] == "recognised") & ~within
        rows = rows.assign(status=rows["status"].mask(outside, "not_yet"))
    return rows


# ------------------------------------------------------------------ as published


class Published:
    """What is printed of each fact: label, unit, value, source."""

    def __init__(self, figures: pd.DataFrame, series: pd.DataFrame) -> None:
        self._figures = {} if figures.empty else figures.set_index("id").to_dict("index")
        self._series = {} if series.empty else series.set_index("id").to_dict("index")

    def entry(self, fact: Fact) -> dict[str, Any] | None:
        """Return a fact as it is printed; None where its figure is not at hand.

        Parameters
        ----------
        fact
            What was published, with the return it is compared with.
        """
        if not fact.figure:
            return {
                "label_vi": fact.label_vi,
                "label_en": fact.label_en,
                "unit": fact.unit,
                "printed": Decimal(fact.value),
                "source_vi": fact.source_vi,
                "source_en": fact.source_en,
            }
        row = (self._figures if fact.document else self._series).get(fact.figure)
        if row is None or not _there(row["value"]):
            return None
        # A point of a series is told from the others by its date.
        when = "" if fact.document else f", {row['year_or_date']}"
        section = f"{fact.document} {row['section']}" if fact.document else ""
        return {
            "label_vi": f"{row['indicator_vi']}{when}",
            "label_en": f"{row['indicator_en']}{when}",
            "unit": row["unit"],
            "printed": Decimal(str(row["value"])),
            "source_vi": f"báo cáo {section}" if section else str(row["source"]),
            "source_en": f"report {section}" if section else str(row["source"]),
        }

    def asked(self, fact: Fact, unit: str) -> Decimal | None:
        """Return what the report's other figures ask a figure to be, in its own unit.

        Parameters
        ----------
        fact
            What was published, with the return it is compared with.
        unit
            The figure's own unit.
        """
        if not fact.asked_by:
            return None

        def amount(reference: Reference) -> Decimal:
            row = self._figures[reference.figure]
            name = "denominator" if reference.part == "of" else "value"
            return Decimal(str(row[name])) * SCALES.get(row["unit"], 1)

        try:
            found = parse(fact.asked_by).evaluate(amount, lambda number: number)
        except (KeyError, ArithmeticError):
            return None
        return Decimal(found / SCALES.get(unit, 1))


def _there(value: Any) -> bool:
    return value is not None and not pd.isna(value) and value != ""


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _agrees(rule: str, wanted: Decimal, found: Decimal, decimals: int) -> bool:
    if rule == "least":
        return found >= wanted
    if rule == "more_than_half":
        return found > wanted
    if rule == "over":
        return wanted <= found < wanted + 1
    if rule == "rounded":
        place = Decimal(1).scaleb(-decimals)
        return found.quantize(place, ROUND_HALF_UP) == wanted.quantize(place, ROUND_HALF_UP)
    return found == wanted


# ------------------------------------------------------------------ side by side


def agreement(
    tables: Tables, figures: pd.DataFrame | None = None, series: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Set every published fact beside the same figure computed from the returns.

    Money is compared to the đồng; rates, means and their changes rounded half up to the decimals
    that were printed. Where the report contradicts itself (50,541 for 51,541), the value that its
    other figures ask for stands beside the printed one, and the returns are held against that.

    Parameters
    ----------
    tables
        Clean tables ``communes, attainment, poverty, funding``, each by year. A fact whose year
        or table is not there has no figure from the returns, and neither agrees nor disagrees.
    figures
        Figures of the printed report: ``id, section, indicator_vi, indicator_en, value, unit,
        denominator``. Without them only facts known from elsewhere are compared.
    series
        Points published elsewhere: ``id, year_or_date, indicator_vi, indicator_en, value, unit,
        source``.

    Returns
    -------
    pandas.DataFrame
        One row per fact that an indicator speaks to, attainment first, then funding and poverty:
        ``fact`` (id), ``year``, ``subject``, ``label_vi, label_en, source_vi, source_en``,
        ``unit`` of the numbers beside it, ``rule`` (how compared:
        :data:`kgstats.reference.published_facts.RULES`), ``indicator`` and ``where`` (of which
        rows it is, as the fact says), ``printed``, ``corrected`` (null where
        the report does not contradict itself), ``from_returns``, ``difference`` (from returns
        less corrected or printed), ``agrees`` (null where unknown), ``unknown_for``: why
        (``no_returns`` of its years, ``incomplete``: not everybody it is about reported, or
        ``no_match``: the returns hold no such commune, line or status).

    Examples
    --------
    >>> facts = agreement({})
    >>> facts.loc[facts["fact"] == "communes_recognised_2019", "printed"].tolist()
    [64.0]
    >>> facts["agrees"].isna().all()
    np.True_
    """
    none = pd.DataFrame()
    published = Published(none if figures is None else figures, none if series is None else series)
    returns = Returns(tables)
    rows = []
    for fact in facts():
        entry = published.entry(fact) if _comparable(fact) else None
        if entry is not None:
            rows.append(_row(fact, entry, published.asked(fact, entry["unit"]), returns))
    return tidy.frame(
        rows,
        "string: fact",
        "Int64: year",
        "string: subject label_vi label_en source_vi source_en unit rule indicator",
        "object: where",
        "float64: printed corrected from_returns difference",
        "boolean: agrees",
        "string: unknown_for",
    )


def _comparable(fact: Fact) -> bool:
    """Whether a fact is one figure of its own that an indicator speaks to."""
    if fact.subject != "funding":
        return True
    alone = fact.part == "value" and "+" not in fact.figure
    return alone and fact.indicator in ("allocated_vnd", "disbursed_vnd", "disbursed_rate_pct")


def _row(
    fact: Fact, entry: dict[str, Any], asked: Decimal | None, returns: Returns
) -> dict[str, Any]:
    printed, decimals = entry["printed"], _decimals(entry["printed"])
    if asked is not None and _agrees(fact.rule, asked, printed, decimals):
        asked = None
    row = {
        **{name: getattr(fact, name) for name in ("fact", "year", "subject", "rule", "indicator")},
        "where": dict(fact.where),
        **entry,
        "printed": float(printed),
        "corrected": None if asked is None else float(asked),
    }
    found = returns.value(fact)
    if found is None:
        if not returns.at_hand(fact):
            return row | {"unknown_for": "no_returns"}
        return row | {"unknown_for": "no_match" if returns.complete(fact) else "incomplete"}
    found = found / SCALES.get(entry["unit"], 1)
    wanted = printed if asked is None else asked
    agrees = _agrees(fact.rule, wanted, found, decimals) and returns.holds(fact)
    return row | {
        "from_returns": float(found),
        "difference": float(found - wanted),
        "agrees": agrees,
    }


def counts(facts: pd.DataFrame, by: By = ()) -> pd.DataFrame:
    """Count the published facts by how the returns agree with them.

    A fact that agrees only with the value its report's other figures ask for is counted apart: it
    agrees after a correction, and not as printed.

    Parameters
    ----------
    facts
        :func:`agreement`.
    by
        Key columns, as ``subject``; all facts by default.

    Returns
    -------
    pandas.DataFrame
        The keys; ``facts``, and of them ``agree`` (as printed), ``agree_corrected``, ``differ``,
        ``unknown`` (the returns say nothing), which add up to it.

    Examples
    --------
    >>> facts = pd.DataFrame(
    ...     {
    ...         "corrected": [None, 51.541, None, None],
    ...         "agrees": pd.array([True, True, False, None], "boolean"),
    ...     }
    ... )
    >>> counts(facts).iloc[0].to_dict()
    {'facts': 4, 'agree': 1, 'agree_corrected': 1, 'differ': 1, 'unknown': 1}
    """
    agrees, corrected = facts["agrees"].astype("boolean"), facts["corrected"].notna()
    told = {
        "facts": pd.Series(True, index=facts.index),
        "agree": agrees.fillna(False) & ~corrected,
        "agree_corrected": agrees.fillna(False) & corrected,
        "differ": ~agrees.fillna(True),
        "unknown": agrees.isna(),
    }
    work = facts[keys(by)].assign(**{name: one.astype("Int64") for name, one in told.items()})
    return sums(work, list(told), by).fillna(dict.fromkeys(told, 0))
