"""What a step remarks reaches whoever follows the run; it fails nothing."""

from __future__ import annotations

import json

from tests.pipeline import tiny

from kgstats.pipeline import graph, run, unattended
from kgstats.pipeline.lines import Lines


def test_pictures_and_links_that_lead_nowhere_are_a_line_each(tmp_path, root, capsys):
    workspace = tiny.lay_out(tmp_path, root)
    added = tiny.notebook(tmp_path / "notebooks" / "95_added.ipynb", title="Added")
    tiny.notebook(tmp_path / "notebooks" / "94_other.ipynb", title="Other")
    tiny.notebook(tmp_path / "notebooks" / "Untitled.ipynb", title="Mine")
    content = json.loads(added.read_text(encoding="utf-8"))
    content["cells"].append(
        {
            "cell_type": "markdown",
            "id": "prose",
            "metadata": {},
            "source": "![ảnh](attachment:%E1%BA%A3nh.png) và [mục hai](#Mục-2), "
            "[trang](96_gone.ipynb), [bản](Untitled.ipynb), [chỗ khác](94_other.ipynb#Mất)",
        }
    )
    added.write_text(json.dumps(content), encoding="utf-8")
    lines = [
        "95_added, cell 3: the picture “ảnh.png” is not in the notebook; paste it into the cell",
        "95_added, cell 3: the link “#Mục-2” leads to no heading of the page",
        "95_added, cell 3: the link “96_gone.ipynb” leads to no notebook",
    ]
    outcome = run.run(graph.make_plan(workspace, 2019, languages=["vi"]), Lines())
    assert outcome.failed == {} and outcome.complete
    told = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert [line for line in told if line.startswith("95_added, ")] == lines
    assert "added: the link “other.html#mat” leads to no heading, table or figure" in told
    page = (workspace.outputs(2019) / "html/vi/added.html").read_text(encoding="utf-8")
    assert "mục hai" in page and "attachment:" not in page
    assert 'href="other.html#mat"' in page and ".ipynb" not in page


def test_an_unattended_run_logs_them_as_warnings(tmp_path, root, capsys):
    log = unattended.Log(tiny.lay_out(tmp_path, root), as_json=True)
    log.noticed("95_added, cell 3: a link leads nowhere")
    told = json.loads(capsys.readouterr().out)
    assert (told["level"], told["event"]) == ("warning", "noticed")
