"""What the reference data says of its own sources, in the reader's language."""

from __future__ import annotations

from kgstats.words import N_, translator

SAID = frozenset(
    (
        N_("Decision 558/QĐ-TTg of 5 April 2016; nine criteria confirmed, their titles not"),
        N_("Law 49/2014/QH13, Decree 77/2015/NĐ-CP"),
        N_("Law 83/2015/QH13 on the State Budget, Art. 64"),
        N_("practice of those years; texts not read"),
        N_("text not read"),
        N_("the plan for 2019 taken for the earlier years of the period"),
        N_("from general knowledge"),
        N_("Decree 07/2021/NĐ-CP, amended by 30/2025/NĐ-CP"),
        N_("hamlets of especially difficult communes, plan 73/KH-UBND of 4 May 2019"),
        N_("thukyluat.vn, note on Decision 1980"),
        N_("tintuc.thuvienphapluat.com, note on Decision 1980"),
        N_("English-language notes on Decision 1980 (vietnamplus.vn, hanoitimes.vn)"),
        N_(
            "QĐ 24/QĐ-UBND 06/01/2021 via "
            "https://bdt.kiengiang.gov.vn/trang/TinTuc/111/848/ and "
            "http://www.mttqkiengiang.org.vn/chi-tiet/ket-qua-ra-soat-ho-ngheo-va-ho-can-ngheo-nam-2020/3781"
        ),
        N_("25/BC-BCĐ, II.2.2.1 (2.69 + 1.45)"),
        N_("choisy/gso@c333b8d data-raw/Health…/Poverty rate by province.csv (GSO)"),
    )
)
"""Texts of the reference data's columns ``source``, ``basis`` and ``known`` that are words."""


def said(text: object, lang: str) -> str:
    """Return a source in words of the language; an address or a number of a decision as it is.

    >>> said("from general knowledge", "vi"), said("QĐ 24/QĐ-UBND", "vi")
    ('theo hiểu biết chung', 'QĐ 24/QĐ-UBND')
    """
    return translator(lang)(str(text)) if text in SAID else str(text)
