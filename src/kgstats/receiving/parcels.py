"""What is in a delivery: a workbook, an archive of workbooks, or an e-mail with attachments.

A delivery comes from outside and is trusted in nothing: its names are names, never paths; what
it unpacks to is limited; nothing in it is executed.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import email.utils
import io
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from kgstats.workspace import LEFT_OUT

WORKBOOKS = frozenset(
    (".xlsx", ".xlsm", ".xls", ".ods", ".fods", ".csv", ".tsv", ".xml", ".html", ".htm")
)
MAILS = frozenset((".eml", ".msg"))
MOST_BYTES = 200_000_000
MOST_FILES = 500
LONGEST_NAME = 120
DOCUMENT_NUMBER = re.compile(r"\b\d{1,5}/(?:\d{4}/)?[A-ZĐ]{2,}(?:-[A-ZĐ]{2,})*\b")
"""As offices number documents: 15/BC-UBND, 25/2020/BC-BCĐ."""


class ParcelError(Exception):
    """A delivery that cannot be taken apart; the message says why."""


@dataclass(frozen=True)
class Item:
    """One file of a delivery, and what the delivery says of itself."""

    name: str
    content: bytes
    sender: str = ""
    date: str = ""
    number: str = ""


@dataclass
class Parcel:
    """A delivery taken apart: its workbooks, and what cannot be taken, with what to ask for."""

    items: list[Item] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def open_parcel(path: Path) -> Parcel:
    """Take a delivery apart.

    Raises
    ------
    ParcelError
        When it cannot be opened, or unpacks to more than a delivery can be.
    """
    about = path.stat()
    if not stat.S_ISREG(about.st_mode):
        what = "a folder: name the files in it" if path.is_dir() else "no file"
        raise ParcelError(f"{path.name} is {what}")
    if about.st_size > MOST_BYTES:
        raise ParcelError(f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB")
    parcel = Parcel()
    _take(Item(file_name(path.name), path.read_bytes()), parcel, depth=0)
    if not parcel.items and not parcel.refused:
        raise ParcelError(f"{path.name} holds no file: was the workbook forgotten?")
    return parcel


def file_name(name: str) -> str:
    r"""Return a name that is a file's and nothing else: no folder, no control signs, not hidden.

    >>> file_name("..\\..\\Bao cao.xlsx"), file_name("/etc/passwd"), file_name("..")
    ('Bao cao.xlsx', 'passwd', 'file')
    """
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*')
    kept = kept.strip().lstrip(".~").rstrip(". ")
    stem, dot, suffix = kept.rpartition(".")
    if len(kept) > LONGEST_NAME:
        kept = stem[: LONGEST_NAME - len(suffix) - 1] + dot + suffix
    return kept or "file"


def _take(item: Item, parcel: Parcel, *, depth: int) -> None:
    suffix = Path(item.name).suffix.lower()
    problem = _refusal(item)
    if problem:
        parcel.refused[item.name] = problem
    elif suffix in MAILS:
        _deeper(item, parcel, depth, _eml(item) if suffix == ".eml" else _msg(item))
    elif _is_archive(item):
        _deeper(item, parcel, depth, _zip(item))
    elif suffix in WORKBOOKS:
        if len(parcel.items) >= MOST_FILES:
            raise ParcelError(f"more than {MOST_FILES} files in one delivery")
        parcel.items.append(item)
    else:
        parcel.refused[item.name] = "no workbook: ask the district for the file made in Excel"


def _deeper(item: Item, parcel: Parcel, depth: int, inner: Iterator[Item]) -> None:
    if depth >= 3:
        raise ParcelError(f"{item.name}: archives inside archives inside archives")
    for one in inner:
        _take(one, parcel, depth=depth + 1)


def _refusal(item: Item) -> str:
    """Say why a file is no return, by what is in it: a name may be wrong."""
    start, suffix = item.content[:16], Path(item.name).suffix.lower()
    pictures = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")
    if suffix in (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".webp") or (
        start.startswith(pictures) and suffix not in (".csv", ".tsv")
    ):
        return "a picture of a table: ask the district for the workbook it was taken from"
    if suffix == ".pdf" or start.startswith(b"%PDF"):
        return "a PDF: ask the district for the workbook it was printed from"
    if suffix in (".doc", ".docx", ".rtf", ".odt"):
        return "a text document: ask the district for the tables as a workbook"
    if suffix in (".rar", ".7z"):
        return "an archive of another kind: ask the district for a .zip, or for the files"
    return ""


def _is_archive(item: Item) -> bool:
    """Whether a file is a .zip of files; workbooks are archives too, of another kind."""
    if not item.content.startswith(b"PK") or Path(item.name).suffix.lower() in WORKBOOKS:
        return False
    return Path(item.name).suffix.lower() == ".zip"


def _is_sent(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry is a file somebody sent: systems add their own, Office adds locks."""
    parts = re.split(r"[/\\]", entry.filename)
    of_system = "__MACOSX" in parts or parts[-1].lower() in LEFT_OUT
    return not (entry.is_dir() or of_system or parts[-1].startswith(("._", "~$")))


