"""Archives and compound files, opened with suspicion.

Whatever a district sends is opened here first: sizes are checked before and while inflating,
nothing is ever extracted to disk, and a file that cannot be read ends as a `Refusal` with the
name of the problem, never as another error.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field

from kgstats.returns.cells import CellValue


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read of one file; more is refused as ``too_large``.

    A sheet of 100 000 rows and 20 columns fits.
    """

    file_bytes: int = 64 << 20
    """Size of the file as received."""
    expanded_bytes: int = 400 << 20
    """Size of all parts of an archive, inflated."""
    cells: int = 2_500_000
    """Non-empty cells of all sheets."""
    grid: int = 24_000_000
    """Cells of the smallest rectangle around a sheet's non-empty cells, empty rows left out."""
    members: int = 5_000
    """Parts of an archive."""
    ratio: int = 400
    """How many times its packed size a large part may inflate to; a sheet of equal rows inflates
    to some tens of times its size, a part made to cost memory to a thousand times."""
    ratio_from_bytes: int = 8 << 20
    """Size from which the ratio counts."""


class Refusal(Exception):
    """A file that is not read: the name of the problem and what was found."""

    def __init__(self, problem: str, detail: str = "") -> None:
        super().__init__(problem, detail)
        self.problem = problem
        self.detail = detail


# --- ZIP -------------------------------------------------------------------------------------

_DRIVE = re.compile(r"^[A-Za-z]:")


