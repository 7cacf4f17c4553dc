"""Archives and XML parts, opened with suspicion and read within a budget.

Whatever a district sends is opened here first: sizes are checked before and while inflating,
nothing is ever extracted to disk, and a file that cannot be read ends as a `Refusal` with the
name of the problem, never as another error.
"""

from __future__ import annotations

import io
import re
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read of one file; more is refused as ``too_large``.

    A sheet of 50 000 rows and 20 columns fits.
    """

    file_bytes: int = 64 << 20
    """Size of the file as received."""
    expanded_bytes: int = 400 << 20
    """Size of all parts of an archive, inflated."""
    cells: int = 1_000_000
    """Non-empty cells of all sheets."""
    letters: int = 64 << 20
    """Characters of all cells' text."""
    grid: int = 24_000_000
    """Places covered by spanning cells."""
    sheets: int = 1_000
    """Sheets of a workbook."""
    members: int = 5_000
    """Parts of an archive."""
    ratio: int = 400
    """How many times its packed size a large part may inflate to; a sheet of equal rows inflates
    to some tens of times its size, a part made to cost memory to a thousand times."""
    ratio_from_bytes: int = 8 << 20
    """Size from which the ratio counts."""
    seconds: float = 120.0
    """Processor time for the whole file. An honest one takes well under a tenth of it."""


class Refusal(Exception):
    """A file that is not read: the name of the problem and what was found."""

    def __init__(self, problem: str, detail: str = "") -> None:
        super().__init__(problem, detail)
        self.problem = problem
        self.detail = detail


