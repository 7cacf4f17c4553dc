"""What the illustrative returns must agree with, and what had to be chosen.

Every constant says whether it is **published** (with its source) or **chosen**: a value that no
published text gives, set so that the published ones hold. Chosen values are illustrative and
must never be quoted as statistics of Kiên Giang.
"""

from __future__ import annotations

import datetime as dt

# ------------------------------------------------------------------ attainment

RECOGNISED_BY_END: dict[int, int] = {2018: 51, 2019: 64, 2020: 81}
"""Communes recognised. Published: 2019 (report 25/BC-BCĐ II.2.1.2), 2018 (64 less 13), 2020
(81 of 116 in January 2021; Hòn Thơm, the commune that left the base on 1 January 2021, was not
among them, so 81 of 117 stood at the end of 2020)."""

RECOGNISED_SHARES: dict[int, dict[str, int]] = {
    2018: {
        "899": 1, "900": 1, "902": 3, "903": 3, "904": 10, "905": 5, "906": 9, "907": 5,
        "908": 1, "909": 2, "910": 4, "911": 2, "912": 0, "913": 3, "914": 2,
    },
    2019: {
        "899": 1, "900": 1, "902": 4, "903": 4, "904": 10, "905": 6, "906": 13, "907": 7,
        "908": 1, "909": 2, "910": 6, "911": 2, "912": 1, "913": 4, "914": 2,
    },
    2020: {
        "899": 1, "900": 2, "902": 5, "903": 5, "904": 10, "905": 7, "906": 18, "907": 10,
        "908": 2, "909": 4, "910": 7, "911": 3, "912": 1, "913": 4, "914": 2,
    },
}  # fmt: skip
"""Communes recognised by district. Published for 2019: Tân Hiệp 10, Hòn Đất 4, Giang Thành 2,
An Biên 1, Vĩnh Thuận 6 and, above half, Giồng Riềng, Châu Thành and U Minh Thượng. The others
are chosen so that the province comes out; 2020 gives every commune of Tân Hiệp, Giồng Riềng and
Gò Quao, the three districts at the standard in 2021, and of Vĩnh Thuận (standard of 2020)."""

QD_1007 = ("30931", "30950", "30916", "30922", "31069", "31060", "30976")
"""Published: the seven communes of QĐ 1007/QĐ-UBND of 2 May 2019, assessed for 2018."""

QD_1007_DATE = dt.date(2019, 5, 2)
LAI_SON = "31111"
"""Published: Lại Sơn attained in 2019. Its decision is not known."""

PENDING_2019 = ("31074", "31033", "31039", "31087")
"""Published: Phong Đông, Đông Hưng, Đông Hưng B, Gành Dầu, 19 criteria and no decision yet."""

PHONG_DONG = "31074"
PHONG_DONG_2018 = 16
"""Published: 16 criteria on 26 April 2019."""

NOT_YET = ("30797", "30799", "31045", "31003", "31099")
"""Never among the recognised: Phú Lợi, Phú Mỹ, Vân Khánh Đông and Nam Thái A, whose hamlets
have a standard of their own (plan 73/KH-UBND), and Hòn Thơm (chosen, see above)."""

MEAN_TOTAL_2019 = 1977
"""Criteria met in all 117 communes in 2019. Published: 16,9 on average; the total is chosen
among those that round to it (1 972 to 1 983)."""

LEAST_CRITERIA_2019 = 10
"""Published: every commune short of the standard has at least 10."""

EARLIER_DECISIONS: tuple[tuple[dt.date, int], ...] = (
    (dt.date(2014, 12, 24), 4),
    (dt.date(2015, 6, 18), 4),
    (dt.date(2015, 12, 22), 6),
    (dt.date(2016, 7, 14), 5),
    (dt.date(2016, 12, 26), 6),
    (dt.date(2017, 3, 30), 5),
    (dt.date(2017, 7, 27), 6),
    (dt.date(2018, 4, 10), 4),
    (dt.date(2018, 8, 16), 5),
    (dt.date(2018, 12, 20), 6),
)
"""Dates of decisions before 2019 and how many communes each recognised. Published: 36 communes
in August 2017 after 11 that year, 40 in May 2018, 51 at the end of 2018; the days are chosen."""

DECISION_1510_DATE = dt.date(2019, 7, 8)
DECISION_1510_DISTRICTS = ("902", "903", "905", "913")
"""Published: QĐ 1510 recognised four communes, 62 in all on 15 July 2019. Which communes, and the
day, are chosen; so the number is written MH-1510."""

