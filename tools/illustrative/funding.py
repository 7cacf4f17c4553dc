"""Illustrative funding: lines of 15 districts whose sums are the report's, to the đồng."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from . import facts
from .apportion import apportion
from .places import YEARS, districts, units

MILLION = 1_000_000
PAID_IN = 100_000
"""Allocations are whole triệu, payments whole hundred thousand đồng."""

Home = tuple[str, ...]
ALL: Home = tuple(facts.POOR_RATES)
COASTAL_30A: Home = ("906", "907", "908", "909", "910", "913", "914")
"""Where extremely difficult coastal communes are (report II.2.2.3 names four), chosen beyond."""
VILLAGES_135: Home = ("900", "902", "903", "905", "906", "907", "908", "910", "913", "914")
OUTSIDE: Home = ("899", "900", "902", "903", "904", "905", "906", "907", "908", "909", "910", "912")
LABOUR: Home = ("906", "907", "909", "913", "914")
PANELS: Home = ("903", "906", "907", "908", "909", "910", "913", "914")


@dataclass(frozen=True)
class Line:
    """One line of the province's money, in triệu đồng.

    ``paid`` is None where no disbursement is reported; ``paid_by`` is the part of the districts
    that report one (all of them by default). ``need`` says what the money follows.
    """

    component: str
    source: str
    kind: str
    plan_year: int
    allocated: float
    paid: float | None
    homes: Home = ALL
    need: str = "communes"
    each: int = 1
    """Least allocation of a district, in triệu."""
    paid_by: Home = ALL


def _gnbv(year: int, money: dict[str, float], paid: dict[str, float]) -> list[Line]:
    """Lines of the poverty programme, one year: what is given by name, in triệu đồng."""
    rows = [
        ("gnbv_30a_infrastructure", "central", "investment", COASTAL_30A, "poor"),
        ("gnbv_30a_infrastructure", "province", "investment", COASTAL_30A, "poor"),
        ("gnbv_30a_maintenance", "central", "recurrent", COASTAL_30A, "poor"),
        ("gnbv_30a_livelihoods", "central", "recurrent", COASTAL_30A, "poor"),
        ("gnbv_30a_models", "central", "recurrent", COASTAL_30A, "poor"),
        ("gnbv_30a_labour_export", "central", "recurrent", LABOUR, "even"),
        ("gnbv_135_infrastructure", "central", "investment", VILLAGES_135, "ethnic"),
        ("gnbv_135_infrastructure", "province", "investment", VILLAGES_135, "ethnic"),
        ("gnbv_135_production", "central", "recurrent", VILLAGES_135, "ethnic"),
        ("gnbv_135_production", "province", "recurrent", VILLAGES_135, "ethnic"),
        ("gnbv_outside_production", "central", "recurrent", OUTSIDE, "poor"),
        ("gnbv_outside_production", "province", "recurrent", OUTSIDE, "poor"),
        ("gnbv_communication", "central", "recurrent", PANELS, "poor"),
        ("gnbv_information", "central", "recurrent", ALL, "communes"),
        ("gnbv_capacity", "central", "recurrent", ALL, "poor"),
        ("gnbv_capacity", "province", "recurrent", ALL, "even"),
    ]
    lines = []
    for component, source, kind, homes, need in rows:
        key = f"{component}:{source}"
        # every district's radio had 15 triệu for a programme against poverty
        each = 15 if component == "gnbv_information" else 1
        lines.append(
            Line(component, source, kind, year, money[key], paid.get(key), homes, need, each)
        )
    return lines


GNBV: dict[int, dict[str, float]] = {
    2018: {
        "gnbv_30a_infrastructure:central": 14_720,
        "gnbv_30a_infrastructure:province": 1_020,
        "gnbv_30a_maintenance:central": 902,
        "gnbv_30a_livelihoods:central": 2_100,
        "gnbv_30a_models:central": 1_950,
        "gnbv_30a_labour_export:central": 400,
        "gnbv_135_infrastructure:central": 11_830,
        "gnbv_135_infrastructure:province": 560,
        "gnbv_135_production:central": 2_745,
        "gnbv_135_production:province": 640,
        "gnbv_outside_production:central": 1_420,
        "gnbv_outside_production:province": 905,
        "gnbv_communication:central": 760,
        "gnbv_information:central": 1_280,
        "gnbv_capacity:central": 1_690,
        "gnbv_capacity:province": 60,
    },
    2019: {
        "gnbv_30a_infrastructure:central": 20_581,
        "gnbv_30a_infrastructure:province": 1_488,
        "gnbv_30a_maintenance:central": 1_107,
        "gnbv_30a_livelihoods:central": 2_400,
        "gnbv_30a_models:central": 2_400,
        "gnbv_30a_labour_export:central": 500,
        "gnbv_135_infrastructure:central": 15_254,
        "gnbv_135_infrastructure:province": 750,
        "gnbv_135_production:central": 3_166,
        "gnbv_135_production:province": 874,
        "gnbv_outside_production:central": 1_631,
        "gnbv_outside_production:province": 1_407,
        "gnbv_communication:central": 874,
        "gnbv_information:central": 1_510,
        "gnbv_capacity:central": 2_118,
        "gnbv_capacity:province": 75,
    },
    2020: {
        "gnbv_30a_infrastructure:central": 16_940,
        "gnbv_30a_infrastructure:province": 1_130,
        "gnbv_30a_maintenance:central": 1_015,
        "gnbv_30a_livelihoods:central": 2_250,
        "gnbv_30a_models:central": 2_300,
        "gnbv_30a_labour_export:central": 450,
        "gnbv_135_infrastructure:central": 13_460,
        "gnbv_135_infrastructure:province": 610,
        "gnbv_135_production:central": 2_980,
        "gnbv_135_production:province": 720,
        "gnbv_outside_production:central": 1_540,
        "gnbv_outside_production:province": 1_080,
        "gnbv_communication:central": 820,
        "gnbv_information:central": 1_405,
        "gnbv_capacity:central": 1_930,
        "gnbv_capacity:province": 70,
    },
}
"""Triệu đồng. 2019 is published (report II.1.2 and II.2.2.3): 56 135 in all, of which 51 541
central, the value that satisfies 35 835 + 15 706 and 56 135 - 4 594 (50 541 is printed);
135 production 3 166 + 874 = 4 040 (4 014 is printed). The report does not itemise 2 118 central
and 75 provincial recurrent: they stand in ``gnbv_capacity``. 2018 and 2020 are chosen, below
the five years' total of 202 tỷ."""

