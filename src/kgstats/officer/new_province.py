"""A workspace for another province, with made-up returns to try it on.

The returns stand in the words of the forms' own lists, a workbook a district: what is read back
is what an office would send in the plain layout. They are made up from the names of places alone
and say so in ``origin.yml``; the first real returns take their folder's place.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kgstats.reference import areas, province
from kgstats.reference.refusal import Refusal
from kgstats.returns.forms import form_rows, split_words
from kgstats.returns.subjects.places import District, Unit, gazetteer
from kgstats.text.folding import fold
from kgstats.workspace import Workspace, replacing

STATEMENT = {
    "vi": "Số liệu minh họa do kgstats tạo ra để dùng thử; không phải báo cáo của huyện nào.",
    "en": "Figures made up by kgstats to try the programme; no district sent them.",
}
COMPONENTS = ("ntm_general", "gnbv_outside_production", "gnbv_communication", "gnbv_capacity")


class NotEmpty(Refusal):
    """The folder has something in it already, and nothing of it is overwritten."""


def lay_out(code: str, folder: Path, year: int) -> Workspace:
    """Lay out a workspace of a province that runs at once.

    Parameters
    ----------
    code
        Code of the province in the list of the General Statistics Office, as ``66``, or its name,
        with or without accents.
    folder
        A new or empty folder.
    year
        Reporting year of the made-up returns; districts must have existed at its end.

    Raises
    ------
    NotEmpty
        When the folder has something in it, or is none.
    province.ProvinceError
        For what is no province's code or name.
    NoAreasForYear, NoDistricts
        Where no list of communes is known of that year, or no district stood at its end.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        why = "not empty" if folder.is_dir() else "no folder"
        raise NotEmpty(f"{folder} is {why}: name a new folder")
    own = _called(code)
    with province.turned(own):
        areas.reporting(year)
    place = Workspace(folder.resolve())
    place.returns(year).mkdir(parents=True)
    (place.raw / province.FILE).write_text(_declaration(own), encoding="utf-8")
    province.use(place)
    for district in gazetteer(year).districts.values():
        name = f"{year}_{district.code}_{district.name.replace('/', '-')}.xlsx"
        _workbook(place.returns(year) / name, district, year)
    (place.year_raw(year) / "origin.yml").write_text(_origin(own.code, year), encoding="utf-8")
    return place


def _called(text: str) -> province.Province:
    """Return the province of a code, or of a name as it is typed."""
    typed = _squeezed(text)
    for one in province.every():
        if typed in (_squeezed(one.name), _squeezed(one.full_name)):
            return one
    return province.of_code(text.strip().zfill(2))


def _squeezed(name: str) -> str:
    return "".join(filter(str.isalnum, fold(name)))


def _declaration(own: province.Province) -> str:
    return (
        f"# {own.full_name}\n"
        f'code: "{own.code}"\n'
        f"name_vi: {own.name}\n"
        f"name_en: {own.name}\n"
        "# What else is the province's own, each a list of rows:\n"
        f"# {', '.join(province.OWN_TABLES.values())}\n"
    )


def _origin(code: str, year: int) -> str:
    return (
        "illustrative: true\n"
        "statement:\n"
        f"  vi: {STATEMENT['vi']}\n"
        f"  en: {STATEMENT['en']}\n"
        f"generator: kgstats new-province {code} DIR --year {year}\n"
    )


def _workbook(path: Path, district: District, year: int) -> None:
    """Write the forms that a district owes, one sheet each."""
    import xlsxwriter

    numbers = random.Random(f"{year} {district.code}")
    with replacing(path) as draft:
        book = xlsxwriter.Workbook(str(draft))
        date = book.add_format({"num_format": "dd/mm/yyyy"})
        for number, rows in (
            ("01", _attainment(district, year, numbers)),
            ("02", _funding(year, numbers)),
            ("03", _poverty(district, numbers)),
        ):
            if not district.owes(number):
                continue
            page = book.add_worksheet(f"Biểu {number}")
            for at, row in enumerate([*_head(number, district, year), *rows]):
                for column, value in enumerate(row):
                    if value is not None:
                        page.write(at, column, value, date if hasattr(value, "year") else None)
        book.close()


