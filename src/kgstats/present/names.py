"""Names of areas as readers see them: with their type, and never one name for two areas."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from kgstats import registry
from kgstats.words import translator


def area_name(kind: str, name: str, lang: str) -> str:
    """Write a unit with its type: ``xã Đông Hưng``, ``Đông Hưng commune``.

    Parameters
    ----------
    kind
        Its type: xã, phường, thị trấn, huyện …
    name
        Its name.
    lang
        ``vi`` or ``en``.

    Examples
    --------
    >>> area_name("thị trấn", "Thứ Ba", "en"), area_name("thị trấn", "Thứ Ba", "vi")
    ('Thứ Ba township', 'thị trấn Thứ Ba')
    """
    if lang == "vi":
        return f"{kind} {name}"
    return translator(lang)(registry.codes("place_name").get(kind, "{name}"), name=name)


@lru_cache
def places(year: int, lang: str = "vi") -> dict[str, dict[str, str]]:
    """Return the names of a year's districts and communes by their codes, each name once.

    A name that several units of the year have stands with its district, and with its type where
    the district does not tell them apart.

    Parameters
    ----------
    year
        The reporting year.
    lang
        ``vi`` or ``en``.

    Examples
    --------
    >>> [places(2019, "en")["commune"][code] for code in ("31108", "30898", "31051")]
    ['Hòn Tre', 'Bình An (Châu Thành)', 'Vĩnh Thuận township (Vĩnh Thuận)']
    """
    from kgstats.reference import areas

    districts, units = areas.districts(year), areas.units(year)
    own = units["name"].astype(str)
    district = " (" + units["district_name"].astype(str) + ")"
    names = own.mask(own.duplicated(keep=False), own + district)
    names = names.mask(names.duplicated(keep=False), _typed(units, lang) + district)
    return {
        "district": dict(zip(districts["district_code"], districts["district_name"], strict=True)),
        "commune": dict(zip(units["commune_code"].astype(str), names, strict=True)),
    }


@lru_cache
def unit_names(year: int, lang: str) -> dict[str, str]:
    """Return the names of a year's units with their type, and with their district where needed.

    Parameters
    ----------
    year
        The reporting year.
    lang
        ``vi`` or ``en``.

    Examples
    --------
    >>> [unit_names(2019, "en")[code] for code in ("31108", "30898")]
    ['Hòn Tre commune', 'Bình An commune (Châu Thành)']
    """
    from kgstats.reference import areas

    units = areas.units(year)
    names, district = _typed(units, lang), " (" + units["district_name"].astype(str) + ")"
    names = names.mask(units["name"].duplicated(keep=False), names + district)
    return dict(zip(units["commune_code"].astype(str), names, strict=True))


def _typed(units: pd.DataFrame, lang: str) -> pd.Series:
    rows = zip(units["type"], units["name"], strict=True)
    return pd.Series([area_name(kind, name, lang) for kind, name in rows], index=units.index)
