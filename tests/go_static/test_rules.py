"""The rules, in a real engine, with a real Go."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tarfile
from pathlib import Path

import pytest
from pants.core.goals.package import BuiltPackage
from pants.core.target_types import FileTarget
from pants.core.util_rules import archive as archive_rules
from pants.core.util_rules import external_tool, system_binaries
from pants.engine.addresses import Address, Addresses
from pants.engine.fs import Digest, DigestContents, Snapshot
from pants.engine.internals.scheduler import ExecutionError
from pants.engine.target import Dependencies, DependenciesRequest
from pants.testutil.rule_runner import QueryRule, RuleRunner

from go_static import register
from go_static.binary import BuildContext, GoStaticExecutableFieldSet
from go_static.flags import BuildFlags
from go_static.listing import Listing, ListingRequest
from go_static.platforms import GoPlatform
from go_static.sdk import GoSdk, SdkRequest

AMD64 = GoPlatform.create("linux", "amd64", None)
MAIN = "package main\n\nfunc main() { println(`x`) }\n"


@pytest.fixture
def rule_runner(go: Path, tmp_path_factory: pytest.TempPathFactory) -> RuleRunner:
    # One store and one set of named caches for the session: the SDK is copied once.
    caches = tmp_path_factory.getbasetemp() / "caches"
    runner = RuleRunner(
        rules=[
            *register.rules(),
            # In a whole Pants these come with its core.
            *archive_rules.rules(),
            *external_tool.rules(),
            *system_binaries.rules(),
            QueryRule(GoSdk, [SdkRequest]),
            QueryRule(Listing, [ListingRequest]),
            QueryRule(BuiltPackage, [GoStaticExecutableFieldSet]),
            QueryRule(Addresses, [DependenciesRequest]),
            QueryRule(Snapshot, [Digest]),
        ],
        target_types=[*register.target_types(), FileTarget],
        bootstrap_args=[
            f"--local-store-dir={caches / 'store'}",
            f"--named-caches-dir={caches / 'named'}",
        ],
    )
    runner.set_options([], env={"PATH": f"{go.parent}:/usr/bin:/bin"})
    return runner


def go_version(go: Path) -> str:
    said = subprocess.run(
        [str(go), "env", "GOVERSION"],
        env={"HOME": "/nonexistent", "GOTOOLCHAIN": "local", "GOENV": "off"},
        capture_output=True,
        text=True,
        check=True,
    )
    return said.stdout.strip()[len("go") :]


def package(runner: RuleRunner, address: Address) -> dict[str, bytes]:
    field_set = GoStaticExecutableFieldSet.create(runner.get_target(address))
    built = runner.request(BuiltPackage, [field_set])
    return {
        content.path: content.content
        for content in runner.request(DigestContents, [built.digest])
    }


def test_a_module_generates_a_target_for_each_package_and_one_for_its_files(
    rule_runner: RuleRunner,
) -> None:
    rule_runner.write_files(
        {
            "m/BUILD": "go_module(name='mod')\n",
            "m/go.mod": "module example.com/m\n\ngo 1.21\n",
            "m/a/a.go": "package a\n",
            "m/a/assets/[odd] *.txt": "x",
            "m/b/b.go": 'package b\n\nimport _ "example.com/m/a"\n',
        }
    )
    files = {
        generated: rule_runner.get_target(Address("m", target_name="mod", generated_name=generated))
        for generated in ("go.mod", "a", "b")
    }

    dependencies = rule_runner.request(
        Addresses, [DependenciesRequest(files["b"].get(Dependencies))]
    )

    assert {str(address) for address in dependencies} == {"m:mod#a", "m:mod#go.mod"}


def test_the_sdk_of_the_search_path_is_trimmed_to_what_a_build_uses(
    rule_runner: RuleRunner, go: Path
) -> None:
    sdk = rule_runner.request(GoSdk, [SdkRequest("1.21", "go.mod")])

    files = rule_runner.request(Snapshot, [sdk.digest]).files
    assert sdk.version == go_version(go)
    assert {"VERSION", "bin/go", "src/fmt/print.go"} <= set(files)
    assert not [f for f in files if f.endswith("_test.go") or "/testdata/" in f]
    assert len(files) < 6000


@pytest.fixture(scope="module")
def archive(go: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with the layout of Go's own ones."""
    root = go.resolve().parent.parent
    path = tmp_path_factory.mktemp("site") / f"go{go_version(go)}.linux-amd64.tar.gz"

    def used(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
        return None if "/src/cmd/" in member.name or "testdata" in member.name else member

    with tarfile.open(path, "w:gz", compresslevel=1) as tar:
        for name in ("VERSION", "bin", "go.env", "pkg/include", "pkg/tool", "src"):
            tar.add(root / name, f"go/{name}", filter=used)
    return path


def pinned(archive: Path, version: str, sha256: str) -> list[str]:
    platform = "linux_x86_64" if os.uname().machine == "x86_64" else "linux_arm64"
    entry = f"{version}|{platform}|{sha256}|{archive.stat().st_size}"
    return [
        "--go-sdk-search-paths=[]",
        f"--go-sdk-known-versions=['{entry}']",
        f"--go-sdk-url-template=file:{archive}",
    ]


def test_a_downloaded_sdk_makes_the_same_bytes_as_that_of_the_machine(
    rule_runner: RuleRunner, go: Path, archive: Path
) -> None:
    rule_runner.write_files(
        {
            "m/BUILD": "go_module(name='mod')\ngo_static_binary(name='it')\n",
            "m/go.mod": "module example.com/m\n\ngo 1.21\n",
            "m/main.go": MAIN,
        }
    )
    address = Address("m", target_name="it", generated_name="binary")
    from_machine = package(rule_runner, address)

    sha256 = hashlib.sha256(archive.read_bytes()).hexdigest()
    rule_runner.set_options(pinned(archive, go_version(go), sha256))

    assert package(rule_runner, address) == from_machine
    assert list(from_machine) == ["m/it"]


def test_an_archive_that_is_not_the_pinned_one_is_refused(
    rule_runner: RuleRunner, go: Path, archive: Path
) -> None:
    rule_runner.set_options(pinned(archive, go_version(go), "0" * 64))

    with pytest.raises(ExecutionError, match="digest"):
        rule_runner.request(GoSdk, [SdkRequest("1.21", "go.mod")])


def test_without_a_go_and_without_a_download_the_error_says_what_to_do(
    rule_runner: RuleRunner,
) -> None:
    rule_runner.set_options(["--go-sdk-search-paths=[]", "--go-sdk-known-versions=[]"])

    with pytest.raises(ExecutionError, match="No Go SDK was found: needed is at least Go 1.21"):
        rule_runner.request(GoSdk, [SdkRequest("1.21", "m/go.mod")])


def test_a_listing_names_exactly_the_files_that_go_list_names(
    rule_runner: RuleRunner, go: Path
) -> None:
    rule_runner.write_files(
        {
            "m/BUILD": (
                "go_module(name='mod')\n"
                "go_static_binary(name='one', main='cmd/one')\n"
                "go_static_binary(name='two', main='cmd/two', build_tags=['extra'])\n"
            ),
            "m/go.mod": "module example.com/m\n\ngo 1.21\n",
            "m/cmd/one/main.go": 'package main\n\nimport _ "example.com/m/lib"\n\nfunc main() {}\n',
            "m/cmd/one/default.pgo": "",
            "m/cmd/two/main.go": MAIN,
            "m/lib/lib.go": (
                'package lib\n\nimport _ "embed"\n\n//go:embed all:assets\nvar A embed.FS\n'
            ).replace('_ "embed"', '"embed"'),
            "m/lib/extra.go": "//go:build extra\n\npackage lib\n",
            "m/lib/lib_windows.go": "package lib\n",
            "m/lib/lib_linux_amd64.s": "// no code\n",
            "m/lib/lib.h": "// no code\n",
            "m/lib/lib_test.go": "package lib\n",
            "m/lib/assets/.hidden": "x",
            "m/lib/assets/deep/file.txt": "x",
            "m/lib/README.md": "x",
            "m/unused/unused.go": "package unused\n",
        }
    )
    context = BuildContext("m", AMD64, BuildFlags.create().tags_argument)

    listing = rule_runner.request(Listing, [ListingRequest(context)])

    assert dict(listing.errors) == {}
    assert dict(listing.files) == {
        "./cmd/one": (
            "m/cmd/one/default.pgo",
            "m/cmd/one/main.go",
            "m/lib/assets/.hidden",
            "m/lib/assets/deep/file.txt",
            "m/lib/lib.go",
            "m/lib/lib.h",
            "m/lib/lib_linux_amd64.s",
        )
    }


def test_one_listing_serves_all_binaries_of_a_module_and_platform(
    rule_runner: RuleRunner,
) -> None:
    names = [f"p{number}" for number in range(12)]
    rule_runner.write_files(
        {
            "m/BUILD": "go_module(name='mod')\n"
            + "".join(f"go_static_binary(name='{n}', main='cmd/{n}')\n" for n in names),
            "m/go.mod": "module example.com/m\n\ngo 1.21\n",
            **{f"m/cmd/{name}/main.go": MAIN for name in names},
        }
    )
    context = BuildContext("m", AMD64, BuildFlags.create().tags_argument)

    listing = rule_runner.request(Listing, [ListingRequest(context)])

    assert sorted(listing.files) == sorted(f"./cmd/{name}" for name in names)
