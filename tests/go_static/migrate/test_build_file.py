"""Migration of BUILD files from Pants's own Go backend to this one."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest

from go_static.goals.migrate import build_file_paths, migrate, report
from go_static.migrate.build_file import Migration, Note, migrate_build_file
from go_static.migrate.test_fields import with_overrides

# With comments in all places, both kinds of quotes, and uneven formatting.
WRITTEN = """\
# The agent's module.
go_mod(name='mod')   # one for all

go_package()

go_binary(
    name="bin",  # the program
    main=':pkg',
    output_path='bin/agent',
    cgo_enabled=False,  # never again
    tags=["release"],
    # Smaller.
    linker_flags=["-s", "-w"],
    compiler_flags = ['-N',
                      "-l"],
)
go_binary(name = "é", race=False, assembler_flags=("-D=X",), restartable=True, cgo_enabled=None)
docker_image(name="image", dependencies=[":bin"])
"""


def migrated(text: str, directory: str = "agent", replace: bool = False) -> Migration:
    return migrate_build_file(f"{directory}/BUILD", text, replace)


def test_comments_and_formatting_are_kept() -> None:
    result = migrated(WRITTEN)
    assert (
        result.text
        == """\
# The agent's module.
go_mod(name='mod')   # one for all

go_module(name="module")

go_package()