class Budget:
    """What reading one file has taken so far, of what its limits allow.

    Raises ``too_large`` where a file asks for more, whatever its kind: each reader counts here as
    it goes along, before the memory is taken.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.cells = self.letters = self.places = 0
        self.until = time.process_time() + limits.seconds
        self.soonest = time.monotonic() + limits.seconds

    def spend(self, cells: int = 0, letters: int = 0, places: int = 0) -> None:
        """Count cells, characters of their text, and places that spanning cells cover."""
        self.cells += cells
        self.letters += letters
        self.places += places
        limits = self.limits
        if self.cells > limits.cells:
            raise Refusal("too_large", f"more than {limits.cells} cells")
        if self.letters > limits.letters:
            raise Refusal("too_large", f"more than {limits.letters} characters of text")
        if self.places > limits.grid:
            raise Refusal("too_large", "spanning cells cover more than allowed")

    def look_at_the_clock(self) -> None:
        """Refuse a file that has taken its time; called at every step of a long way."""
        # The processor's own clock takes long to ask; without threads it is behind the wall's.
        if time.monotonic() > self.soonest and time.process_time() > self.until:
            raise Refusal("too_large", f"reading it takes more than {self.limits.seconds:g} s")


# --- ZIP -------------------------------------------------------------------------------------

PIECE = 1 << 18
"""Bytes that are inflated and parsed at a time."""
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError,
)  # fmt: skip
"""What `zipfile` raises where a part cannot be read."""
_DRIVE = re.compile(r"^[A-Za-z]:")


@dataclass(slots=True)
class Archive:
    """A ZIP archive whose directory has been checked; parts are read by name, any case."""

    file: zipfile.ZipFile
    data: bytes
    budget: Budget
    names: dict[str, zipfile.ZipInfo] = field(default_factory=dict)
    spent: int = 0

    def __contains__(self, name: str) -> bool:
        return _member(name) in self.names

    def pieces(self, name: str) -> Iterator[bytes]:
        """Inflate one part piece by piece, no further than the limit allows."""
        info = self.names.get(_member(name))
        if info is None:
            raise Refusal("damaged", f"part {name} is missing")
        if small := _inflated(self.data, info):
            self._count(small)
            yield small
            return
        try:
            with self.file.open(info) as part:
                while piece := part.read(PIECE):
                    self._count(piece)
                    yield piece
        except _DAMAGE as error:
            raise Refusal("damaged", f"part {name}: {error}") from None
        except RuntimeError as error:
            raise Refusal("locked", f"part {name}: {error}") from None

    def _count(self, piece: bytes) -> None:
        self.spent += len(piece)
        if self.spent > self.budget.limits.expanded_bytes:
            raise Refusal("too_large", "the parts inflate to more than allowed")

    def read(self, name: str) -> bytes:
        """Inflate one part whole."""
        return b"".join(self.pieces(name))


_HEAD = struct.Struct("<4s22x2H")
"""Head of a part: signature, and how long its name and what is added to it are."""
_UNUSUAL = 0x1 | 0x20 | 0x40
"""Flags of parts that are encrypted or patched."""


def _inflated(data: bytes, info: zipfile.ZipInfo) -> bytes | None:
    """Inflate a small part in one go, which is quicker; None where anything is not as usual.

    `zipfile` is left to read that, or to say what is wrong with it.
    """
    at = info.header_offset
    if info.compress_type != zipfile.ZIP_DEFLATED or not 0 < info.file_size <= PIECE:
        return None
    if info.flag_bits & _UNUSUAL or not info.orig_filename.isascii() or at < 0:
        return None
    start = at + _HEAD.size
    if len(data) < start:
        return None
    signature, name, extra = _HEAD.unpack_from(data, at)
    if signature != b"PK\x03\x04" or data[start : start + name] != info.orig_filename.encode():
        return None
    start += name + extra
    inflating = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        whole = inflating.decompress(data[start : start + info.compress_size], info.file_size + 1)
    except zlib.error:
        return None
    if not inflating.eof or len(whole) != info.file_size or zlib.crc32(whole) != info.CRC:
        return None
    return whole


def _member(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def open_archive(data: bytes, budget: Budget) -> Archive:
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
    limits = budget.limits
    if len(infos) > limits.members:
        raise Refusal("too_large", f"{len(infos)} parts")
    archive = Archive(file, data, budget)
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


# --- XML parts -------------------------------------------------------------------------------


class LocalNames(dict[str, str]):
    """Name of an element without its prefix, by its name as the file writes it."""

    def __missing__(self, name: str) -> str:
        local = self[name] = name.rpartition(":")[2]
        return local


def parse_xml(
    pieces: Iterable[bytes],
    budget: Budget,
    start: Callable[[str, dict[str, str]], None] | None = None,
    end: Callable[[str], None] | None = None,
    characters: Callable[[str], None] | None = None,
    *,
    doctype: bool = False,
) -> None:
    """Parse an XML part as it arrives.

    Entities and (unless allowed) document types are refused: spreadsheet parts have neither,
    bombs, references to other files and attributes by default need them.

    Raises
    ------
    Refusal
        ``unsafe_xml``, ``damaged``, ``truncated`` or ``too_large``.
    """

    def declared(name: str, system: str | None, public: str | None, internal: bool) -> None:
        if internal or not doctype:
            raise Refusal("unsafe_xml", "a part declares a document type or entities")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = declared
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    try:
        for piece in pieces:
            budget.look_at_the_clock()
            parser.Parse(piece)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        problem = "truncated" if error.code == _NO_END else "damaged"
        raise Refusal(problem, f"a part is not XML: {error}") from None
    except (LookupError, UnicodeError) as error:
        raise Refusal("damaged", f"a part is in no known encoding: {error}") from None


_NO_END = expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]


def tags(pieces: Iterable[bytes], budget: Budget) -> list[tuple[str, dict[str, str]]]:
    """List the elements of a small part in the order they open: local name and attributes."""
    found: list[tuple[str, dict[str, str]]] = []
    local = LocalNames()

    def start(name: str, attributes: dict[str, str]) -> None:
        found.append((local[name], attributes))
        if len(found) > _MOST_TAGS:
            raise Refusal("too_large", "a part of the workbook holds too many elements")

    parse_xml(pieces, budget, start)
    return found


_MOST_TAGS = 1_000_000
