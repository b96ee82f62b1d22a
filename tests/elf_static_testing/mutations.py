"""Real files with hostile damage, from a seeded generator, so that failures can be repeated.

`python -m elf_static_testing.mutations SEED COUNT FILE…` (with src/python and tests on PYTHONPATH)
judges COUNT of them and prints the results as JSON. It is a process of its own because it limits
and measures its memory.
"""

from __future__ import annotations

import json
import os
import random
import resource
import struct
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from elf_static.elf.bounded_file import Source
from elf_static.elf.reader import read_source
from elf_static.inspect.html_page import inspect_source, render_page
from elf_static.judge.judgement import Verdict, judge
from elf_static.judge.policy import load_policy
from elf_static.report.formats import FORMATS
from elf_static.report.model import Report
from elf_static_testing.cost import peak_kilobytes
from elf_static_testing.promises import broken_promises

_EXTREMES = (
    *(0, 1, 2, 3, 4, 6, 7, 8, 0x7F, 0x80, 0xFF, 0xFFFE, 0xFFFF, 1 << 31, (1 << 32) - 1),
    *(1 << 63, (1 << 64) - 1, (1 << 64) - 4096),
)


@dataclass
class Seen:
    """The results of a run. `wrong` describes each case that broke a promise."""

    cases: int = 0
    static: int = 0
    not_static: int = 0
    undetermined: int = 0
    slowest_ms: float = 0.0
    peak_kb: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Layout:
    """The locations of a sound file's structures."""

    bits: int
    order: str
    program_headers: int
    program_header_count: int
    section_headers: int
    section_header_count: int
    interesting: tuple[tuple[int, int], ...]

    @property
    def program_header_size(self) -> int:
        return 56 if self.bits == 64 else 32

    @property
    def section_header_size(self) -> int:
        return 64 if self.bits == 64 else 40

    @classmethod
    def of(cls, data: bytes) -> _Layout:
        bits = 32 * data[4]
        order = "<" if data[5] == 1 else ">"
        header = struct.unpack_from(
            order + ("HHIQQQIHHHHHH" if bits == 64 else "HHIIIIIHHHHHH"), data, 16
        )
        phoff, shoff, phnum, shnum = header[4], header[5], header[9], header[11]
        places = []
        for index in range(phnum):
            entry = struct.unpack_from(
                order + ("IIQQQQQQ" if bits == 64 else "IIIIIIII"),
                data,
                phoff + index * (56 if bits == 64 else 32),
            )
            offset, size = (entry[2], entry[5]) if bits == 64 else (entry[1], entry[4])
            if entry[0] in (2, 3, 4):  # PT_DYNAMIC, PT_INTERP, PT_NOTE
                places.append((offset, size))
        build_info = data.find(b"\xff Go buildinf:")
        if build_info >= 0:
            places.append((build_info, 256))
        return cls(bits, order, phoff, phnum, shoff, shnum, tuple(places))


def mutations(data: bytes, generator: random.Random) -> Iterator[bytes]:
    """An endless sequence of damaged forms of the file."""
    layout = _Layout.of(data)
    while True:
        damaged = bytearray(data)
        for _ in range(generator.choice((1, 1, 1, 2, 3, 8))):
            damaged = generator.choice(_MUTATIONS)(damaged, layout, generator)
        yield bytes(damaged)


def _header_byte(data: bytearray, layout: _Layout, generator: random.Random) -> bytearray:
    return _overwrite(data, generator.randrange(4, 64), 1, layout, generator)


def _header_field(data: bytearray, layout: _Layout, generator: random.Random) -> bytearray:
    if layout.bits == 64:
        fields = ((16, 2), (18, 2), (24, 8), (32, 8), (40, 8), (54, 2), (56, 2), (58, 2), (60, 2))
    else:
        fields = ((16, 2), (18, 2), (24, 4), (28, 4), (32, 4), (42, 2), (44, 2), (46, 2), (48, 2))
    offset, size = generator.choice((*fields, (62, 2)))
    return _overwrite(data, offset, size, layout, generator)