def _zip(item: Item) -> Iterator[Item]:
    try:
        with zipfile.ZipFile(io.BytesIO(item.content)) as archive:
            entries = [one for one in archive.infolist() if _is_sent(one)]
            if len(entries) > MOST_FILES or sum(one.file_size for one in entries) > MOST_BYTES:
                raise ParcelError(f"{item.name} unpacks to more than a delivery can be")
            for one in entries:
                if stat.S_ISLNK(one.external_attr >> 16):
                    raise ParcelError(f"{item.name} holds a link: ask for the files themselves")
                if one.flag_bits & 1:
                    raise ParcelError(f"{item.name} is locked with a password: ask for an open one")
                with archive.open(one) as file:
                    # What it says of its size may be untrue.
                    content = file.read(one.file_size + 1)
                if len(content) > one.file_size:
                    raise ParcelError(f"{item.name} unpacks to more than it says")
                yield replace(item, name=file_name(one.filename), content=content)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise ParcelError(f"{item.name} is damaged: {error}") from None


def _eml(item: Item) -> Iterator[Item]:
    message = email.message_from_bytes(item.content, policy=email.policy.default)
    sender = str(message.get("From", ""))
    subject = str(message.get("Subject", ""))
    try:
        date = email.utils.parsedate_to_datetime(str(message["Date"])).date().isoformat()
    except (TypeError, ValueError):
        date = ""
    for part in message.walk():
        name = part.get_filename()
        if not name or part.is_multipart():
            continue
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield Item(file_name(name), content, sender, date, document_number(subject))


def _msg(item: Item) -> Iterator[Item]:
    """Read an Outlook message: streams of properties in an OLE file."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(item.content)) as ole:
            sender = _text(ole, "", "0C1A") or _text(ole, "", "5D01")
            address = _text(ole, "", "5D01") or _text(ole, "", "0C1F")
            if address and address != sender:
                sender = f"{sender} <{address}>".strip()
            number = document_number(_text(ole, "", "0037"))
            date = _sent(_text(ole, "", "007D"))
            folders = sorted({path[0] for path in ole.listdir() if path[0].startswith("__attach")})
            for folder in folders:
                name = _text(ole, folder, "3707") or _text(ole, folder, "3704")
                stream = f"{folder}/__substg1.0_37010102"
                if name and ole.exists(stream):
                    content = ole.openstream(stream).read()
                    yield Item(file_name(name), content, sender, date, number)
    except (OSError, IndexError, ValueError) as error:
        raise ParcelError(f"{item.name} is no Outlook message: {error}") from None


def _text(ole: object, folder: str, tag: str) -> str:
    """Return a property of text: UTF-16, or in the old way bytes."""
    for kind, encoding in (("001F", "utf-16-le"), ("001E", "cp1258")):
        name = f"{folder}/__substg1.0_{tag}{kind}".lstrip("/")
        if ole.exists(name):  # type: ignore[attr-defined]
            raw: bytes = ole.openstream(name).read()  # type: ignore[attr-defined]
            return raw.decode(encoding, "replace").rstrip("\0").strip()
    return ""


def _sent(headers: str) -> str:
    told = email.message_from_string(headers).get("Date")
    try:
        return email.utils.parsedate_to_datetime(str(told)).date().isoformat()
    except (TypeError, ValueError):
        return ""


def document_number(text: str) -> str:
    """Return the number of a document that a text names, or nothing.

    >>> document_number("UBND huyện gửi báo cáo số 15/BC-UBND ngày 6/1/2020")
    '15/BC-UBND'
    >>> document_number("Báo cáo 6/1/2020")
    ''
    """
    found = DOCUMENT_NUMBER.search(text)
    return found[0] if found else ""


def is_day(text: str) -> bool:
    """Whether a text is a day such as 2020-01-06."""
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
