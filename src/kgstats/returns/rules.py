"""The rules a return is held to: what each finds, how grave it is, and what to do about it.

A finding names a rule, a place (file, sheet, cell) and the text received; its words are made when
it is shown, in Vietnamese or English. ``error`` means a value was refused, ``warning`` that it was
kept and is doubtful, ``note`` that it was repaired by a safe rule or that something was left aside
on purpose.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from kgstats.words import N_, Translate, translator

if TYPE_CHECKING:
    import pandas as pd

Severity = Literal["error", "warning", "note"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")

FINDING_COLUMNS = (
    "file", "sheet", "cell", "rule", "severity", "raw", "message", "advice", "action",
)  # fmt: skip
"""Columns of ``findings.parquet``, in their order."""

ACTIONS = ("refused", "quarantined", "not_read", "kept", "repaired", "ignored", "missing")
"""What was done with the value a finding is about."""


@dataclass(frozen=True)
class Rule:
    """One rule: its name, how grave a breach is, what is done, and the words for it."""

    name: str
    severity: Severity
    action: str
    message: str
    advice: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of a rule at one place."""

    rule: str
    file: str
    sheet: str = ""
    cell: str = ""
    raw: str = ""
    severity: Severity | None = None
    action: str | None = None
    args: Mapping[str, object] = field(default_factory=dict)

    @property
    def grave(self) -> Severity:
        """The severity: that of the rule unless this finding has its own."""
        return self.severity or RULES[self.rule].severity

    @property
    def done(self) -> str:
        """What was done with the value."""
        return self.action or RULES[self.rule].action


def _rule(name: str, severity: Severity, action: str, message: str, advice: str) -> Rule:
    return Rule(name, severity, action, message, advice)


