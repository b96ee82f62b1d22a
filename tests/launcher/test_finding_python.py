"""Which Python the launcher uses, and its error if there is none."""

from __future__ import annotations

from pathlib import Path

from launcher.project import PYTHON39, Project


def test_without_a_python_the_error_says_where_it_looked_and_what_to_install(
    unused: Project, programs: Path, tmp_path: Path
) -> None:
    unused.environment["PATH"] = str(programs)
    unused.pants("--version").failed_with(
        "No CPython 3.9 was found, on which Pants 2.17.1 runs.",
        "python3.9 on PATH",
        f"{tmp_path}/.pyenv/versions/3.9.*",
        "apt-get install python3.9-venv",
        "brew install python@3.9",
        "pyenv install 3.9",
        "uv",
    )
    assert not unused.environments


def test_a_python39_that_does_not_run_is_not_used(unused: Project, programs: Path) -> None:
    unused.environment["PATH"] = f"{shim(unused)}:{programs}"
    unused.pants("--version").failed_with("No CPython 3.9 was found")


def test_a_python39_with_another_version_is_not_used(unused: Project, programs: Path) -> None:
    others = [
        path
        for path in (Path(f"/usr/bin/python3.{minor}") for minor in range(6, 20))
        if path.is_file() and path.name != "python3.9"
    ]
    directory = unused.root.parent / "others"
    directory.mkdir()
    for other in others[:1]:
        (directory / "python3.9").symlink_to(other)
    unused.environment["PATH"] = f"{directory}:{programs}"
    unused.pants("--version").failed_with("No CPython 3.9 was found")


def test_a_shim_that_does_not_run_is_skipped_for_a_later_python_on_path(
    unused: Project, programs: Path, tmp_path: Path
) -> None:
    later = python39(tmp_path / "later")
    unused.environment["PATH"] = f"{shim(unused)}:{later.parent}:{programs}"
    unused.pants("--version").failed_with(f"{later} could not make a virtual environment in ")


def test_a_shim_that_does_not_run_is_skipped_for_the_python_of_pyenv(
    unused: Project, programs: Path, tmp_path: Path
) -> None:
    of_pyenv = python39(tmp_path / "pyenv" / "versions" / "3.9.0" / "bin")
    unused.environment["PATH"] = f"{shim(unused)}:{programs}"
    unused.environment["PYENV_ROOT"] = str(tmp_path / "pyenv")
    unused.pants("--version").failed_with(f"{of_pyenv} could not make a virtual environment in ")


def python39(directory: Path) -> Path:
    """A CPython 3.9 that fails when it is to make an environment, by which it is seen in use."""
    directory.mkdir(parents=True)
    python = directory / "python3.9"
    python.write_text(f'#!/bin/sh\n[ "$2 $3" != "-m venv" ] || exit 1\nexec {PYTHON39} "$@"\n')
    python.chmod(0o755)
    return python


def shim(project: Project) -> Path:
    """A directory that pyenv puts on PATH for a version that is installed but not selected."""
    directory = project.root.parent / "shims"
    directory.mkdir()
    (directory / "python3.9").write_text(
        "#!/bin/sh\necho 'pyenv: python3.9: command not found' >&2\nexit 127\n"
    )
    (directory / "python3.9").chmod(0o755)
    return directory
