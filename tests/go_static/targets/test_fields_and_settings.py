"""Fields of a binary, and the values derived from them: names, paths, platforms, patterns."""

from __future__ import annotations

from typing import Any

import pytest
from pants.engine.addresses import Address
from pants.engine.target import InvalidFieldException, InvalidTargetException

from go_static.go.flags import BuildFlags
from go_static.go.list_output import GoPackage
from go_static.go.platforms import GoPlatform
from go_static.goals.run import why_not_here
from go_static.graph.package_index import PackagesRequest, programs
from go_static.graph.package_owners import packages_requests
from go_static.listing.binary_files import no_go_mod_message
from go_static.targets.addresses import generator_address
from go_static.targets.binary_fields import GoBinaryOutputPathField, GoMainField
from go_static.targets.binary_settings import (
    BinarySettings,
    BuildContext,
    GoStaticExecutableFieldSet,
    read_settings,
)
from go_static.targets.types import GoStaticExecutableTarget

HERE = Address("src/go/agent", target_name="agent", generated_name="binary")


def settings(address: Address = HERE, **fields: Any) -> BinarySettings:
    target = GoStaticExecutableTarget(fields, address)
    return read_settings(GoStaticExecutableFieldSet.create(target))


@pytest.mark.parametrize(
    ("main", "is_import_path"),
    [
        (".", False),
        ("..", False),
        ("cmd/agent", False),
        ("cmd/agent.d", False),
        ("./v1.2", False),
        ("../tools.d", False),
        ("golang.org/x/tools/cmd/stringer", True),
        ("example.com", True),
        ("gopkg.in/yaml.v3", True),
        ("github.com/nats-io/nats.go", True),
        ("main.go", False),
        ("hello.go/", True),
    ],
)
def test_a_main_with_a_dot_in_its_first_element_is_an_import_path(
    main: str, is_import_path: bool
) -> None:
    assert GoMainField(main, HERE).is_import_path is is_import_path


@pytest.mark.parametrize(
    ("main", "directory"),
    [
        ("main.go", "."),
        ("cmd/main.go", "cmd"),
        ("./v1.2/main.go", "./v1.2"),
        ("../main.go", ".."),
        ("cmd.d/hello.go", None),
        ("hello.go/.", None),
        ("./hello.go/", None),
        ("github.com/nats-io/nats.go", None),
    ],
)
def test_a_main_that_is_a_go_file_is_refused_with_its_directory(
    main: str, directory: str | None
) -> None:
    if directory is None:
        assert settings(main=main)
        return
    with pytest.raises(InvalidFieldException) as raised:
        settings(main=main)
    assert str(raised.value).startswith(f"src/go/agent:agent: main=`{main}` names a Go file, ")
    assert str(raised.value).endswith(f'Name the directory: `main="{directory}"`.')


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"goarch": ["amd64"]},
            "src/go/agent:agent: goarch=['amd64'] is a list, but the field takes one value. Write "
            '`goarch="amd64"`, or `goarch=parametrize("amd64", …)` for several.',
        ),
        (
            {"goos": ("linux", "freebsd")},
            "src/go/agent:agent: goos=['linux', 'freebsd'] is a list, but the field takes one "
            'value. Write `goos=parametrize("linux", "freebsd")` to build one binary for each.',
        ),
        (
            {"goarch_level": ["5,softfloat", "7"]},
            "src/go/agent:agent: goarch_level=['5,softfloat', '7'] is a list, but the field takes "
            'one value. Write `goarch_level=parametrize(a="5,softfloat", b="7")` to build one '
            "binary for each.",
        ),
        (
            {"sbom": {"spdx"}},
            "src/go/agent:agent: sbom=['spdx'] is a list, but the field takes one value. Write "
            '`sbom="spdx"`, or `sbom=parametrize("spdx", …)` for several.',
        ),
        (
            {"goarch_level": [3]},
            "src/go/agent:agent: goarch_level=[3] is a list, but the field takes one value. Write "
            "one string, or `goarch_level=parametrize(…)` for several.",
        ),
    ],
)
def test_a_list_for_a_field_of_one_value_is_refused_with_the_way_to_write_it(
    fields: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidTargetException) as raised:
        settings(**fields)
    assert str(raised.value) == f"src/go/agent: {message}"