_ALL = (
    # --- files ---------------------------------------------------------------------------------
    _rule(
        "empty_file", "error", "not_read",
        N_("The file is empty."),
        N_("Save the workbook again and send {file} once more."),
    ),
    _rule(
        "locked", "error", "not_read",
        N_("The file is locked with a password."),
        N_("Remove the password (File, Info, Protect Workbook) and send {file} again."),
    ),
    _rule(
        "truncated", "error", "not_read",
        N_("The file is damaged: it ends before its end. {detail}"),
        N_("Open it in Excel, save it under a new name and send it in place of {file}."),
    ),
    _rule(
        "not_a_spreadsheet", "error", "not_read",
        N_("The file is not a spreadsheet. {detail}"),
        N_("Send the Excel workbook itself in place of {file}, not a picture, a PDF or a text."),
    ),
    _rule(
        "macro_only", "error", "not_read",
        N_("The file holds macros and no sheet with cells."),
        N_("Save the form as an ordinary workbook (.xlsx) and send it in place of {file}."),
    ),
    _rule(
        "too_large", "error", "not_read",
        N_("The file is larger than a return may be. {detail}"),
        N_("Delete pictures, empty rows and sheets that are not part of the form from {file}."),
    ),
    _rule(
        "cannot_open", "error", "not_read",
        N_("The file cannot be opened. {detail}"),
        N_("Close {file} where it is open, or put it into the folder again."),
    ),
    _rule(
        "damaged", "error", "not_read",
        N_("The file is damaged inside. {detail}"),
        N_("Open it in Excel, let Excel repair it, save it under a new name and send it again."),
    ),
    _rule(
        "unsupported_format", "error", "not_read",
        N_("The file is a spreadsheet of a kind that is not read. {detail}"),
        N_("Open it in Excel, save it as .xlsx and send it in place of {file}."),
    ),
    _rule(
        "unsafe_archive", "error", "not_read",
        N_("The file unpacks to far more than it holds, or out of its folder. {detail}"),
        N_("Copy the form into a new workbook and send that in place of {file}."),
    ),
    _rule(
        "unsafe_xml", "error", "not_read",
        N_("The file holds definitions that no return needs and that can do harm. {detail}"),
        N_("Copy the form into a new workbook and send that in place of {file}."),
    ),
    _rule(
        "no_cells", "error", "not_read",
        N_("No sheet of the file holds anything."),
        N_("Fill in the form and send {file} again."),
    ),
    _rule(
        "unreadable", "error", "not_read",
        N_("The file could not be read. {detail}"),
        N_("Open it in Excel, save it as .xlsx and send it in place of {file}."),
    ),
    _rule(
        "no_form", "error", "not_read",
        N_("None of the three forms was found in the file."),
        N_("Check titles and headings against the forms, and send {file} again."),
    ),
    _rule(
        "superseded", "note", "ignored",
        N_("The file was not used: {by} takes its place."),
        N_("Nothing to do. The decision stands in deliveries.yml; {file} is kept as received."),
    ),
    _rule(
        "return_missing", "error", "missing",
        N_("No return has arrived from {district}."),
        N_("Ask {district} for its return; its communes are missing in every table."),
    ),
    _rule(
        "form_missing", "warning", "missing",
        N_("The return of {district} has no form {form}."),
        N_("Send the missing form {form}; see the list of forms in the request."),
    ),
    # --- sheets, rows, columns -----------------------------------------------------------------
    _rule(
        "sheet_hidden", "warning", "not_read",
        N_("Sheet “{sheet}” is hidden; its {count} cells were not read."),
        N_("Show sheet “{sheet}” if it belongs to the return; delete it if it does not."),
    ),
    _rule(
        "sheet_macro", "warning", "not_read",
        N_("Sheet “{sheet}” holds macros; its {count} cells were not read."),
        N_("Delete sheet “{sheet}”; it may come from a virus. Have the machine checked."),
    ),
    _rule(
        "formula_not_calculated", "error", "missing",
        N_("Cell {cell} holds a formula whose result was not saved; it counts as blank."),
        N_("Open the workbook in Excel, let it calculate, save it and send it again ({cell})."),
    ),
    _rule(
        "row_hidden", "warning", "not_read",
        N_("Row {row} of sheet “{sheet}” is hidden; its {count} cells were not read."),
        N_("Show row {row} if it counts; delete it if it does not."),
    ),
    _rule(
        "column_hidden", "warning", "not_read",
        N_("Column {column} of sheet “{sheet}” is hidden; its {count} cells were not read."),
        N_("Show column {column} if it counts; delete it if it does not."),
    ),
    _rule(
        "sheet_not_a_form", "note", "ignored",
        N_("Sheet “{sheet}” is none of the three forms; its {count} cells were left aside."),
        N_(
            "Nothing to do if “{sheet}” is a working sheet; otherwise check its "
            "title and headings."
        ),
    ),
    _rule(
        "table_not_a_form", "note", "ignored",
        N_("The table from cell {cell} is none of the three forms; {count} cells were left aside."),
        N_("Nothing to do if it is a working table; otherwise check the headings below {cell}."),
    ),
    _rule(
        "beside_table", "note", "ignored",
        N_("{count} cells stand beside the table, from cell {cell}; they were left aside."),
        N_("Nothing to do if they are working notes; otherwise move them into the form's columns."),
    ),
    _rule(
        "column_extra", "note", "ignored",
        N_("Column “{column}” is not part of the form; its {count} cells were left aside."),
        N_(
            "Nothing to do, unless the heading in {cell} should read as one of the "
            "form's headings."
        ),
    ),
    _rule(
        "column_missing", "warning", "missing",
        N_("The table has no column “{column}”."),
        N_("Add the column “{column}” to the form, beside the headings at {cell}."),
    ),
    _rule(
        "criterion_heading", "warning", "kept",
        N_(
            "The number and the name of the heading “{raw}” stand for two "
            "criteria; the name counts."
        ),
        N_("Correct the heading in {cell}."),
    ),
    _rule(
        "value_outside_form", "error", "quarantined",
        N_("“{raw}” stands in a row that says no place or component; the row was not used."),
        N_("Write in the first columns what row {row} is about, or clear {cell}."),
    ),
    # --- whose return, which year --------------------------------------------------------------
    _rule(
        "district_unknown", "error", "quarantined",
        N_("The file does not say which district it comes from; nothing of it could be used."),
        N_("Write the district in the letterhead (UBND HUYỆN …) of {file}."),
    ),
    _rule(
        "district_conflict", "warning", "kept",
        N_("The witnesses disagree about the district: {witnesses}. It was read as {district}."),
        N_("Check letterhead, file name and commune names of {file}."),
    ),
    _rule(
        "year_differs", "warning", "kept",
        N_("The title says {stated}, the return is for {year}."),
        N_("Correct the year in {cell}, or send the form of {year} if this is last year's."),
    ),
    _rule(
        "form_other_year", "warning", "ignored",
        N_(
            "The table is headed {stated}; the one of {year} stands in the file too. Its "
            "{count} cells were not read."
        ),
        N_("Nothing to do if it was only kept for comparison; otherwise correct the year."),
    ),
    _rule(
        "form_without_rows", "error", "missing",
        N_("Form {form} begins at {cell}, but not one row of it could be read."),
        N_("Put the rows right below the headings at {cell}, without empty columns between."),
    ),
    # --- communes ------------------------------------------------------------------------------
    _rule(
        "place_unknown", "error", "quarantined",
        N_("“{raw}” is no commune of {district}. Near names: {suggestions}."),
        N_("Correct the name in {cell}; its row counts for nothing until then."),
    ),
    _rule(
        "place_ambiguous", "error", "quarantined",
        N_("“{raw}” may be {suggestions}: the type is missing."),
        N_("Write xã, phường or thị trấn before the name in {cell}."),
    ),
    _rule(
        "place_elsewhere", "error", "quarantined",
        N_("“{raw}” belongs to another district ({suggestions}), not to {district}."),
        N_("Delete row {row}, or correct the name in {cell}."),
    ),
    _rule(
        "place_not_rural", "error", "quarantined",
        N_("“{raw}” is a {type}: form 01 is for rural communes (xã) only."),
        N_("Delete row {row} from form 01."),
    ),
    _rule(
        "place_near", "note", "repaired",
        N_("“{raw}” was read as {place}, the only near name of the district."),
        N_("Check the name in {cell}."),
    ),
    _rule(
        "place_other", "note", "repaired",
        N_("“{raw}” was read as {place}: the other unit of that name has a row of its own."),
        N_("Write xã, phường or thị trấn before the name in {cell}."),
    ),
    _rule(
        "place_type", "warning", "kept",
        N_("“{raw}” was read as {place}: its type differs from the list of the year."),
        N_("Correct the type in {cell}."),
    ),
    _rule(
        "place_twice", "error", "quarantined",
        N_("{place} stands {count} times with different values; none of its rows was used."),
        N_("Keep the right row of {place} and delete the others; one of them is at {cell}."),
    ),
    _rule(
        "place_repeated", "note", "ignored",
        N_("{place} stands twice with the same values; the row at {cell} was left aside."),
        N_("Delete one of the two rows."),
    ),
    _rule(
        "place_missing", "error", "missing",
        N_("{place} is missing in form {form}."),
        N_("Add a row for {place} to form {form}."),
    ),
    # --- numbers -------------------------------------------------------------------------------
    _rule(
        "cell_error", "error", "quarantined",
        N_("Cell {cell} holds the error {raw} in place of a value."),
        N_("Type the number itself into {cell}; the formula behind it has lost its source."),
    ),
    _rule(
        "number_unreadable", "error", "quarantined",
        N_("“{raw}” in column “{column}” is not a number."),
        N_("Type a number without words into {cell}; leave it blank if it is not known."),
    ),
    _rule(
        "number_ambiguous", "error", "quarantined",
        N_("“{raw}” can be read in two ways: {readings}. Column, row and total do not decide."),
        N_("Type the number into {cell} as a number, not as text."),
    ),
    _rule(
        "number_decided", "note", "repaired",
        N_("“{raw}” was read as {value}, as {witness} shows."),
        N_("Type numbers as numbers, not as text, in {cell}."),
    ),
    _rule(
        "number_range", "error", "quarantined",
        N_("“{raw}” is a range, not one number."),
        N_("Write one number into {cell}."),
    ),
    _rule(
        "number_hedged", "warning", "kept",
        N_("“{raw}” is stated as about or at least; it was read as {value}."),
        N_("Write the exact number into {cell}."),
    ),
    _rule(
        "number_marked", "note", "repaired",
        N_("“{raw}” carries a note mark; it was read as {value}."),
        N_("Nothing to do. Put note marks beside the name, not on the number in {cell}."),
    ),
    _rule(
        "number_mended", "note", "repaired",
        N_("“{raw}” was read as {value}."),
        N_("Check {cell}; type numbers without units, words or leading zeros."),
    ),
    _rule(
        "number_is_date", "error", "quarantined",
        N_("Cell {cell} holds the date {raw}; it was probably typed as a fraction or a code."),
        N_("Set the cell to text or number and type the value into {cell} again."),
    ),
    _rule(
        "number_is_share", "note", "repaired",
        N_("“{raw}” was read as {value} of {base}."),
        N_("Write only the number met into {cell}."),
    ),
    _rule(
        "number_not_whole", "error", "quarantined",
        N_("“{raw}” in column “{column}” is not a whole number."),
        N_("Check {cell}: households, criteria and years are counted in whole numbers."),
    ),
    _rule(
        "number_negative", "error", "quarantined",
        N_("“{raw}” in column “{column}” is below zero."),
        N_("Check the sign in {cell}."),
    ),
    _rule(
        "number_shared", "error", "quarantined",
        N_(
            "“{raw}” in column “{column}” is one cell for {count} rows, and which part is whose is "
            "not known."
        ),
        N_("Split {cell} and give each row its own number."),
    ),
    _rule(
        "number_out_of_range", "error", "quarantined",
        N_("“{raw}” in column “{column}” is outside {low} to {high}."),
        N_("Check {cell}; it may belong to the next column."),
    ),
    _rule(
        "formula_text", "warning", "kept",
        N_("Cell {cell} holds text that looks like a formula; it was kept as text."),
        N_("Clear {cell} if the text is not meant."),
    ),
    # --- money ---------------------------------------------------------------------------------
    _rule(
        "unit_missing", "error", "quarantined",
        N_(
            "The page does not say in which unit column “{column}” is, and the "
            "numbers do not show."
        ),
        N_("Write the unit above the table (ĐVT: triệu đồng) on sheet “{sheet}”."),
    ),
    _rule(
        "unit_guessed", "warning", "kept",
        N_("The page states no unit for column “{column}”; it was read in {unit}, from {witness}."),
        N_("Write the unit above the table (ĐVT: triệu đồng) on sheet “{sheet}”."),
    ),
    _rule(
        "unit_in_cell", "note", "repaired",
        N_("“{raw}” states its own unit; it was read as {value} đồng."),
        N_("Use one unit for the whole column of {cell}."),
    ),
    _rule(
        "unit_in_doubt", "error", "quarantined",
        N_("“{raw}” is {times} times what the total of the page leaves room for: another unit."),
        N_("Write the number in {cell} in the unit of the page."),
    ),
    _rule(
        "money_rounded", "note", "repaired",
        N_("“{raw}” is not a whole number of đồng; it was rounded to {value}."),
        N_("Nothing to do if the unit is right; otherwise check {cell}."),
    ),
    # --- rates ---------------------------------------------------------------------------------
    _rule(
        "rate_scale", "note", "repaired",
        N_("“{raw}” is a share of one; it was read as {value} per cent, as its counts show."),
        N_("Write rates in per cent in {cell}."),
    ),
    # --- marks, dates, words -------------------------------------------------------------------
    _rule(
        "mark_blank", "warning", "kept",
        N_("Criterion {criterion} of {place} is left blank: met or not is not known."),
        N_("Mark {cell} with Đ (met) or CĐ (not met)."),
    ),
    _rule(
        "mark_unreadable", "error", "quarantined",
        N_("“{raw}” is no mark for criterion {criterion}."),
        N_("Mark {cell} with Đ (met) or CĐ (not met)."),
    ),
    _rule(
        "date_unreadable", "error", "quarantined",
        N_("“{raw}” in column “{column}” is no date that can be read without a guess."),
        N_("Write the date in {cell} as dd/mm/yyyy."),
    ),
    _rule(
        "word_unknown", "error", "quarantined",
        N_("“{raw}” is none of the words of column “{column}”."),
        N_("Use one of the form's words in {cell}: {words}."),
    ),
    _rule(
        "status_contradiction", "warning", "kept",
        N_("“{raw}” does not agree with decision and marks of {place}, which make it {status}."),
        N_("Check {cell}, the decision and the marks of the row."),
    ),
    _rule(
        "decision_without_marks", "warning", "kept",
        N_("{place} has a recognition decision and only {met} of 19 criteria met."),
        N_("Check the marks and the decision in the row of {cell}."),
    ),
    _rule(
        "text_decoded", "note", "repaired",
        N_("{count} cells of sheet “{sheet}” are typed in a {encoding} font; they were converted."),
        N_("Nothing to do. Type in Unicode (Times New Roman) next time."),
    ),
    _rule(
        "text_lost", "warning", "kept",
        N_("Letters of “{raw}” are lost for good in the file."),
        N_("Type the text in {cell} again."),
    ),
    _rule(
        "text_ambiguous", "warning", "kept",
        N_("“{raw}” spells Vietnamese in more than one encoding; it was kept as “{value}”."),
        N_("Type the text in {cell} again in Unicode."),
    ),
    # --- money rows ----------------------------------------------------------------------------
    _rule(
        "component_unknown", "error", "quarantined",
        N_("“{raw}” is no component of the programmes. Near words: {suggestions}."),
        N_("Use the words of the form in {cell}; the row counts for nothing until then."),
    ),
    _rule(
        "component_near", "note", "repaired",
        N_("“{raw}” was read as the component “{component}”."),
        N_("Check the words in {cell}."),
    ),
    _rule(
        "key_missing", "error", "quarantined",
        N_("Row {row} does not say its {what}; its money could not be used."),
        N_("Fill in {what} in row {row}, near {cell}."),
    ),
    _rule(
        "plan_year_assumed", "note", "repaired",
        N_(
            "The page states no plan year; the money of column “{column}” was read "
            "as that of {year}."
        ),
        N_("Add the column “Năm kế hoạch” if money was carried over from earlier years ({cell})."),
    ),
    _rule(
        "funding_twice", "error", "quarantined",
        N_("{what} stands {count} times with different amounts; none of its rows was used."),
        N_("Keep the right row and delete the others; one of them is at {cell}."),
    ),
    _rule(
        "funding_repeated", "note", "ignored",
        N_("{what} stands twice with the same amounts; the row at {cell} was left aside."),
        N_("Delete one of the two rows."),
    ),
    _rule(
        "value_twice", "error", "quarantined",
        N_("{place} has two different values for “{column}”: {values}."),
        N_("Correct one of them; the first stands in {cell}."),
    ),
    # --- cross-checks --------------------------------------------------------------------------
    _rule(
        "criteria_met_differs", "warning", "kept",
        N_("{place} states {stated} criteria met; its marks give {counted}."),
        N_("Check {cell} and the marks of the row."),
    ),
    _rule(
        "total_differs", "warning", "kept",
        N_("The total of “{column}” is {stated}; its rows add up to {counted}."),
        N_("Check the total in {cell} and the rows it adds."),
    ),
    _rule(
        "rate_differs", "warning", "kept",
        N_("{what}: the rate is stated as {stated} %, the counts give {counted} %."),
        N_("Check the rate in {cell} and the counts it comes from."),
    ),
    _rule(
        "poor_flow_differs", "warning", "kept",
        N_("{place}: poor at end {stated}, but start − escaped + fell back + new gives {counted}."),
        N_("Check {cell} and the movements of the row."),
    ),
    _rule(
        "near_poor_flow_differs", "warning", "kept",
        N_(
            "{place}: near-poor at end {stated}, but start − escaped + fell back + "
            "new gives {counted}."
        ),
        N_("Check {cell} and the movements of the row."),
    ),
    _rule(
        "poor_parts_differ", "warning", "kept",
        N_("{place}: income-poor and deprivation-poor give {counted}, poor at end is {stated}."),
        N_("Check {cell} and the two parts."),
    ),
    _rule(
        "start_differs", "warning", "kept",
        N_(
            "{place}: {stated} households at the start of {year}, {counted} at the "
            "end of {before}."
        ),
        N_("Check {cell} against the approved list of {before}."),
    ),
    _rule(
        "poor_above_households", "warning", "kept",
        N_("{place}: {stated} poor or near-poor households of {base} in all."),
        N_("Check {cell} and the number of all households."),
    ),
    _rule(
        "ethnic_above_all", "warning", "kept",
        N_("{place}: {stated} ethnic minority households of {base} in “{column}”."),
        N_("Check {cell}: a part cannot be larger than its whole."),
    ),
    _rule(
        "disbursed_above_allocated", "warning", "kept",
        N_("{what}: {stated} đồng disbursed of {base} đồng allocated."),
        N_("Check {cell} and the plan of the row."),
    ),
    # --- corrections ---------------------------------------------------------------------------
    _rule(
        "correction_applied", "note", "repaired",
        N_("“{raw}” was replaced by “{value}”: {reason} (reported by {reporter})."),
        N_("Nothing to do. The correction of {cell} stands in corrections.yml."),
    ),
)  # fmt: skip

