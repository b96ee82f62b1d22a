"""Remote execution: a real worker without Go, network, or access to this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import toml

from end_to_end import test_remote_cache
from end_to_end.elf import sha256
from end_to_end.machines import RecordingGo, machine
from end_to_end.pages import blocks_of
from end_to_end.remote_worker import KEPT, PROGRAMS, Command, RemoteWorker, remote_worker
from end_to_end.repository import PROJECT, Repository, Result, Toolbox
from end_to_end.test_remote_cache import CREDENTIAL, GOALS, LIBRARY, MODULE, OPTIONS
from end_to_end.test_sbom import libraries
from go_static_testing.compiled import new_caches
from go_static_testing.proxy import ModuleProxy

PAGE = "docs/remote-execution.md"

# The program of the remote-cache tests, with a module, a generator, and more. The generated file is
# checked in and stale; on a worker, it is read-only.
FILES = {
    **test_remote_cache.FILES,
    "m/internal/generator/main.go": (
        'package main\n\nimport "os"\n\nfunc main() {\n'
        '\ttext, err := os.ReadFile(os.Getenv("WORDS"))\n\tif err != nil {\n\t\tpanic(err)\n\t}\n'
        '\tsource := "package words\\n\\nconst Text = \\"" + string(text) + "\\"\\n"\n'
        '\tif err := os.WriteFile("text.go", []byte(source), 0o644); err != nil {\n'
        "\t\tpanic(err)\n\t}\n}\n"
    ),
    "m/words/words.go": (
        "package words\n\n"
        "//go:generate sort -o sorted.txt words.txt\n"
        "//go:generate go run ../internal/generator\n"
    ),
    "m/words/words.txt": "and from a file",
    "m/words/text.go": 'package words\n\nconst Text = "stale"\n',
    "m/BUILD": (
        'go_module(name="mod")\n'
        'go_codegen(name="words", packages=["words"], tools=["sort"],\n'
        '    env={"WORDS": "{root}/m/words/words.txt"})\n'
        'go_static_binary(name="it", codegen=[":words"], sbom="cyclonedx")\n'
    ),
    "w/go.work": "go 1.21\n\nuse (\n\t./app\n\t./lib\n)\n",
    "w/app/go.mod": "module example.com/app\n\ngo 1.21\n",
    "w/app/main.go": (
        'package main\n\nimport "example.com/lib"\n\nfunc main() { println(lib.Text) }\n'
    ),
    "w/app/BUILD": 'go_module(name="mod")\ngo_static_binary(name="app")\n',
    "w/lib/go.mod": "module example.com/lib\n\ngo 1.21\n",
    "w/lib/lib.go": 'package lib\n\nconst Text = "from the workspace"\n',
    "w/lib/BUILD": 'go_module(name="mod")\n',
}
CHANGED = "changed in the workspace"
CACHES = f"--remote-execution-append-only-caches-base-path={KEPT}"
# The file with the packages that were compiled.
COMPILED = "compiled"


@dataclass(frozen=True)
class Shared:
    """A worker; a machine that uses it, with a Go of its own; and the SHA-256 of each file below
    dist/ when built without a worker."""

    worker: RemoteWorker
    here: Repository
    go: RecordingGo
    expected: dict[str, str]

    def pants(self, *arguments: str) -> Result:
        """Run Pants from the sources alone; every process on the worker must succeed."""
        self.worker.forget()
        self.go.forget()
        shutil.rmtree(self.here.root / "dist", ignore_errors=True)
        done = self.here.pants(*arguments).succeeded()
        for command in self.worker.ran:
            assert command.exit_code == 0, command
        return done

    @property
    def kept(self) -> Path:
        """The directory of the worker that persists between actions."""
        return self.worker.directory / "caches"

    @property
    def steps(self) -> set[str]:
        """The steps of the last run that ran on the worker."""
        ran = "\n".join(map(said, self.worker.ran))
        return {step for step, mark in STEPS.items() if mark in ran}


# Text that identifies a step.
STEPS = {
    "list": "/builder\nlist\n",
    "build": "/builder\nbuild\n",
    "generate": "/builder\ngenerate\n",
    "vet": "/builder\nvet\n",
    "format": "/builder\nformat\n",
    "test": "elf_static.cli.main",
    "compile a Go test": "/builder\nbuild_test\n",
    "run a Go test": "/builder\ntest\n",
    "record": "go_sbom.command",
}


def said(command: Command) -> str:
    return "\n".join(
        (*command.arguments, *(f"{name}={value}" for name, value in command.environment.items()))
    )


def checksums(repository: Repository) -> dict[str, str]:
    return {name: sha256(path) for name, path in repository.dist.items()}


@pytest.fixture(scope="module")
def shared(module_path: Path, toolbox: Toolbox, shared_repository: Repository) -> Iterator[Shared]:
    root = module_path
    proxy = ModuleProxy(root / "proxy")
    proxy.publish(MODULE, "v1.0.0", LIBRARY)
    caller = {
        "GOPROXY": proxy.url,
        "GONOSUMDB": "*",
        "CORP_TOKEN": CREDENTIAL,
        **libraries(root),
    }
    shared_repository.clear()
    shared_repository.write(FILES)
    shared_repository.pants("package", "::", env=caller).succeeded()
    expected = checksums(shared_repository)
    assert sorted(expected) == ["m/it", "m/it.cdx.json", "w.app/app"]
    shared_repository.clear()
    # Only this machine has the one file, and only the worker the other.
    go = RecordingGo(toolbox.go.parent.parent, root / "go-record", Path(KEPT, COMPILED))
    with (
        remote_worker(root / "worker") as worker,
        machine(
            root / "here", toolbox, worker, go=go, caches=new_caches(), options=OPTIONS
        ) as here,
    ):
        here.environment.update(caller)
        here.write(FILES)
        yield Shared(worker, here, go, expected)


def test_a_worker_without_caches_builds_and_tests_and_compiles_only_what_changed(
    shared: Shared, toolbox: Toolbox, tmp_path: Path
) -> None:
    settings = toml.loads(blocks_of(PAGE)[0].text)["GLOBAL"]
    assert set(settings) <= set(toml.loads(shared.worker.options))

    done = shared.pants("package", "test", "w/app")

    assert shared.steps == {"list", "build", "test"}
    assert checksums(shared.here) == {"w.app/app": shared.expected["w.app/app"]}
    assert "w/app#elf_static_test succeeded" in done.log
    # This machine asked its Go only for its version.
    assert set(shared.go.asked_for) == {"env"}
    assert os.listdir(shared.kept) == [COMPILED]
    compiled = shared.kept / COMPILED
    # The first build compiles what starts `go`, too.
    assert {"runtime", "example.com/lib", "main"} <= set(compiled.read_text().split())

    compiled.unlink()
    with machine(tmp_path / "another", toolbox, shared.worker, go=shared.go) as another:
        another.write({path: text for path, text in FILES.items() if path.startswith("w/")})
        lib = FILES["w/lib/lib.go"].replace("from the workspace", "changed elsewhere")
        another.write({"w/lib/lib.go": lib})
        another.pants("package", "w/app").succeeded()
        assert another.run(another.dist["w.app/app"]) == "changed elsewhere\n"
    assert compiled.read_text().split() == ["example.com/lib", "main"]


def number_compiled(shared: Shared) -> int:
    """The number of packages and programs in the worker's build cache."""
    cache = shared.kept / "go_static_build"
    programs = (b"!<arch>\n", b"\x7fELF")
    # `go run` stores a program in a directory.
    files = (path for path in cache.rglob("*-d") if path.is_file())
    return sum(path.read_bytes().startswith(programs) for path in files)


