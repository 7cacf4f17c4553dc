"""A ready letter to each district with its template: a draft that any mail program opens."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from kgstats.returns.subjects.places import gazetteer
from kgstats.words import N_, translator

LANG = "vi"
KIND = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
SUBJECT = N_("Return of the National Target Programmes of {year}: {district}")
TO = N_("To: the People's Committee of {district}")
LINES = (
    N_(
        "Please fill in the attached workbook for the return of {year}. It has the communes of "
        "your district and checks itself while you type; its first sheet says how."
    ),
    N_(
        "When its sheet “Kiểm tra” says that it can be sent, send the file as it is. You can have "
        "it read once more before: at the page that “mo-trang-kiem-tra” opens on your machine, "
        "where it is installed, or by sending it to us."
    ),
)
UNTIL = N_("Please answer by {day}.")
THANKS = N_("Thank you.")


def letter(year: int, district: str, template: Path, until: dt.date | None = None) -> bytes:
    """Return the letter to one district as an e-mail that is still to be sent.

    Parameters
    ----------
    year, district
        Reporting year and code of the district.
    template
        Its workbook, which is attached.
    until
        The day an answer is asked for.
    """
    t, name = translator(LANG), gazetteer(year).districts[district].full_name
    paragraphs = [
        t(TO, district=name),
        *(t(line, year=year) if "{" in line else t(line) for line in LINES),
    ]
    if until is not None:
        paragraphs.append(t(UNTIL, day=f"{until.day}/{until.month}/{until.year}"))
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = t(SUBJECT, year=year, district=name)
    mail["X-Unsent"] = "1"  # Outlook opens it to be sent
    mail.set_content("\n\n".join([*paragraphs, t(THANKS)]) + "\n")
    mail.add_attachment(
        template.read_bytes(), maintype=KIND[0], subtype=KIND[1], filename=template.name
    )
    mail.set_boundary(f"kgstats-{year}-{district}")
    return mail.as_bytes()


def write(year: int, district: str, template: Path, until: dt.date | None = None) -> Path:
    """Write the letter beside the template; return its file."""
    path = template.with_suffix(".eml")
    path.write_bytes(letter(year, district, template, until))
    return path
