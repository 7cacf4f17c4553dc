"""Programme money as readers see it: coverage, gaps, what lapses, where and why.

Every function takes frames that :mod:`kgstats.analysis.funding` gives, as they are.
"""

from kgstats.present.funding.charts import (
    coverage_chart,
    decomposition_chart,
    district_chart,
    pareto_chart,
)
from kgstats.present.funding.closes import (
    carry_over_chart,
    carry_over_table,
    forecast_note,
    lapsing_table,
    time_table,
    waterfall_chart,
)
from kgstats.present.funding.maps import gap_map
from kgstats.present.funding.notes import (
    causes_note,
    composition_note,
    counterpart_note,
    coverage_note,
    headlines,
    left_out_note,
    need_note,
)
from kgstats.present.funding.plots import funnel_chart, last_year_chart, need_chart
from kgstats.present.funding.printed import (
    allocation_table,
    printed_note,
    printed_table,
    sensitivity_table,
)
from kgstats.present.funding.tables import (
    ageing_table,
    causes_table,
    component_table,
    denominators_table,
    gap_table,
    outputs_table,
    unusual_table,
)
from kgstats.present.funding.wording import reporting
