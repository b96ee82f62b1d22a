"""`reproducible=True`: a second build, and the report if its bytes differ."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys

from end_to_end.repository import PROJECT, Repository

PAGE = (PROJECT / "docs" / "reproducible.md").read_text()

MAIN = """\
package main

//go:generate sh stamp.sh

func main() { println(built) }
"""
STAMP = 'printf "package main\\n\\nconst built = \\"%s\\"\\n" "$({command})" > built.go\n'


def blocks(language: str) -> list[str]:
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return found


def files(command: str) -> dict[str, str]:
    """The module on the page, with the program that its script runs to get the text."""
    (build,) = blocks("python")
    return {
        "src/agent/go.mod": "module example.com/agent\n\ngo 1.21\n",
        "src/agent/main.go": MAIN,
        "src/agent/stamp.sh": STAMP.format(command=command),
        "src/agent/BUILD": f'go_module(name="mod")\n\n{build}',
    }


def masked(text: str) -> str:
    """The output without checksums, build IDs and the number of bytes that differ, which vary."""
    text = re.sub(r"\b[0-9a-f]{64}\b", "SHA", text)
    # An ID may begin or end with a dash.
    text = re.sub(r"(?<!\S)(\S{20}/){3}\S{20}(?!\S)", "BUILD-ID", text)
    text = re.sub(r"\d+ bytes? differs?, the first at 0x[0-9a-f]+", "N bytes differ", text)
    text = re.sub(r"\b(\d+ bytes|0x[0-9a-f]+|[\d.]+ MB)\b", "N", text)
    return re.sub(r" in \d+\.\d\ds\.", "", text)


def test_a_generator_that_writes_the_time_is_detected_and_the_fix_passes(
    project: Repository,
) -> None:
    passed, report = blocks("text")
    project.write(files("date +%s.%N"))

    failed = project.pants("test", "src/agent:agent")

    assert failed.exit_code == 1
    assert masked(report) in masked(failed.log)
    assert "✓ src/agent#elf_static_test succeeded" in failed.log
    assert "✕ src/agent#reproducible_test failed" in failed.log
    assert failed.built == (
        "src/agent:agent for linux/amd64",
        "src/agent:agent for linux/amd64 again, elsewhere",
    )

    project.write(files("echo 1.2.3"))
    repaired = project.pants("test", "--output=all", "src/agent:agent").succeeded()
    assert masked(passed) in masked(repaired.log)
    assert len(repaired.built) == 2
    # It does not rerun without a change, and it can be skipped where it takes too long.
    assert project.pants("test", "src/agent:agent").succeeded().built == ()
    skipped = project.pants("--go-reproducible-skip", "test", "src/agent:agent").succeeded().log
    assert "reproducible_test" not in skipped

    # The other command on the page, on the packaged files.
    project.pants("package", "src/agent:agent").succeeded()
    binary = project.dist["src.agent/agent"]
    (command,) = re.findall(r"^elf-static (compare .*)$", "\n".join(blocks("sh")), re.M)
    (project.root / "ci").mkdir()
    (project.root / "ci" / "agent").write_bytes(binary.read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "elf_static", *command.split()],
        cwd=project.root,
        env={"PYTHONPATH": str(PROJECT / "src" / "python")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert hashlib.sha256(binary.read_bytes()).hexdigest() in done.stdout


def test_the_reproducibility_test_depends_on_the_binary(project: Repository) -> None:
    project.write(files("echo 1"))
    dependents = project.pants("dependents", "--transitive", "src/agent/stamp.sh").succeeded()
    assert "src/agent#reproducible_test" in dependents.output.split()


def test_every_hint_and_field_on_the_page_exists() -> None:
    source = "".join(
        (PROJECT / "src" / "python" / name).read_text()
        for name in (
            "elf_static/compare/hint.py",
            "go_static/targets/binary_fields.py",
            "go_static/goals/reproducibility_check.py",
        )
    )
    folded = re.sub(r'"\s+f?"', "", source)
    for said in re.findall(r'^\| "(.+?)" \|', PAGE, re.M):
        assert said in folded, said
    assert len(re.findall(r'^\| "', PAGE, re.M)) > 3
