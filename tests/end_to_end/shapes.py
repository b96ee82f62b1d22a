"""The checks on each shape of repository: `tailor`, `package`, and `go` by hand."""

from __future__ import annotations

from end_to_end.elf import Binary
from end_to_end.repository import Repository, Result

PRINT = 'package main\n\nimport "{0}"\n\nfunc main() {{ println({1}) }}\n'


def built(project: Repository, env: dict[str, str] | None = None) -> tuple[Result, dict[str, str]]:
    """Run `tailor` and `package`, and return each program's output by its path in dist.

    Fails unless every program is static.
    """
    project.pants("tailor", "::").succeeded()
    result = project.pants("package", "::", env=env).succeeded()
    for binary in project.dist.values():
        Binary.read(binary, project.toolbox.go).assert_static()
    return result, {name: project.run(path).strip() for name, path in project.dist.items()}


def plain_go(project: Repository, cwd: str, *arguments: str, **env: str) -> str:
    """`go` by hand, with a developer's settings."""
    done = project.go(*arguments, cwd=cwd, env={"CGO_ENABLED": "0", "GOSUMDB": "off", **env})
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr
