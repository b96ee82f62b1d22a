"""The corpus: real files of every kind, with known facts about each.

A file is made when a test first asks for it, so that a test of few files does not wait for all.

Slow parts are kept in a directory between runs of the tests (`.pants.env`, which git ignores): Go's
build cache and Debian's packages.
"""

from __future__ import annotations

import base64
import functools
import gzip
import os
import shutil
import struct
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from elf_static_testing import debian
from elf_static_testing.c_programs import bpf_cases, c_cases
from elf_static_testing.case import Case, ids
from elf_static_testing.go_programs import (
    PLATFORMS,
    SOME_PLATFORMS,
    GoBuilder,
    platform_cases,
    stripped_cases,
    wrong_cases,
)
from go_static_testing.compiled import new_build_cache

_KEPT = Path(__file__).resolve().parents[2] / ".pants.env" / "elf-corpus"

# Static and dynamic programs built by others, for machines of both word sizes and byte orders. apt
# reads a list of 60,000 packages for each.
_DEBIAN_ARCHITECTURES = ("amd64", "arm64", "armhf", "i386", "mips64el", "ppc64el", "s390x")
_SOME_DEBIAN_ARCHITECTURES = ("amd64", "i386", "mips64el", "s390x")
_MORE_OF_DEBIAN = ("bash-static", "zsh-static", "e2fsck-static", "libc-bin", "libc6")