GNBV_PAID: dict[int, dict[str, float]] = {
    2018: {
        "gnbv_30a_livelihoods:central": 1_890,
        "gnbv_30a_models:central": 1_795,
        "gnbv_30a_labour_export:central": 45,
    },
    2019: {
        "gnbv_30a_livelihoods:central": 2_000,
        "gnbv_30a_models:central": 2_100,
        "gnbv_30a_labour_export:central": 30,
    },
    2020: {
        "gnbv_30a_infrastructure:central": 14_230.5,
        "gnbv_30a_livelihoods:central": 2_085,
        "gnbv_30a_models:central": 2_162.5,
        "gnbv_30a_labour_export:central": 15,
        "gnbv_135_infrastructure:central": 11_306,
        "gnbv_135_production:central": 2_611.5,
    },
}
"""Triệu đồng disbursed at the cut-off. 2019 is published; 2018 and 2020 are chosen."""

NTM: dict[int, tuple[Line, ...]] = {
    2018: (
        Line("ntm_general", "central", "investment", 2018, 105_400, 82_615.5),
        Line("ntm_general", "central", "recurrent", 2018, 38_600, 27_903),
        Line("ntm_general", "province", "investment", 2018, 468_250, None),
        Line("ntm_general", "province", "recurrent", 2018, 44_300, None),
        Line("ntm_general", "integrated", "investment", 2018, 271_600, None),
        Line("ntm_general", "integrated", "recurrent", 2018, 22_150, None),
    ),
    2019: (
        Line("ntm_general", "central", "investment", 2019, 123_500, 73_856),
        Line("ntm_general", "central", "recurrent", 2019, 43_500, 25_000),
        Line("ntm_general", "central", "investment", 2018, 13_144, 6_769),
        Line("ntm_general", "province", "investment", 2019, 512_300, None),
        Line("ntm_general", "province", "recurrent", 2019, 52_000, None),
        Line("ntm_general", "integrated", "investment", 2019, 302_433, None),
        Line("ntm_general", "integrated", "recurrent", 2019, 27_700, None),
    ),
    2020: (
        Line("ntm_general", "central", "investment", 2020, 158_600, 121_644.5),
        Line("ntm_general", "central", "recurrent", 2020, 45_900, 33_187),
        Line("ntm_general", "central", "investment", 2019, 27_350, 19_822.5),
        Line(
            "ntm_general", "province", "investment", 2020, 311_640, 128_420,
            paid_by=("899", "900", "902", "903", "904", "906", "907", "910", "912"),
        ),
        Line("ntm_general", "province", "recurrent", 2020, 39_800, None),
        Line("ntm_general", "integrated", "investment", 2020, 154_240, None),
        Line("ntm_general", "integrated", "recurrent", 2020, 22_300, None),
    ),
}  # fmt: skip
"""Triệu đồng. Published for 2019: central 167 000 (123 500 and 43 500), paid 98 856; carried from
2018 13 144, paid 6 769; province and integrated together 814 733 investment and 79 700 recurrent,
"completed" without a figure, so null. Their split is chosen. 2020: "over 732 tỷ" for the year's
plan (732 480 here, chosen). What is carried over is at most what was unspent on 20 December, by
district: the rest was paid before the plan closed on 31 January."""

