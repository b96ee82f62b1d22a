"""go.mod and go.work, and the go.mod that is derived for `go list`."""

from __future__ import annotations

from elf_static.elf.go_version import GoVersion
from go_static.modules.modfile import (
    ModFileError,
    parse_go_mod,
    parse_go_work,
    without_requirements,
)

WORDS = (
    *(b"module ", b"go 1.24\n", b"require (\n", b"replace ", b" => ", b"ignore ", b"use (\n"),
    *(b"toolchain go1.24.1\n", b"v1.0.0", b"../", b"// indirect", b"`", b'"\\u00e9"', b"(", b")"),
)


def check(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    try:
        parse_go_work("a/go.work", text)
    except ModFileError as e:
        assert str(e).startswith("a/go.work:"), e
    try:
        module = parse_go_mod("a/go.mod", text)
    except ModFileError as e:
        assert str(e).startswith("a/go.mod:"), e
        return
    try:
        GoVersion.parse(module.go)
    except ValueError:
        # `go` itself reports this.
        return
    if {"(", ")"} & {module.module, *module.ignores}:
        # Not a valid name of a module or a directory; in quotes, it would be read as the
        # start of a block.
        return
    # The same module without its requirements, as `go list` gets it.
    again = parse_go_mod("a/go.mod", without_requirements(module))
    assert (again.module, again.go, again.ignores) == (module.module, module.go, module.ignores)
    # strconv.Unquote rejects half of a surrogate pair.
    assert "\\ud8" not in without_requirements(module)
