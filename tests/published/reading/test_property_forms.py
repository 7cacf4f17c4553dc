"""Forms in which reports state what their numbers make: true is silent, one slip is found."""

from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kgstats.published import files
from kgstats.published.audit import audit
from kgstats.published.reading import proposal
from kgstats.published.reading.document import of_text

UNITS = files.read_common(Path(__file__).parents[3] / "data/raw/published", 2019).units
QUIET = {"exact", "rounding", "not_computable"}

calm = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def printed(number: Decimal | int) -> str:
    return f"{number:,}".replace(",", "_").replace(".", ",").replace("_", ".")


def percent(part: int, whole: int, places: int = 2) -> Decimal:
    exact = Decimal(100 * part) / whole
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def swapped(text: str, at: int) -> str | None:
    """Return a printed number with two neighbouring digits that differ swapped."""
    digits = [place for place, letter in enumerate(text) if letter.isdigit()]
    pairs = [
        (one, other) for one, other in pairwise(digits)
        if text[one] != text[other] and not (one == 0 and text[other] == "0")
    ]  # fmt: skip
    if not pairs:
        return None
    one, other = pairs[at % len(pairs)]
    letters = list(text)
    letters[one], letters[other] = letters[other], letters[one]
    return "".join(letters)


def form(name: str, a: int, b: int, c: int) -> tuple[str, dict[str, str], str]:
    """Return a form's sentence, the numbers it prints, and which of them is worked out."""
    whole, rate = a + b, percent(a, a + b)
    texts: dict[str, tuple[str, dict[str, Decimal | int], str]] = {
        "whole before": ("Có {w} hộ, trong đó hộ nghèo {a} hộ, chiếm tỷ lệ {r}%.",
                         {"w": whole, "a": a, "r": rate}, "r"),
        "whole behind": ("Có {a} hộ DTTS, chiếm {r}% tổng số hộ nghèo ({w} hộ).",
                         {"a": a, "r": rate, "w": whole}, "r"),
        "plan behind": ("Đào tạo {a} người, đạt {r}% kế hoạch (kế hoạch {w} người).",
                        {"a": a, "r": rate, "w": whole}, "r"),
        "plan before": ("Kế hoạch {w} người, thực hiện {a} người, đạt {r}% kế hoạch.",
                        {"w": whole, "a": a, "r": rate}, "r"),
        "from to": ("Số hộ tăng từ {a} hộ năm 2018 lên {w} hộ năm 2019 (tăng {b} hộ).",
                    {"a": a, "w": whole, "b": b}, "b"),
        "since": ("So với năm 2018 ({w} hộ), hộ nghèo giảm {b} hộ, còn {a} hộ.",
                  {"w": whole, "b": b, "a": a}, "b"),
        "start end": ("Đầu năm có {w} hộ, cuối năm còn {a} hộ, giảm {b} hộ.",
                      {"w": whole, "a": a, "b": b}, "b"),
        "rest": ("Tổng số {w} hộ, đã hỗ trợ {a} hộ, còn lại {b} hộ.",
                 {"w": whole, "a": a, "b": b}, "b"),
        "total behind": ("Xây mới {a} nhà, sửa chữa {b} nhà, tổng cộng {w} nhà.",
                         {"a": a, "b": b, "w": whole}, "w"),
        "colon": ("Cấp thẻ cho {w} người: hộ nghèo {a} người, cận nghèo {b} người, khác {c} người.",
                  {"a": a, "b": b, "c": c, "w": whole + c}, "w"),
        "balance": ("Đầu năm có {w} hộ nghèo. Có {a} hộ thoát nghèo, {c} hộ nghèo phát sinh. Cuối "
                    "năm còn {e} hộ nghèo.", {"w": whole, "a": a, "c": c, "e": b + c}, "e"),
        "each": ("Mỗi hộ được {m} triệu đồng, tổng số {c} hộ với {t} triệu đồng.",
                 {"m": 45, "c": c, "t": 45 * c}, "m"),
        "mean": ("Bình quân đạt {m} tiêu chí/xã ({t} tiêu chí/{c} xã).",
                 {"m": 14, "t": 14 * c, "c": c}, "m"),
        "amounting": ("Vốn {w} triệu đồng, trong đó trung ương chiếm {r}%, tương đương {a} triệu "
                      "đồng.", {"w": whole, "r": rate, "a": a}, "r"),
    }  # fmt: skip
    text, numbers, told = texts[name]
    return text, {key: printed(value) for key, value in numbers.items()}, told


FORMS = (
    "whole before", "whole behind", "plan behind", "plan before", "from to", "since", "start end",
    "rest", "total behind", "colon", "balance", "each", "mean", "amounting",
)  # fmt: skip
many = st.integers(1_101, 9_899)


def findings(text: str) -> dict[str, str]:
    """Return the class and the advice of each statement that does not hold."""
    report = proposal.of_document(of_text(text), 2019).report(UNITS)
    found = [one for one in audit(report) if one.klass not in QUIET]
    return {
        report.figures[one.identity.tested.figure].printed: " ".join(
            report.figures[part.strip().partition("=")[0]].printed
            for option in one.suggestion.split(" | ")
            for part in option.split(" & ")
            if part.strip().partition("=")[0] in report.figures
        )
        for one in found
    }


@pytest.mark.parametrize("name", FORMS)
@calm
@given(a=many, b=many, c=st.integers(101, 399))
def test_a_true_statement_is_silent(name, a, b, c):
    text, numbers, _ = form(name, a, b, c)
    assert findings(text.format(**numbers)) == {}


@pytest.mark.parametrize("name", FORMS)
@calm
@given(a=many, b=many, c=st.integers(101, 399), at=st.integers(0, 5))
def test_a_slip_in_what_is_worked_out_is_found_and_blamed(name, a, b, c, at):
    assume(len({a, b, c, a + b}) == 4)
    text, numbers, told = form(name, a, b, c)
    damaged = swapped(numbers[told], at)
    assume(damaged is not None and damaged not in numbers.values())
    found = findings(text.format(**{**numbers, told: damaged}))
    assert found, text.format(**{**numbers, told: damaged})
    assert any(damaged in {tested, *advice.split()} for tested, advice in found.items())