CAUSES: tuple[tuple[str, str], ...] = (
    ("late_allocation", "Giao vốn chậm"),
    ("procedure", "Vướng thủ tục đầu tư"),
    ("land", "Vướng giải phóng mặt bằng"),
    ("tender", "Đang lựa chọn nhà thầu"),
    ("volume", "Chưa có khối lượng nghiệm thu"),
    ("replanned", "Mới điều chỉnh kế hoạch"),
    ("no_beneficiary", "Không có đối tượng thụ hưởng"),
)
"""Cause codes with the words a district writes."""

CAUSE_BELOW_PCT = 55.0


def _needs(poverty: pd.DataFrame, short: pd.Series) -> dict[str, pd.Series]:
    """Return what money follows, by district."""
    codes = pd.Index(sorted(facts.POOR_RATES))
    table = units()
    rural = table[table["type"] == "xã"].groupby("district_code").size().reindex(codes)
    by_district = poverty.groupby("district_code")[
        ["poor_start_hh", "near_poor_start_hh", "ethnic_households_hh"]
    ].sum()
    by_district = by_district.reindex(codes).astype(float)
    return {
        "communes": rural + short.reindex(codes).fillna(0) / 6,
        "poor": by_district["poor_start_hh"] + by_district["near_poor_start_hh"] / 4 + 5,
        "ethnic": by_district["ethnic_households_hh"],
        "even": pd.Series(1.0, index=codes),
    }


def _pay(total: float, allocated: np.ndarray, speed: np.ndarray) -> np.ndarray:
    """Divide what was paid over the districts, none above its allocation."""
    steps = allocated // PAID_IN
    return apportion(round(total * MILLION / PAID_IN), steps * speed, most=steps) * PAID_IN


