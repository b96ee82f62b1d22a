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