RULES: dict[str, Rule] = {rule.name: rule for rule in _ALL}
"""Every rule by its name."""

FILE_RULES = frozenset(
    {
        "empty_file", "locked", "truncated", "not_a_spreadsheet", "macro_only", "too_large",
        "cannot_open", "damaged", "unsupported_format", "unsafe_archive", "unsafe_xml",
        "no_cells", "unreadable",
    }
)  # fmt: skip
"""Rules of files that could not be read at all."""

DETAILS = frozenset(
    (
        N_("a PDF document"),
        N_("a picture (PNG)"),
        N_("a picture (JPEG)"),
        N_("a picture (GIF)"),
        N_("a picture (TIFF)"),
        N_("a picture or sound"),
        N_("a RAR archive: send the workbook itself"),
        N_("a 7z archive: send the workbook itself"),
        N_("a compressed file: send the workbook itself"),
        N_("an archive: send the workbook itself"),
        N_("an archive"),
        N_("a text document (RTF)"),
        N_("a program"),
        N_("a database"),
        N_("a Word document"),
        N_("a PowerPoint presentation"),
        N_("an Outlook message"),
        N_("a Numbers document: export it as .xlsx"),
        N_("an OpenDocument file of another kind"),
        N_("text without columns"),
        N_("a web page without a table"),
        N_("a web archive without a table"),
        N_("a page or XML file without a table"),
        N_("the workbook holds no worksheet"),
        N_("the lock file of a workbook that is open somewhere"),
        N_("binary workbook (xlsb): save it as .xlsx"),
        N_("a workbook of Excel 4 or before: save it as .xlsx"),
    )
)
"""What a file was found to be, in words that help the person who sent it.

Other details name parts and offsets: they are for the record and stand in English only.
"""

