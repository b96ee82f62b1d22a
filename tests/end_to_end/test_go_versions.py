"""Releases of Go, and several of them in one repository.

`--all-releases` tests all that are supported. By default, these are the oldest, the newest, and the
line that the backend uses if nothing else is configured.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from elf_static.inspect.html_page import inspect_file
from elf_static.judge.policy import load_policy
from end_to_end.elf import Binary
from end_to_end.errors_page import documented
from end_to_end.go_sdks import DEFAULT, NEWEST, OLDEST, VERSIONS, go_sdk
from end_to_end.repository import Repository, Toolbox

# Resolves a host and a user, as net and os/user do with the C library if it is available.
MAIN = """\
package main

import (
	"net"
	"os/user"
	"runtime"
)

func main() {
	_, err := net.LookupHost("localhost")
	root, err2 := user.LookupId("0")
	println(runtime.Version(), err == nil, err2 == nil && root.Username == "root")
}
"""
SAY_VERSION = """\
package main

import "runtime"

func main() { println(runtime.Version()) }
"""


@pytest.fixture(scope="module")
def releases(pytestconfig: pytest.Config) -> tuple[str, ...]:
    """The releases to test, oldest first."""
    if pytestconfig.getoption("all_releases"):
        return VERSIONS
    return (OLDEST, DEFAULT, NEWEST)


@pytest.fixture(scope="module")
def versions(
    module_path: Path, toolbox: Toolbox, releases: tuple[str, ...]
) -> Iterator[Repository]:
    """A repository that finds the SDKs of `releases`, newest first."""
    directories = ", ".join(f'"{go_sdk(version)}"' for version in reversed(releases))
    created = Repository.create(
        module_path / "repository",
        toolbox,
        pantsd=True,
        options=f"[go-sdk]\nsearch_paths = [{directories}]\n",
    )
    yield created
    created.stop_pantsd()


def test_the_tested_versions_include_the_oldest_and_the_newest() -> None:
    numbers = [tuple(map(int, version.split("."))) for version in VERSIONS]
    assert numbers == sorted(numbers)
    minors = [minor for _, minor, _ in numbers]
    assert minors == list(range(21, minors[-1] + 1)) and minors[-1] >= 27
    assert OLDEST != DEFAULT != NEWEST


def test_every_release_builds_static_binaries_in_one_repository(
    versions: Repository, releases: tuple[str, ...]
) -> None:
    for version in releases:
        _, line, _ = version.split(".")
        versions.write(
            {
                f"all/go{line}/go.mod": f"module example.com/it\n\ngo 1.{line}\n",
                f"all/go{line}/main.go": MAIN,
                f"all/go{line}/BUILD": (
                    f'go_module(name="mod", go_sdk="{version}")\ngo_static_binary(name="it")\n'
                ),
            }
        )

    versions.pants("package", "test", "all::").succeeded()

    for version in releases:
        program = versions.dist[f"all.go{version.split('.')[1]}/it"]
        assert versions.run(program).split() == [f"go{version}", "true", "true"]
        Binary.read(program, go_sdk(version) / "go").assert_static()
        # Sizes come from Go's function table, whose format differs between releases.
        inspected = inspect_file(str(program), program.name, load_policy("strict"))
        assert {"example.com/it", ""} <= {module.path for module in inspected.modules}
        assert inspected.judgement.passed


def test_a_binary_can_use_another_go_release_than_its_module(versions: Repository) -> None:
    versions.write(
        {
            "m/go.mod": "module example.com/it\n\ngo 1.21\n",
            "m/main.go": SAY_VERSION,
            "m/BUILD": (
                f'go_module(name="mod", go_sdk="{DEFAULT}")\n'
                'go_static_binary(name="as-the-module")\n'
                'go_static_binary(name="of-its-own", go_sdk=parametrize('
                f'"{OLDEST}", "{NEWEST}"))\n'
            ),
        }
    )

    versions.pants("package", "m::").succeeded()

    said = {name: versions.run(path).strip() for name, path in versions.dist.items()}
    assert {name: text for name, text in said.items() if name.startswith("m/")} == {
        "m/as-the-module": f"go{DEFAULT}",
        f"m/of-its-own@go_sdk={OLDEST.replace('.', '_')}": f"go{OLDEST}",
        f"m/of-its-own@go_sdk={NEWEST.replace('.', '_')}": f"go{NEWEST}",
    }


def test_a_go_mod_that_requires_a_newer_go_than_configured_is_an_error(
    versions: Repository,
) -> None:
    versions.write(
        {
            "n/go.mod": "module example.com/it\n\ngo 1.25.0\n\ntoolchain go1.27.3\n",
            "n/main.go": SAY_VERSION,
            "n/BUILD": 'go_module(name="mod")\ngo_static_binary(name="it")\n',
        }
    )

    versions.pants(f"--go-sdk-version={OLDEST}", "package", "n:it").failed_with(
        *documented("a configured version older than go.mod requires")
    )
    paths = [str(go_sdk(version)) for version in (OLDEST, DEFAULT, NEWEST)]
    versions.pants(f"--go-sdk-search-paths={paths}", "package", "n:it").succeeded()
    assert versions.run(versions.dist["n/it"]).strip() == f"go{DEFAULT}"
