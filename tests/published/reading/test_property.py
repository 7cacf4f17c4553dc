"""Texts built from known numbers, then damaged: the class and the repair must come back."""

from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kgstats.edits.slips import candidates
from kgstats.published import files
from kgstats.published.audit import audit
from kgstats.published.reading import proposal
from kgstats.published.reading.document import of_text

UNITS = files.read_common(Path(__file__).parents[3] / "data/raw/published", 2019).units
NAMES = ("vốn Trung ương", "vốn tỉnh", "vốn huyện", "vốn dân góp", "vốn tín dụng")
HOUSES = ("hộ Kinh", "hộ Khmer", "hộ Hoa", "hộ khác", "hộ di cư")

calm = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def vietnamese(number: Decimal | int) -> str:
    text = f"{number:,f}" if isinstance(number, Decimal) else f"{number:,d}"
    return text.replace(",", "_").replace(".", ",").replace("_", ".")


def findings(text: str):
    report = proposal.of_document(of_text(text), 2019).report(UNITS)
    return report, audit(report)


def value_of(report, suggestion: str) -> set[str]:
    """Return “printed=value” for each option of a suggestion."""
    options = set()
    for part in suggestion.split(" | "):
        name, _, value = part.partition("=")
        options.add(f"{report.figures[name].printed}={value}" if name in report.figures else part)
    return options


counts = st.lists(st.integers(101, 99_999), min_size=2, max_size=5, unique=True)
SHAPES = (
    "Toàn tỉnh có {total} hộ, trong đó: {parts}.",
    "Số hộ được hỗ trợ là {total} hộ, bao gồm {parts}.",
    "Đã hỗ trợ {total} hộ ({parts}).",
    "Năm qua đã hỗ trợ {total} hộ. Trong đó: {parts}.",
)


def sentence(shape: str, total: int, parts: list[int]) -> str:
    listed = "; ".join(
        f"{name} {vietnamese(part)} hộ" for name, part in zip(HOUSES, parts, strict=False)
    )
    return shape.format(total=vietnamese(total), parts=listed)


@calm
@given(parts=counts, shape=st.sampled_from(SHAPES))
def test_a_total_and_its_parts_are_one_statement_that_holds(parts, shape):
    _, found = findings(sentence(shape, sum(parts), parts))
    assert [(one.identity.kind, one.klass) for one in found] == [("sum", "exact")]
    assert len(found[0].identity.expression.references()) == len(parts)


@calm
@given(parts=counts, shape=st.sampled_from(SHAPES), data=st.data())
def test_a_slip_in_a_total_is_found_and_mended(parts, shape, data):
    total = sum(parts)
    slips = [
        int(number)
        for slip, number in candidates(total)
        if slip in ("digits_swapped", "digit_missing", "zero_too_few", "zero_too_many")
        and number > 0 and number != total and number == int(number)
    ]  # fmt: skip
    assume(slips)
    damaged = data.draw(st.sampled_from(slips))
    report, found = findings(sentence(shape, damaged, parts))
    wrong = [one for one in found if one.klass in ("wrong", "wrong_unit")]
    assert len(wrong) == 1
    assert f"{vietnamese(damaged)}={total}" in value_of(report, wrong[0].suggestion)


@calm
@given(parts=counts, shape=st.sampled_from(SHAPES), data=st.data())
def test_a_slip_in_a_part_is_found_and_among_what_would_mend(parts, shape, data):
    at = data.draw(st.integers(0, len(parts) - 1))
    swapped = [int(n) for slip, n in candidates(parts[at]) if slip == "digits_swapped" and n > 99]
    assume(swapped)
    damaged = [*parts]
    damaged[at] = data.draw(st.sampled_from(swapped))
    assume(len(set(damaged)) == len(damaged))
    report, found = findings(sentence(shape, sum(parts), damaged))
    (wrong,) = [one for one in found if one.klass == "wrong"]
    assert f"{vietnamese(damaged[at])}={parts[at]}" in value_of(report, wrong.suggestion)


billions = st.lists(
    st.decimals(Decimal("1.001"), Decimal("99.999"), places=3), min_size=2, max_size=4, unique=True
)


@calm
@given(parts=billions)
def test_millions_printed_for_billions_are_a_wrong_unit(parts):
    listed = "; ".join(
        f"{name} {vietnamese(part)} tỷ đồng" for name, part in zip(NAMES, parts, strict=False)
    )
    total = sum(parts)
    _, found = findings(f"Kinh phí phân bổ là {vietnamese(total)} triệu đồng ({listed}).")
    assert [one.klass for one in found] == ["wrong_unit"]
    assert found[0].suggestion.endswith(f"={(total * 1000).normalize():f}")


@calm
@given(
    base=st.integers(20, 999), part=st.integers(1, 998), places=st.integers(1, 2), data=st.data()
)
def test_a_share_is_exact_rounded_cut_off_or_wrong(base, part, places, data):
    assume(part < base)
    exact = Decimal(100) * part / base
    step = Decimal(1).scaleb(-places)
    rounded, cut = exact.quantize(step, "ROUND_HALF_UP"), exact.quantize(step, "ROUND_DOWN")
    printed = data.draw(st.sampled_from([rounded, cut, rounded + 7 * step]))
    _, found = findings(f"Có {part}/{base} xã đạt chuẩn, đạt {vietnamese(printed)}%.")
    (one,) = found
    if printed == exact:
        assert one.klass == "exact"
    elif printed == rounded:
        assert one.klass == "rounding"
    elif printed == cut:
        # Half a step may be rounded either way.
        assert one.klass == ("rounding" if exact - cut == step / 2 else "truncation")
    else:
        assert one.klass == "wrong"
        assert one.suggestion.endswith(f"={rounded}")


@calm
@given(
    before=st.decimals(Decimal("2.00"), Decimal("30.00"), places=2),
    fall=st.decimals(Decimal("0.05"), Decimal("1.90"), places=2),
    off=st.sampled_from([Decimal(0), Decimal("0.30")]),
)
def test_a_change_is_the_difference_of_its_levels(before, fall, off):
    after = before - fall
    text = (
        f"Tỷ lệ hộ nghèo giảm từ {vietnamese(before)}% năm 2018 xuống còn {vietnamese(after)}% "
        f"năm 2019, giảm {vietnamese(fall + off)}%."
    )
    _, found = findings(text)
    (one,) = found
    assert (one.identity.kind, one.klass) == ("change", "wrong" if off else "exact")


@calm
@given(numbers=st.lists(st.integers(11, 9_999), min_size=3, max_size=6, unique=True))
def test_numbers_without_words_between_them_are_no_statement(numbers):
    """Whatever their sums: nothing claims that one is the total of the others."""
    listed = ", ".join(
        f"{thing} {vietnamese(number)} {unit}"
        for number, thing, unit in zip(
            numbers,
            ("trồng", "nạo vét", "thăm hỏi", "sửa chữa", "tập huấn", "cấp phát"),
            ("cây", "km", "hộ", "căn nhà", "cuộc", "thẻ BHYT"),
            strict=False,
        )
    )
    _, found = findings(f"Trong năm đã {listed}.")
    assert found == []
