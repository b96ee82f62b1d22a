"""Which generators the tests of a module and `go vet` see the code of."""

from __future__ import annotations

from go_static.graph.generators import ModuleCodegen, ModuleCodegenRequest
from go_static_testing.engine import Repository

MODULE = 'go_module(name="mod")\n'
GO_MOD = "module example.com/{0}\n\ngo 1.21\n"


def codegen(repository: Repository, directory: str) -> tuple[str, ...]:
    return repository.request(ModuleCodegen, ModuleCodegenRequest(directory)).addresses


def test_a_module_has_its_own_generators_and_those_that_its_binaries_name(
    repository: Repository,
) -> None:
    repository.write(
        {
            "BUILD": MODULE + 'go_codegen(name="root")\n',
            "go.mod": GO_MOD.format("root"),
            "m/BUILD": MODULE + 'go_static_binary(name="it", codegen=[":own", "//m:kept"])\n'
            'go_codegen(name="own")\ngo_codegen(name="kept", committed=True)\n'
            'go_codegen(name="checked_in", committed=True)\n'
            'go_static_binary(name="other", codegen=["files:of_both"])\n',
            "m/go.mod": GO_MOD.format("m"),
            "m/main.go": "package main\n\nfunc main() {}\n",
            "m/deep/BUILD": 'go_codegen(name="er")\n',
            "files/BUILD": 'files(name="of_both", sources=["*.txt"])\n',
        }
    )
    assert codegen(repository, "m") == ("//files:of_both", "//m/deep:er", "//m:kept", "//m:own")
    assert codegen(repository, "") == ("//:root",)


def test_a_module_has_the_generators_of_the_modules_that_it_imports_from(
    repository: Repository,
) -> None:
    imports = 'package p\n\nimport (\n\t_ "example.com/{0}/sub"\n\t_ "fmt"\n)\n'
    names = ("direct", "indirect", "not_imported", "elsewhere")
    repository.write(
        {
            "go.work": "go 1.21\n\nuse (\n\t./m\n\t./direct\n\t./not_imported\n)\n",
            "m/BUILD": MODULE,
            "m/go.mod": GO_MOD.format("m"),
            "m/x_test.go": imports.format("direct"),
            "m/y.go": imports.format("elsewhere"),
            **{f"{name}/BUILD": MODULE + 'go_codegen(name="generate")\n' for name in names},
            **{f"{name}/go.mod": GO_MOD.format(name) for name in names},
            "direct/go.mod": GO_MOD.format("direct") + "\nrequire example.com/indirect v0.0.0\n\n"
            "replace example.com/indirect => ../indirect\n",
            "direct/x.go": imports.format("indirect"),
        }
    )
    # Go does not build with the module in `elsewhere`, which nothing replaces.
    assert codegen(repository, "m") == ("//direct:generate", "//indirect:generate")
    assert codegen(repository, "not_imported") == ("//not_imported:generate",)


GENERATED = {
    "m/BUILD": MODULE + 'go_codegen(name="generate", packages=["made"], dependencies=[":schema"])\n'
    'files(name="schema", sources=["*.txt"])\n',
    "m/go.mod": GO_MOD.format("m"),
    "m/schema.txt": "",
    "m/made/made.go": "package made\n\n//go:generate go run ../tool --out=../beside/x.go\n",
    "m/made/made_test.go": "package made\n",
    "m/beside/beside.go": "package beside\n",
    "m/beside/beside_test.go": "package beside\n",
    "m/tool/main.go": "package main\n\nfunc main() {}\n",
    "m/tool/main_test.go": "package main\n",
    "m/apart/apart_test.go": "package apart\n",
    "m/new/new_test.go": 'package new\n\nimport _ "example.com/m/nothing/yet"\n',
    "m/imports/imports.go": 'package imports\n\nimport _ "example.com/m/made"\n',
    "m/imports/imports_test.go": "package imports\n",
    "m/indirect/indirect_test.go": 'package indirect\n\nimport _ "example.com/m/imports"\n',
    "other/BUILD": MODULE,
    "other/go.mod": GO_MOD.format("other"),
    "other/other_test.go": 'package other\n\nimport _ "example.com/m/beside"\n',
}
GENERATOR = "m:generate#code"


def test_tests_depend_on_the_generators_of_code_that_they_may_contain(
    repository: Repository,
) -> None:
    repository.write(GENERATED)
    tests = ("made", "beside", "imports", "indirect", "new")
    for address in (*(f"m:mod#{name}" for name in tests), "other:mod#."):
        assert GENERATOR in repository.dependencies(address), address
    for address in ("m:mod#tool", "m:mod#apart", "m:mod#made/_code", "m:mod#imports/_code"):
        assert GENERATOR not in repository.dependencies(address), address
    # As code without tests is what it depends on, this is no cycle.
    assert "m:mod#made/_code" in repository.dependencies(GENERATOR)


def test_all_tests_of_a_module_depend_on_generators_of_pants_that_its_binaries_name(
    repository: Repository,
) -> None:
    binary = 'go_static_binary(name="it", main="tool", codegen=[":schema"])\n'
    repository.write({**GENERATED, "m/BUILD": GENERATED["m/BUILD"] + binary})
    assert "m/schema.txt:schema" in repository.dependencies("m:mod#apart")
    assert repository.dependencies("m:mod#imports/_code") == ["m:mod#go.mod", "m:mod#made/_code"]
