"""Code generation before the build, with real generators."""

from __future__ import annotations

import pytest

from end_to_end.elf import sha256
from end_to_end.errors_page import documented
from end_to_end.generated_program import FORMAT, GO_MOD, MAIN, WORDS, generated_program
from end_to_end.repository import IGNORED, Repository


def test_files_are_generated_before_the_build_and_replace_stale_ones(
    project: Repository,
) -> None:
    project.write(generated_program("fresh"))
    first = project.pants("run", "fresh:fresh").succeeded()
    assert first.output == "hello\n"
    assert "differs" not in first.log
    assert not (project.root / "fresh/words/text.go").exists()

    project.write({"fresh/words/text.go": 'package words\n\nconst Text = "stale\\n"\n'})
    stale = project.pants("run", "fresh:fresh").succeeded()
    assert stale.output == "hello\n"
    assert (
        "fresh/words/text.go in the repository differs from what fresh:words#code generates. Using "
        "the generated file; remove the other one, and add it to .gitignore."
    ) in stale.log


def test_a_stale_generated_file_that_git_ignores_is_not_used(project: Repository) -> None:
    project.write({**generated_program("ignored"), IGNORED: "this is no Go"})
    result = project.pants("run", "ignored:ignored").succeeded()
    assert result.output == "hello\n"
    assert "differs" not in result.log


def test_generators_rerun_only_if_their_inputs_change(project: Repository) -> None:
    project.write(generated_program("narrow"))
    project.pants("package", "narrow::").succeeded()

    project.write({"narrow/other/other.go": "package other\n\n// A comment.\n"})
    log = project.pants("package", "narrow::").succeeded().log
    assert "Generate" not in log and "Build" not in log

    main = MAIN.format(name="narrow").replace("Print(", "Println(")
    project.write({"narrow/main.go": main})
    result = project.pants("package", "narrow::").succeeded()
    assert "Generate" not in result.log
    assert result.built == ("narrow:narrow for linux/amd64",)

    project.write({"narrow/words/template.txt": "changed"})
    result = project.pants("package", "narrow::").succeeded()
    assert "Starting: Generate narrow:words" in result.log
    assert result.built == ("narrow:narrow for linux/amd64",)

    # The generator is Go code in the module, and so are its imports.
    project.write({"narrow/internal/format/format.go": FORMAT.replace("%q", "%q + `!`")})
    result = project.pants("package", "narrow::").succeeded()
    assert "Starting: Generate narrow:words" in result.log
    assert project.run(project.dist["narrow/narrow"]) == "changed!\n"


def test_a_failing_generator_stops_the_build_and_leaves_dist_unchanged(
    project: Repository,
) -> None:
    project.write(generated_program("failing"))
    project.pants("package", "failing:failing").succeeded()
    before = sha256(project.dist["failing/failing"])

    project.write({"failing/words/words.go": WORDS.replace("template.txt", "missing.txt")})
    result = project.pants("package", "failing:failing").failed_with(
        *documented("a generator that fails"), "exit status 3"
    )
    assert result.built == ()
    assert sha256(project.dist["failing/failing"]) == before


@pytest.mark.parametrize(
    ("directive", "said"),
    [
        ("true", documented("a generator that writes nothing")),
        ("rm template.txt", documented("a generator that deletes a file")),
        ("cp template.txt ../../outside.txt", documented("a generator that writes elsewhere")),
        ("clang --version", documented("a generator whose program is not in tools")),
        ("false", ("wrong/words/words.go:3: //go:generate false",)),
    ],
)
def test_a_generator_that_does_something_forbidden_is_an_error(
    directive: str, said: tuple[str, ...], project: Repository
) -> None:
    files = generated_program("wrong")
    files["wrong/words/words.go"] = f"package words\n\n//go:generate {directive}\n"
    files["wrong/BUILD"] = files["wrong/BUILD"].replace(
        'packages=["words"]', 'packages=["words"], tools=["true", "false", "rm", "cp"]'
    )
    project.write(files)
    result = project.pants("package", "wrong:wrong").failed_with(
        "wrong:words: ", *said, f"//go:generate {directive}"
    )
    assert result.built == ()
    assert project.dist == {}


def test_a_generator_can_ask_go_about_every_platform(project: Repository) -> None:
    files = generated_program("every")
    files["every/words/words.go"] += (
        '//go:generate sh -c "GOOS=windows GOARCH=386 go list -f {{.GoFiles}} syscall '
        '| grep -q syscall_windows.go"\n'
    )
    files["every/BUILD"] = files["every/BUILD"].replace(
        'packages=["words"]', 'packages=["words"], tools=["grep", "sh"]'
    )
    project.write(files)
    assert project.pants("run", "every:every").succeeded().output == "hello\n"


def test_mistakes_in_codegen_targets_are_errors(project: Repository) -> None:
    files = generated_program("mistakes")
    build = files["mistakes/BUILD"]

    def fails(field: str, *said: str) -> None:
        files["mistakes/BUILD"] = build.replace('packages=["words"]', field)
        project.write(files)
        project.pants("package", "mistakes:mistakes").failed_with(*said)

    project.write(files)
    fails('packages=["nowhere"]', *documented("packages without Go files"))
    fails('packages=["other"]', *documented("packages without a directive"))
    fails('packages=["../.."]', "which is outside the repository")
    fails('tools=["no-such-tool"], packages=["words"]', *documented("a tool that is not there"))
    fails('env={"GOFLAGS": "-x"}, packages=["words"]', "`env` sets GOFLAGS")
    files["mistakes/BUILD"] = build.replace('codegen=[":words"]', 'codegen=[":nothing"]')
    project.write(files)
    project.pants("package", "mistakes:mistakes").failed_with("mistakes:nothing")