def _program_header(data: bytearray, layout: _Layout, generator: random.Random) -> bytearray:
    index = generator.randrange(max(1, layout.program_header_count))
    word = 8 if layout.bits == 64 else 4
    start = layout.program_headers + index * layout.program_header_size
    offset = generator.randrange(0, layout.program_header_size, 4)
    return _overwrite(data, start + offset, generator.choice((1, 4, word)), layout, generator)


def _program_header_type(data: bytearray, layout: _Layout, generator: random.Random) -> bytearray:
    index = generator.randrange(max(1, layout.program_header_count))
    start = layout.program_headers + index * layout.program_header_size
    kind = generator.choice((0, 1, 2, 3, 4, 6, 7, 0x6474E551))
    return _put(data, start, struct.pack(layout.order + "I", kind))


def _section_header(data: bytearray, layout: _Layout, generator: random.Random) -> bytearray:
    index = generator.randrange(max(1, layout.section_header_count))
    start = layout.section_headers + index * layout.section_header_size
    offset = generator.randrange(0, layout.section_header_size, 4)
    return _overwrite(data, start + offset, generator.choice((1, 4, 8)), layout, generator)


def _section_loop(data: bytearray, layout: _Layout, generator: random.Random) -> bytearray:
    """Sections that overlap each other and the section table."""
    for index in range(layout.section_header_count):
        start = layout.section_headers + index * layout.section_header_size
        offset = start + (24 if layout.bits == 64 else 16)
        value = struct.pack(
            layout.order + ("Q" if layout.bits == 64 else "I"), layout.section_headers
        )
        if generator.random() < 0.7:
            data = _put(data, offset, value)
    return data


def _content(data: bytearray, layout: _Layout, generator: random.Random) -> bytearray:
    """Damage in a note, the dynamic section, the interpreter's path or the build information."""
    if not layout.interesting:
        return _anywhere(data, layout, generator)
    offset, size = generator.choice(layout.interesting)
    return _overwrite(
        data,
        offset + generator.randrange(max(1, size)),
        generator.choice((1, 2, 4, 8)),
        layout,
        generator,
    )


def _anywhere(data: bytearray, layout: _Layout, generator: random.Random) -> bytearray:
    return _overwrite(data, generator.randrange(max(1, len(data))), 1, layout, generator)


def _truncation(data: bytearray, layout: _Layout, generator: random.Random) -> bytearray:
    if generator.random() < 0.5:
        return data[: generator.randrange(0, 512)]
    return data[: generator.randrange(0, max(1, len(data)))]


def _program_header_count(data: bytearray, layout: _Layout, generator: random.Random) -> bytearray:
    """As many program headers as the kernel accepts, or more; and PN_XNUM with a count in section
    0."""
    count = generator.choice((0, 1, 2, 1170, 1171, 2048, 0xFFFE, 0xFFFF))
    data = _put(data, 56 if layout.bits == 64 else 44, struct.pack(layout.order + "H", count))
    if count == 0xFFFF and layout.section_headers:
        info = layout.section_headers + (44 if layout.bits == 64 else 28)
        data = _put(data, info, struct.pack(layout.order + "I", generator.choice(_EXTREMES[:15])))
    return data


def _other_class(data: bytearray, layout: _Layout, generator: random.Random) -> bytearray:
    return _put(data, generator.choice((4, 5)), bytes([generator.choice((0, 1, 2, 3))]))


def _hidden_headers(data: bytearray, layout: _Layout, generator: random.Random) -> bytearray:
    """A second header, of the other class, in fields that the first does not use. Kernels then read
    a different file than EI_CLASS promises."""
    order = layout.order
    if layout.bits == 64:
        data = _put(data, 42, struct.pack(order + "HH", 32, generator.randrange(1, 8)))
        return _put(data, 28, struct.pack(order + "I", generator.randrange(0, len(data) or 1)))
    data = _put(data, 54, struct.pack(order + "HH", 56, generator.randrange(1, 8)))
    return _put(data, 32, struct.pack(order + "Q", generator.randrange(0, len(data) or 1)))


