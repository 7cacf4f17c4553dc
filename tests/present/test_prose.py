from kgstats.present.prose import Headline, Headlines


def test_units_beside_large_figures_are_small():
    html = Headlines(
        [Headline("a", "1.130,7 tỷ đồng"), Headline("b", "2,69\u00a0%"), Headline("c", "<4 & x")]
    ).to_html()
    assert '<dd class="value">1.130,7 <small>tỷ đồng</small></dd>' in html
    assert "2,69\u00a0%</dd>" in html
    assert "&lt;4 &amp; <small>x</small>" in html
