"""Published facts beside the same figures from the districts' returns."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from kgstats.reference import areas
from kgstats.reference.tables import records
from kgstats.words import N_, translator

Tables = Mapping[str, pd.DataFrame]
TablesByYear = Mapping[int, Tables]
Measure = Callable[[TablesByYear], Decimal | None]

CRITERIA = 19

SCALE: dict[str, Decimal] = {
    "VND_billion": Decimal(10**9),
    "VND_million": Decimal(10**6),
    "VND_thousand": Decimal(10**3),
    "VND": Decimal(1),
}

COLUMNS = (
    "fact",
    "year",
    "subject",
    "label_vi",
    "label_en",
    "source",
    "unit",
    "rule",
    "printed",
    "corrected",
    "from_returns",
    "difference",
    "agrees",
)


@dataclass(frozen=True)
class Claim:
    """One published fact that the returns can speak to.

    ``rule`` is how they are compared: ``equal``; ``rounded`` to the decimals printed; ``least``
    (at least the value), ``over`` (the value, with some of the last unit more), ``more_than_half``.
    ``corrected_by`` names figures of the same report (with a sign) whose sum is the value the
    report's other identities ask for, or ``ratio`` of two, where the printed one contradicts them.
    """

    fact: str
    year: int
    subject: str
    measure: Measure
    rule: str = "equal"
    corrected_by: tuple[str, ...] = ()
    ratio: tuple[str, str] | None = None
    also: Callable[[TablesByYear], bool] | None = None
    """What must hold beside the value: the number of communes it is of, a place in a rank."""


# ------------------------------------------------------------------------- measures


def _of(tables: TablesByYear, year: int, name: str) -> pd.DataFrame | None:
    table = tables.get(year, {}).get(name)
    return None if table is None or table.empty else table


def _whole(value: Any) -> Decimal | None:
    return None if pd.isna(value) else Decimal(int(value))


def recognised(
    year: int,
    *,
    until: dt.date | None = None,
    since: dt.date | None = None,
    district: str | None = None,
    base_year: int | None = None,
) -> Measure:
    """Count communes with a recognition decision, by its date, in the units of ``base_year``."""

    def measure(tables: TablesByYear) -> Decimal | None:
        communes = _of(tables, year, "communes")
        if communes is None:
            return None
        done = communes[communes["status"] == "recognised"]
        if district is not None:
            done = done[done["district_code"] == district]
        if base_year is not None:
            done = done[done["commune_code"].isin(set(areas.rural(base_year)["commune_code"]))]
        days = pd.to_datetime(done["decision_date"])
        if until is not None:
            done = done[(days <= pd.Timestamp(until)).fillna(False).to_numpy(dtype=bool)]
            days = pd.to_datetime(done["decision_date"])
        if since is not None:
            done = done[(days >= pd.Timestamp(since)).fillna(False).to_numpy(dtype=bool)]
        return Decimal(len(done))

    return measure


def money(column: str, year: int, **where: object) -> Measure:
    """Sum ``allocated_vnd`` or ``disbursed_vnd`` over the lines that match, in đồng."""

    def measure(tables: TablesByYear) -> Decimal | None:
        lines = _of(tables, year, "funding")
        if lines is None:
            return None
        for name, wanted in where.items():
            values = wanted if isinstance(wanted, tuple) else (wanted,)
            lines = lines[lines[name].isin(values)]
        return _whole(lines[column].sum(min_count=1))

    return measure


def households(year: int, column: str, district: str | None = None) -> Measure:
    """Sum a count of households over communes."""

    def measure(tables: TablesByYear) -> Decimal | None:
        units = _of(tables, year, "poverty")
        if units is None:
            return None
        if district is not None:
            units = units[units["district_code"] == district]
        return _whole(units[column].sum(min_count=1))

    return measure


def share(part: Measure, whole: Measure) -> Measure:
    """Return 100 x part / whole; null where either is unknown or the whole is zero."""

    def measure(tables: TablesByYear) -> Decimal | None:
        above, below = part(tables), whole(tables)
        return None if above is None or not below else 100 * above / below

    return measure


def fall(before: Measure, after: Measure) -> Measure:
    """Return by how many points a rate fell."""

    def measure(tables: TablesByYear) -> Decimal | None:
        first, last = before(tables), after(tables)
        return None if first is None or last is None else first - last

    return measure


def criteria(year: int, statistic: str) -> Measure:
    """Return the ``mean`` or the ``least`` number of criteria met, counted from the marks."""

    def measure(tables: TablesByYear) -> Decimal | None:
        marks = _of(tables, year, "attainment")
        if marks is None:
            return None
        met = marks.groupby("commune_code")["met"].sum()
        if statistic == "least":
            return Decimal(int(met.min()))
        return Decimal(int(met.sum())) / len(met)

    return measure


def _status(year: int, status: str) -> Measure:
    def measure(tables: TablesByYear) -> Decimal | None:
        communes = _of(tables, year, "communes")
        return None if communes is None else Decimal(int((communes["status"] == status).sum()))

    return measure


def _complete_districts(year: int) -> Measure:
    """Count districts (huyện) whose every rural commune is recognised."""

    def measure(tables: TablesByYear) -> Decimal | None:
        communes = _of(tables, year, "communes")
        if communes is None:
            return None
        done = (communes["status"] == "recognised").groupby(communes["district_code"]).all()
        listed = areas.districts(year)
        rural = set(listed.loc[listed["district_type"] == "huyện", "district_code"])
        return Decimal(sum(bool(all_) for code, all_ in done.items() if code in rural))

    return measure


def _criteria_of(year: int, commune: str, status: str, decision: str | None) -> Measure:
    """Criteria met by one commune that has the status (and the decision); null otherwise."""

    def measure(tables: TablesByYear) -> Decimal | None:
        marks, communes = _of(tables, year, "attainment"), _of(tables, year, "communes")
        if marks is None or communes is None:
            return None
        row = communes[communes["commune_code"] == commune]
        if row.empty or row["status"].iloc[0] != status:
            return None
        if decision is not None and decision not in str(row["decision_no"].iloc[0]):
            return None
        return Decimal(int(marks.loc[marks["commune_code"] == commune, "met"].sum()))

    return measure


def _among(year: int, count: int, district: str | None, base_year: int) -> Callable[..., bool]:
    """Whether the returns list that many rural communes, in the units of ``base_year``."""

    def holds(tables: TablesByYear) -> bool:
        communes = _of(tables, year, "communes")
        if communes is None:
            return False
        if district is not None:
            communes = communes[communes["district_code"] == district]
        valid = set(areas.rural(base_year)["commune_code"])
        return bool(communes["commune_code"].isin(valid).sum() == count)

    return holds


def _extreme(year: int, district: str, most: bool) -> Callable[[TablesByYear], bool]:
    """Whether the district has the most, or the fewest, poor households, alone."""

    def holds(tables: TablesByYear) -> bool:
        units = _of(tables, year, "poverty")
        if units is None:
            return False
        counts = units.groupby("district_code")["poor_end_hh"].sum()
        edge = counts.max() if most else counts.min()
        return bool((counts == edge).sum() == 1 and counts.get(district) == edge)

    return holds


# --------------------------------------------------------------------------- claims


def _rate(year: int, part: str) -> Measure:
    whole = "ethnic_households_hh" if part.startswith("ethnic") else "households_hh"
    return share(households(year, part), households(year, whole))


def _funding_claims() -> list[Claim]:
    ntm: dict[str, object] = {"programme": "ntm", "plan_year": 2019}
    gnbv: dict[str, object] = {"programme": "gnbv", "plan_year": 2019}
    carried: dict[str, object] = {"programme": "ntm", "plan_year": 2018}
    own = ("province", "integrated")
    allocated: dict[str, dict[str, object]] = {
        "ntm_central_carried_from_2018": carried,
        "ntm_central_2019_allocated": ntm | {"source": "central"},
        "ntm_central_investment_2019_allocated": ntm | {"source": "central", "kind": "investment"},
        "ntm_central_recurrent_2019_allocated": ntm | {"source": "central", "kind": "recurrent"},
        "ntm_province_2019_allocated": ntm | {"source": own},
        "ntm_province_investment_2019_allocated": ntm | {"source": own, "kind": "investment"},
        "ntm_province_recurrent_2019_allocated": ntm | {"source": own, "kind": "recurrent"},
        "gnbv_total_2019_allocated": gnbv,
        "gnbv_central_2019_allocated": gnbv | {"source": "central"},
        "gnbv_central_investment_2019_allocated": gnbv
        | {"source": "central", "kind": "investment"},
        "gnbv_central_recurrent_2019_allocated": gnbv | {"source": "central", "kind": "recurrent"},
        "gnbv_province_2019_allocated": gnbv | {"source": "province"},
        "gnbv_province_investment_2019_allocated": gnbv
        | {"source": "province", "kind": "investment"},
        "gnbv_province_recurrent_2019_allocated": gnbv
        | {"source": "province", "kind": "recurrent"},
        "p30a_infrastructure": {"component": "gnbv_30a_infrastructure"},
        "p30a_infrastructure_central": {
            "component": "gnbv_30a_infrastructure", "source": "central",
        },
        "p30a_infrastructure_province": {
            "component": "gnbv_30a_infrastructure", "source": "province",
        },
        "p30a_maintenance": {"component": "gnbv_30a_maintenance"},
        "p30a_production": {"component": ("gnbv_30a_livelihoods", "gnbv_30a_models")},
        "p30a_work_abroad": {"component": "gnbv_30a_labour_export"},
        "p135_infrastructure_central": {
            "component": "gnbv_135_infrastructure", "source": "central",
        },
        "p135_infrastructure_local": {
            "component": "gnbv_135_infrastructure", "source": "province",
        },
        "p135_production": {"component": "gnbv_135_production"},
        "p135_production_central": {"component": "gnbv_135_production", "source": "central"},
        "p135_production_local": {"component": "gnbv_135_production", "source": "province"},
        "other_communes_production": {"component": "gnbv_outside_production"},
        "other_communes_production_central": {
            "component": "gnbv_outside_production", "source": "central",
        },
        "other_communes_production_local": {
            "component": "gnbv_outside_production", "source": "province",
        },
        "comms_total": {"component": ("gnbv_communication", "gnbv_information")},
        "comms_outreach": {"component": "gnbv_communication"},
        "comms_information": {"component": "gnbv_information"},
    }  # fmt: skip
    disbursed: dict[str, dict[str, object]] = {
        "ntm_central_carried_disbursed": carried,
        "ntm_central_2019_disbursed": allocated["ntm_central_2019_allocated"],
        "ntm_central_investment_2019_disbursed": allocated["ntm_central_investment_2019_allocated"],
        "ntm_central_recurrent_2019_disbursed": allocated["ntm_central_recurrent_2019_allocated"],
        "p30a_livelihood_disbursed": {"component": "gnbv_30a_livelihoods"},
        "p30a_model_disbursed": {"component": "gnbv_30a_models"},
        "p30a_work_abroad_disbursed": {"component": "gnbv_30a_labour_export"},
    }
    contradicted = {
        "gnbv_central_2019_allocated": (
            "gnbv_total_2019_allocated", "-gnbv_province_2019_allocated",
        ),
        "p135_production": ("p135_production_central", "p135_production_local"),
        "other_communes_production": (
            "other_communes_production_central", "other_communes_production_local",
        ),
    }  # fmt: skip
    claims = [
        Claim(
            fact,
            2019,
            "funding",
            money("allocated_vnd", 2019, **where),
            corrected_by=contradicted.get(fact, ()),
        )
        for fact, where in allocated.items()
    ]
    for fact, where in disbursed.items():
        paid = money("disbursed_vnd", 2019, **where)
        plan = money("allocated_vnd", 2019, **where)
        claims.append(Claim(fact, 2019, "funding", paid))
        claims.append(
            Claim(
                f"{fact}_share",
                2019,
                "funding",
                share(paid, plan),
                rule="rounded",
                ratio=(fact, f"{fact}:of"),
            )
        )
    claims.append(
        Claim(
            "series_ntm_funding_2020",
            2020,
            "funding",
            money("allocated_vnd", 2020, programme="ntm", plan_year=2020),
            rule="over",
        )
    )
    return claims


def _poverty_claims() -> list[Claim]:
    parts = {
        "poor": "poor_end_hh",
        "near_poor": "near_poor_end_hh",
        "ethnic_poor": "ethnic_poor_end_hh",
        "ethnic_near_poor": "ethnic_near_poor_end_hh",
    }
    claims = [
        Claim("series_poor_rate_2018", 2018, "poverty", _rate(2018, "poor_end_hh"), "rounded")
    ]
    claims.append(
        Claim(
            "series_poor_households_gift_list_2018",
            2018,
            "poverty",
            households(2018, "poor_end_hh"),
        )
    )
    for name, part in parts.items():
        levels = {year: _rate(year, part) for year in (2018, 2019, 2020)}
        report, series = f"poverty_{name}_rate_2019", f"series_{name}_rate_2020"
        claims += [
            Claim(report, 2019, "poverty", levels[2019], "rounded"),
            Claim(f"{report}_change", 2019, "poverty", fall(levels[2018], levels[2019]), "rounded"),
            Claim(series, 2020, "poverty", levels[2020], "rounded"),
            Claim(f"{series}_fall", 2020, "poverty", fall(levels[2019], levels[2020]), "rounded"),
            Claim(f"series_{name}_households_2020", 2020, "poverty", households(2020, part)),
        ]
    for name, column in (("income", "poor_income_hh"), ("deprivation", "poor_deprivation_hh")):
        claims.append(
            Claim(f"series_{name}_poor_households_2020", 2020, "poverty", households(2020, column))
        )
    for name, district in (("hon_dat", "903"), ("kien_hai", "912")):
        claims.append(
            Claim(
                f"series_{name}_poor_households_2020",
                2020,
                "poverty",
                households(2020, "poor_end_hh", district),
                also=_extreme(2020, district, most=name == "hon_dat"),
            )
        )
    return claims


def _attainment_claims() -> list[Claim]:
    def by(day: str, year: int = 2019) -> Measure:
        return recognised(year, until=dt.date.fromisoformat(day))

    return [
        Claim("series_ntm_communes_met_2017_08", 2018, "attainment", by("2017-08-31", 2018)),
        Claim("series_ntm_communes_met_2018_05", 2018, "attainment", by("2018-05-31", 2018)),
        # the news of 26 April counted the seven that were decided on 2 May
        Claim("series_ntm_communes_met_2019_04", 2019, "attainment", by("2019-05-02")),
        Claim("series_ntm_communes_met_2019_07", 2019, "attainment", by("2019-07-15")),
        Claim(
            "ntm_communes_recognised_2019",
            2019,
            "attainment",
            recognised(2019, since=dt.date(2019, 1, 1)),
        ),
        Claim("ntm_communes_pending", 2019, "attainment", _status(2019, "pending")),
        Claim("ntm_criteria_minimum", 2019, "attainment", criteria(2019, "least"), "least"),
        Claim("ntm_districts_met", 2019, "attainment", _complete_districts(2019)),
    ]


# ------------------------------------------------- facts known beside the report's figures

KNOWN_LABELS: dict[tuple[str, str], str] = {
    ("attained_share", "province"): N_("Communes recognised, of {of}"),
    ("attained_share", "district"): N_("Communes of {place} recognised, of {of}"),
    ("attained_over_half", "district"): N_(
        "Communes of {place} recognised: more than half of {of}"
    ),
    ("attained", "commune"): N_("Criteria met by {place}, recognised"),
    ("pending_decision", "commune"): N_("Criteria met by {place}, waiting for its decision"),
    ("mean_criteria", "province"): N_("Criteria met per commune, on average"),
}


def _known_claims() -> list[tuple[Claim, dict[str, Any]]]:
    """Facts of ``reference/data/known_attainment.csv`` with what is printed of each."""
    listed = {row["name"]: row["district_code"] for row in records("districts_2019")}
    communes = {
        (row["name"], row["district_name"]): row["commune_code"]
        for row in records("communes_2019")
        if row["type"] == "xã"
    }
    claims = []
    for number, row in enumerate(records("known_attainment"), 1):
        year = int(row["as_of"][:4])
        rule, base_year = "equal", None
        place = row["place"]
        measure: Measure
        also = None
        value = row["value"]
        if row["level"] == "province" and row["fact"] == "mean_criteria":
            measure, rule = criteria(year, "mean"), "rounded"
        elif row["level"] == "province":
            # a state of January is that of the return of the year before, in the new units
            if row["as_of"].endswith("-01"):
                base_year, year = year, year - 1
            measure = recognised(year, base_year=base_year)
            also = _among(year, int(row["of"]), None, base_year or year)
        elif row["level"] == "district":
            measure = recognised(year, district=listed[place])
            also = _among(year, int(row["of"]), listed[place], year)
            rule = "more_than_half" if row["fact"] == "attained_over_half" else "equal"
            value = value or str(Decimal(row["of"]) / 2)
        else:
            name, _, district = place.replace(" (xã)", "").partition(", ")
            decision = re.search(r"QĐ (\d+)/QĐ", row["source"])
            measure = _criteria_of(
                year,
                communes[name, district],
                "recognised" if row["fact"] == "attained" else "pending",
                decision.group(1) if decision else None,
            )
            value = value or row["of"]
        texts = {
            lang: translator(lang)(
                KNOWN_LABELS[row["fact"], row["level"]], place=place, of=row["of"]
            )
            for lang in ("vi", "en")
        }
        claims.append(
            (
                Claim(f"known_{number}", year, "attainment", measure, rule, also=also),
                {
                    "label_vi": texts["vi"],
                    "label_en": texts["en"],
                    "source": row["source"],
                    "unit": {"commune": "criteria", "district": "communes"}.get(
                        row["level"],
                        "criteria_per_commune" if row["fact"] == "mean_criteria" else "communes",
                    ),
                    "printed": Decimal(value),
                    "decimals": len(value.partition(".")[2]),
                },
            )
        )
    return claims


# -------------------------------------------------------------------------- agreement


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _printed(
    figures: pd.DataFrame | None, series: pd.DataFrame | None
) -> dict[str, dict[str, Any]]:
    """Return what is printed of each figure and each point of the series, by id."""
    found: dict[str, dict[str, Any]] = {}
    for table, is_report in ((figures, True), (series, False)):
        if table is None:
            continue
        for row in table.to_dict("records"):
            if row["value"] is None or pd.isna(row["value"]) or row["value"] == "":
                continue
            value = Decimal(str(row["value"]))
            # a point of a series is told from the others by its date
            when = "" if is_report else f", {row['year_or_date']}"
            entry = {
                "label_vi": f"{row['indicator_vi']}{when}",
                "label_en": f"{row['indicator_en']}{when}",
                "unit": row["unit"],
                "printed": value,
                "decimals": _decimals(value),
                "source": f"25/BC-BCĐ {row['section']}" if is_report else row["source"],
            }
            found[str(row["id"])] = entry
            of = row.get("denominator")
            if is_report and of is not None and not pd.isna(of) and of != "":
                found[f"{row['id']}:of"] = entry | {"printed": Decimal(str(of))}
    return found


def _corrected(claim: Claim, printed: dict[str, dict[str, Any]], unit: str) -> Decimal | None:
    """Return what the report's other figures ask for, in the unit of the figure itself."""
    if claim.ratio is not None:
        part, whole = (printed.get(name) for name in claim.ratio)
        return None if part is None or whole is None else 100 * part["printed"] / whole["printed"]
    total = Decimal(0)
    for name in claim.corrected_by:
        other = printed.get(name.lstrip("-"))
        if other is None:
            return None
        amount = other["printed"] * SCALE.get(other["unit"], Decimal(1))
        total += -amount if name.startswith("-") else amount
    return total / SCALE.get(unit, Decimal(1)) if claim.corrected_by else None


