"""Printed pages bound into one PDF that screen readers follow and whose links work.

Each page was printed by itself, with its own structure (PDF 1.7, 14.7 and 14.8), bookmarks and
links; pypdf puts the sheets together and leaves those behind, so they are carried over here.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NullObject,
    NumberObject,
    TextStringObject,
)

from kgstats.appendix.takeaway import TO_PAGE

PER_STREAM = 500
"""So many objects are compressed together."""


@dataclass
class Binding:
    """A PDF that grows by printed parts."""

    writer: PdfWriter = field(default_factory=PdfWriter)
    starts: dict[str, tuple[int, Mapping[str, Any]]] = field(default_factory=dict)
    """Where each part begins, and its own anchors."""
    _branches: list[Any] = field(default_factory=list)
    _parents: list[Any] = field(default_factory=list)
    _next: int = 0

    def add(
        self, part: Path, slug: str, title: str = "", headings: Iterable[tuple[str, str]] = ()
    ) -> None:
        """Add a printed part, with a bookmark if it has a title.

        Below it stand bookmarks of the ``headings``, each an anchor and its text, that the print
        knows the places of.
        """
        reader, first = PdfReader(part), len(self.writer.pages)
        self.writer.append(reader, import_outline=False)
        found = reader.named_destinations.items()
        anchors = {str(name).removeprefix("/"): one for name, one in found}
        mark: Any = self.writer.add_outline_item
        if title:
            above = mark(title, first, is_open=False)
            for anchor, text in headings:
                if anchor in anchors:
                    at = first + _sheet_of(anchors[anchor])
                    mark(text, at, parent=above)
        self.starts[slug] = first, anchors
        self._carry_structure(reader, first)
        for sheet, _, link in self._links(first):
            name = str(link.get("/Dest", "")).removeprefix("/")
            if name in anchors:
                link[NameObject("/Dest")] = self._goal(first, anchors[name], sheet)

    def _carry_structure(self, reader: PdfReader, first: int) -> None:
        catalog: Any = reader.trailer["/Root"]
        if "/StructTreeRoot" not in catalog:
            return
        tree = catalog["/StructTreeRoot"]
        top = tree["/K"]
        for one in top if isinstance(top, ArrayObject) else [top]:
            self._branches.append(one.get_object().clone(self.writer).indirect_reference)
        numbers = tree["/ParentTree"]["/Nums"]
        for key, value in zip(numbers[::2], numbers[1::2], strict=True):
            self._parents += [NumberObject(key + self._next), value.clone(self.writer)]
        printed: Any
        for number, printed in enumerate(reader.pages, first):
            sheet = self.writer.pages[number]
            if "/StructParents" in printed:  # pypdf leaves it out.
                own = NumberObject(printed["/StructParents"] + self._next)
                sheet[NameObject("/StructParents")] = own
        for _, _, link in self._links(first):
            if "/StructParent" in link:
                link[NameObject("/StructParent")] = NumberObject(link["/StructParent"] + self._next)
        self._next += int(tree["/ParentTreeNextKey"])

    def _links(self, first: int = 0) -> Iterable[tuple[int, Any, Any]]:
        for number, sheet in enumerate(self.writer.pages[first:], first):
            for one in sheet.get("/Annots", []):
                link = one.get_object()
                if link.get("/Subtype") == "/Link":
                    yield number, sheet, link

    def _goal(self, first: int, anchor: Any, at: int) -> ArrayObject:
        """Return where an anchor of a part is in the whole; the sheet itself if that is unknown."""
        number = at
        if anchor is not None and not isinstance(anchor.get("/Page"), NullObject):
            number = first + _sheet_of(anchor)
        top = None if anchor is None else anchor.get("/Top")
        kind: list[Any] = [NameObject("/Fit")]
        if isinstance(top, (FloatObject, NumberObject)):
            kind = [NameObject("/XYZ"), NullObject(), top, NullObject()]
        return ArrayObject([self.writer.pages[number].indirect_reference, *kind])

    def lead_to_parts(self) -> None:
        """Make links between pages lead to where these stand in the document."""
        for _, _, link in list(self._links()):
            address = str(link["/A"].get("/URI", "")) if "/A" in link else ""
            slug, _, anchor = address.removeprefix(TO_PAGE).partition("#")
            if not address.startswith(TO_PAGE):
                continue
            del link["/A"]
            if slug in self.starts:
                first, anchors = self.starts[slug]
                link[NameObject("/Dest")] = self._goal(first, anchors.get(anchor), first)

    def stamp(self, stamps: PdfReader) -> None:
        """Print what stands on other sheets, their numbers, upon these."""
        for sheet, stamp in zip(self.writer.pages, stamps.pages, strict=False):
            marked = sheet.get("/StructParents")
            sheet.merge_page(stamp)
            # That forgot the sheet's place in the structure, and unpacked it.
            if marked is not None:
                sheet[NameObject("/StructParents")] = NumberObject(marked)
            sheet.compress_content_streams()

    def _plant(self, root: DictionaryObject) -> None:
        """Make one structure of those of the parts."""

        def made(**entries: Any) -> Any:
            named = {NameObject(f"/{name}"): value for name, value in entries.items()}
            return self.writer._add_object(DictionaryObject(named))

        kind, number = NameObject("/StructTreeRoot"), NumberObject(self._next)
        parents = made(Nums=ArrayObject(self._parents))
        tree = made(Type=kind, ParentTree=parents, ParentTreeNextKey=number)
        kids = ArrayObject(self._branches)
        whole = made(Type=NameObject("/StructElem"), S=NameObject("/Document"), P=tree, K=kids)
        for one in self._branches:
            one.get_object()[NameObject("/S")] = NameObject("/Part")
            one.get_object()[NameObject("/P")] = whole
        tree.get_object()[NameObject("/K")] = whole
        root[NameObject("/StructTreeRoot")] = tree
        root[NameObject("/MarkInfo")] = made(Marked=BooleanObject(True))

    def write(self, path: Path, title: str, lang: str) -> None:
        """Write the document: its title and language, its structure, its bookmarks open."""
        root = self.writer.root_object
        if self._branches:
            self._plant(root)
        for name in ("/Names", "/Dests"):
            root.pop(NameObject(name), None)
        root[NameObject("/Lang")] = TextStringObject(lang)
        shown = DictionaryObject({NameObject("/DisplayDocTitle"): BooleanObject(True)})
        root[NameObject("/ViewerPreferences")] = shown
        self.writer.page_mode = "/UseOutlines"
        self.writer.add_metadata({"/Title": title})
        plain = BytesIO()
        self.writer.write(plain)
        path.write_bytes(packed(plain.getvalue()))


def _sheet_of(anchor: Any) -> int:
    page = anchor["/Page"]
    if isinstance(page, int):
        return int(page)
    reader = page.indirect_reference.pdf
    return int(reader.get_page_number(page.get_object()))


_OBJECT = re.compile(rb"(\d+) 0 obj\n")


def packed(pdf: bytes) -> bytes:
    """Return a PDF as pypdf writes it with its small objects compressed together (7.5.7, 7.5.8).

    The structure for screen readers is tens of thousands of them: a tenth of the size is left.
    """
    table = pdf.rindex(b"\nxref\n") + 1
    lines = pdf[table:].split(b"\n")
    offsets = sorted(int(line[:10]) for line in lines[2:] if line.rstrip().endswith(b" n"))
    trailer = pdf[pdf.index(b"<<", table) : pdf.rindex(b"startxref")].strip()
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    places: dict[int, tuple[int, int, int]] = {0: (0, 0, 65535)}
    small: list[tuple[int, bytes]] = []
    for start, end in zip(offsets, [*offsets[1:], table], strict=True):
        head = _OBJECT.match(pdf, start)
        assert head is not None
        number, text = int(head[1]), pdf[head.end() : pdf.rindex(b"endobj", start, end)].strip()
        if text.endswith(b"endstream"):
            places[number] = (1, len(out), 0)
            out += b"%d 0 obj\n%s\nendobj\n" % (number, text)
        else:
            small.append((number, text))
    fresh = max(number for number, _ in [*small, *((one, b"") for one in places)]) + 1
    for at in range(0, len(small), PER_STREAM):
        places[fresh] = (1, len(out), 0)
        group = small[at : at + PER_STREAM]
        places |= {number: (2, fresh, place) for place, (number, _) in enumerate(group)}
        out += _stream(fresh, *_together(group))
        fresh += 1
    places[fresh] = (1, len(out), 0)
    size, start = fresh + 1, len(out)
    rows = b"".join(
        struct.pack(">BIH", *places.get(number, (0, 0, 65535))) for number in range(size)
    )
    kept = re.sub(rb"/Size \d+", b"", trailer.removeprefix(b"<<").removesuffix(b">>"))
    told = b"/Type /XRef /Size %d /W [1 4 2] %s" % (size, kept)
    out += _stream(fresh, told, rows) + b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def _together(group: Sequence[tuple[int, bytes]]) -> tuple[bytes, bytes]:
    heads, at = [], 0
    for number, text in group:
        heads.append(b"%d %d" % (number, at))
        at += len(text) + 1
    head = b" ".join(heads) + b" "
    told = b"/Type /ObjStm /N %d /First %d" % (len(group), len(head))
    return told, head + b" ".join(text for _, text in group)


def _stream(number: int, told: bytes, content: bytes) -> bytes:
    data = zlib.compress(content, 9)
    head = b"%d 0 obj\n<< %s /Filter /FlateDecode /Length %d >>\nstream\n"
    return head % (number, told, len(data)) + data + b"\nendstream\nendobj\n"
