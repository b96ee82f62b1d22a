"""`pants tailor` proposes a `go_codegen` for directives that no target runs."""

from __future__ import annotations

import pytest

from go_static.codegen.directives import parse_directives
from go_static.goals.tailor_codegen import programs_started
from go_static_testing.engine import Repository

GO_MOD = "module example.com/m\n\ngo 1.21\n"


@pytest.mark.parametrize(
    ("directives", "tools"),
    [
        ("stringer -type=Level", ("stringer",)),
        ("go tool stringer -type=Level", ()),
        ("go run ./gen", ()),
        ("go run github.com/cilium/ebpf/cmd/bpf2go@v0.17.0 probe probe.c", ("clang",)),
        ("go tool bpf2go -cc clang-18 probe probe.c", ("clang-18",)),
        ("go tool bpf2go -cc=$BPF_CLANG probe probe.c", ("clang",)),
        ("bpf2go probe probe.c", ("bpf2go", "clang")),
        (
            "protoc --go_out=. --go-grpc_out=. --python_out=. a.proto",
            ("protoc", "protoc-gen-go", "protoc-gen-go-grpc"),
        ),
        ("./generate.sh", ()),
        ("$GOPATH/bin/tool", ()),
        ("-command mock mockgen -package m\n//go:generate mock a.go", ("mockgen",)),
        ('sh -c "unclosed', ()),
    ],
)
def test_the_programs_that_directives_start_are_read_from_them(
    directives: str, tools: tuple[str, ...]
) -> None:
    assert programs_started(parse_directives("m/m.go", f"//go:generate {directives}\n")) == tools


def test_one_target_of_a_module_has_all_packages_that_no_target_runs(
    repository: Repository,
) -> None:
    directive = "package p\n\n//go:generate stringer -type=Level\n"
    repository.write(
        {
            "m/go.mod": GO_MOD,
            "m/BUILD": 'go_module(name="mod")\ngo_codegen(name="names", packages=["a/..."])\n',
            "m/a/a.go": directive,
            "m/a/deep/a.go": directive,
            "m/b/b.go": directive,
            "m/c/deep/c_windows.go": "package p\n\n//go:generate go tool bpf2go x x.c\n",
            "m/d/d.go": 'package p\n\nconst text = "//go:generate stringer"\n',
            "m/testdata/t.go": directive,
            "m/_old/t.go": directive,
            "m/vendor/modules.txt": "",
            "m/vendor/example.com/v/v.go": directive,
            "m/nested/go.mod": "module example.com/nested\n\ngo 1.21\n",
            "m/nested/n.go": directive,
        }
    )
    found = repository.tailor("m", "m/b", "m/nested")
    proposed = {
        path: (target.name, dict(target.kwargs))
        for (path, alias), target in found.items()
        if alias == "go_codegen"
    }
    assert proposed == {
        "m": ("generate", {"packages": ("b", "c/deep"), "tools": ("clang", "stringer")}),
        "m/nested": ("generate", {"tools": ("stringer",)}),
    }


def test_a_second_run_proposes_nothing(repository: Repository) -> None:
    repository.write(
        {
            "m/go.mod": GO_MOD,
            "m/m.go": "package m\n\n//go:generate go run ./gen\n",
            "m/BUILD": 'go_module(name="mod")\ngo_codegen(name="generate")\n',
        }
    )
    assert not repository.tailor("m")