def _interpreter(data: bytearray, layout: _Layout, generator: random.Random) -> bytearray:
    """Turn a program header into a PT_INTERP that the kernel accepts."""
    index = generator.randrange(max(1, layout.program_header_count))
    start = layout.program_headers + index * layout.program_header_size
    path = b"/lib/ld.so\0"
    offset = generator.randrange(layout.program_headers + 1024, max(len(data), 8192))
    if layout.bits == 64:
        entry = struct.pack(layout.order + "IIQQQQQQ", 3, 4, offset, 0, 0, len(path), 11, 1)
    else:
        entry = struct.pack(layout.order + "IIIIIIII", 3, offset, 0, 0, len(path), 11, 4, 1)
    return _put(_put(data, start, entry), offset, path)


def _overwrite(
    data: bytearray, offset: int, size: int, layout: _Layout, generator: random.Random
) -> bytearray:
    if generator.random() < 0.5:
        value = generator.choice(_EXTREMES)
    elif generator.random() < 0.5:
        value = len(data) + generator.randrange(-64, 64)
    else:
        value = generator.getrandbits(8 * size)
    value &= (1 << 8 * size) - 1
    return _put(data, offset, value.to_bytes(size, "little" if layout.order == "<" else "big"))


def _put(data: bytearray, offset: int, value: bytes) -> bytearray:
    if offset >= 0 and offset + len(value) <= len(data):
        data[offset : offset + len(value)] = value
    return data


_MUTATIONS = (
    _header_byte,
    _header_field,
    _header_field,
    _program_header,
    _program_header,
    _program_header_type,
    _section_header,
    _section_loop,
    _content,
    _content,
    _anywhere,
    _truncation,
    _program_header_count,
    _other_class,
    _hidden_headers,
    _interpreter,
)


def judge_mutations(seed: int, count: int, files: list[Path]) -> Seen:
    """Judge `count` damaged forms, of each file in turn, as the command does. Some are also
    reported."""
    policy = load_policy("strict")
    seen = Seen()
    sources = [
        mutations(file.read_bytes(), random.Random(f"{seed} {index}"))
        for index, file in enumerate(files)
    ]
    descriptor = os.memfd_create("mutation")
    for number in range(count):
        turn, index = divmod(number, len(files))
        file, data = files[index], next(sources[index])
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, data, 0)
        case = f"seed {seed}, case {number} ({file.name})"
        started = time.process_time()
        try:
            facts = read_source(Source(descriptor, len(data)))
            judgement = judge(facts, policy)
            # Reports take longer than judging, and an HTML page ten times as long.
            if turn % 5 == 0:
                for render in FORMATS.values():
                    render([Report("mutation", facts, judgement)], policy.name)
            if turn % 20 == 0:
                source = Source(descriptor, len(data))
                render_page([inspect_source(source, "mutation", policy)])
        except BaseException:
            seen.wrong.append(f"{case}: {traceback.format_exc()}")
            continue
        taken = (time.process_time() - started) * 1000
        seen.cases += 1
        seen.slowest_ms = max(seen.slowest_ms, taken)
        if judgement.verdict is Verdict.STATIC:
            seen.static += 1
        elif judgement.verdict is Verdict.NOT_STATIC:
            seen.not_static += 1
        else:
            seen.undetermined += 1
        seen.wrong += (f"{case}: {broken}" for broken in broken_promises(data, facts, judgement))
    seen.peak_kb = peak_kilobytes()
    return seen


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    _, seed, count, *files = sys.argv
    seen = judge_mutations(int(seed), int(count), [Path(file) for file in files])
    print(json.dumps(asdict(seen)))