@dataclass(slots=True)
class Archive:
    """A ZIP archive whose directory has been checked; parts are read by name, any case."""

    file: zipfile.ZipFile
    limits: Limits
    names: dict[str, zipfile.ZipInfo] = field(default_factory=dict)
    spent: int = 0

    def __contains__(self, name: str) -> bool:
        return _member(name) in self.names

    def read(self, name: str) -> bytes:
        """Inflate one part, no further than the limit allows."""
        info = self.names.get(_member(name))
        if info is None:
            raise Refusal("damaged", f"part {name} is missing")
        room = self.limits.expanded_bytes - self.spent
        try:
            with self.file.open(info) as part:
                data = part.read(room + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise Refusal("damaged", f"part {name}: {error}") from None
        except RuntimeError as error:
            raise Refusal("locked", f"part {name}: {error}") from None
        self.spent += len(data)
        if self.spent > self.limits.expanded_bytes:
            raise Refusal("too_large", "the parts inflate to more than allowed")
        return data


def _member(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def open_archive(data: bytes, limits: Limits) -> Archive:
    """Check a ZIP archive's directory and open it.

    Raises
    ------
    Refusal
        ``truncated``, ``damaged``, ``locked``, ``too_large``, or ``unsafe_archive`` for names
        that point outside the archive and for parts that overlap, as in archive bombs.
    """
    try:
        file = zipfile.ZipFile(io.BytesIO(data))
        infos = file.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, struct.error, NotImplementedError) as error:
        whole = b"PK\x05\x06" in data[-70_000:]
        raise Refusal("damaged" if whole else "truncated", str(error)) from None
    if len(infos) > limits.members:
        raise Refusal("too_large", f"{len(infos)} parts")
    archive = Archive(file, limits)
    packed = expanded = 0
    for info in infos:
        name = info.filename.replace("\\", "/")
        if name.startswith("/") or _DRIVE.match(name) or ".." in name.split("/") or "\0" in name:
            raise Refusal("unsafe_archive", f"a part is named {info.filename!r}")
        if info.flag_bits & 0x1:
            raise Refusal("locked", "the archive is encrypted")
        key = _member(name)
        if key in archive.names:
            raise Refusal("unsafe_archive", f"two parts are named {info.filename!r}")
        if info.file_size > max(limits.ratio_from_bytes, limits.ratio * info.compress_size):
            sizes = f"{info.compress_size} to {info.file_size} bytes"
            raise Refusal("too_large", f"part {info.filename} inflates from {sizes}")
        archive.names[key] = info
        packed += info.compress_size
        expanded += info.file_size
    if expanded > limits.expanded_bytes:
        raise Refusal("too_large", f"the parts inflate to {expanded} bytes")
    if packed > len(data):
        raise Refusal("unsafe_archive", "the parts of the archive overlap")
    return archive


def pack(parts: dict[str, bytes]) -> io.BytesIO:
    """Write parts into a fresh archive, stored and not deflated, for a reader to open."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        for name, data in parts.items():
            file.writestr(zipfile.ZipInfo(name), data)
    out.seek(0)
    return out


# --- XML parts -------------------------------------------------------------------------------

_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*\?>")
_FORBIDDEN = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


def safe_xml(data: bytes, *, doctype: bool = False) -> bytes:
    """Give an XML part as UTF-8, refusing entities and (unless allowed) document types.

    Spreadsheet parts have neither; entity bombs and references to other files need them.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[:40].count(b"\0") > 4:
        try:
            codec = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-16-le"
            data = data.decode(codec).encode("utf-8")
        except UnicodeError:
            raise Refusal("damaged", "a part is not text") from None
        data = _DECLARATION.sub(b"", data, count=1)
    elif data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    for match in _FORBIDDEN.finditer(data):
        if match[1].upper() == b"ENTITY" or not doctype:
            raise Refusal("unsafe_xml", "a part declares a document type or entities")
    return data


# --- OLE compound files ----------------------------------------------------------------------

OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA
"""Sector numbers from here on are marks (free, end of chain, …), not sectors."""


@dataclass(slots=True)
class CompoundFile:
    """The streams of an OLE compound file by lower-case name."""

    data: bytes
    size: int
    fat: list[int]
    entries: dict[str, tuple[int, int]]
    mini: bytes
    mini_fat: list[int]

    def read(self, name: str) -> bytes:
        """Read a stream, as far as the file goes."""
        start, length = self.entries[name.casefold()]
        if length < 4096 and self.mini:
            return _chain(self.mini, 0, 64, self.mini_fat, start, length)
        return _chain(self.data, self.size, self.size, self.fat, start, length)


def _chain(data: bytes, base: int, size: int, fat: list[int], start: int, length: int) -> bytes:
    """Follow a chain of sectors; loops and sectors beyond the end of the file stop it."""
    parts: list[bytes] = []
    sector, left = start, min(length, len(data))
    for _ in range(len(fat)):
        if sector >= _END or sector >= len(fat) or left <= 0:
            break
        piece = data[base + sector * size : base + sector * size + min(size, left)]
        if not piece:
            break
        parts.append(piece)
        left -= len(piece)
        sector = fat[sector]
    return b"".join(parts)


def open_compound(data: bytes) -> CompoundFile:
    """Open an OLE compound file, tolerant of a ragged end, wary of wrong tables.

    Raises
    ------
    Refusal
        ``truncated`` or ``damaged``.
    """
    if len(data) < 1024:
        raise Refusal("truncated", "a compound file ends within its header")
    shift, mini_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or mini_shift != 6:
        raise Refusal("damaged", "the compound file's header is wrong")
    size = 1 << shift
    (directory,) = struct.unpack_from("<I", data, 48)
    cutoff, mini_start, _, difat_start, _ = struct.unpack_from("<IIIII", data, 56)
    sectors = (len(data) - 1) // size
    table = [number for number in struct.unpack_from("<109I", data, 76) if number < sectors]
    seen: set[int] = set()
    while difat_start < sectors and difat_start not in seen:
        seen.add(difat_start)
        block = data[size + difat_start * size : size + (difat_start + 1) * size]
        numbers = struct.unpack_from(f"<{len(block) // 4}I", block)
        table.extend(number for number in numbers[:-1] if number < sectors)
        difat_start = numbers[-1] if numbers else _END
    fat: list[int] = []
    for number in table[: sectors + 1]:
        block = data[size + number * size : size + (number + 1) * size]
        fat.extend(struct.unpack_from(f"<{len(block) // 4}I", block))
    if not fat:
        raise Refusal("truncated", "the compound file's table of sectors is missing")
    listing = _chain(data, size, size, fat, directory, len(data))
    entries: dict[str, tuple[int, int]] = {}
    root = (_END, 0)
    for offset in range(0, len(listing) - 127, 128):
        entry = listing[offset : offset + 128]
        (length,) = struct.unpack_from("<H", entry, 64)
        name = entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        kind = entry[66]
        start, low = struct.unpack_from("<II", entry, 116)
        if kind == 5:
            root = (start, low)
        elif kind == 2 and name:
            entries.setdefault(name.casefold(), (start, low))
    if not entries:
        raise Refusal("truncated", "the compound file's directory is missing")
    mini = _chain(data, size, size, fat, *root) if cutoff == 4096 else b""
    raw = _chain(data, size, size, fat, mini_start, len(data)) if mini else b""
    mini_fat = list(struct.unpack_from(f"<{len(raw) // 4}I", raw)) if raw else []
    return CompoundFile(data, size, fat, entries, mini, mini_fat)


def compound_with(name: str, stream: bytes) -> bytes:
    """Write a compound file that holds one stream, for a reader to open."""
    size = 512
    stream = stream + bytes(max(0, 4096 - len(stream)))
    used = -(-len(stream) // size)
    per_sector = size // 4
    # Sectors: stream, directory, allocation table, list of the table's sectors beyond 109.
    tables = difats = 0
    while True:
        total = used + 1 + tables + difats
        need = -(-total // per_sector)
        more = -(-max(0, need - 109) // (per_sector - 1))
        if need == tables and more == difats:
            break
        tables, difats = need, more
    first_table = used + 1
    first_difat = first_table + tables
    fat = [*range(1, used), 0xFFFFFFFE, 0xFFFFFFFE]
    fat += [0xFFFFFFFD] * tables + [0xFFFFFFFC] * difats
    fat += [0xFFFFFFFF] * (tables * per_sector - len(fat))
    numbers = list(range(first_table, first_table + tables))
    head = numbers[:109] + [0xFFFFFFFF] * (109 - len(numbers[:109]))
    difat = b""
    rest = numbers[109:]
    for index in range(difats):
        part = rest[index * (per_sector - 1) : (index + 1) * (per_sector - 1)]
        part += [0xFFFFFFFF] * (per_sector - 1 - len(part))
        following = first_difat + index + 1 if index + 1 < difats else 0xFFFFFFFE
        difat += struct.pack(f"<{per_sector}I", *part, following)
    header = OLE_SIGNATURE + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, tables, used, 0, 4096, 0xFFFFFFFE, 0,
                          first_difat if difats else 0xFFFFFFFE, difats)  # fmt: skip
    header += struct.pack("<109I", *head)
    directory = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _entry(
        name, 2, 0xFFFFFFFF, 0, len(stream)
    )
    directory += bytes(size - len(directory))
    body = stream + bytes(used * size - len(stream))
    return header + body + directory + struct.pack(f"<{len(fat)}I", *fat) + difat


def _entry(name: str, kind: int, child: int, start: int, length: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        + bytes(36)
        + struct.pack("<III", start, length, 0)
    )


Grid = tuple[int, int, list[list[CellValue]]]
"""First row and column (from 0) of a sheet's values, and the rows from there."""


def read_values(source: io.BytesIO, sheets: int) -> list[Grid]:
    """Read every sheet's values with calamine.

    Raises
    ------
    Refusal
        ``locked`` or ``damaged``.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_filelike(source)
        grids: list[Grid] = []
        for index in range(sheets):
            sheet = book.get_sheet_by_index(index)
            start = sheet.start
            rows = sheet.to_python() if start is not None else []
            first_row, first_column = start or (0, 0)
            grids.append((first_row, first_column, rows))  # type: ignore[arg-type]
        return grids
    except PasswordError as error:
        raise Refusal("locked", str(error)) from None
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise Refusal("damaged", str(error)) from None
    except BaseException as error:
        # A panic of the Rust library is not an Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise Refusal("damaged", "the reader gave up on the file's content") from None