LATER_2019_DATE = dt.date(2019, 11, 28)
DECISIONS_2020: tuple[tuple[dt.date, int], ...] = (
    (dt.date(2020, 1, 16), 4),
    (dt.date(2020, 6, 25), 5),
    (dt.date(2020, 12, 24), 8),
)
ADVANCED_2020 = 2
"""Chosen: two communes of Tân Hiệp at the advanced level, as the plan for 2020 asked."""

# -------------------------------------------------------------------- poverty

HOUSEHOLDS: dict[int, int] = {2017: 431_600, 2018: 440_870, 2019: 450_500, 2020: 460_250}
"""Resident households, chosen: the only round paths on which 18 252 households are 4,14 % and
8 790 are 1,91 % while 19 378 are 4,21 %."""

ETHNIC_HOUSEHOLDS: dict[int, int] = {2018: 68_500, 2019: 69_400, 2020: 70_380}
"""Ethnic households, chosen; that of 2020 follows from 2 393 = 3,4 % and 4 539 = 6,45 %."""

POOR: dict[int, int] = {2017: 25_940, 2018: 18_252, 2019: 12_118, 2020: 8_790}
"""Published: 2018 (gift list of January 2019; 4,14 %), 2020. 2019: the count that is 2,69 %.
2017: chosen between 8,32 % of 2016 and 4,14 %."""

POOR_BY_INCOME: dict[int, int] = {2018: 15_128, 2019: 10_664, 2020: 8_037}
"""Published: 2020, and for 2018 the income-poor who had electricity money in 2019. 2019 chosen."""

NEAR_POOR: dict[int, int] = {2017: 20_300, 2018: 20_633, 2019: 20_678, 2020: 19_378}
"""Published: 2020; 2018 and 2019 are the counts that are 4,68 % and 4,59 %; 2017 chosen."""

ETHNIC_POOR: dict[int, int] = {2018: 4_761, 2019: 3_262, 2020: 2_393}
"""Published: 2020; 2018 and 2019 are the counts that are 6,95 % and 4,7 %."""

ETHNIC_NEAR_POOR: dict[int, int] = {2018: 4_987, 2019: 5_018, 2020: 4_539}
"""Published: 2020; 2018 and 2019 are the counts that are 7,28 % and 7,23 %."""

POOR_OF_DISTRICT: dict[int, dict[str, int]] = {
    2017: {"912": 52},
    2018: {"912": 31},
    2019: {"912": 9},
    2020: {"903": 1_273, "912": 1},
}
"""Published: Hòn Đất and Kiên Hải in 2020, the highest and the lowest. Kiên Hải before: chosen."""

POOR_RATES: dict[str, float] = {
    "899": 0.75, "900": 1.1, "902": 1.7, "903": 3.05, "904": 1.3, "905": 2.1, "906": 1.95,
    "907": 2.5, "908": 2.9, "909": 2.9, "910": 2.2, "911": 0.4, "912": 0.1, "913": 3.1,
    "914": 3.6,
}  # fmt: skip
"""Weights of the districts in poverty, percent of 2020; chosen (no district rate is published)."""

POOR_PACE: dict[str, float] = {
    "899": 1.05, "900": 1.2, "902": 0.86, "903": 0.93, "904": 1.22, "905": 0.9, "906": 1.16,
    "907": 1.1, "908": 0.98, "909": 0.84, "910": 1.14, "911": 1.0, "912": 1.0, "913": 1.02,
    "914": 0.8,
}  # fmt: skip
NEAR_POOR_PACE: dict[str, float] = {
    "899": 0.96, "900": 1.04, "902": 1.1, "903": 0.97, "904": 1.12, "905": 0.94, "906": 1.03,
    "907": 0.92, "908": 1.06, "909": 0.9, "910": 1.08, "911": 1.0, "912": 1.02, "913": 0.95,
    "914": 0.88,
}  # fmt: skip
"""How much faster than the others poverty, and near-poverty, fall in a district in a year, as a
ratio; chosen (no district's path is published), so that districts differ as real ones do."""

ETHNIC_SHARES: dict[str, float] = {
    "899": 10, "900": 15, "902": 14, "903": 13, "904": 2, "905": 33, "906": 17, "907": 33,
    "908": 12, "909": 2, "910": 10, "911": 5, "912": 1.5, "913": 8, "914": 25,
}  # fmt: skip
"""Weights of the districts in ethnic households, percent; chosen after where Khmer people live."""

# -------------------------------------------------------------------- funding

CUT_OFF: dict[int, dt.date] = {
    2018: dt.date(2018, 12, 20),
    2019: dt.date(2019, 12, 20),
    2020: dt.date(2020, 12, 20),
}
"""Published: 20 December 2019. The same day in the other years is chosen."""
