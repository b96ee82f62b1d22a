"""Machines that share compiled packages through a store, each with a build cache of its own."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from go_static_testing.compiled import fill_shared_caches, new_caches
from go_static_testing.engine import Repository, make_rule_runner
from go_static_testing.go_tool import GoTool
from go_static_testing.proxy import ModuleProxy, go_sum

PROGRAM = {
    "m/BUILD": 'go_module(name="mod")\ngo_static_binary(name="it")\n',
    "m/go.mod": "module example.com/m\n\ngo 1.21\n",
    "m/main.go": (
        'package main\n\nimport "example.com/m/lib"\n\n'
        'func main() { println(lib.Text, "shared") }\n'
    ),
    "m/lib/lib.go": 'package lib\n\nimport "errors"\n\nvar Text = errors.New("shared")\n',
}


def archives(named: Path) -> set[str]:
    """The archives in a machine's build cache, among which there are other files."""
    files = (named / "go_static_build").glob("*/*-d")
    return {path.name for path in files if path.read_bytes().startswith(b"!<arch>\n")}


def built_on(
    go: GoTool,
    named: Path,
    changed: str = "",
    files: Mapping[str, str | bytes] | None = None,
    env: Mapping[str, str] | None = None,
) -> bytes:
    """Build the program, or another one, on a machine with the store of all tests, and named caches
    of its own."""
    created = Repository(make_rule_runner(fill_shared_caches(), named_caches=named), go)
    created.configure("--go-static-share-compiled=always", env=env)
    created.write({**PROGRAM, **(files or {})})
    main = created.root / "m" / "main.go"
    created.write({"m/main.go": f"{main.read_text()}{changed}"})
    built = created.build("m:it#binary")
    binary = created.contents(built.digest)[built.path]
    created.clear()
    return binary


def _profile(go: GoTool) -> bytes:
    """That of the compiler, which compiles other programs otherwise, too."""
    return (go.root / "src" / "cmd" / "compile" / "default.pgo").read_bytes()