def test_codegen_can_name_other_generators_of_pants_files_and_archives(shells: Repository) -> None:
    shells.write(
        {
            "m/go.mod": GO_MOD.format(name="m"),
            "m/main.go": (
                'package main\n\nimport (\n\t_ "embed"\n\n'
                '\t"example.com/m/rare"\n)\n\n'
                "//go:embed generated.txt\nvar made string\n\n"
                "//go:embed held.txt\nvar held string\n\n"
                "func main() { print(made, held, rare.Value, extra) }\n"
            ),
            # Only generated code imports the package rarer.
            "m/rarer/rarer.go": 'package rarer\n\nconst Value = "rarer"\n',
            "m/rare/doc.go": "package rare\n",
            "m/BUILD": (
                'go_module(name="mod", sources=["**/*", "!extra.go", "!held.txt"])\n'
                "shell_command(\n"
                '    name="command",\n'
                "    command=\"echo made > generated.txt; mkdir rare; echo 'package rare; import "
                '\\"example.com/m/rarer\\"; const Value = rarer.Value\' > rare/rare.go",\n'
                '    tools=["echo", "mkdir"],\n'
                '    output_files=["generated.txt", "rare/rare.go"],\n'
                ")\n"
                'file(name="extra", source="extra.go")\n'
                'archive(name="packed", format="tar.gz", files=[":extra"])\n'
                'files(name="held", sources=["held.txt"])\n'
                'go_static_binary(name="it", codegen=[":command", ":held", ":packed"])\n'
            ),
            "m/held.txt": "held\n",
            "m/extra.go": 'package main\n\nconst extra = "extra"\n',
        }
    )
    shells.pants("package", "m:it").succeeded()
    assert shells.run(shells.dist["m/it"]) == "made\nheld\nrarerextra"


def test_two_generators_of_the_same_path_are_an_error_that_names_both(shells: Repository) -> None:
    files = generated_program("both")
    files["both/BUILD"] = files["both/BUILD"].replace(
        'codegen=[":words"]', 'codegen=[":words", ":command"]'
    ) + (
        'shell_command(name="command", command="mkdir words; echo package words > words/text.go", '
        'tools=["mkdir", "echo"], output_files=["words/text.go"])\n'
    )
    shells.write(files)
    result = shells.pants("package", "both:both").failed_with(
        *documented("two generators that write the same file")
    )
    assert "both:words#code" in result.log and "both:command" in result.log
    assert result.built == ()


def test_generators_can_use_tools_from_the_machine_and_from_other_targets(
    project: Repository,
) -> None:
    files = generated_program("tools")
    files["tools/words/words.go"] = (
        "package words\n\n//go:generate generator template.txt text.go\n"
        "//go:generate sh target.sh\n"
    )
    files["tools/words/target.sh"] = (
        'printf \'package words\\n\\nconst Target = "%s"\\n\' "$TARGET" >target.go\n'
    )
    files["tools/main.go"] = MAIN.format(name="tools").replace(
        "words.Text", "words.Text, words.Target"
    )
    files["tools/BUILD"] = (
        'go_module(name="mod")\n'
        'go_codegen(name="words", packages=["words"], tools=["sh", ":generator"], '
        'env={"TARGET": "{goos}/{goarch} {root}"})\n'
        'go_static_binary(name="tools", codegen=[":words"], goarch=parametrize("amd64", "arm64"))\n'
        # Built for another machine as a target, but for this one as a tool.
        'go_static_binary(name="generator", main="internal/generator", goarch="s390x")\n'
    )
    project.write(files)

    project.pants("package", "tools:tools").succeeded()

    amd64, arm64 = (project.dist[f"tools/tools@goarch={arch}"] for arch in ("amd64", "arm64"))
    output = project.run(amd64)
    assert output.startswith("hello\nlinux/amd64 /") and output.endswith("/tree")
    assert b"linux/arm64 /" in arm64.read_bytes()


def test_checked_in_generated_code_can_be_tested_and_exported(project: Repository) -> None:
    files = generated_program("kept")
    files["kept/BUILD"] = files["kept/BUILD"].replace(
        'packages=["words"]', 'packages=["words"], committed=True'
    )
    project.write(files)
    project.pants("test", "kept:words").failed_with(
        "✕ kept:words#generated_is_current failed",
        "kept/words/text.go is generated but not checked in",
    )

    project.pants("export-codegen", "kept:words").succeeded()
    exported = (project.root / "dist/codegen/kept/words/text.go").read_text()
    project.write({"kept/words/text.go": exported})
    project.pants("test", "kept:words").succeeded()

    project.write({"kept/words/template.txt": "changed"})
    project.pants("test", "kept:words").failed_with(
        "--- kept/words/text.go (repository)",
        "+++ kept/words/text.go (generated)",
        '-const Text = "hello\\n"',
        '+const Text = "changed"',
        *documented("checked-in code that is out of date"),
    )
    skipped = project.pants("--go-generated-skip", "test", "kept:words").succeeded().log
    assert "generated_is_current" not in skipped


def test_dependencies_include_generators(project: Repository) -> None:
    project.write(generated_program("graph"))
    dependencies = project.pants("dependencies", "graph#binary").succeeded().output.split()
    assert "graph:words#code" in dependencies
    dependents = (
        project.pants("dependents", "--transitive", "graph/words/template.txt")
        .succeeded()
        .output.split()
    )
    assert {"graph:words#code", "graph#binary", "graph#elf_static_test"} <= set(dependents)
    # The generator and its imports are Go code in the module.
    for file in ("graph/internal/generator/main.go", "graph/internal/format/format.go"):
        dependents = project.pants("dependents", "--transitive", file).succeeded().output.split()
        assert {"graph:words#code", "graph#binary"} <= set(dependents)
