import pandas as pd
import pytest
from lxml import etree

from kgstats.present import style
from kgstats.present.figures import DATA_TYPE, Figure, MissingAlternativeText, from_canvas
from kgstats.present.provenance import Source
from kgstats.present.tables import Column, Table


def drawn(slug="f", **options):
    from matplotlib import pyplot

    with style.house():
        canvas, axes = pyplot.subplots(figsize=(4, 2))
        axes.bar(["Tân Hiệp", "Gò Quao"], [3, 5], label="xã đạt chuẩn")
        axes.legend()
        return from_canvas(
            canvas, slug=slug, title="Một câu", alternative='5 & 3 < "9"', lang="vi", **options
        )


def test_text_stays_text_and_colours_follow_the_page():
    svg = drawn().svg
    root = etree.fromstring(svg)
    texts = [t.text for t in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "Tân Hiệp" in texts
    assert root.get("role") == "img"
    assert root.get("aria-label") == '5 & 3 < "9"'
    assert root.get("width") is None
    assert "var(--ink" in svg
    assert "<metadata" not in svg


def test_ids_differ_between_figures_of_a_page():
    def ids(slug):
        return {e.get("id") for e in etree.fromstring(drawn(slug).svg).iter() if e.get("id")}

    assert not ids("one") & ids("two")
    root = etree.fromstring(drawn("one").svg)
    href = "{http://www.w3.org/1999/xlink}href"
    targets = {e.get(href)[1:] for e in root.iter() if e.get(href)}
    assert targets <= ids("one")


def test_the_same_data_gives_the_same_bytes():
    assert drawn()._repr_mimebundle_() == drawn()._repr_mimebundle_()


def test_cells_of_a_figure_and_its_data_are_named_once():
    wells = Table("w", "Wells", pd.DataFrame({"well": ["A"]}), [Column("well", "Well")], "vi")
    wells.sources = [Source("903", "a.xls", "Biểu 1", ("B2",))]
    assert drawn(table=wells)._repr_mimebundle_()["text/html"].count('class="provenance"') == 1


def test_a_figure_needs_words():
    with pytest.raises(MissingAlternativeText, match="'x' has no alternative text"):
        Figure(slug="x", title="t", alternative=" ", svg="<svg/>", lang="vi")
    with pytest.raises(ValueError, match="has no title"):
        Figure(slug="x", title="", alternative="a", svg="<svg/>", lang="vi")


def test_the_bundle_carries_what_the_publication_needs():
    figure = drawn()
    figure.print_png = b"\x89PNG"
    bundle = figure._repr_mimebundle_()
    assert bundle[DATA_TYPE]["title"] == "Một câu"
    assert bundle[DATA_TYPE]["png"].startswith("iVBOR")
    assert bundle["text/html"].index("figcaption") < bundle["text/html"].index("<svg")


def test_words_of_a_picture_keep_their_figures_and_take_the_page_s_letters():
    from matplotlib import pyplot

    with style.house():
        canvas, axes = pyplot.subplots(figsize=(4, 2))
        axes.barh([0], [11458], color=style.SERIES[0])
        axes.text(11458, 0, "11.458", color=style.PAPER, ha="right")
        axes.barh([1], [9], color=style.NOT_REPORTED_FILL, hatch="//", edgecolor=style.OUTSIDE_FILL)
        axes.set_title("20.678 hộ", weight="bold", color=style.SERIES[1])
        svg = from_canvas(canvas, slug="f", title="t", alternative="a", lang="vi").svg
    root = etree.fromstring(svg)
    words = {t.text: t.get("style") for t in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"11.458", "20.678 hộ"} <= set(words)
    # Words on a dark mark stay white on any paper; other words follow the paper.
    assert "fill: #ffffff" in words["11.458"]
    assert "var(--word-2" in words["20.678 hộ"]
    assert "700" in words["20.678 hộ"]
    assert "font-family" not in svg
    assert "fill: var(--mark-1" in svg
    ground = root.find(".//{http://www.w3.org/2000/svg}pattern/{http://www.w3.org/2000/svg}rect")
    assert "var(--unreported" in ground.get("style")
