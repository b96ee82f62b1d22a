"""The fields that choose features of Go, as the binary itself records them."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path

import pytest

from end_to_end.elf import Binary
from end_to_end.errors_page import documented
from end_to_end.pages import blocks_of
from go_static.build.added_files import ProfileError
from go_static.build.build_binary import GoBuildError
from go_static.listing.list_module import GoListError
from go_static_testing.engine import Repository, shown
from go_static_testing.go_tool import GoTool

HERE = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
HASH = """\
package main

import (
	"crypto/sha256"
	"fmt"
	"os"
)

func main() { fmt.Printf("%x\\n", sha256.Sum256([]byte(os.Args[0]))) }
"""
# For what does not depend on the program: Go compiles the runtime for each set of features.
TINY = "package main\n\nfunc main() { println() }\n"


def program(source: str, fields: str, **files: str) -> dict[str, str]:
    return {
        "m/BUILD": (
            f'go_module(name="mod")\ngo_static_binary(name="it", goarch="{HERE}", {fields})\n'
        ),
        "m/go.mod": "module example.com/m\n\ngo 1.21\n",
        "m/main.go": source,
        **files,
    }


def build(repository: Repository, directory: Path, go: GoTool) -> Binary:
    built = repository.build("m:it#binary")
    path = repository.materialize(built.digest, directory) / built.path
    return Binary.read(path, go.command)


def test_a_fips_module_is_built_in_and_recorded(
    repository: Repository, go: GoTool, tmp_path: Path
) -> None:
    repository.write(program(HASH, 'fips140="v1.0.0"'))
    binary = build(repository, tmp_path, go)
    binary.assert_static()
    assert binary.build["GOFIPS140"].startswith("v1.0.0-")
    assert "fips140=on" in binary.build["DefaultGODEBUG"]
    assert {"netgo", "osusergo"} <= set(binary.build["-tags"].split(","))
    result = repository.test("m:it#elf_static_test")
    assert result.exit_code == 0, shown(result)

    repository.write(program(HASH, ""))
    assert "GOFIPS140" not in build(repository, tmp_path, go).build


def test_a_fips_module_that_the_release_does_not_ship_is_an_error(repository: Repository) -> None:
    repository.write(program(HASH, 'fips140="v1.0.1"'))
    with repository.fails(
        GoListError,
        *documented("a FIPS 140-3 module that the Go release does not ship"),
        "certified, inprocess,",
    ):
        repository.build("m:it#binary")


def test_an_experiment_selects_packages_and_is_recorded(
    repository: Repository, go: GoTool, tmp_path: Path
) -> None:
    source = 'package main\n\nimport _ "encoding/json/v2"\n\nfunc main() {}\n'
    repository.write(program(source, 'goexperiment=["jsonv2"]'))
    binary = build(repository, tmp_path, go)
    binary.assert_static()
    assert binary.build["GOEXPERIMENT"] == "jsonv2"
    result = repository.test("m:it#elf_static_test")
    assert result.exit_code == 0, shown(result)


def test_an_experiment_that_the_release_does_not_know_is_an_error(repository: Repository) -> None:
    repository.write(program(HASH, 'goexperiment=["nojsonv3"]'))
    with repository.fails(
        GoListError, *documented("an experiment that the Go release does not know"), "arenas,"
    ):
        repository.build("m:it#binary")


def test_defaults_of_godebug_are_recorded(
    repository: Repository, go: GoTool, tmp_path: Path
) -> None:
    repository.write(program(HASH, 'godebug={"http2client": "0", "panicnil": "1"}'))
    recorded = build(repository, tmp_path, go).build["DefaultGODEBUG"].split(",")
    assert {"http2client=0", "panicnil=1"} <= set(recorded)


def test_an_unknown_setting_of_godebug_is_an_error(repository: Repository) -> None:
    repository.write(program(HASH, 'godebug={"http2clients": "0"}'))
    with repository.fails(
        GoListError, "has no GODEBUG setting `http2clients`. Did you mean `http2client`?"
    ):
        repository.build("m:it#binary")


@pytest.fixture(scope="module")
def profile(go: GoTool) -> bytes:
    """A real profile, of the compiler."""
    return (go.root / "src" / "cmd" / "compile" / "default.pgo").read_bytes()


def test_a_profile_is_used_from_a_file_a_target_and_beside_main(
    repository: Repository, go: GoTool, profile: bytes, tmp_path: Path
) -> None:
    repository.write(program(TINY, 'pgo="../profiles/cpu.pgo"'))
    repository.write({"profiles/cpu.pgo": profile})
    repository.write({"profiles/BUILD": 'files(name="cpu", sources=["cpu.pgo"])\n'})
    assert build(repository, tmp_path, go).build["-pgo"] == "cpu.pgo"
    assert "profiles/cpu.pgo:cpu" in repository.dependencies("m:it#binary")

    repository.write(program(TINY, 'pgo="profiles:cpu"'))
    from_target = build(repository, tmp_path, go)
    assert from_target.build["-pgo"] == "cpu.pgo"
    assert "profiles/cpu.pgo:cpu" in repository.dependencies("m:it#binary")

    repository.write(program(TINY, 'pgo="off"'))
    repository.write({"m/default.pgo": profile})
    assert "-pgo" not in build(repository, tmp_path, go).build
    repository.write(program(TINY, ""))
    assert build(repository, tmp_path, go).build["-pgo"] == "default.pgo"


def test_the_policies_of_the_page_require_and_forbid_features(
    repository: Repository, profile: bytes
) -> None:
    policies = {block.file: block.text for block in blocks_of("docs/features.md") if block.file}
    repository.write(policies)
    repository.write({"m/default.pgo": profile})
    repository.write(program(TINY, 'fips140="v1.0.0", policy="//build/shipped.toml"'))
    result = repository.test("m:it#elf_static_test")
    assert result.exit_code == 0, shown(result)

    fields = 'goexperiment=["jsonv2"], godebug={"panicnil": "1"}, pgo="off"'
    repository.write(program(TINY, f'{fields}, policy="//build/shipped.toml"'))
    report = shown(repository.test("m:it#elf_static_test"))
    for finding in (
        "ES029 fips140: was built without ",
        "ES022 build-settings: was built without GOFIPS140, but the policy requires v1.0.0*",
        "ES022 build-settings: was built without -pgo, but the policy requires *",
        "ES022 build-settings: was built with GOEXPERIMENT=jsonv2, which the policy denies",
        "ES022 build-settings: was built with DefaultGODEBUG=",
    ):
        assert finding in report, report


@pytest.mark.parametrize(("fields", "name"), [('pgo="cpu.pgo"', "cpu.pgo"), ("", "default.pgo")])
def test_an_edit_of_the_profile_builds_again(
    fields: str, name: str, repository: Repository, profile: bytes
) -> None:
    repository.write(program(TINY, fields))
    repository.write({f"m/{name}": profile})
    repository.build("m:it#binary")
    repository.write({f"m/{name}": b"no profile"})
    with repository.fails(GoBuildError, "m:it cannot be built", name):
        repository.build("m:it#binary")


def test_a_profile_that_is_not_there_is_an_error(repository: Repository) -> None:
    repository.write(program(TINY, 'pgo="cpu.pgo"'))
    with repository.fails(
        ProfileError,
        "m:it: `pgo` names m/cpu.pgo, which has no file.",
        "Correct the path, which is relative to the BUILD file, or remove the field",
    ):
        repository.build("m:it#binary")


def test_a_target_with_several_profiles_is_an_error(repository: Repository) -> None:
    repository.write(program(TINY, 'pgo="profiles:all"'))
    repository.write(
        {
            "profiles/BUILD": 'files(name="all", sources=["*.pgo"])\n',
            "profiles/a.pgo": "a",
            "profiles/b.pgo": "b",
        }
    )
    with repository.fails(
        ProfileError,
        "m:it: the target profiles:all in `pgo` has 2 files: profiles/a.pgo, profiles/b.pgo.",
    ):
        repository.build("m:it#binary")


def test_a_program_built_for_coverage_says_what_was_covered_and_fails_its_test(
    repository: Repository, go: GoTool, tmp_path: Path
) -> None:
    repository.write(program(HASH, 'cover=True, coverpkg=["example.com/m"]'))
    binary = build(repository, tmp_path / "built", go)
    assert binary.build["-cover"] == "true"
    (tmp_path / "covered").mkdir()
    subprocess.run([str(binary.path)], env={"GOCOVERDIR": str(tmp_path / "covered")}, check=True)
    assert {path.name.split(".")[0] for path in (tmp_path / "covered").iterdir()} == {
        "covcounters",
        "covmeta",
    }
    result = repository.test("m:it#elf_static_test")
    assert result.exit_code == 1
    covered = {b.file: b.text for b in blocks_of("docs/features.md") if "covered" in b.file}
    repository.write(covered)
    fields = 'cover=True, coverpkg=["example.com/m"], policy="//build/covered.toml"'
    repository.write(program(HASH, fields))
    assert repository.test("m:it#elf_static_test").exit_code == 0
    assert "ES030 coverage: was built with coverage instrumentation (-cover)" in shown(result)
