"""Go files: where their imports end, and their `//go:generate` directives."""

from __future__ import annotations

from go_static.codegen.directives import (
    failed_directive,
    local_packages,
    package_run,
    parse_directives,
)
from go_static.go.declarations import declarations
from go_static.go.source_header import go_outline, read_go_source

WORDS = (
    *(b"package main\n", b"import (\n", b'import "C"\n', b"//go:generate ", b"//go:embed ", b"/*"),
    *(b"*/", b"//go:cgo_import_dynamic ", b"go run ./gen", b"-ldflags", b"`", b"\xef\xbb\xbf"),
    *(b"var a = f()\n", b"const (\n", b"func (r R) m() {", b"type t ", b"\\", b'"', b"'", b"}"),
    *(b"// +build", b"CGO_ENABLED", b"requires cgo", b"a/b.go:1: ", b"example.org/m/gen"),
)


def check(data: bytes) -> None:
    source = read_go_source(data)
    again = read_go_source(source.outline)
    assert (again.outline, again.imports_c) == (source.outline, source.imports_c)
    assert go_outline(data) == source.outline

    text = data.decode("utf-8", "replace")
    for name in declarations(text) or ():
        assert name and name in text, name
    directives = tuple(parse_directives("a/b.go", text))
    # Lines as `go generate` reads them (cmd/go/internal/generate/generate.go).
    starts = ("//go:generate ", "//go:generate\t")
    lines = [n for n, line in enumerate(text.split("\n"), 1) if line.startswith(starts)]
    assert [directive.line for directive in directives] == lines
    for directive in directives:
        package_run(directive)
    for path in local_packages(directives, "example.org/m", "a"):
        assert not path.startswith(("/", "..")), path
    failed_directive(text, "a", directives)
