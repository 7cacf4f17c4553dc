"""Maps of a province's communes and districts.

Every function takes a table with one row per area (``commune_code`` or ``district_code``), a
:class:`MapSpec` that says what is drawn, and
returns a finished :class:`~kgstats.present.figures.Figure`: an inline SVG that is complete without
a script, a picture for print, alternative text made from the data, and the table beside it.

- :func:`area_map`: amounts in classes declared with the indicator (:class:`Classes`), or named
  states (:class:`Category`);
- :func:`small_multiples`: one small map a panel, one legend for all;
- :func:`over_years`: one map for several years, with a slider, and a still of each;
- :func:`tile_view`: equal tiles by district, where the true area misleads;
- :func:`explore`: a map to zoom into, for JupyterLab.

Areas of the year that the table lacks, or whose value is null, are drawn hatched as not reported;
areas named in ``outside`` are grey. Maps are drawn with the boundaries added to the workspace
(``kgstats boundaries add``) or, without any, as a schematic that says so.
"""

from __future__ import annotations

from kgstats.present.maps.classes import (
    NOT_REPORTED,
    OUTSIDE,
    URBAN,
    BadClasses,
    Category,
    Classes,
    suggest,
)
from kgstats.present.maps.colouring import UnknownArea, full_names
from kgstats.present.maps.figures import area_map, explore, small_multiples, tile_view
from kgstats.present.maps.shapes import Shapes, schematic, shapes
from kgstats.present.maps.spec import MapSpec, Mark, Panels
from kgstats.present.maps.years import over_years
from kgstats.present.names import area_name