def test_a_worker_keeps_caches_and_runs_every_step_without_credentials(
    shared: Shared, toolbox: Toolbox
) -> None:
    (block,) = [block for block in blocks_of(PAGE) if "caches_base_path" in block.text]
    ((name, base_path),) = toml.loads(block.text)["GLOBAL"].items()
    assert f"--{name.replace('_', '-')}={base_path}" == CACHES

    # What another program left.
    shutil.copytree(new_caches() / "named", shared.kept, dirs_exist_ok=True)
    at_first = number_compiled(shared)
    shared.pants(CACHES, *GOALS, "::")

    assert shared.steps == set(STEPS)
    assert checksums(shared.here) == shared.expected
    # This machine asked its Go for its version, for modules, and for what downloads them.
    assert set(shared.go.asked_for) == {"build", "env", "mod"}
    machine_paths = (shared.here.root.parents[1], toolbox.go.parent.parent, Path.home(), Path.cwd())
    for command in shared.worker.ran:
        for secret in (*map(str, machine_paths), CREDENTIAL, "{chroot}", "{pants_concurrency}"):
            assert secret not in said(command), said(command)

    before = number_compiled(shared)
    shared.here.write(
        {"w/lib/lib.go": FILES["w/lib/lib.go"].replace("from the workspace", CHANGED)}
    )
    shared.pants(CACHES, "package", "w/app")

    assert shared.here.run(shared.here.dist["w.app/app"]) == f"{CHANGED}\n"
    assert "build" in shared.steps
    # The changed package, the package that imports it, and the program; others were cached.
    assert before > at_first
    assert number_compiled(shared) - before in (2, 3)
    shared.here.write(FILES)


def test_a_remote_environment_applies_only_to_the_targets_that_name_it(shared: Shared) -> None:
    (named,) = [block.text for block in blocks_of(PAGE) if "environments" in block.text]
    (build,) = [block.text for block in blocks_of(PAGE) if block.language == "python"]
    names = toml.loads(named)["environments-preview"]["names"]
    environment, _, binary = build.partition("\n\n")
    shared.here.write({"BUILD": environment, "w/app/BUILD": f'go_module(name="mod")\n{binary}'})

    # Skip the results of earlier tests, here and at the worker.
    fresh = "--process-execution-cache-namespace=fresh"
    options = (CACHES, fresh, f"--environments-preview-names={names}")
    shared.pants(*options, "package", "test", "w/app")

    assert shared.steps == {"list", "build", "test"}
    assert checksums(shared.here) == {"w.app/app": shared.expected["w.app/app"]}
    # Steps for the whole repository run on this machine: `list`, and `build` for what starts it.
    assert set(shared.go.asked_for) <= {"build", "env", "list"}


def test_the_page_lists_every_program_of_the_worker() -> None:
    text = (PROJECT / PAGE).read_text()
    for program in PROGRAMS:
        assert f"`{program}`" in text or f"`/bin/{program}`" in text, program
