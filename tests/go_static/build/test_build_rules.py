"""`package` and `run` on a tiny module: the file is static, whatever the environment says."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path

import pytest
from pants.core.goals.package import BuiltPackageArtifact
from pants.core.goals.run import RunRequest
from pants.engine.target import InvalidFieldException

from end_to_end.elf import Binary
from go_static.build.build_binary import GoBuildError
from go_static.goals.run import CannotRunError
from go_static.modules.workspace import GoModuleError
from go_static_testing.engine import Repository, make_rule_runner
from go_static_testing.go_tool import GoTool
from run_files import shared_caches

GO_MOD = "module example.com/m\n\ngo 1.21\n"
HERE = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
MACHINES = {"amd64": "Advanced Micro Devices X86-64", "arm64": "AArch64"}


def program(text: str, fields: str = "", **files: str) -> dict[str, str]:
    """A program for this machine; `text` tells it from those of other tests."""
    return {
        "m/BUILD": (
            f'go_module(name="mod")\ngo_static_binary(name="it", goarch="{HERE}", {fields})\n'
        ),
        "m/go.mod": GO_MOD,
        "m/main.go": f'package main\n\nvar v = "{text}"\n\nfunc main() {{ println(v) }}\n',
        **files,
    }


def build(repository: Repository, directory: Path, go: GoTool) -> Binary:
    built = repository.build("m:it#binary")
    path = repository.materialize(built.digest, directory) / built.path
    return Binary.read(path, go.command)


def test_the_package_is_one_executable_at_the_output_path(
    repository: Repository, go: GoTool, tmp_path: Path
) -> None:
    repository.write(program("package"))

    package = repository.package("m:it#binary")

    assert package.artifacts == (BuiltPackageArtifact("m/it"),)
    assert repository.files(package.digest) == ["m/it"]
    assert repository.executables(package.digest) == {"m/it"}
    binary = Binary.read(repository.materialize(package.digest, tmp_path) / "m/it", go.command)
    binary.assert_static()
    assert binary.machine == MACHINES[HERE]
    assert binary.go_version == f"go{go.version}"
    assert {"-buildmode": "exe", "-compiler": "gc"}.items() <= binary.build.items()


def test_the_binary_is_at_its_output_path(repository: Repository) -> None:
    repository.write(program("package", 'output_path="bin/tool"'))
    package = repository.package("m:it#binary")
    assert package.artifacts == (BuiltPackageArtifact("bin/tool"),)
    assert repository.files(package.digest) == ["bin/tool"]


# Each would make another file, or none, if it got in.
MISLEADING = {
    "CC": "/bin/false",
    "CGO_CFLAGS": "-nonsense",
    "CGO_ENABLED": "1",
    "GO111MODULE": "off",
    "GOAMD64": "v9",
    "GOARCH": "s390x",
    "GOARM64": "v1",
    "GOCACHE": "off",
    "GOCACHEPROG": "/bin/false",
    "GODEBUG": "nonsense=1",
    "GOEXPERIMENT": "nonsense",
    "GOFIPS140": "latest",
    "GOFLAGS": "-buildmode=pie -tags=netcgo -ldflags=-linkmode=external -mod=vendor",
    "GOMODCACHE": "/nonexistent",
    "GOOS": "windows",
    "GOPATH": "/nonexistent",
    "GOPROXY": "https://user:s3cret@127.0.0.1:9",
    "GOROOT": "/nonexistent",
    "GOTMPDIR": "/nonexistent",
    "GOTOOLCHAIN": "go1.99.0",
    "GOWORK": "/nonexistent/go.work",
    "GO_EXTLINK_ENABLED": "1",
    "TMPDIR": "/nonexistent",
}


def test_the_environment_of_the_caller_does_not_affect_the_binary(
    repository: Repository, go: GoTool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "config" / "go" / "env"
    settings.parent.mkdir(parents=True)
    settings.write_text("CGO_ENABLED=1\nGOFLAGS=-buildmode=pie\nGOOS=windows\n")
    # First as the caller sees it and then plainly: the first is no result of a cache.
    caller = {**MISLEADING, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(settings.parents[1])}
    with monkeypatch.context() as patched:
        for name, value in MISLEADING.items():
            if name != "TMPDIR":
                patched.setenv(name, value)
        repository.configure(env={**caller, "GOENV": str(settings)})
        repository.write(program("environment"))
        misled = repository.build("m:it#binary")
    repository.configure("--go-static-isolated-caches")
    plain = repository.build("m:it#binary")

    assert misled.digest == plain.digest
    binary = Binary.read(repository.materialize(misled.digest, tmp_path) / "m/it", go.command)
    binary.assert_static()
    assert b"s3cret" not in binary.path.read_bytes()
    assert str(repository.root).encode() not in binary.path.read_bytes()


def test_a_go_work_and_a_vendor_directory_above_are_ignored(
    repository: Repository, go: GoTool, tmp_path: Path
) -> None:
    repository.write(
        {
            **program("workspace"),
            "go.work": "go 1.21\n\nuse ./elsewhere\n",
            "vendor/modules.txt": "# nonsense\n",
        }
    )
    build(repository, tmp_path, go).assert_static()


def test_the_sandbox_of_a_build_has_only_listed_files_and_module_files(
    go: GoTool, tmp_path: Path
) -> None:
    sandboxes = tmp_path / "sandboxes"
    sandboxes.mkdir()
    runner = make_rule_runner(
        shared_caches(),
        "--keep-sandboxes=always",
        f"--local-execution-root-dir={sandboxes}",
    )
    repository = Repository(runner, go)
    repository.configure()
    repository.write(
        program(
            "sandbox",
            **{
                "m/go.sum": "",
                "m/main_test.go": "package main\n",
                "m/other_windows.go": "package main\n",
                "m/README.md": "",
                "m/unused/u.go": "package unused\n",
                "m/lib/lib.go": "package lib\n",
                "m/lib/unused.txt": "",
                "m/lib/used.txt": "",
                "m/linked/l.go": "package linked\n",
                "m/linked/l_test.go": "package linked\n",
                "m/linked/unused.txt": "",
                "elsewhere/e.go": "package e\n",
            },
        )
    )
    repository.write(
        {
            "m/main.go": (
                'package main\n\nimport _ "example.com/m/lib"\nimport _ "example.com/m/linked"\n\n'
                "func main() {}\n"
            ),
            "m/lib/lib.go": (
                'package lib\n\nimport _ "embed"\n\n//go:embed used.txt\nvar Used string\n'
            ),
        }
    )
    repository.build("m:it#binary")

    (sandbox,) = [
        script.parent
        for script in sandboxes.glob("*/__run.sh")
        if "/builder build " in script.read_text()
    ]
    tree = sandbox / "tree"
    files = {str(f.relative_to(tree)) for f in tree.rglob("*") if f.is_file()}
    assert files == {"m/go.mod", "m/go.sum", "m/main.go", "m/lib/lib.go", "m/lib/used.txt"}
    linked = tree / "m" / "linked"
    assert linked.is_symlink()
    assert {file.name for file in linked.iterdir() if not file.is_symlink()} == {"l.go"}


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("ldflags", ["-linkmode=external"], "-linkmode"),
        ("ldflags", ["-extldflags", "-static"], "-extldflags"),
        # Each of these four made a dynamic binary, or let Go find out.
        ("ldflags", ["all='-linkmode=external'"], "-linkmode"),
        ("ldflags", ["all='-buildmode=pie'"], "-buildmode"),
        ("ldflags", ["-buildid", "-X", "-buildmode=pie"], "-buildmode"),
        ("ldflags", ["-X \u00a0'a.b=1 -buildmode=pie -X \u00a0'c.d=1"], "-buildmode"),
        ("ldflags", ["-I=/lib/ld.so"], "-I"),
        ("gcflags", ["all=-race"], "-race"),
        ("asmflags", ["-msan"], "-msan"),
        ("build_tags", ["netcgo"], "netcgo"),
    ],
)
def test_a_value_that_would_undo_the_guarantee_is_refused_with_its_field(
    repository: Repository, field: str, value: list[str], named: str
) -> None:
    repository.write(program("refused", f"{field}={value!r}"))
    with repository.fails(InvalidFieldException, f"m:it: {field}: `", named, "is refused, because"):
        repository.package("m:it#binary")


def test_definitions_reach_the_program_as_they_are_written(
    repository: Repository, go: GoTool, tmp_path: Path
) -> None:
    values = {
        "main.a": "a b",
        "main.b": "it's \u00e9\u4e2d",
        "main.c": '"quoted"',
        "main.d": "$HOME `id` %s \\n",
        "main.e": "-linkmode=external",
        "main.f": "{chroot} {pants_concurrency}",
    }
    source = "package main\n\nvar a, b, c, d, e, f string\n\nfunc main() {\n" + "".join(
        f'\tprintln("{name}" + "=" + {name[-1]})\n' for name in values
    )
    repository.write(
        {**program("definitions", f"definitions={values!r}"), "m/main.go": source + "}\n"}
    )
    binary = build(repository, tmp_path, go)
    binary.assert_static()
    done = subprocess.run([str(binary.path)], capture_output=True, text=True, check=True)
    assert done.stderr == "".join(f"{name}={value}\n" for name, value in values.items())


def test_an_error_of_the_compiler_has_paths_of_the_repository(repository: Repository) -> None:
    source = "package main\n\nfunc main() { undefined() }\n"
    repository.write({**program("error"), "m/main.go": source})
    with repository.fails(
        GoBuildError,
        f"m:it cannot be built for linux/{HERE}. `go build` printed:",
        "# example.com/m\nm/main.go:3:15: undefined: undefined",
        never=("pants-sandbox", "/tree/", "\nm/m/"),
    ):
        repository.build("m:it#binary")


def test_an_error_in_an_imported_package_has_its_path_too(repository: Repository) -> None:
    repository.write(
        {
            **program("error"),
            "m/main.go": 'package main\n\nimport _ "example.com/m/lib"\n\nfunc main() {}\n',
            "m/lib/lib.go": "package lib\n\nvar x int = nothing\n",
        }
    )
    with repository.fails(
        GoBuildError, "m/lib/lib.go:3:13: undefined: nothing", never=("pants-sandbox", "\nm/m/")
    ):
        repository.build("m:it#binary")


def test_a_binary_without_a_go_mod_above_is_an_error(repository: Repository) -> None:
    repository.write(
        {"b/cmd/main.go": "package main\n", "b/BUILD": 'go_static_binary(name="it", main="cmd")\n'}
    )
    with repository.fails(
        GoModuleError,
        "b:it: no go.mod in b/cmd or any parent directory",
        "Check the `main` field, or create a module there: `go mod init example.com/name`.",
    ):
        repository.package("b:it#binary")


def test_a_binary_without_a_go_module_is_an_error(repository: Repository) -> None:
    repository.write({**program("none"), "m/BUILD": 'go_static_binary(name="it")\n'})
    with repository.fails(
        GoModuleError, "No `go_module` target owns m/go.mod", "Run `pants tailor m::`"
    ):
        repository.package("m:it#binary")


def test_a_module_that_requires_a_newer_go_is_an_error(repository: Repository) -> None:
    repository.configure("--go-sdk-known-versions=[]")
    repository.write({**program("old"), "m/go.mod": "module example.com/m\n\ngo 1.999\n"})
    with repository.fails(Exception, "Required: at least Go 1.999 (required by m/go.mod)"):
        repository.package("m:it#binary")


def test_an_output_path_that_names_no_file_is_an_error_instead_of_an_empty_package(
    repository: Repository,
) -> None:
    repository.write(program("package", 'output_path="."'))
    with repository.fails(InvalidFieldException, "m:it", "output_path"):
        repository.package("m:it#binary")


def test_a_module_at_the_root_of_the_repository_is_built(
    repository: Repository, go: GoTool, tmp_path: Path
) -> None:
    repository.write({name[len("m/") :]: text for name, text in program("root").items()})
    built = repository.build("//:it#binary")
    assert built.path == "it"
    path = repository.materialize(built.digest, tmp_path) / built.path
    Binary.read(path, go.command).assert_static()


def test_run_starts_the_binary_of_this_machine(repository: Repository) -> None:
    repository.write(program("package"))
    request = repository.request(RunRequest, repository.field_set("m:it#binary"))
    assert request.args == ("{chroot}/m/it",)
    assert repository.files(request.digest) == ["m/it"]


def test_run_refuses_a_binary_for_another_machine(repository: Repository) -> None:
    build = 'go_module(name="mod")\ngo_static_binary(name="it", goarch="s390x")\n'
    repository.write({**program("package"), "m/BUILD": build})
    with repository.fails(
        CannotRunError, f"m:it is built for linux/s390x and cannot run on linux/{HERE}."
    ):
        repository.request(RunRequest, repository.field_set("m:it#binary"))