go_static_binary(
    name="bin",  # the program
    output_path='bin/agent',
    # never again
    tags=["release"],
    # Smaller.
    ldflags=["-s", "-w"],
    gcflags = ['all=-N',
                      "-l"],
)
go_static_binary(name = "é", asmflags=("all=-D=X",), restartable=True)
docker_image(name="image", dependencies=[":bin"])
"""
    )
    assert result.left == ()
    assert [(note.line, note.text) for note in result.done] == [
        (2, 'added go_module(name="module")'),
        (6, "go_binary is now go_static_binary"),
        (17, "go_binary is now go_static_binary"),
    ]


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("linker_flags=['-X', 'main.v=1 b']", """ldflags=['-X', "'main.v=1 b'"]"""),
        ('linker_flags=["-X=main.v=it\'s"]', 'ldflags=["-X=main.v=it\'s"]'),
        ("compiler_flags=('-N',)", "gcflags=('all=-N',)"),
        ('compiler_flags=["""-N""", "-l"]', 'gcflags=["""all=-N""", "-l"]'),
        ("assembler_flags=['-D=A B']", """asmflags=["all='-D=A B'"]"""),
        ("assembler_flags=[]", ""),
    ],
)
def test_a_flag_is_quoted_as_one_argument_for_go(flags: str, expected: str) -> None:
    assert migrated(f"go_binary({flags})\n").text == f"go_static_binary({expected})\n"


def test_a_second_migration_changes_nothing() -> None:
    once = migrated(WRITTEN).text
    assert migrated(once) == Migration(once)


def test_a_repository_that_leaves_pantss_backend() -> None:
    result = migrated(
        'go_mod(\n    name="mod",\n    linker_flags=["-s"],\n)\n\n'
        '# The library.\ngo_package(dependencies=["//proto"])  # all of it\n\n\nfiles(name="f")\n',
        replace=True,
    )
    assert result.text == (
        'go_module(\n    name="mod",\n)\n\n# The library.\n# all of it\n\n\nfiles(name="f")\n'
    )
    assert [f"{note.line}: {note.text}" for note in result.left] == [
        '3: `linker_flags` of go_mod: set `ldflags=["-s"]` on each go_static_binary of the module',
        "7: `dependencies` of the removed go_package: add those that generate Go code to "
        "`codegen` of the go_static_binary",
    ]


def test_a_repository_that_leaves_it_later() -> None:
    once = migrated('go_mod(name="mod")\n\ngo_package()\n\ngo_binary(name="bin")\n').text
    assert migrated(once, replace=True).text == (
        'go_module(name="module")\n\ngo_static_binary(name="bin")\n'
    )


@pytest.mark.parametrize(
    ("main", "expected"),
    [
        ("None", "go_static_binary()\n"),
        ("':x'", "go_static_binary()\n"),
        ("'agent:pkg'", "go_static_binary()\n"),
        ("'//agent/cmd/x:x'", 'go_static_binary(main="cmd/x")\n'),
        ("'agent/cmd/x'", 'go_static_binary(main="cmd/x")\n'),
        ("'//other:pkg'", 'go_static_binary(main="../other")\n'),
        ("'//:pkg'", 'go_static_binary(main="..")\n'),
        ("'agent/v.1'", 'go_static_binary(main="./v.1")\n'),
        ("'agent:mod#example.com/x/cmd/y'", 'go_static_binary(main="example.com/x/cmd/y")\n'),
        ("':mod#example.com/x/cmd/y'", 'go_static_binary(main="example.com/x/cmd/y")\n'),
        ("'//:mod#example.com/x/cmd/y'", 'go_static_binary(main="example.com/x/cmd/y")\n'),
    ],
)
def test_an_address_becomes_a_directory_or_an_import_path(main: str, expected: str) -> None:
    assert migrated(f"go_binary(main={main})\n").text == expected


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("cgo_enabled=True", "cgo_enabled=True, but cgo is off in a static binary"),
        ("race=True", "race=True, but the race detector requires cgo"),
        ("asan=True", "asan=True, but the address sanitizer requires cgo"),
        ("msan=parametrize(True, False)", "the value of `msan` is not a literal"),
        ("linker_flags=FLAGS + ['-s']", "the value of `linker_flags` is not a literal"),
        ("linker_flags='-s'", "`linker_flags` is not a list"),
        (
            'linker_flags=["-X=a.b=\' \\""]',
            "`linker_flags` has a flag with both kinds of quotes",
        ),
        ("linker_flags=[1]", "`linker_flags` contains non-strings"),
        (
            "linker_flags=['-linkmode=external']",
            "ldflags: `-linkmode=external` is refused, because",
        ),
        (
            "main='other:mod#example.com/x'",
            "main=`other:mod#example.com/x` is in a module that is not above this BUILD file",
        ),
        ("main='./x'", "main=`./x` is not the address of a known package"),
        ("frobnicate=1", "go_static_binary has no field `frobnicate`"),
        ("**common", "it has `**` arguments with unknown fields"),
        ("'bin'", "it has positional arguments"),
    ],
)
def test_a_binary_without_a_counterpart_is_left_unchanged_and_reported(
    field: str, reason: str
) -> None:
    text = f"go_binary(\n    {field},\n)\n"
    result = migrated(text)
    assert (result.text, result.done) == (text, ())
    (note,) = result.left
    assert f"go_binary is left unchanged: {reason}" in note.text
    assert note.line == (1 if field == "'bin'" else 2)


def test_settings_of_a_module_are_reported() -> None:
    text = "go_mod(cgo_enabled=True, race=False, compiler_flags=['-N'])\n"
    result = migrated(text)
    assert [note.text for note in result.left] == [
        "`cgo_enabled` of go_mod: has no counterpart: cgo is off in a static binary",
        "`compiler_flags` of go_mod: set `gcflags=['-N']` on each go_static_binary of the module, "
        "with `all=` before the first flag",
    ]


def test_a_name_in_use_is_not_given_again() -> None:
    text = 'files(name="module")\nfiles(name="module2")\ngo_mod()'
    assert migrated(text).text == f'{text}\n\ngo_module(name="module3")'


def test_windows_line_ends_are_kept() -> None:
    text = "go_mod()\r\ngo_binary(\r\n    race=False,\r\n    name='x',\r\n)\r\n"
    assert migrated(text).text == (
        "go_mod()\r\n\r\ngo_module(name=\"module\")\r\ngo_static_binary(\r\n    name='x',\r\n)\r\n"
    )


def test_targets_that_are_not_top_level_statements() -> None:
    text = "[go_binary(name=n) for n in NAMES]\nx = go_mod()\nfor d in DIRS: go_package(name=d)\n"
    result = migrated(text, replace=True)
    assert result.text == (
        "[go_static_binary(name=n) for n in NAMES]\nx = go_module()\n"
        "for d in DIRS: go_package(name=d)\n"
    )
    assert [note.text for note in result.left] == [
        "go_package is left unchanged: it is not a top-level statement on its own lines"
    ]
    beside = migrated("x = go_mod()\n")
    assert [note.text for note in beside.left] == [
        "add a go_module next to this go_mod: it is not a top-level statement on its own lines"
    ]


def test_a_file_that_is_not_python_is_reported() -> None:
    (note,) = migrated("\ngo_binary(\n").left
    assert "the file cannot be read" in note.text


@pytest.mark.parametrize(
    ("hostile", "reason"),
    [
        ("x = a" + ".a" * 200_000, "it nests too deeply"),
        ("x = " + '"a"+' * 100_000 + '"a"', "it nests too deeply"),
        ("x = " + "-" * 300_000 + "1", "it nests too deeply"),
        ("x = " + "not " * 200_000 + "1", "it nests too deeply"),
        ("x = " + "lambda:" * 100_000 + "1", "it nests too deeply"),
        ("x = " + "lambda a,b:" * 50_000 + "1", "it nests too deeply"),
        ('x = f"{a' + ".a" * 200_000 + '}"', ""),
        ("x = a" + "()" * 200_000, "it nests too deeply"),
        ("x = a" + "[0]" * 200_000, "it nests too deeply"),
        ("x = " + "(" * 300_000, ""),
        ("x = " + "[" * 150 + "a" + ".a" * 400, "it nests too deeply"),
        ("x = " + "1 if 1 else " * 50_000 + "1", "it nests too deeply"),
        ("if 1:\n  pass\n" + "elif 1:\n  pass\n" * 20_000, "it nests too deeply"),
        ("x = " + "9" * 500_000, "a number has too many digits"),
        ("#" * (1 << 20), "it is larger than 1 MiB"),
        ("x = 1\r\ry = 2", "a carriage return without a line feed"),
        ("x = '\0'", ""),
        ("x = '", ""),
    ],
    ids=lambda text: text[:12],
)
def test_a_hostile_file_is_reported_as_unreadable_without_a_crash(
    hostile: str, reason: str
) -> None:
    """In a separate process, because a recursing parser crashes the process."""
    program = (
        "import sys; from go_static.migrate.build_file import migrate_build_file as migrate;"
        "(note,) = migrate('', sys.stdin.read(), False).left; print(note.text)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=f"go_binary(name='x')\n{hostile}\n".encode(),
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr[-300:]) == (0, b"")
    assert done.stdout.decode().startswith(f"the file cannot be read: {reason}")


def test_a_file_that_is_not_utf_8_is_reported() -> None:
    (note,) = migrated(b"go_binary(name='\xff')\n".decode(errors="surrogateescape")).left
    assert note.text == "the file cannot be read: it is not UTF-8"


def test_a_file_of_a_thousand_targets_is_read() -> None:
    text = "".join(
        f"go_binary(name='x{number}', main='cmd', tags=['a' 'b', 'c' + 'd' + 'e', str(1)])\n"
        for number in range(1000)
    )
    assert len(migrated(text + "x = [" + "'a', " * 10_000 + "]\n").done) == 1000


def test_a_value_that_is_not_hashable_is_not_a_literal() -> None:
    (note,) = migrated("go_binary(name='x', main={[]: 1})\n").left
    assert "the value of `main` is not a literal" in note.text


def test_files_without_targets_of_pantss_backend_are_not_parsed() -> None:
    assert migrated("this is no ( python") == Migration("this is no ( python")


AGENT = {
    "agent/BUILD": 'go_mod(name="mod")\n\ngo_package()\n\ngo_binary(name="bin")\n',
    "agent/lib/BUILD": "go_package()\n",
    "other/BUILD": 'go_package()\n\ngo_mod(name="mod")\n',
}
REPLACED = {
    "agent/BUILD": 'go_module(name="mod")\n\ngo_static_binary(name="bin")\n',
    "agent/lib/BUILD": "",
    "other/BUILD": 'go_module(name="mod")\n',
}
STAYS = {
    "agent/BUILD": 'go_mod(name="mod")\n\ngo_module(name="module")\n\ngo_package()\n\n'
    'go_static_binary(name="bin")\n',
    "agent/lib/BUILD": "go_package()\n",
}


@pytest.mark.parametrize(
    ("cmd", "selected", "agent"),
    [
        pytest.param("", True, REPLACED, id="no binary stays"),
        pytest.param("go_binary(name='x')\n", True, REPLACED, id="all binaries are migrated"),
        pytest.param("go_binary(race=True)\n", True, STAYS, id="a binary has no counterpart"),
        pytest.param("go_binary()\n", False, STAYS, id="a binary is not selected"),
        pytest.param("go_binary(\n", False, STAYS, id="a file cannot be read"),
        pytest.param("go_static_binary()\n", False, REPLACED, id="a binary is ours already"),
    ],
)
def test_what_a_go_binary_needs_stays_with_it(
    cmd: str, selected: bool, agent: dict[str, str]
) -> None:
    files = {**AGENT, "agent/cmd/x/BUILD": cmd}
    chosen = frozenset(files if selected else AGENT)

    result = migrate(files, chosen, replace_modules=True)

    assert set(result) == chosen
    assert {path: result[path].text for path in AGENT} == {**REPLACED, **agent}
    stays = [note.text for note in result["agent/lib/BUILD"].left]
    assert stays == (
        []
        if agent is REPLACED
        else [
            "go_package is left unchanged: the go_binary in agent/cmd/x/BUILD:1 needs it",
        ]
    )


@pytest.mark.parametrize("main", ['"//agent:mod#example.com/x"', '"agent"', 'parametrize("agent")'])
def test_what_a_go_binary_of_another_directory_needs_stays_with_it(main: str) -> None:
    tools = f"go_binary(race=True, main={main})\n"
    result = migrate({**AGENT, "tools/BUILD": tools}, frozenset(AGENT), replace_modules=True)
    assert {path: result[path].text for path in AGENT} == {**REPLACED, **STAYS}


def test_build_files_match_the_patterns_of_pants() -> None:
    files = ("a/BUILD", "a/BUILD.go", "a/BUILDER", "BUILD", "a/x.go")
    assert build_file_paths(files, ("BUILD", "BUILD.*")) == ("a/BUILD", "a/BUILD.go", "BUILD")


def test_the_report_names_files_and_lines() -> None:
    assert report(
        {
            "b/BUILD": Migration("", left=(Note(7, "race"),)),
            "a/BUILD": Migration("", (Note(1, "changed"),), (Note(3, "cgo"),)),
        }
    ) == [
        "Changed a/BUILD:",
        "  - line 1: changed",
        "Needs your attention:",
        "  - a/BUILD:3: cgo",
        "  - b/BUILD:7: race",
    ]
    assert report({}) == ["Nothing to change: found no `go_binary` and no `go_mod`."]


TESTED = {
    "m/BUILD": "go_mod(name='mod')\ngo_package(skip_tests=True)\n",
    "m/lib/BUILD": (
        'go_package(\n    name="lib",\n    test_timeout=60,  # slow\n'
        "    test_extra_env_vars=['TZ=UTC', \"HOME\"],\n    skip_tests=False,\n)\n"
    ),
    "m/plain/BUILD": "go_package()\n",
}


def test_the_test_fields_of_packages_become_overrides_of_their_module() -> None:
    migrations = migrate(TESTED, frozenset(TESTED), replace_modules=True)
    assert {path: migration.text for path, migration in migrations.items()} == {
        "m/BUILD": (
            "go_module(name='mod',\n    overrides={\n"
            '        ".": {"skip_tests": True},\n'
            '        "lib": {"test_timeout": 60, "test_extra_env_vars": [\'TZ=UTC\', "HOME"]},\n'
            "    },\n)\n"
        ),
        "m/lib/BUILD": "",
        "m/plain/BUILD": "",
    }
    assert [note.text for note in migrations["m/BUILD"].done] == [
        "go_mod is now go_module",
        "added `overrides` with the test fields of the removed go_package",
        "removed go_package",
    ]
    assert not any(migration.left for migration in migrations.values())
    ast.parse(migrations["m/BUILD"].text)


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("go_module()", "go_module(\n    overrides={\n        O\n    },\n)"),
        ('go_module(name="m",)', 'go_module(name="m",\n    overrides={\n        O\n    },\n)'),
        (
            'go_module(\n    name="m",  # it\n)',
            'go_module(\n    name="m",  # it\n    overrides={\n        O\n    },\n)',
        ),
        (
            'go_module(\n    name="m"  # it\n)',
            'go_module(\n    name="m",  # it\n    overrides={\n        O\n    },\n)',
        ),
    ],
)
def test_overrides_are_the_last_argument(module: str, expected: str) -> None:
    new = with_overrides(f"# A\n{module}  # B\n", ["O"])
    assert new == f"# A\n{expected}  # B\n"


@pytest.mark.parametrize(
    ("build_file", "where"),
    [
        pytest.param(None, "go_module, it needs", id="no module"),
        pytest.param('go_module(overrides={"a": {}})\n', "go_module, that in m/BUILD", id="others"),
        pytest.param("go_module(**fields)\n", "go_module, that in m/BUILD", id="unknown arguments"),
    ],
)
def test_overrides_that_cannot_be_added_are_left_to_the_user(
    build_file: str | None, where: str
) -> None:
    files = {"m/lib/BUILD": "go_package(test_timeout=60)\n"}
    if build_file is not None:
        files["m/BUILD"] = build_file
    migrations = migrate(files, frozenset(files), replace_modules=True)
    relative = "m/lib" if build_file is None else "lib"
    assert [note.text for note in migrations["m/lib/BUILD"].left] == [
        f'add to `overrides` of the {where}: "{relative}": {{"test_timeout": 60}},'
    ]
    assert "m/BUILD" not in files or migrations["m/BUILD"].text == build_file


def test_test_fields_without_a_counterpart_are_reported() -> None:
    result = migrated(
        "go_package(test_timeout=LONG, test_race=True, test_msan=None)\n", replace=True
    )
    assert [note.text for note in result.left] == [
        "`test_timeout` of the removed go_package: the value of `test_timeout` is not a literal: "
        "add it to `overrides` of the go_module",
        "`test_race` of the removed go_package: has no counterpart: the race detector requires cgo",
    ]
