"""The corpus: real files of every kind, with known facts about each.

Slow parts are kept in a directory between runs of the tests (`.pants.env`, which git ignores): Go's
build cache and Debian's packages.
"""

from __future__ import annotations

import base64
import gzip
import os
import shutil
import struct
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from elf_static_testing import debian
from elf_static_testing.c_programs import bpf_cases, c_cases
from elf_static_testing.case import Case, ids
from elf_static_testing.go_programs import (
    GoBuilder,
    platform_cases,
    stripped_cases,
    wrong_cases,
)

_KEPT = Path(__file__).resolve().parents[2] / ".pants.env" / "elf-corpus"

# Static and dynamic programs built by others, for machines of both byte orders.
_DEBIAN_ARCHITECTURES = ("amd64", "arm64", "armhf", "i386", "mips64el", "ppc64el", "s390x")
_MORE_OF_DEBIAN = ("bash-static", "zsh-static", "e2fsck-static", "libc-bin", "libc6")


@dataclass(frozen=True)
class Corpus:
    """`directory` is for one run of the tests, `kept` for all runs."""

    directory: Path
    kept: Path
    go_root: Path

    @classmethod
    def create(cls, directory: Path) -> Corpus:
        root = os.environ.get("GO_STATIC_TEST_GO")
        if not root:
            raise AssertionError("Run the tests through ./run-tests, which brings a Go SDK.")
        _KEPT.mkdir(parents=True, exist_ok=True)
        return cls(directory, _KEPT, Path(root))

    @property
    def go(self) -> GoBuilder:
        return GoBuilder(self.go_root / "bin" / "go", self.directory / "go", self.kept / "go-build")

    def cases(self) -> tuple[Case, ...]:
        go = self.go
        return (
            *platform_cases(go),
            *stripped_cases(go),
            *wrong_cases(go),
            *c_cases(self.directory / "c"),
            *bpf_cases(self.directory / "c"),
            *self.sdk_cases(),
            *self.debian_cases(),
            *self.packed_cases(),
            *self.damaged_cases(go.build("whole", "-ldflags=-s")),
        )

    def sdk_cases(self) -> Iterable[Case]:
        """The test files of Go's own packages debug/elf and debug/buildinfo."""
        testdata = self.go_root / "src" / "debug" / "elf" / "testdata"
        for name in (
            "gcc-386-freebsd-exec",
            "gcc-amd64-linux-exec",
            "gcc-riscv64-linux-exec",
        ):
            yield Case(
                name,
                testdata / name,
                "not-static",
                ids("004 005 006 007"),
            )
        yield Case("libtiffxx.so_", testdata / "libtiffxx.so_", "not-static", ids("002 005"))
        for path in sorted(testdata.glob("*.obj")):
            yield Case(path.name, path, "not-static", ids("002"))
        for path in sorted(testdata.glob("*ranges-*")):
            # Split debug information: segments without contents.
            yield Case(path.name, path, "undetermined", ids("001"))
        self.directory.mkdir(parents=True, exist_ok=True)
        core = self.directory / "hello-world-core"
        core.write_bytes(gzip.decompress((testdata / "hello-world-core.gz").read_bytes()))
        yield Case(core.name, core, "not-static", ids("002"))
        build_info = self.go_root / "src" / "debug" / "buildinfo" / "testdata"
        for name in ("go117", "notgo"):
            encoded = build_info / name / f"{name}.base64"
            (self.directory / name).write_bytes(base64.b64decode(encoded.read_bytes()))
        # Before Go 1.18, the linker wrote no settings to judge.
        yield Case("go117", self.directory / "go117", policy="default")
        yield Case("notgo", self.directory / "notgo", "not-static", ids("004 005 007"))

    def debian_cases(self) -> Iterable[Case]:
        static = ids("014 015")
        dynamic = ids("004 005 007")
        for architecture in _DEBIAN_ARCHITECTURES:
            # Programs for MIPS have executable stacks, because its floating-point
            # emulation needs them.
            stack = ids("013") if architecture.startswith("mips") else frozenset()
            for package, verdict, findings in (
                ("busybox-static", "static", static),
                ("busybox", "not-static", dynamic),
            ):
                root = debian.unpack(self.kept, debian.ARCHIVE, architecture, (package,))
                name = f"{package} {architecture}"
                yield Case(name, root / "bin/busybox", verdict, findings | stack)
        root = debian.unpack(self.kept, debian.ARCHIVE, "amd64", _MORE_OF_DEBIAN)
        for name in ("sbin/ldconfig", "bin/bash-static", "bin/zsh-static", "sbin/e2fsck.static"):
            yield Case(name, root / name, findings=static)
        libraries = root / "lib/x86_64-linux-gnu"
        for name in ("libc.so.6", "ld-linux-x86-64.so.2"):
            findings = ids("002 004 005") if name.startswith("libc") else ids("002")
            yield Case(name, libraries / name, "not-static", findings)
        for name in ("usr/bin/getent", "usr/bin/iconv"):
            yield Case(name, root / name, "not-static", dynamic)

    def packed_cases(self) -> Iterable[Case]:
        tools = debian.unpack(self.kept, debian.ARCHIVE_OF_UPX, "amd64", ("upx-ucl", "libucl1"))
        for package in ("busybox-static", "busybox"):
            root = debian.unpack(self.kept, debian.ARCHIVE, "amd64", (package,))
            name = f"packed {package}"
            path = self.directory / name
            shutil.copy(root / "bin/busybox", path)
            subprocess.run(
                [str(tools / "usr/bin/upx-ucl"), "-q", "-q", str(path)],
                env={"LD_LIBRARY_PATH": str(tools / "usr/lib/x86_64-linux-gnu")},
                stdout=subprocess.DEVNULL,
                check=True,
            )
            # UPX removes PT_DYNAMIC, and with it the flag of a position-independent
            # program.
            yield Case(name, path, "undetermined", ids("016"))

    def damaged_cases(self, whole: Path) -> Iterable[Case]:
        data = whole.read_bytes()
        files = {
            "empty": b"",
            "magic only": b"\x7fELF",
            "half a header": data[:40],
            "header only": data[:64],
            "first page": data[:4096],
            "half": data[: len(data) // 2],
            "without the last byte": data[:-1],
            "script": b"#!/bin/sh\n",
            "e_phnum 0xffff": _with(data, 56, "<H", 0xFFFF),
            "e_phnum 0": _with(data, 56, "<H", 0),
            "no entry": _with(data, 24, "<Q", 0),
            "entry in data": _with(data, 24, "<Q", 1 << 40),
            "unknown machine": _with(data, 18, "<H", 0xFFF0),
            "other class": _with(data, 4, "<B", 1),
            "other byte order": _with(data, 5, "<B", 2),
        }
        for name, content in files.items():
            path = self.directory / f"damaged-{name.replace(' ', '-')}"
            path.write_bytes(content)
            unloadable = name in ("e_phnum 0", "no entry", "entry in data")
            yield Case(path.name, path, "undetermined", ids("003" if unloadable else "001"))


def _with(data: bytes, offset: int, layout: str, value: int) -> bytes:
    changed = bytearray(data)
    struct.pack_into(layout, changed, offset, value)
    return bytes(changed)