def _head(number: str, district: District, year: int) -> Iterator[list[Any]]:
    title = next(
        split_words(row["titles"])[0] for row in form_rows("forms") if row["form"] == number
    )
    yield [f"ỦY BAN NHÂN DÂN {district.full_name.upper()}"]
    yield [f"Biểu số {number}"]
    yield [f"{title.upper()} NĂM {year}"]
    yield [f"(Số liệu tính đến ngày 31/12/{year})" if number == "02" else None]
    if number == "02":
        yield ["Đơn vị tính: triệu đồng"]


def _words(table: str, code: str, key: str = "code") -> str:
    return next(split_words(row["words"])[0] for row in form_rows(table) if row[key] == code)


def _headings(form: str, columns: list[str]) -> list[str]:
    words = {row["column"]: split_words(row["header_words"]) for row in form_rows(form)}
    return [words[column][0] for column in columns]


def _attainment(district: District, year: int, numbers: random.Random) -> Iterator[list[Any]]:
    import datetime as dt

    form = "01_attainment"
    marked = next(
        split_words(row["header_words"]) for row in form_rows(form) if row["column"] == "criterion"
    )
    few = ["commune_code"]
    last = ["criteria_met", "level", "decision_no", "decision_date", "status"]
    yield ["TT", *_headings(form, few), *marked, *_headings(form, last)]
    for at, unit in enumerate((one for one in district.units if one.rural), 1):
        attained = numbers.random() < 0.5
        lacking = set() if attained else set(numbers.sample(marked, numbers.randint(1, 7)))
        marks = ["CĐ" if one in lacking else "Đ" for one in marked]
        if attained:
            day = dt.date(
                year - numbers.randint(1, 3), numbers.randint(1, 12), numbers.randint(1, 28)
            )
            told = [_words("levels", "standard"), f"{100 + at}/QĐ-UBND", day]
            told.append(_words("statuses", "recognised"))
        else:
            told = [_words("levels", "none"), None, None, _words("statuses", "not_yet")]
        yield [at, _full(unit), *marks, len(marked) - len(lacking), *told]


def _funding(year: int, numbers: random.Random) -> Iterator[list[Any]]:
    columns = ["component", "source", "kind", "plan_year", "allocated_vnd", "disbursed_vnd"]
    yield ["TT", *_headings("02_funding", columns)]
    for at, component in enumerate(COMPONENTS, 1):
        kind = "investment" if at < 3 else "recurrent"
        given = numbers.randint(200, 9000)
        paid = round(given * numbers.uniform(0.5, 1))
        yield [
            at,
            _words("components", component, "component"),
            _words("sources", "central"),
            _words("kinds", kind),
            year,
            given,
            paid,
        ]


def _poverty(district: District, numbers: random.Random) -> Iterator[list[Any]]:
    poor = [f"poor_{one}_hh" for one in ("start", "escaped", "fell_back", "new", "end")]
    columns = ["commune_code", "households_hh", "ethnic_households_hh", *poor, "poor_income_hh"]
    columns += ["poor_deprivation_hh", "ethnic_poor_end_hh", *(f"near_{one}" for one in poor)]
    columns.append("ethnic_near_poor_end_hh")
    yield ["TT", *_headings("03_poverty", columns)]
    for at, unit in enumerate(district.units, 1):
        yield [at, _full(unit), *_counts(numbers)]


def _full(unit: Unit) -> str:
    return f"{unit.type.capitalize()} {unit.name}"


def _counts(numbers: random.Random) -> list[int]:
    households = numbers.randint(900, 4200)
    ethnic = numbers.randint(0, households // 3)

    def moved(start: int) -> list[int]:
        escaped, back, new = numbers.randint(0, start // 3), numbers.randint(0, 2), start // 20
        return [start, escaped, back, new, start - escaped + back + new]

    poor = moved(numbers.randint(10, households // 12))
    near = moved(numbers.randint(10, households // 10))
    deprived = poor[-1] // 5
    return [
        households,
        ethnic,
        *poor,
        poor[-1] - deprived,
        deprived,
        min(ethnic, poor[-1] // 3),
        *near,
        min(ethnic - min(ethnic, poor[-1] // 3), near[-1] // 3),
    ]
