"""The outline of a tree changes with what `go list` reads, and with nothing else."""

from __future__ import annotations

import pytest
from pants.engine.fs import (
    CreateDigest,
    Digest,
    DigestContents,
    FileContent,
    FileEntry,
    SymlinkEntry,
)
from pants.engine.internals.native_engine import EMPTY_FILE_DIGEST

from go_static.listing.outline import FileOrLink, Outline, with_links
from go_static_testing.engine import Repository

TREE = {
    "m/go.mod": "module example.com/m\n",
    "m/main.go": 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println(1) }\n',
    "m/asm.s": "//go:build linux\nTEXT\n",
    "m/assets/page.html": "<p>One</p>\n",
}


def outline(repository: Repository, changed: dict[str, str]) -> Outline:
    files = {**TREE, **changed}
    tree = repository.request(
        Digest, CreateDigest(FileContent(path, text.encode()) for path, text in files.items())
    )
    return repository.request(Outline, tree)


def test_an_outline_has_imports_constraints_and_names_of_embedded_files(
    repository: Repository,
) -> None:
    contents = repository.request(DigestContents, outline(repository, {}).digest)

    assert {file.path: file.content.decode() for file in contents} == {
        **TREE,
        "m/main.go": 'package main\n\nimport "fmt"\n',
        "m/assets/page.html": "",
    }


@pytest.mark.parametrize(
    ("path", "content", "same"),
    [
        ("m/main.go", 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println(2) }\n', True),
        ("m/assets/page.html", "<p>Two</p>\n", True),
        ("m/main.go", 'package main\n\nimport _ "os"\n\nfunc main() {}\n', False),
        ("m/main.go", "//go:build x\n\n" + TREE["m/main.go"], False),
        ("m/asm.s", "//go:build netbsd\nTEXT\n", False),
        ("m/go.mod", "module example.com/n\n", False),
        ("m/assets/other.html", "", False),
    ],
)
def test_an_outline_changes_with_everything_that_go_list_reads(
    repository: Repository, path: str, content: str, same: bool
) -> None:
    before = outline(repository, {})
    after = outline(repository, {path: content})

    assert (after.digest == before.digest) is same
    assert after.entries != before.entries


def test_files_that_mention_cgo_are_found(repository: Repository) -> None:
    found = outline(
        repository,
        {
            "m/c/c.go": 'package c\n\nimport "C"\n',
            "m/c/other.go": 'package c\n\nconst C = "C"\n',
            "m/dl/dl.go": 'package dl\n\n//go:cgo_import_dynamic puts puts "libc.so.6"\n',
            "m/db/db.go": 'package db\n\nconst Error = "db requires cgo"\n',
        },
    )

    assert found.imports_c == {"m/c/c.go"}
    assert found.imports_symbols == {"m/dl/dl.go"}
    assert found.refuses == {"m/db/db.go"}


def test_symlinks_include_their_targets() -> None:
    entries: dict[str, FileOrLink] = {
        entry.path: entry
        for entry in (
            FileEntry("a/real.go", EMPTY_FILE_DIGEST),
            FileEntry("a/other.go", EMPTY_FILE_DIGEST),
            SymlinkEntry("a/link.go", "../b/second.go"),
            SymlinkEntry("b/second.go", "../a/real.go"),
            SymlinkEntry("c", "a"),
            SymlinkEntry("loop", "loop"),
            SymlinkEntry("out", "/etc/hosts"),
        )
    }

    assert with_links(["a/link.go"], entries) == {"a/link.go", "b/second.go", "a/real.go"}
    assert with_links(["c/other.go"], entries) == {"c", "a/other.go"}
    assert with_links(["a/missing.go", "loop", "out"], entries) == {"loop", "out"}