@pytest.mark.parametrize(
    ("address", "output_path", "expected"),
    [
        pytest.param(HERE, None, "src.go.agent/agent", id="named after the generator"),
        pytest.param(
            Address("", target_name="agent", generated_name="binary"),
            None,
            "agent",
            id="at the root without a directory",
        ),
        pytest.param(
            Address(
                "src/go/agent",
                target_name="agent",
                parameters={"goarch": "arm64"},
                generated_name="binary",
            ),
            None,
            "src.go.agent/agent@goarch=arm64",
            id="parameters are part of the name",
        ),
        pytest.param(
            Address(
                "a", target_name="b", parameters={"goarch_level": "v8.0"}, generated_name="binary"
            ),
            None,
            "a/b@goarch_level=v8_0",
            id="dots of parameters do not start a file suffix",
        ),
        pytest.param(HERE, "bin/it", "bin/it", id="set to a path"),
        pytest.param(HERE, "bin//./it", "bin/it", id="normalized"),
        pytest.param(
            HERE, "${spec_path_normalized}/x", "src.go.agent/x", id="with a placeholder of Pants"
        ),
        pytest.param(HERE, "a/$b/it", "a/$b/it", id="an unknown placeholder is kept"),
        pytest.param(HERE, "..data/it", "..data/it", id="two dots may start a name"),
    ],
)
def test_output_path(address: Address, output_path: str | None, expected: str) -> None:
    field = GoBinaryOutputPathField(output_path, address)
    assert field.value_or_default(file_ending=None) == expected


@pytest.mark.parametrize("output_path", ["../it", "a/../../it", "/it", ".."])
def test_an_output_path_outside_dist_is_refused(output_path: str) -> None:
    with pytest.raises(InvalidFieldException) as raised:
        settings(output_path=output_path)
    assert str(raised.value).endswith(
        f"output_path=`{output_path}` is outside the directory for packages (`--distdir`). Give a "
        "path relative to that directory."
    )


def test_an_output_path_error_names_the_target_as_users_write_it() -> None:
    with pytest.raises(InvalidFieldException, match="src/go/agent:agent"):
        settings(output_path="../it")


@pytest.mark.parametrize("output_path", [".", "./", "a/.."])
def test_an_output_path_that_names_no_file_is_refused(output_path: str) -> None:
    with pytest.raises(InvalidFieldException, match="output_path=.* does not name a file. Give"):
        settings(output_path=output_path)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        pytest.param(HERE, "src/go/agent:agent", id="with its own name"),
        pytest.param(
            Address("src/agent", generated_name="binary"), "src/agent:agent", id="with the default"
        ),
        pytest.param(
            Address("a", target_name="b", parameters={"goarch": "arm64"}, generated_name="binary"),
            "a:b@goarch=arm64",
            id="with parameters",
        ),
        pytest.param(
            Address("", target_name="b", generated_name="binary"), "//:b", id="at the root"
        ),
    ],
)
def test_a_generated_target_is_named_as_users_write_it(address: Address, shown: str) -> None:
    assert generator_address(address) == shown


@pytest.mark.parametrize(
    ("main", "directory", "import_path", "module", "pattern"),
    [
        pytest.param(".", "src/go/agent", "", "src/go/agent", ".", id="the module's own"),
        pytest.param(".", "src/go/agent", "", "src/go", "./agent", id="a module above"),
        pytest.param(
            "cmd/x", "src/go/agent/cmd/x", "", "", "./src/go/agent/cmd/x", id="a module at the root"
        ),
        pytest.param("../other", "src/go/other", "", "src/go", "./other", id="a sibling directory"),
        pytest.param(
            "example.com/c",
            "src/go/agent",
            "example.com/c",
            "src/go",
            "example.com/c",
            id="third-party",
        ),
    ],
)
def test_main_and_the_module_determine_the_pattern_for_go(
    main: str, directory: str, import_path: str, module: str, pattern: str
) -> None:
    read = settings(main=main)
    assert (read.directory, read.import_path) == (directory, import_path)
    assert read.pattern(module) == pattern


