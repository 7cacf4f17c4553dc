import pandas as pd

from kgstats.analysis import report_reading

FIGURES = pd.DataFrame(
    {
        "section": ["I", "I", "II"],
        "line": ["3", "3", "9"],
        "sentence": ["Có 2 xã, 15 hộ.", "Có 2 xã, 15 hộ.", "Có 7 việc."],
        "printed": ["2", "15", "7"],
        "unit": ["communes", "households", "items"],
        "doubts": ["", "", "its noun is not among the units"],
        "status": ["carried", "new", "new"],
        "accepted": [True, False, False],
    }
)
STATEMENTS = pd.DataFrame(
    {"class": ["exact", "wrong", "truncation"], "accepted": [True, False, False]}
)


def test_a_sentence_is_one_row_with_all_its_figures():
    found = report_reading.by_sentence(FIGURES)
    assert found["read"].tolist() == ["2 communes; 15 households", "7 items"]
    assert found[["figures", "doubtful", "accepted"]].values.tolist() == [[2, 0, 1], [1, 1, 0]]


def test_only_doubts_that_nobody_settled_are_left():
    assert report_reading.doubtful(FIGURES)["printed"].tolist() == ["7"]
    assert report_reading.doubtful(FIGURES.assign(accepted=True)).empty


def test_the_summary_counts_each_state_once():
    counted = report_reading.summary(FIGURES, STATEMENTS, FIGURES.head(2)).iloc[0]
    assert counted[["carried", "moved", "new", "gone"]].tolist() == [1, 0, 2, 2]
    assert counted[["doubtful", "accepted_figures", "broken_statements"]].tolist() == [1, 1, 1]


def test_what_does_not_hold_comes_first():
    found = report_reading.open_statements(STATEMENTS)
    assert found["class"].tolist() == ["wrong", "truncation", "exact"]
