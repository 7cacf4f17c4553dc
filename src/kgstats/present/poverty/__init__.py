"""Poor and near-poor households as readers see them.

Every function takes frames of :mod:`kgstats.analysis.poverty`, as they are.
"""

from kgstats.present.poverty.change import (
    change_map,
    changes_table,
    contribution_chart,
    contributions_table,
    slope_chart,
)
from kgstats.present.poverty.ethnic import gap_chart, gap_note, others_chart, others_table
from kgstats.present.poverty.groups import groupings_chart, groupings_table
from kgstats.present.poverty.levels import commune_table, levels_table, rate_map, reasons_table
from kgstats.present.poverty.movements import flow_chart, flows_table, moves_chart, moves_table
from kgstats.present.poverty.opening import (
    definitions,
    headlines,
    published_chart,
    published_table,
    standing,
)
from kgstats.present.poverty.places import (
    concentration_chart,
    concentration_table,
    later_areas_table,
)
from kgstats.present.poverty.targets import pace_table, targets_chart, targets_table
from kgstats.present.poverty.wording import FEW_MARK, WITHHELD
