"""`elf-static compare` on two builds that should be equal."""

from __future__ import annotations

import json
import struct
import subprocess
from pathlib import Path

import pytest

from elf_static_testing.comparison import STATIC, Build, changed, differ, part, run, sections

pytestmark = pytest.mark.slow


def test_equal_builds_get_one_line(program: Path, build: Build) -> None:
    again = build("again")
    done = run(program, again)
    checksum = subprocess.run(
        ["sha256sum", str(program)], capture_output=True, text=True, check=True
    ).stdout.split()[0]
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{program} and {again} are the same: 1.8 MB, SHA-256 {checksum}\n"

    record = json.loads(run(program, again, "--format=json").stdout)
    assert record["same"] is True
    assert record["left"] == {
        "path": str(program),
        "size": program.stat().st_size,
        "sha256": checksum,
        "problem": "",
    }
    assert record["parts"] == record["header"] == record["build_info"] == record["moved"] == []
    assert record["hint"] == ""


def test_a_changed_byte_is_found_where_it_is(program: Path, tmp_path: Path) -> None:
    offset, size = sections(program)[".rodata"]
    old = program.read_bytes()[offset + 100]
    other = changed(program, tmp_path / "other", offset + 100, bytes([old ^ 1]))

    text, record = differ(program, other)

    assert record["parts"] == [
        {
            "kind": "section",
            "name": ".rodata",
            "left": {"offset": offset, "size": size},
            "right": {"offset": offset, "size": size},
            "first": 100,
            "differing": 1,
        }
    ]
    assert (
        f"    .rodata: {size} bytes at {offset:#x}; 1 byte differs, the first at offset 0x64\n"
        in text
    )
    assert record["hint"] == (
        "According to Go's build IDs, the linker's inputs were the same. Something changed a file "
        "after the build (strip, objcopy, a packer)."
    )


def test_generated_code_that_changes_with_each_build(program: Path, build: Build) -> None:
    text, record = differ(program, build("later", text="another time"))
    assert {".text", ".rodata"} <= {each["name"] for each in record["parts"]}
    assert record["build_info"] == []
    assert [value["name"] for value in record["identity"]][:1] == ["Go build ID"]
    assert "Check generated code" in record["hint"]
    assert "  identity\n    Go build ID\n      A " in text


def test_a_value_that_the_linker_sets(program: Path, build: Build) -> None:
    other = build("linked", *STATIC, "-ldflags=-X=main.version=x")
    _, record = differ(program, other)
    assert "the linker's flags differ, such as a value that `-X` sets" in record["hint"]
    assert part(record, ".data")["differing"] > 0


def test_different_settings_are_shown_with_both_values(build: Build) -> None:
    one = build("unchecked", *STATIC, "-gcflags=-B")
    other = build("tags", "-tags=netgo", *STATIC[1:], "-gcflags=-l")
    text, record = differ(one, other)
    assert record["build_info"] == [
        {"name": "-gcflags", "left": "-B", "right": "-l"},
        {"name": "-tags", "left": "netgo,osusergo", "right": "netgo"},
    ]
    assert "    -tags\n      A netgo,osusergo\n      B netgo\n" in text
    assert record["hint"] == (
        "They were built with different settings (-gcflags, -tags). Use the same for both."
    )


def test_a_setting_that_only_one_build_has(program: Path, build: Build) -> None:
    text, record = differ(program, build("directories", STATIC[0], STATIC[2]))
    (value,) = [value for value in record["build_info"] if value["name"] == "-trimpath"]
    assert value == {"name": "-trimpath", "left": "true", "right": None}
    assert "    -trimpath\n      A true\n      B has none\n" in text
    assert "Build both with `-trimpath`" in record["hint"]


def test_the_state_of_the_repository(named: dict[str, Path], program: Path) -> None:
    _, record = differ(named["wrong machine"], named["with a stamp"])
    assert {"vcs", "vcs.revision"} <= {value["name"] for value in record["build_info"]}
    assert "Build with `-buildvcs=false`" in record["hint"]


def test_different_machines(named: dict[str, Path]) -> None:
    text, record = differ(named["linux-amd64"], named["linux-s390x"])
    values = {value["name"]: (value["left"], value["right"]) for value in record["header"]}
    assert values["machine"] == ("EM_X86_64", "EM_S390")
    assert values["byte_order"] == ("little", "big")
    assert "  header\n    byte_order\n      A little\n      B big\n" in text
    assert record["hint"].startswith("They are for different machines.")


def test_a_stripped_file(program: Path, build: Build) -> None:
    _, record = differ(program, build("stripped", *STATIC, "-ldflags=-s"))
    assert part(record, ".symtab")["right"] is None
    assert record["hint"].startswith("One of them was stripped of debug information.")


def test_different_debug_information(program: Path, tmp_path: Path) -> None:
    offset, _ = sections(program)[".debug_line"]
    other = changed(program, tmp_path / "other", offset + 20, b"\x55\xaa")
    _, record = differ(program, other)
    assert [each["name"] for each in record["parts"]] == [".debug_line"]
    assert record["hint"].startswith("Only debug information differs")


def test_a_different_header_field(program: Path, tmp_path: Path) -> None:
    other = changed(program, tmp_path / "other", 24, struct.pack("<Q", 0x401001))
    text, record = differ(program, other)
    (value,) = record["header"]
    assert (value["name"], value["right"]) == ("entry", "0x401001")
    (found,) = record["parts"]
    assert (found["kind"], found["first"]) == ("outside", 24)
    assert "  bytes\n    (before .note.go.buildid): " in text
    assert "Something changed a file after the build" in record["hint"]


def test_a_segment_that_is_also_writable(program: Path, tmp_path: Path) -> None:
    headers = 64
    index = [h.split()[0] for h in _program_headers(program)].index("LOAD")
    other = changed(program, tmp_path / "other", headers + 56 * index + 4, struct.pack("<I", 7))
    _, record = differ(program, other)
    (value,) = record["header"]
    assert value["name"] == "segments"
    assert "PT_LOAD RX" in value["left"]
    assert "PT_LOAD RWX" in value["right"]


def _program_headers(program: Path) -> list[str]:
    output = subprocess.run(
        ["readelf", "-lW", str(program)], capture_output=True, text=True, check=True
    ).stdout
    return [line for line in output.splitlines() if " 0x" in line and line.startswith("  ")]
