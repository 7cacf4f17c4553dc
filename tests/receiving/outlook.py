"""Outlook messages for tests: the few streams that matter, in a compound file (MS-CFB)."""

from __future__ import annotations

import itertools
import struct

SECTOR, MINI, END, FREE = 512, 64, 0xFFFFFFFE, 0xFFFFFFFF


def message(sender: str, address: str, subject: str, sent: str, files: dict[str, bytes]) -> bytes:
    """Return an Outlook message with attachments."""

    def text(value: str) -> bytes:
        return value.encode("utf-16-le")

    streams = {
        "__substg1.0_0C1A001F": text(sender),
        "__substg1.0_5D01001F": text(address),
        "__substg1.0_0037001F": text(subject),
        "__substg1.0_007D001F": text(f"From: x\r\nDate: {sent}\r\n\r\n"),
    }
    folders = {
        f"__attach_version1.0_#{number:08X}": {
            "__substg1.0_3707001F": text(name),
            "__substg1.0_37010102": content,
        }
        for number, (name, content) in enumerate(files.items())
    }
    return compound(streams, folders)


def compound(streams: dict[str, bytes], folders: dict[str, dict[str, bytes]]) -> bytes:
    """Return a compound file with streams at its root and in folders."""
    big, mini, mini_fat = bytearray(), bytearray(), []
    entries: list[list] = [["Root Entry", 5, FREE, FREE, FREE, END, 0]]
    later: list[tuple[int, bytes]] = []

    def add(name: str, kind: int, content: bytes = b"") -> int:
        entries.append([name, kind, FREE, FREE, FREE, END, len(content)])
        if kind == 2:
            later.append((len(entries) - 1, content))
        return len(entries) - 1

    def chained(numbers: list[int]) -> int:
        """Hang entries of one folder as a chain of right siblings, by length and name."""
        order = sorted(numbers, key=lambda n: (len(entries[n][0]), entries[n][0].upper()))
        for one, following in itertools.pairwise(order):
            entries[one][3] = following
        return order[0]

    top = [add(name, 2, content) for name, content in streams.items()]
    for folder, inner in folders.items():
        number = add(folder, 1)
        entries[number][4] = chained([add(name, 2, content) for name, content in inner.items()])
        top.append(number)
    entries[0][4] = chained(top)
    chains: list[list[int]] = []
    for number, content in later:
        if len(content) < 4096:
            start, count = len(mini) // MINI, max(1, -(-len(content) // MINI))
            entries[number][5] = start
            mini += content.ljust(count * MINI, b"\0")
            mini_fat += [*range(start + 1, start + count), END]
        else:
            start, count = len(big) // SECTOR, -(-len(content) // SECTOR)
            entries[number][5] = start
            big += content.ljust(count * SECTOR, b"\0")
            chains.append(list(range(start, start + count)))

    def place(content: bytes) -> int:
        start = len(big) // SECTOR
        count = max(1, -(-len(content) // SECTOR))
        big.extend(content.ljust(count * SECTOR, b"\0"))
        chains.append(list(range(start, start + count)))
        return start

    entries[0][5], entries[0][6] = place(bytes(mini)), len(mini)
    table = place(b"".join(struct.pack("<I", one) for one in mini_fat).ljust(SECTOR, b"\xff"))
    directory = place(b"".join(_entry(*one) for one in entries))
    sectors = len(big) // SECTOR
    fat_sectors = 1
    while fat_sectors * 128 < sectors + fat_sectors:
        fat_sectors += 1
    fat = [FREE] * (fat_sectors * 128)
    for chain in chains:
        for one, following in zip(chain, [*chain[1:], END], strict=True):
            fat[one] = following
    for number in range(fat_sectors):
        fat[sectors + number] = 0xFFFFFFFD
    difat = [sectors + number for number in range(fat_sectors)] + [FREE] * (109 - fat_sectors)
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIIII",
        bytes.fromhex("D0CF11E0A1B11AE1"), b"", 0x3E, 3, 0xFFFE, 9, 6, b"", 0, fat_sectors,
        directory, 0, 4096, table, len(chains[-2]), END, 0, 0,
    )[:76]  # fmt: skip
    return header + struct.pack("<109I", *difat) + bytes(big) + struct.pack(f"<{len(fat)}I", *fat)


def _entry(name: str, kind: int, left: int, right: int, child: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII16sI8s8sIII",
        raw, len(raw), kind, 1, left, right, child, b"", 0, b"", b"", start, size, 0,
    )  # fmt: skip