def tables(
    poverty: dict[int, pd.DataFrame], short: dict[int, pd.Series], seed: int
) -> dict[int, pd.DataFrame]:
    """Return the clean table ``funding`` of each year, keyed by year.

    ``short`` counts, by year and district, the criteria its communes do not meet yet.
    """
    result: dict[int, pd.DataFrame] = {}
    unspent: pd.Series | None = None
    order = districts()["district_code"].tolist()
    for year in YEARS:
        rng = np.random.default_rng([seed, 4, year])
        needs = _needs(poverty[year], short[year])
        tempo = pd.Series(0.5 + 1.0 * rng.random(len(order)), index=order)
        rows: list[dict[str, object]] = []
        for line in (*NTM[year], *_gnbv(year, GNBV[year], GNBV_PAID[year])):
            homes = sorted(line.homes)
            carried = line.plan_year < year
            most = None
            if carried and unspent is not None:
                left = unspent.reindex(homes).to_numpy() // MILLION
                weight, most, each = left * (0.6 + 0.4 * rng.random(len(homes))), left, 0
            else:
                weight = needs[line.need].reindex(homes).to_numpy(dtype=float)
                weight, each = weight * (0.85 + 0.3 * rng.random(len(homes))), line.each
            allocated = (
                apportion(round(line.allocated), weight, most=most, least=[each] * len(homes))
                * MILLION
            )
            paid: dict[str, int] = {}
            if line.paid is not None:
                reporting = [code for code in homes if code in line.paid_by]
                here = np.array([code in reporting for code in homes])
                speed = tempo.reindex(reporting).to_numpy() * (
                    0.75 + 0.5 * rng.random(len(reporting))
                )
                if line.component == "gnbv_30a_labour_export":
                    # one worker's support is 15 triệu: a few districts have any, the others none
                    speed = np.zeros(len(reporting))
                    amounts = np.zeros(len(reporting), np.int64)
                    for place in range(round(line.paid / 15)):
                        amounts[place % len(reporting)] += 15 * MILLION
                else:
                    amounts = _pay(line.paid, allocated[here], speed)
                paid = {code: int(value) for code, value in zip(reporting, amounts, strict=True)}
            for code, plan in zip(homes, allocated, strict=True):
                if plan:
                    rows.append(
                        {
                            "district_code": code,
                            "programme": line.component.split("_")[0],
                            "component": line.component,
                            "source": line.source,
                            "kind": line.kind,
                            "plan_year": line.plan_year,
                            "allocated_vnd": int(plan),
                            "disbursed_vnd": paid.get(code),
                        }
                    )
            if line.component == "ntm_general" and (line.source, line.kind, line.plan_year) == (
                "central", "investment", year,
            ):  # fmt: skip
                left_over = {
                    code: int(plan) - paid[code]
                    for code, plan in zip(homes, allocated, strict=True)
                }
                next_unspent = pd.Series(left_over)
        unspent = next_unspent
        result[year] = _finish(pd.DataFrame(rows), year, facts.CUT_OFF[year], rng)
    return result


def _finish(
    frame: pd.DataFrame, year: int, cut_off: dt.date, rng: np.random.Generator
) -> pd.DataFrame:
    """Add stated rates, causes and notes; order rows by district; set the types."""
    place = {code: at for at, code in enumerate(districts()["district_code"])}
    frame = frame.assign(place=frame["district_code"].map(place))
    frame = frame.sort_values("place", kind="stable", ignore_index=True)
    plan = frame["allocated_vnd"].to_numpy(dtype=np.int64)
    has = frame["disbursed_vnd"].notna().to_numpy()
    paid = frame["disbursed_vnd"].fillna(0).to_numpy(dtype=np.int64)
    rate = (paid * 20_000 + plan) // (2 * plan) / 100
    drawn = rng.integers(0, len(CAUSES), len(frame))
    cause: list[str | None] = []
    note: list[str | None] = []
    for row in range(len(frame)):
        if has[row] and rate[row] < CAUSE_BELOW_PCT:
            component = frame["component"][row]
            if component == "gnbv_30a_labour_export":
                pick = 6
            elif component in ("gnbv_30a_livelihoods", "gnbv_30a_models"):
                pick = 5
            elif frame["kind"][row] == "recurrent":
                pick = (0, 1, 5)[drawn[row] % 3]
            else:
                pick = int(drawn[row]) % 5
            cause.append(CAUSES[pick][0])
            note.append(CAUSES[pick][1])
        elif not has[row] and frame["source"][row] == "integrated" and drawn[row] == 0:
            cause.append(None)
            note.append("Chưa tổng hợp số giải ngân")
        else:
            cause.append(None)
            note.append(None)
    size = len(frame)
    done = pd.DataFrame(
        {
            "year": pd.array([year] * size, "Int64"),
            **{
                name: frame[name].astype("string")
                for name in ("district_code", "programme", "component", "source", "kind")
            },
            "plan_year": frame["plan_year"].astype("Int64"),
            "allocated_vnd": pd.array(plan, "Int64"),
            "disbursed_vnd": pd.array(
                [int(value) if known else None for value, known in zip(paid, has, strict=True)],
                "Int64",
            ),
            "disbursed_pct": pd.array(
                [float(value) if known else None for value, known in zip(rate, has, strict=True)],
                "Float64",
            ),
            "cut_off": pd.Series([pd.Timestamp(cut_off)] * size).astype("datetime64[us]"),
            "cause": pd.array(cause, "string"),
            "note": pd.array(note, "string"),
        }
    )
    return done
