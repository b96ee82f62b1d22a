"""The output of `go` that the backend parses: listings, errors, results of downloads."""

from __future__ import annotations

import itertools
import json
from contextlib import suppress

from go_static.go.clean_output import clean_output, without_credentials
from go_static.go.list_output import parse_go_list
from go_static.go.messages import GoMessage
from go_static.listing.cgo_warnings import parse_cgo, remarks
from go_static.listing.errors import by_import_path, explain_failed_listing, explain_main
from go_static.modules.download_errors import download_advice, failed_modules

WORDS = (
    *(b'"ImportPath": "a"', b'"Error": {', b'"Err": "', b'"ImportStack": [', b'"DepsErrors": ['),
    *(b'"Pos": "', b"missing go.sum entry", b"build constraints exclude all Go files", b'"Match"'),
    *(b"directory not found", b"no required module provides", b"https://u:p@h/", b"?token=x"),
    *(b"pants-sandbox-x/tree/", b"file:///x/downloads/", b'"Path": "', b'"Version": "v1"'),
    *(b"//go:cgo_import_dynamic", b"\t", b"\n\n", b"[", b"{"),
)

_SECRET = "S3cr3tT0ken"


def check(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    clean_output(data, "a/module")
    download_advice(text)
    for message in GoMessage:
        message.is_in(text)
    explain_failed_listing(data, "a/module")
    failed_modules(data)
    password = "".join(text.split())
    for url in (
        f"https://user:{password}{_SECRET}@example.org/x.git: not found",
        f"https://user:{_SECRET}{password}@example.org/x.git: not found",
    ):
        assert _SECRET not in without_credentials(url), url
    packages = by_import_path(parse_go_list(_listing(text), "tree"))
    nothing: dict[str, tuple[str, ...]] = {}
    needs_cgo = {path: package.cgo_files for path, package in packages.items()}
    for main in (*packages.values(), None):
        for needed in (nothing, needs_cgo):
            explain_main("./x", main, packages, "a/module", "example.org/m", needed)
    use = parse_cgo(_listing(text))
    for path in packages:
        remarks("a:b", path, {p.import_path: p.imports for p in packages.values()}, use)
    with suppress(ValueError):
        parse_go_list(data, "tree")


def _listing(text: str) -> bytes:
    """The output of the builder for two packages; each string in it is a line of the text."""
    line = itertools.cycle(text.split("\n")).__next__
    items: list[object] = [
        {
            "sandbox": "/sandbox",
            "imports_symbols": {"example.org/m": [line()]},
            "refuses": {line(): [line()]},
        }
    ]
    for path in ("example.org/m", line()):
        error: dict[str, object] = {
            "ImportStack": [path, line(), "example.org/m"],
            "Pos": line(),
            "Err": line(),
        }
        items.append(
            {
                "ImportPath": path,
                "Name": line(),
                "Dir": f"/sandbox/tree/{line()}",
                "Match": [line()],
                "Imports": [line(), path],
                "IgnoredGoFiles": [line()],
                "CgoFiles": [line()],
                "Error": dict(error, Err=line()),
                "DepsErrors": [error],
            }
        )
    return b"\n".join(json.dumps(item).encode() for item in items)
