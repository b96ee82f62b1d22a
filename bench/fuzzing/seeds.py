"""Real programs in a few kilobytes: their headers, and the parts that the checker reads.

`python -m fuzzing.seeds FILE… DIRECTORY` writes a small form of each file to the directory, with
the same verdict, findings, libraries and build information, but without code and data.
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from elf_static.elf.bounded_file import Source
from elf_static.elf.facts import Facts
from elf_static.elf.headers import file_range
from elf_static.elf.reader import read_source
from elf_static.elf.structures import HEADER_SIZES, PROGRAM_HEADER_SIZES
from elf_static.judge.judgement import judge
from elf_static.judge.policy import load_policy
from fuzzing.reports import memory_file

_PAGE = 4096
# Larger reads are searches, followed by a small read of the result.
_MAX_READ = 8192


@dataclass(frozen=True)
class _Recorder(Source):
    """Records the ranges read."""

    ranges: list[tuple[int, int]] = field(default_factory=list)

    def read_up_to(self, offset: int, size: int) -> bytes:
        data = super().read_up_to(offset, size)
        if 0 < len(data) <= _MAX_READ:
            self.ranges.append((offset, offset + len(data)))
        return data


def small(data: bytes) -> bytes:
    """The small form of a program, without sections.

    :raises ValueError: its facts differ.
    """
    with memory_file(data) as descriptor:
        source = _Recorder(descriptor, len(data))
        facts = read_source(source)
    if facts.header is None or not facts.segments:
        raise ValueError("no program")
    bits = facts.header.bits
    headers = HEADER_SIZES[bits] + PROGRAM_HEADER_SIZES[bits] * len(facts.segments)
    ranges = [(0, 1), *(r for r in source.ranges if r[0] >= headers)]
    entry = file_range(facts.segments, facts.header.entry)
    if entry:
        ranges.append((entry[0], entry[0] + 16))
    for text in (b"libnss_", b"\xff Go buildinf:"):
        found = data.find(text)
        if found >= 0:
            ranges.append((found, found + 64))
    result = _rebuilt(data, facts, _merged(ranges))
    with memory_file(result) as descriptor:
        again = read_source(Source(descriptor, len(result)))
    if _kept(facts) != _kept(again):
        raise ValueError(f"its facts have become others, {_kept(again)[:2]}")
    return result


def _kept(facts: Facts) -> tuple[object, ...]:
    judgement = judge(facts, load_policy("strict"))
    findings = [(finding.id, finding.message) for finding in judgement.findings]
    return judgement.verdict, findings, replace(facts, size=0, segments=(), sections=())


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1] + 16:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _rebuilt(data: bytes, facts: Facts, ranges: list[tuple[int, int]]) -> bytes:
    """Each range in its own PT_LOAD, at an offset that is congruent to its address."""
    assert facts.header
    bits, order = facts.header.bits, "<" if facts.header.byte_order == "little" else ">"
    entry, size = ("IIQQQQQQ", 56) if bits == 64 else ("IIIIIIII", 32)
    pieces = [(start, data[start:end]) for start, end in ranges]
    content = bytearray(HEADER_SIZES[bits] + size * (2 * len(facts.segments) + len(pieces)))
    places: dict[int, int] = {}
    # Sorted by offset within a page, so that many ranges share a page.
    for start, piece in sorted(pieces, key=lambda p: p[0] % _PAGE):
        at = len(content) + (start - len(content)) % _PAGE
        places[start] = at
        content += bytes(at - len(content)) + piece
    table = []
    for index in range(len(facts.segments)):
        place = _table_offset(data, bits, order) + index * size
        values = list(struct.unpack_from(order + entry, data, place))
        names = ("type", "flags", "offset", "address", "physical", "file", "memory", "align")
        if bits == 32:
            names = ("type", "offset", "address", "physical", "file", "memory", "flags", "align")
        segment = dict(zip(names, values))
        start, end = segment["offset"], segment["offset"] + segment["file"]
        loads = segment["type"] == 1
        for at, piece in pieces:
            first, last = max(at, start), min(at + len(piece), end)
            if first >= last or not (loads or at <= start):
                continue
            changed = {
                **segment,
                "offset": places[at] + first - at,
                "address": segment["address"] + first - start,
                "file": last - first,
                "memory": last - first if loads else segment["memory"],
            }
            table.append(struct.pack(order + entry, *(changed[name] for name in names)))
            if not loads:
                break
        else:
            # In memory only, or never read.
            gone = {**segment, "offset": segment["address"] % _PAGE, "file": 0}
            table.append(struct.pack(order + entry, *(gone[name] for name in names)))
    header = bytearray(data[: HEADER_SIZES[bits]])
    if bits == 64:
        struct.pack_into(order + "QQ", header, 32, 64, 0)
        struct.pack_into(order + "HHHHH", header, 54, 56, len(table), 0, 0, 0)
    else:
        struct.pack_into(order + "II", header, 28, 52, 0)
        struct.pack_into(order + "HHHHH", header, 42, 32, len(table), 0, 0, 0)
    whole = bytes(header) + b"".join(table)
    if len(whole) > min(places.values()):
        raise ValueError("too many program headers")
    content[: len(whole)] = whole
    return bytes(content)


def _table_offset(data: bytes, bits: int, order: str) -> int:
    return int(
        struct.unpack_from(order + ("Q" if bits == 64 else "I"), data, 32 if bits == 64 else 28)[0]
    )


def main(*arguments: str) -> None:
    *files, directory = map(Path, arguments)
    for file in files:
        try:
            data = small(file.read_bytes())
        except (ValueError, struct.error) as e:
            print(f"{file.name}: {e}"[:900], file=sys.stderr)
            continue
        (directory / file.name.replace(" ", "-")).write_bytes(data)
        print(f"{file.name}: {len(data)} of {os.path.getsize(file)} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