@dataclass(frozen=True)
class Corpus:
    """`directory` is for one run of the tests, `kept` for all runs."""

    directory: Path
    kept: Path
    go_root: Path
    every_machine: bool

    @classmethod
    def create(cls, directory: Path, every_machine: bool = False) -> Corpus:
        root = os.environ.get("GO_STATIC_TEST_GO")
        if not root:
            raise AssertionError("Run the tests through ./run-tests, which brings a Go SDK.")
        _KEPT.mkdir(parents=True, exist_ok=True)
        corpus = cls(directory, _KEPT, Path(root), every_machine)
        corpus.go.start_with(new_build_cache())
        return corpus

    @property
    def go(self) -> GoBuilder:
        return GoBuilder(self.go_root / "bin" / "go", self.directory / "go", self.kept / "go-build")

    def cases(self) -> tuple[Case, ...]:
        go = self.go
        return (
            *platform_cases(go, PLATFORMS if self.every_machine else SOME_PLATFORMS),
            *stripped_cases(go),
            *wrong_cases(go),
            *c_cases(self.directory / "c"),
            *bpf_cases(self.directory / "c"),
            *self.sdk_cases(),
            *self.debian_cases(),
            *self.packed_cases(),
            *self.damaged_cases(functools.partial(go.build, "whole", "-ldflags=-s")),
        )

    def sdk_cases(self) -> Iterable[Case]:
        """The test files of Go's own packages debug/elf and debug/buildinfo."""
        testdata = self.go_root / "src" / "debug" / "elf" / "testdata"

        def case(name: str, verdict: str, found: str) -> Case:
            return Case(name, functools.partial(Path, testdata, name), verdict, ids(found))

        for name in (
            "gcc-386-freebsd-exec",
            "gcc-amd64-linux-exec",
            "gcc-riscv64-linux-exec",
        ):
            yield case(name, "not-static", "004 005 006 007")
        yield case("libtiffxx.so_", "not-static", "002 005")
        for path in sorted(testdata.glob("*.obj")):
            yield case(path.name, "not-static", "002")
        for path in sorted(testdata.glob("*ranges-*")):
            # Split debug information: segments without contents.
            yield case(path.name, "undetermined", "001")
        core = functools.partial(self._write, "hello-world-core", lambda: _packed_core(testdata))
        yield Case("hello-world-core", core, "not-static", ids("002"))

        # Before Go 1.18, the linker wrote no settings to judge.
        go117 = functools.partial(self._write, "go117", lambda: self._build_info_test("go117"))
        yield Case("go117", go117, policy="default")
        notgo = functools.partial(self._write, "notgo", lambda: self._build_info_test("notgo"))
        yield Case("notgo", notgo, "not-static", ids("004 005 007"))

    def _build_info_test(self, name: str) -> bytes:
        testdata = self.go_root / "src" / "debug" / "buildinfo" / "testdata"
        return base64.b64decode((testdata / name / f"{name}.base64").read_bytes())

    def _write(self, name: str, content: Callable[[], bytes]) -> Path:
        self.directory.mkdir(parents=True, exist_ok=True)
        path = self.directory / name
        path.write_bytes(content())
        return path

    def _debian(self, path: str, architecture: str, *packages: str) -> Path:
        return debian.unpack(self.kept, debian.ARCHIVE, architecture, packages) / path

    def debian_cases(self) -> Iterable[Case]:
        static = ids("014 015")
        dynamic = ids("004 005 007")
        every = self.every_machine
        for architecture in _DEBIAN_ARCHITECTURES if every else _SOME_DEBIAN_ARCHITECTURES:
            # Programs for MIPS have executable stacks, because its floating-point
            # emulation needs them.
            stack = ids("013") if architecture.startswith("mips") else frozenset()
            for package, verdict, findings in (
                ("busybox-static", "static", static),
                ("busybox", "not-static", dynamic),
            ):
                busybox = functools.partial(self._debian, "bin/busybox", architecture, package)
                yield Case(f"{package} {architecture}", busybox, verdict, findings | stack)

        def more(name: str, path: str, verdict: str, findings: frozenset[str]) -> Case:
            make = functools.partial(self._debian, path, "amd64", *_MORE_OF_DEBIAN)
            return Case(name, make, verdict, findings)

        for path in ("sbin/ldconfig", "bin/bash-static", "bin/zsh-static", "sbin/e2fsck.static"):
            yield more(path, path, "static", static)
        libraries = "lib/x86_64-linux-gnu"
        for name in ("libc.so.6", "ld-linux-x86-64.so.2"):
            findings = ids("002 004 005") if name.startswith("libc") else ids("002")
            yield more(name, f"{libraries}/{name}", "not-static", findings)
        for path in ("usr/bin/getent", "usr/bin/iconv"):
            yield more(path, path, "not-static", dynamic)

    def packed_cases(self) -> Iterable[Case]:
        for package in ("busybox-static", "busybox"):
            # UPX removes PT_DYNAMIC, and with it the flag of a position-independent
            # program.
            make = functools.partial(self._packed, package)
            yield Case(f"packed {package}", make, "undetermined", ids("016"))

    def _packed(self, package: str) -> Path:
        tools = debian.unpack(self.kept, debian.ARCHIVE_OF_UPX, "amd64", ("upx-ucl", "libucl1"))
        busybox = self._debian("bin/busybox", "amd64", package)
        self.directory.mkdir(parents=True, exist_ok=True)
        path = self.directory / f"packed {package}"
        shutil.copy(busybox, path)
        subprocess.run(
            [str(tools / "usr/bin/upx-ucl"), "-q", "-q", str(path)],
            env={"LD_LIBRARY_PATH": str(tools / "usr/lib/x86_64-linux-gnu")},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return path

    def damaged_cases(self, whole: Callable[[], Path]) -> Iterable[Case]:
        read = functools.cache(lambda: whole().read_bytes())
        for name, damage in _DAMAGE.items():
            file = f"damaged-{name.replace(' ', '-')}"
            make = functools.partial(self._damaged, file, damage, read)
            unloadable = name in ("e_phnum 0", "no entry", "entry in data")
            yield Case(file, make, "undetermined", ids("003" if unloadable else "001"))

    def _damaged(
        self, name: str, damage: Callable[[bytes], bytes], whole: Callable[[], bytes]
    ) -> Path:
        return self._write(name, lambda: damage(whole()))


def _packed_core(testdata: Path) -> bytes:
    return gzip.decompress((testdata / "hello-world-core.gz").read_bytes())


def _with(data: bytes, offset: int, layout: str, value: int) -> bytes:
    changed = bytearray(data)
    struct.pack_into(layout, changed, offset, value)
    return bytes(changed)


_DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "magic only": lambda data: b"\x7fELF",
    "half a header": lambda data: data[:40],
    "header only": lambda data: data[:64],
    "first page": lambda data: data[:4096],
    "half": lambda data: data[: len(data) // 2],
    "without the last byte": lambda data: data[:-1],
    "script": lambda data: b"#!/bin/sh\n",
    "e_phnum 0xffff": lambda data: _with(data, 56, "<H", 0xFFFF),
    "e_phnum 0": lambda data: _with(data, 56, "<H", 0),
    "no entry": lambda data: _with(data, 24, "<Q", 0),
    "entry in data": lambda data: _with(data, 24, "<Q", 1 << 40),
    "unknown machine": lambda data: _with(data, 18, "<H", 0xFFF0),
    "other class": lambda data: _with(data, 4, "<B", 1),
    "other byte order": lambda data: _with(data, 5, "<B", 2),
}
