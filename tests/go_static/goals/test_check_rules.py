"""`check` with a real `go vet`."""

from __future__ import annotations

from pants.core.goals.check import CheckResult, CheckResults

from go_static.goals.check import GoVetFieldSet, GoVetRequest
from go_static.targets.module_types import GoModulePackageTarget
from go_static_testing.engine import Repository

GO_MOD = "module example.com/m\n\ngo 1.21\n"
# Without an import, which would have to be compiled for each platform.
WRONG = "package {name}\n\nfunc init() {{\n\tx := 1\n\tx = x\n}}\n"


def wrong(name: str, constraint: str = "") -> str:
    """A file that `go vet` reports, at its fifth line."""
    return f"{constraint}{WRONG.format(name=name)}"


def check(repository: Repository, *packages: str) -> tuple[CheckResult, ...]:
    """The results of `pants check` for packages; for all, if none is given."""
    field_sets = [
        GoVetFieldSet.create(target)
        for target in repository.targets().values()
        if isinstance(target, GoModulePackageTarget)
        and (not packages or target.address.generated_name in packages)
    ]
    return repository.request(CheckResults, GoVetRequest(field_sets)).results


def said(repository: Repository, *packages: str) -> str:
    return "\n".join(result.stderr for result in check(repository, *packages))


def test_packages_and_their_tests_are_vetted_as_the_binaries_are_built(
    repository: Repository,
) -> None:
    repository.write(
        {
            "a/m/BUILD": (
                'go_module(name="mod")\n'
                'go_static_binary(name="it", main="cmd", build_tags=["x"], '
                'goarch=parametrize("amd64", "arm64"))\n'
            ),
            "a/m/go.mod": GO_MOD,
            "a/m/cmd/main.go": 'package main\n\nimport _ "example.com/m/lib"\n\nfunc main() {}\n',
            "a/m/lib/lib.go": "package lib\n",
            "a/m/lib/x.go": wrong("lib", "//go:build x && netgo && !cgo\n\n"),
            "a/m/lib/no_x.go": wrong("lib", "//go:build !x\n\n"),
            "a/m/lib/lib_arm64.go": wrong("lib"),
            "a/m/lib/lib_windows.go": wrong("lib"),
            "a/m/lib/lib_test.go": wrong("lib"),
            "a/m/lib/ext_test.go": wrong("lib_test"),
            "a/m/only/only_test.go": wrong("only"),
            "a/m/windows/windows_windows.go": "package windows\n",
        }
    )
    amd64, arm64 = check(repository)
    assert (amd64.exit_code, amd64.partition_description) == (
        1,
        "a/m/go.mod for linux/amd64 with -tags=netgo,osusergo,x",
    )
    for file in ("lib/x.go:7", "lib/lib_test.go:5", "lib/ext_test.go:5", "only/only_test.go:5"):
        assert f"a/m/{file}:" in amd64.stderr
    assert "no_x.go" not in amd64.stderr and "windows" not in amd64.stderr
    # What was found for the first platform is not repeated.
    assert "a/m/lib/lib_arm64.go:5:" in arm64.stderr
    assert "a/m/lib/x.go" not in arm64.stderr
    # Since Go 1.26, the build cache holds messages with paths of the first sandbox.
    assert "pants-sandbox" not in said(repository, "lib")

    assert [result.exit_code for result in check(repository, "cmd", "windows")] == [0]
    repository.configure("--go-static-vet-skip")
    assert check(repository) == ()


def test_a_module_without_binaries_has_the_code_that_its_generators_write(
    repository: Repository,
) -> None:
    files = {
        "lib/BUILD": 'go_module(name="mod")\ngo_codegen(name="generate", tools=["cp"])\n',
        "lib/go.mod": GO_MOD,
        "lib/lib.go": "package lib\n\n//go:generate cp text.txt text.go\n\nvar X = text\n",
        "lib/text.txt": "package lib\n\nvar text int\n",
        "lib/nested/BUILD": 'go_module(name="mod")\n',
        "lib/nested/go.mod": GO_MOD,
        "lib/nested/nested.go": "package nested\n\nvar X = 1\n",
    }
    repository.write(files)
    assert [result.exit_code for result in check(repository)] == [0]
    repository.write({"lib/lib.go": files["lib/lib.go"].replace("= text", "= txet")})
    assert "lib/lib.go:5:9: undefined: txet" in said(repository)


def test_what_cannot_be_compiled_is_explained_and_the_others_are_vetted(
    repository: Repository,
) -> None:
    repository.write(
        {
            "m/BUILD": 'go_module(name="mod")\n',
            "m/go.mod": GO_MOD,
            "m/c/c.go": 'package c\n\nimport "C"\n',
            "m/uses/uses.go": 'package uses\n\nimport _ "example.com/m/c"\n',
            "m/gone/gone.go": 'package gone\n\nimport _ "example.com/m/nothing"\n',
            "m/types/types.go": 'package types\n\nvar x int = ""\n',
            "m/vet/vet.go": wrong("vet"),
            "m/half/half.go": "package half\n\nvar X = inC\n",
            "m/half/c.go": 'package half\n\nimport "C"\n\nvar inC int\n',
            "m/half/half_test.go": "package half\n",
        }
    )
    text = said(repository)
    assert "m/vet/vet.go:5:" in text
    assert "m/types/types.go:3:13: cannot use" in text
    assert "example.com/m/c needs cgo, but static binaries are built without it" in text
    assert "imported through: example.com/m/uses → example.com/m/c" in text
    assert "m/half/half.go:3:9: undefined: inC" in text
    lacks = (
        "example.com/m/half lacks the files that need cgo (c.go), and with them what is undefined"
    )
    assert text.count(lacks) == 1
    assert "m/gone/gone.go:3:8: " in text and "example.com/m/nothing" in text
    # A package without files for this build is not vetted, as `./...` omits it.
    assert [result.exit_code for result in check(repository, "c")] == [0]
