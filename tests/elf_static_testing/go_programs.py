"""Programs built by the tests' Go, for every platform and in every wrong way."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from elf_static_testing.case import Case, ids
from go_static_testing.go_tool import FEWER_COLLECTIONS

PLATFORMS = (
    *(
        ("linux", arch)
        for arch in (
            "386",
            "amd64",
            "arm",
            "arm64",
            "loong64",
            "mips",
            "mips64",
            "mips64le",
            "mipsle",
            "ppc64",
            "ppc64le",
            "riscv64",
            "s390x",
        )
    ),
    ("freebsd", "amd64"),
    ("netbsd", "amd64"),
)
# Of both word sizes and byte orders, and another system. Go compiles its runtime for each.
SOME_PLATFORMS = (
    *(("linux", arch) for arch in ("386", "amd64", "mips", "s390x")),
    ("freebsd", "amd64"),
)

_STATIC_FLAGS = ("-tags=netgo,osusergo", "-trimpath", "-buildvcs=false")
_MAIN = 'package main\n\nfunc main() { println("hello") }\n'
_CGO_MAIN = 'package main\n\nimport "C"\n\nfunc main() { println("hello") }\n'
_NETWORK_MAIN = """\
package main

import "net"

func main() { println(net.ParseIP("::1").String()) }
"""
# github.com/ebitengine/purego calls C without cgo in this way.
_IMPORT_DYNAMIC = """\
package main

//go:cgo_import_dynamic libc_getpid getpid "libc.so.6"
//go:cgo_import_dynamic _ _ "libc.so.6"

func main() { println("hello") }
"""


@dataclass(frozen=True)
class GoBuilder:
    """Builds in `directory`, with a build cache that persists between runs of the tests."""

    go: Path
    directory: Path
    cache: Path

    def start_with(self, compiled: Path | None) -> None:
        """Begin with another build cache, if there is one and no cache yet."""
        if compiled is not None and not self.cache.exists():
            copy = Path(tempfile.mkdtemp(prefix="go-build.", dir=self.cache.parent))
            shutil.copytree(compiled, copy, dirs_exist_ok=True)
            # Another process may have come first.
            with contextlib.suppress(OSError):
                copy.rename(self.cache)
            shutil.rmtree(copy, ignore_errors=True)

    def build(
        self,
        name: str,
        *flags: str,
        main: str = _MAIN,
        environment: Mapping[str, str] | None = None,
    ) -> Path:
        source = self.directory / f"{name}.source"
        source.mkdir(parents=True, exist_ok=True)
        (source / "go.mod").write_text("module example.com/hello\n\ngo 1.21\n")
        (source / "main.go").write_text(main)
        output = self.directory / name
        self.run(source, "build", *flags, f"-o={output}", ".", environment=environment)
        return output

    def build_without_go_build(
        self, name: str, main: str = _MAIN, environment: Mapping[str, str] | None = None
    ) -> Path:
        """With Go's compiler and linker alone, as Bazel's rules_go does."""
        built = self.build(f"{name}.go-build", "-trimpath", main=main, environment=environment)
        source = built.with_suffix(".go-build.source")
        entry = "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}"
        listing = ("list", "-export", "-deps", "-trimpath", f"-f={entry}", ".")
        listed = self.run(source, *listing, environment=environment)
        packages, archive = source / "packages", source / "main.a"
        packages.write_text(listed)
        output = self.directory / name
        for tool in (
            ("compile", "-p=main", f"-importcfg={packages}", f"-o={archive}", "main.go"),
            ("link", f"-importcfg={packages}", f"-o={output}", str(archive)),
        ):
            self.run(source, "tool", *tool, environment=environment)
        return output

    def run(self, cwd: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
        done = subprocess.run(
            [str(self.go), *arguments],
            cwd=cwd,
            env={
                "CGO_ENABLED": "0",
                "GOCACHE": str(self.cache),
                "GOENV": "off",
                "GOFLAGS": "",
                **FEWER_COLLECTIONS,
                "GOPATH": str(self.directory / "gopath"),
                "GOPROXY": "off",
                "GOTOOLCHAIN": "local",
                "HOME": str(self.directory),
                "PATH": os.environ["PATH"],
                **(environment or {}),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def platform_cases(builder: GoBuilder, platforms: Iterable[tuple[str, str]]) -> list[Case]:
    """A program built like this project's, for each platform."""
    return [
        Case(
            f"{goos}-{goarch}",
            functools.partial(
                builder.build,
                f"{goos}-{goarch}",
                *_STATIC_FLAGS,
                environment={"GOOS": goos, "GOARCH": goarch},
            ),
            policy="strict",
            goos=goos,
            goarch=goarch,
        )
        for goos, goarch in platforms
    ]


def stripped_cases(builder: GoBuilder) -> list[Case]:
    """Without symbols and without section headers."""
    cases = []
    for goarch in ("amd64", "386", "s390x", "mips"):
        stripped = Case(
            f"stripped-{goarch}",
            functools.partial(
                builder.build,
                f"stripped-{goarch}",
                *_STATIC_FLAGS,
                "-ldflags=-s -w",
                environment={"GOARCH": goarch, "GOOS": "linux"},
            ),
            policy="strict",
            goos="linux",
            goarch=goarch,
        )
        sectionless = replace(
            stripped,
            name=f"sectionless-{goarch}",
            make=functools.partial(_sectionless, stripped, f"sectionless-{goarch}"),
        )
        cases += [stripped, sectionless]
    return cases