@pytest.fixture(scope="module")
def first(go: GoTool, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The named caches of a machine that has compiled the program."""
    caches = tmp_path_factory.mktemp("machine") / "first"
    shutil.copytree(new_caches(), caches)
    built_on(go, caches / "named")
    return caches / "named"


def test_a_machine_takes_over_what_another_has_compiled(
    go: GoTool, first: Path, tmp_path: Path
) -> None:
    built_on(go, tmp_path / "second", changed="\nvar changed = 1\n")
    # It has compiled the main package only.
    assert len(archives(tmp_path / "second") - archives(first)) == 1
    assert len(archives(tmp_path / "second") & archives(first)) > 20


@pytest.mark.parametrize("named", ["", 'pgo="cpu.pgo"'])
def test_builds_with_a_profile_share_what_was_compiled_with_it(
    named: str, go: GoTool, tmp_path: Path
) -> None:
    files: dict[str, str | bytes] = {
        **with_field(named),
        f"m/{'cpu.pgo' if named else 'default.pgo'}": _profile(go),
    }
    built_on(go, tmp_path / "first", files=files)
    built_on(go, tmp_path / "second", "\nvar changed = 1\n", files)
    assert len(archives(tmp_path / "second") - archives(tmp_path / "first")) == 1
    assert len(archives(tmp_path / "second") & archives(tmp_path / "first")) > 20


def test_where_nothing_changed_no_compiled_package_is_fetched(
    go: GoTool, first: Path, tmp_path: Path
) -> None:
    built_on(go, tmp_path / "third")
    assert archives(tmp_path / "third") == set()


LIBRARY = 'package dep\n\nimport "errors"\n\nvar Text = errors.New("from a module")\n'
MAIN = 'package main\n\nimport "example.com/dep"\n\nfunc main() { println(dep.Text.Error()) }\n'
REQUIRED = "module example.com/m\n\ngo 1.21\n\nrequire example.com/dep v1.0.0\n"
DEP = {
    "dep/BUILD": 'go_module(name="mod")\n',
    "dep/go.mod": "module example.com/dep\n\ngo 1.21\n",
    "dep/dep.go": LIBRARY,
}
FORK = {"go.mod": "module example.com/dep\n\ngo 1.21\n", "dep.go": LIBRARY}


@dataclass(frozen=True)
class Shape:
    """`env`, `tags` and `generated`, files, are for plain `go build`; `{root}` in the first is the
    repository."""

    files: dict[str, str | bytes]
    env: dict[str, str] = field(default_factory=dict)
    tags: str = ""
    generated: dict[str, str | bytes] = field(default_factory=dict)


def with_field(text: str) -> dict[str, str | bytes]:
    return {"m/BUILD": PROGRAM["m/BUILD"].replace('"it"', f'"it", {text}')}


SHAPES = {
    "a vendor directory": Shape(
        {
            "m/main.go": MAIN,
            "m/go.mod": REQUIRED,
            "m/vendor/modules.txt": "# example.com/dep v1.0.0\n## explicit\nexample.com/dep\n",
            "m/vendor/example.com/dep/dep.go": LIBRARY,
        }
    ),
    "a workspace": Shape(
        {"m/main.go": MAIN, "go.work": "go 1.21\n\nuse (\n\t./m\n\t./dep\n)\n", **DEP},
        {"GOWORK": "{root}/go.work"},
    ),
    "a directory that replaces a module": Shape(
        {"m/main.go": MAIN, "m/go.mod": f"{REQUIRED}\nreplace example.com/dep => ../dep\n", **DEP}
    ),
    "a module that replaces another": Shape(
        {
            "m/main.go": MAIN,
            "m/go.mod": f"{REQUIRED}\nreplace example.com/dep => example.com/Fork v1.2.0\n",
            "m/go.sum": go_sum("example.com/Fork", "v1.2.0", FORK),
        },
        {"GONOSUMDB": "*"},
    ),
    "another platform": Shape(with_field('goarch="arm64"'), {"GOARCH": "arm64"}),
    "a tag": Shape(
        {
            **with_field('build_tags=["extra"]'),
            "m/lib/extra.go": "//go:build extra\n\npackage lib\n\nfunc init() { Text = nil }\n",
        },
        tags=",extra",
    ),
    "code that a tool of the repository generates": Shape(
        {
            "m/BUILD": (
                'go_module(name="mod")\n'
                'go_static_binary(name="tool", main="tool")\n'
                'go_codegen(name="code", packages=["lib"], tools=[":tool"])\n'
                'go_static_binary(name="it", codegen=[":code"])\n'
            ),
            "m/tool/main.go": (
                'package main\n\nimport "os"\n\nfunc main() {\n'
                '\ttext := []byte("package lib\\n\\nconst Text = 1\\n")\n'
                '\tos.WriteFile("text.go", text, 0o644)\n}\n'
            ),
            "m/lib/lib.go": "package lib\n\n//go:generate tool\n",
        },
        generated={"m/lib/text.go": "package lib\n\nconst Text = 1\n"},
    ),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_shared_packages_fit_and_the_binary_is_that_of_go_build(
    shape: Shape, go: GoTool, tmp_path: Path
) -> None:
    proxy = ModuleProxy(tmp_path / "proxy")
    proxy.publish("example.com/Fork", "v1.2.0", FORK)
    changed = '\nfunc init() { println("changed") }\n'
    env = {"GOPROXY": proxy.url, "GONOSUMDB": "*"}
    built_on(go, tmp_path / "first", files=shape.files, env=env)
    binary = built_on(go, tmp_path / "second", changed, shape.files, env)
    assert len(archives(tmp_path / "second") - archives(tmp_path / "first")) == 1
    assert len(archives(tmp_path / "second") & archives(tmp_path / "first")) > 20

    root = tmp_path / "plain"
    for name, content in {**PROGRAM, **shape.files, **shape.generated}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(str(content))
    with (root / "m" / "main.go").open("a") as main:
        main.write(changed)
    settings = {name: value.format(root=root) for name, value in shape.env.items()}
    flags = ("-trimpath", "-buildvcs=false", f"-tags=netgo,osusergo{shape.tags}")
    own = {"CGO_ENABLED": "0", "GOFLAGS": "-modcacherw", "GOPROXY": proxy.url, **settings}
    go.output("build", *flags, "-o", str(root / "it"), ".", cwd=root / "m", env=own)
    assert binary == (root / "it").read_bytes()
