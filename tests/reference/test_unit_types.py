"""Kinds of areas are named once, and what names them in a text is read everywhere."""

import ast
import re
from pathlib import Path

import pytest

import kgstats
from kgstats import registry
from kgstats.reference import areas, province, unit_types
from kgstats.text import fold

KINDS = {*unit_types.named(), *map(fold, unit_types.named())}


def listed(node: ast.AST) -> set[str]:
    """Return the kinds of areas that a literal lists, or a pattern has as alternatives."""
    if isinstance(node, ast.Constant):
        return {*re.split(r"[|()]", str(node.value))} & KINDS
    held = [*getattr(node, "elts", []), *getattr(node, "keys", [])]
    return {one.value for one in held if isinstance(one, ast.Constant)} & KINDS


def test_no_module_lists_kinds_of_areas_again():
    for path in Path(kgstats.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert len(listed(node)) < 3, f"{path.name}:{node.lineno}: {listed(node)}"


def test_every_kind_of_the_lists_is_known_with_its_level():
    units = areas.units(2025)
    assert set(units["type"]) <= set(unit_types.named("commune"))
    for one in province.every():
        assert one.type in unit_types.named("province")
    districts = areas.districts(2019)["district_type"]
    assert set(districts) <= set(unit_types.named("district"))


def test_readers_of_english_have_a_word_for_every_kind():
    assert set(unit_types.named()) == set(registry.codes("place_name"))


@pytest.mark.parametrize(("kind", "area"), [("quận", "urban"), ("đặc khu", "special"), ("?", "")])
def test_a_kind_is_urban_or_rural(kind, area):
    assert unit_types.area_of(kind) == area


def test_no_word_stands_for_two_kinds():
    levels = [unit_types.words(level) for level in ("district", "commune")]
    assert not levels[0].keys() & levels[1].keys()
    assert levels[1]["t trấn"] == "thị trấn"


def test_a_kind_that_names_begin_with_needs_its_accents():
    plain = unit_types.words(plain=True)
    assert "tp" in plain and "quận" not in plain and "tỉnh" not in plain