def _sectionless(stripped: Case, name: str) -> Path:
    path = stripped.path.with_name(name)
    path.write_bytes(without_sections(stripped.path.read_bytes()))
    return path


def wrong_cases(builder: GoBuilder) -> list[Case]:
    """Every known way to build a program that is not static, or has other defects."""

    def build(name: str, *flags: str, main: str = _MAIN, cgo: bool = False) -> Callable[[], Path]:
        environment = {"CGO_ENABLED": "1"} if cgo else {}
        return functools.partial(builder.build, name, *flags, main=main, environment=environment)

    plain = build("no-tags", "-trimpath", "-buildvcs=false")
    pie = build("pie", *_STATIC_FLAGS, "-buildmode=pie")
    forced = build("forced-static-pie", *_STATIC_FLAGS, "-buildmode=pie", "-ldflags=-d")
    dynamic = build("import-dynamic", *_STATIC_FLAGS, main=_IMPORT_DYNAMIC)
    cgo = build("cgo", "-trimpath", "-buildvcs=false", main=_NETWORK_MAIN, cgo=True)
    cgo_pie = build("cgo-pie", *_STATIC_FLAGS, "-buildmode=pie", cgo=True)
    cgo_static = build(
        "cgo-static",
        *_STATIC_FLAGS,
        "-ldflags=-linkmode=external -extldflags=-static",
        main=_CGO_MAIN,
        cgo=True,
    )
    library = build(
        "library.so",
        *_STATIC_FLAGS,
        "-buildmode=c-shared",
        main='package main\n\nimport "C"\n\nfunc main() {}\n',
        cgo=True,
    )
    right = build("right", *_STATIC_FLAGS)
    stamped = functools.partial(_stamped, builder)
    alone = functools.partial(builder.build_without_go_build, main=_NETWORK_MAIN)
    cgo_alone = functools.partial(alone, "rules_go-cgo", environment={"CGO_ENABLED": "1"})
    return [
        Case("rules_go", functools.partial(alone, "rules_go"), policy="rules-go"),
        Case("rules_go, cgo", cgo_alone, "not-static", ids("004 005 006 007"), "rules-go"),
        Case("no tags", plain, findings=ids("019"), policy="default"),
        Case("PIE", pie, "not-static", ids("004"), "default"),
        Case("static PIE by force", forced, "not-static", ids("002"), "default"),
        Case("imports dynamically", dynamic, "not-static", ids("004 005 006"), "default"),
        Case("cgo", cgo, "not-static", ids("004 005 006 007 018 019"), "default"),
        Case("cgo PIE", cgo_pie, "not-static", ids("004 018"), "default"),
        Case("cgo, linked statically", cgo_static, findings=ids("014 018"), policy="default"),
        Case("shared library", library, "not-static", ids("002 005 018"), "default"),
        Case("wrong machine", right, findings=ids("008"), policy="default", goarch="arm64"),
        Case("wrong system", right, findings=ids("009"), policy="default", goos="freebsd"),
        Case("with a stamp", stamped, findings=ids("020"), policy="default"),
    ]


def _stamped(builder: GoBuilder) -> Path:
    """Built in a git repository, whose state is recorded in the file."""
    path = builder.build("stamped", *_STATIC_FLAGS)
    source = builder.directory / "stamped.source"
    if not (source / ".git").exists():
        for arguments in (
            ("init", "--quiet"),
            ("add", "--all"),
            ("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "first"),
        ):
            subprocess.run(["git", *arguments], cwd=source, check=True)
    builder.run(source, "build", *_STATIC_FLAGS[:2], "-buildvcs=true", f"-o={path}", ".")
    return path


def without_sections(data: bytes) -> bytes:
    """Like `sstrip`: without section headers, and without anything after the last segment."""
    order = "<" if data[5] == 1 else ">"
    wide = data[4] == 2
    header = struct.unpack_from(order + ("HHIQQQIHHHHHH" if wide else "HHIIIIIHHHHHH"), data, 16)
    phoff, phnum = header[4], header[9]
    end = 0
    for index in range(phnum):
        entry = struct.unpack_from(
            order + ("IIQQQQQQ" if wide else "IIIIIIII"), data, phoff + index * (56 if wide else 32)
        )
        offset, size = (entry[2], entry[5]) if wide else (entry[1], entry[4])
        end = max(end, offset + size)
    result = bytearray(data[:end])
    if wide:
        struct.pack_into(order + "Q", result, 40, 0)
        struct.pack_into(order + "HHH", result, 58, 0, 0, 0)
    else:
        struct.pack_into(order + "I", result, 32, 0)
        struct.pack_into(order + "HHH", result, 46, 0, 0, 0)
    return bytes(result)


def need_gcc() -> None:
    if shutil.which("gcc") is None or not Path("/usr/include/stdio.h").exists():
        raise AssertionError(
            "These tests compile C programs. On Debian and Ubuntu: apt-get install -y gcc libc6-dev"
        )