def test_the_defaults_are_linux_amd64_and_two_tags() -> None:
    read = settings()
    assert read.name == "src/go/agent:agent"
    assert read.platform == GoPlatform("linux", "amd64", "v1")
    assert read.flags == BuildFlags()
    assert read.context("src") == BuildContext("src", read.platform, "-tags=netgo,osusergo")


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"goos": "windows"}, "goos=`windows`: no statically linked ELF binary can be built"),
        ({"goarch": "x86"}, "goarch=`x86`: Go has no ELF port for linux/x86."),
        ({"goarch_level": "v9"}, "goarch_level=`v9` is not a valid GOAMD64"),
        ({"build_tags": ["cgo"]}, "build_tags: `cgo` is refused, because"),
        ({"ldflags": ["-linkmode=external"]}, "ldflags: `-linkmode=external` is refused, because"),
        ({"gcflags": ["-race"]}, "gcflags: `-race` is refused, because"),
        ({"asmflags": ["all=-shared"]}, "asmflags: `-shared` is refused, because"),
        ({"definitions": {"version": "1"}}, "definitions: `version` does not name a variable"),
        ({"main": "../../../.."}, "main=`../../../..` is outside the repository."),
        ({"main": "/etc"}, "main=`/etc` is outside the repository."),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_an_error_names_the_target_and_the_field(fields: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidFieldException) as raised:
        settings(**fields)
    assert str(raised.value).startswith(f"src/go/agent:agent: {text}")


def test_without_a_go_mod_the_error_names_the_binary_the_directory_and_the_command() -> None:
    assert no_go_mod_message(settings(main="cmd")) == (
        "src/go/agent:agent: no go.mod in src/go/agent/cmd or any parent directory, so "
        "its main package belongs to no Go module.\n\n"
        "Check the `main` field, or create a module there: `go mod init example.com/name`."
    )


@pytest.mark.parametrize(
    ("goarch", "here", "runs"),
    [
        ("amd64", "linux/amd64", True),
        ("386", "linux/amd64", True),
        ("arm", "linux/arm64", True),
        ("arm64", "linux/amd64", False),
        ("amd64", "linux/386", False),
        ("amd64", "darwin/amd64", False),
    ],
)
def test_a_machine_runs_its_own_platform_and_its_32_bit_variant(
    goarch: str, here: str, runs: bool
) -> None:
    assert (why_not_here(settings(goarch=goarch), here) == "") is runs


def test_the_error_for_another_platform_has_a_next_step() -> None:
    assert why_not_here(settings(goarch="s390x"), "linux/amd64") == (
        "src/go/agent:agent is built for linux/s390x and cannot run on linux/amd64.\n\n"
        "Run `pants package` and start it on a linux/s390x machine, or parametrize `goarch` (and "
        "`goos`) with this machine's platform and run that variant."
    )


def test_each_module_is_listed_by_default_and_once_per_context() -> None:
    arm = GoPlatform.create("linux", "arm64", None)
    amd = GoPlatform.create("linux", "amd64", None)
    tags = BuildFlags.create().tags_argument
    contexts = [
        BuildContext("b", arm, tags),
        BuildContext("b", amd, tags),
        BuildContext("b", arm, tags),
        BuildContext("nobody's", arm, tags),
    ]
    assert packages_requests({"b": None, "a": None}, contexts) == (
        PackagesRequest("a"),
        PackagesRequest("b"),
        PackagesRequest("b", arm, tags),
    )


def _package(name: str, *go_files: str, directory: str | None = "d") -> GoPackage:
    return GoPackage("x/d", name, directory, (), False, (), go_files, (), (), go_files, ())


def test_programs_are_main_packages_of_the_repository_with_non_test_files() -> None:
    program = _package("main", "main.go")
    others = (
        _package("lib", "lib.go"),
        _package("main"),
        _package("main", "main.go", directory=None),
    )
    assert programs([program, *others]) == (program,)
