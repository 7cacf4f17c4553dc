"""Programme money: what was allocated, what was paid by the cut-off, what is left and at risk.

Let A be the money allocated on a line and D what was disbursed on it by the cut-off date. The
*gap* is A − D, in đồng. Gaps add up over lines; rates D / A never do, they are formed anew from
the sums. A line whose disbursement is not reported is not a line without disbursement: it has
no gap, and its money is *uncovered*. Every sum here is exact, in whole đồng.

Every function takes what :func:`lines` returns and gives one row a unit; ``by`` says which units,
and without it there is one row for all money together.

Sources: Law on Public Investment and Law on the State Budget (legal closes, in
:mod:`kgstats.reference.funding_rules`); PEFA framework 2016, indicators PI-1 and PI-2 (formulas
only, never the letter grades).
"""

from kgstats.analysis.funding.carry_over import carry_over, carry_over_steps
from kgstats.analysis.funding.closes import closing, lapsing, waterfall
from kgstats.analysis.funding.concentration import funnel, largest, pareto, shortfall
from kgstats.analysis.funding.decomposition import composition, decompose, outturn
from kgstats.analysis.funding.lines import DIMENSIONS, FundingError, comparable, lines, measured
from kgstats.analysis.funding.measures import (
    BASES,
    by_denominator,
    counterpart,
    denominators,
    gaps,
)
from kgstats.analysis.funding.need import (
    against_need,
    poor_households,
    unevenness,
    unmet_criteria,
)
from kgstats.analysis.funding.printed import (
    allocation_gap,
    beside_printed,
    outputs,
    sensitivity,
)
from kgstats.analysis.funding.unusual import RULES, unusual, unusual_counts
from kgstats.analysis.funding.years import against_last_year

__all__ = [
    "BASES",
    "DIMENSIONS",
    "RULES",
    "FundingError",
    "against_last_year",
    "against_need",
    "allocation_gap",
    "beside_printed",
    "by_denominator",
    "carry_over",
    "carry_over_steps",
    "closing",
    "comparable",
    "composition",
    "counterpart",
    "decompose",
    "denominators",
    "funnel",
    "gaps",
    "lapsing",
    "largest",
    "lines",
    "measured",
    "outputs",
    "outturn",
    "pareto",
    "poor_households",
    "sensitivity",
    "shortfall",
    "unevenness",
    "unmet_criteria",
    "unusual",
    "unusual_counts",
    "waterfall",
]