def _agrees(claim: Claim, wanted: Decimal, decimals: int, found: Decimal) -> bool:
    if claim.rule == "least":
        return found >= wanted
    if claim.rule == "more_than_half":
        return found > wanted
    if claim.rule == "over":
        return wanted <= found < wanted + 1
    if claim.rule == "rounded":
        place = Decimal(1).scaleb(-decimals)
        rounded = found.quantize(place, ROUND_HALF_UP)
        return rounded == wanted.quantize(place, ROUND_HALF_UP)
    return found == wanted


def agreement(
    tables_by_year: TablesByYear,
    figures: pd.DataFrame | None = None,
    series: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Set every published fact beside the same figure computed from the returns.

    Attainment facts are counted from decisions and marks, money is summed over districts and
    compared to the đồng, rates are 100 x households / households, rounded half up to the
    decimals that were printed. Where the report contradicts itself (50,541 for 51,541), the value
    that its other figures ask for stands beside the printed one, and the returns are held
    against that.

    Parameters
    ----------
    tables_by_year
        Clean tables (``attainment, communes, funding, poverty``) by year. A fact whose year or
        table is not there has no figure from the returns, and neither agrees nor disagrees.
    figures
        Figures of the printed report: ``id, section, indicator_vi, indicator_en, value, unit,
        denominator``. Without them only facts known from elsewhere are compared.
    series
        Points published elsewhere: ``id, year_or_date, indicator_vi, indicator_en, value, unit,
        source``.

    Returns
    -------
    pandas.DataFrame
        One row per fact, attainment first, then funding and poverty: ``fact`` (id), ``year``,
        ``subject``, ``label_vi, label_en``, ``source``, ``unit`` of the numbers beside it,
        ``rule`` (how compared: equal, rounded, least, over, more_than_half), ``printed``,
        ``corrected`` (null where the report does not contradict itself), ``from_returns``,
        ``difference`` (from returns less corrected or printed), ``agrees`` (null where unknown).

    Examples
    --------
    >>> from kgstats.sample import truth
    >>> facts = agreement({2019: truth(2019)})
    >>> facts.loc[facts["label_en"] == "Communes recognised, of 117", "from_returns"].tolist()
    [64.0, nan]
    """
    printed = _printed(figures, series)
    pairs = _known_claims()
    pairs += [
        (claim, printed[claim.fact])
        for claim in (*_attainment_claims(), *_funding_claims(), *_poverty_claims())
        if claim.fact in printed
    ]
    order = {"attainment": 0, "funding": 1, "poverty": 2}
    rows = []
    for claim, fact in sorted(pairs, key=lambda pair: order[pair[0].subject]):
        found = claim.measure(tables_by_year)
        if found is not None:
            found = found / SCALE.get(fact["unit"], Decimal(1))
        corrected = _corrected(claim, printed, fact["unit"])
        wanted = fact["printed"] if corrected is None else corrected
        if corrected is not None and _agrees(claim, wanted, fact["decimals"], fact["printed"]):
            corrected = None
        rows.append(
            {
                "fact": claim.fact,
                "year": claim.year,
                "subject": claim.subject,
                **{name: fact[name] for name in ("label_vi", "label_en", "source", "unit")},
                "rule": claim.rule,
                "printed": float(fact["printed"]),
                "corrected": None if corrected is None else float(corrected),
                "from_returns": None if found is None else float(found),
                "difference": None if found is None else float(found - wanted),
                "agrees": None
                if found is None
                else _agrees(claim, wanted, fact["decimals"], found)
                and (claim.also is None or claim.also(tables_by_year)),
            }
        )
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    texts = ("fact", "subject", "label_vi", "label_en", "source", "unit", "rule")
    return table.astype(
        {
            **dict.fromkeys(texts, "string"),
            "year": "Int64",
            **dict.fromkeys(("printed", "corrected", "from_returns", "difference"), "float64"),
            "agrees": "boolean",
        }
    )