NOTHING_NEAR = N_("none")


@dataclass(frozen=True)
class Words:
    """An argument of a finding that is itself translated when the finding is shown."""

    text: str
    values: tuple[tuple[str, object], ...] = ()

    def shown(self, t: Translate) -> str:
        """Return the words in the language of ``t``."""
        return t(self.text, **dict(self.values))


@dataclass(frozen=True)
class Several:
    """Several such arguments, one after the other."""

    items: tuple[Words, ...]

    def shown(self, t: Translate) -> str:
        """Return the words in the language of ``t``."""
        return "; ".join(item.shown(t) for item in self.items)


def message(finding: Finding, lang: str) -> str:
    """Return what was found, beginning with where, in one language."""
    t = translator(lang)
    rule = RULES[finding.rule]
    return (_place(finding, lang) + t(rule.message, **_values(finding, lang))).rstrip()


def advice(finding: Finding, lang: str) -> str:
    """Return what to do about a finding, in one language."""
    t = translator(lang)
    return t(RULES[finding.rule].advice, **_values(finding, lang))


def _values(finding: Finding, lang: str) -> dict[str, object]:
    t = translator(lang)
    values: dict[str, object] = {
        "file": finding.file,
        "sheet": finding.sheet or finding.file,  # a text file is one sheet without a name
        "cell": finding.cell,
        "raw": finding.raw,
        "detail": "",
    }
    for name, value in finding.args.items():
        values[name] = value.shown(t) if isinstance(value, Words | Several) else value
    detail = str(values["detail"])
    if detail in DETAILS:
        values["detail"] = t(detail)
    elif lang != "en":
        values["detail"] = ""
    for name in ("suggestions", "near"):
        if name in values and not values[name]:
            values[name] = t(NOTHING_NEAR)
    return values


def _place(finding: Finding, lang: str) -> str:
    t = translator(lang)
    if finding.cell and finding.sheet:
        return t(
            "{file}, sheet “{sheet}”, cell {cell}: ",
            file=finding.file, sheet=finding.sheet, cell=finding.cell,
        )  # fmt: skip
    if finding.cell:
        return t("{file}, cell {cell}: ", file=finding.file, cell=finding.cell)
    if finding.sheet:
        return t("{file}, sheet “{sheet}”: ", file=finding.file, sheet=finding.sheet)
    return f"{finding.file}: " if finding.file else ""


def frame(findings: Iterable[Finding], lang: str) -> pd.DataFrame:
    """Return findings as a table with their words in one language.

    Columns: ``file, sheet, cell, rule, severity, raw, message, advice, action``, all text.
    """
    import pandas as pd

    rows = [
        (
            one.file, one.sheet, one.cell, one.rule, one.grave, one.raw,
            message(one, lang), advice(one, lang), one.done,
        )
        for one in findings
    ]  # fmt: skip
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in FINDING_COLUMNS]
    return pd.DataFrame(
        {
            name: pd.array(list(values), dtype="string")
            for name, values in zip(FINDING_COLUMNS, columns, strict=True)
        }
    )
