"""A limit on the growth of a program, against a committed baseline."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from elf_static.inspect.code_by_module import Origin
from elf_static.inspect.file_parts import Kind
from elf_static.sizes.baseline import BaselineError, parse_baseline, render_baseline
from elf_static.sizes.growth import GrowthLimit, GrowthLimitError, observe_growth
from elf_static.sizes.program import ModuleSize, ProgramSizes
from elf_static_testing.corpus import Corpus
from elf_static_testing.cost import Cost, cost_of_checker

LIBRARY = (Origin.STANDARD, "", "go1.26.6")
AGENT = (Origin.MAIN, "example.com/agent", "")
YAML = (Origin.DEPENDENCY, "example.com/yaml", "v3.0.1")
TEXT = (Origin.DEPENDENCY, "example.com/text", "v0.14.0")


def program(*modules: tuple[tuple[Origin, str, str], int], data: int = 0) -> ProgramSizes:
    sizes = tuple(ModuleSize(*module, size) for module, size in modules)
    code = sum(module.size for module in sizes)
    return ProgramSizes("dist/agent", code + data, {Kind.CODE: code, Kind.READ_ONLY: data}, sizes)


def messages(old: ProgramSizes, new: ProgramSizes, limit: str = "1 KB") -> list[str]:
    found = observe_growth(old, new, GrowthLimit.parse(limit), "update-sizes")
    return [observation.message for observation in found]


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("0", 0),
        ("200KB", 200_000),
        ("1.5 MiB", 1_572_864),
        ("4096", 4096),
        ("2%", 20_000),
        ("0.15 %", 1_500),
        ("0%", 0),
        ("150%", 1_500_000),
    ],
)
def test_a_limit_is_a_size_or_a_part_of_the_old_size(text: str, allowed: int) -> None:
    assert GrowthLimit.parse(text).allowed(1_000_000) == allowed


@pytest.mark.parametrize("text", ["", "-1", "2 %%", "%", "two", "200 kb", "1e3", "2%B", "10 TB"])
def test_other_texts_are_not_limits(text: str) -> None:
    with pytest.raises(GrowthLimitError) as raised:
        GrowthLimit.parse(text)
    assert str(raised.value) == (
        'is not a limit on growth. Use a size such as "200KB" or "1.5 MiB", or a part of the old '
        'size such as "2%". "0" allows no growth.'
    )


def test_growth_up_to_the_limit_and_a_smaller_program_pass() -> None:
    old = program((AGENT, 10_000), (LIBRARY, 90_000))
    assert messages(old, program((AGENT, 12_000), (LIBRARY, 90_000)), "2%") == []
    assert messages(old, program((AGENT, 12_001), (LIBRARY, 90_000)), "2%") != []
    assert messages(old, program((AGENT, 100)), "0") == []
    assert messages(old, old, "0") == []


def test_a_module_leads_what_it_needs_of_the_standard_library() -> None:
    (message,) = messages(
        program((AGENT, 10_000), (LIBRARY, 90_000)),
        program((AGENT, 10_100), (LIBRARY, 2_090_000), (YAML, 900), (TEXT, 50_000), data=400_000),
    )
    assert message == (
        "grew through example.com/text (new, v0.14.0, +50.0 kB), example.com/yaml (new, v3.0.1, "
        "+900 bytes), the standard library (+2.0 MB), example.com/agent (+100 bytes): by 2.5 MB "
        "(100.0 kB → 2.6 MB, +2451.0 %), and the limit is 1 KB. By content: machine code +2.1 MB, "
        "read-only data +400.0 kB"
    )


def test_a_known_module_leads_if_it_grew_too() -> None:
    old = program((AGENT, 10_000), (YAML, 20_000), (LIBRARY, 90_000))
    (message,) = messages(
        old, program((AGENT, 10_000), (YAML, 30_000), ((*LIBRARY[:2], "go1.27.3"), 190_000))
    )
    assert message.startswith(
        "grew through example.com/yaml (+10.0 kB), the standard library (go1.26.6 → go1.27.3, "
        "+100.0 kB): by 110.0 kB "
    )
    # A module that was inlined is new all the same.
    (message,) = messages(old, program((AGENT, 10_000), (LIBRARY, 190_000), (TEXT, 0)))
    assert message.startswith(
        "grew through example.com/text (new, v0.14.0, no code of its own), the standard library (+"
    )
    # A change of padding caused nothing.
    (message,) = messages(old, program((AGENT, 10_032), (YAML, 20_000), (LIBRARY, 190_000)))
    assert message.startswith("grew through the standard library (+100.0 kB), example.com/agent (+")


def test_many_modules_and_none() -> None:
    many = [((Origin.DEPENDENCY, f"m{i}", "v1.0.0"), 1000 - i) for i in range(8)]
    (message,) = messages(program(), program(*many))
    assert "m4 (new, v1.0.0, +996 bytes), 3 more (+3.0 kB): by 8.0 kB (0 bytes → " in message
    (message,) = messages(program((AGENT, 10)), program((AGENT, 10), data=5000))
    assert message.startswith("grew through content of no module: by 5.0 kB (10 bytes → 5.0 kB, ")


def test_a_baseline_is_the_same_in_any_order_and_reads_back() -> None:
    first = program((AGENT, 10), (YAML, 20), (LIBRARY, 30), ((Origin.GENERATED, "", ""), 4))
    second = ProgramSizes("dist/busybox", 9, {Kind.CODE: 9}, problem="is not a Go program")
    text = render_baseline([second, first])
    assert text == render_baseline([first, second])
    assert json.loads(text)["programs"]["dist/agent"]["modules"] == {
        "example.com/agent": 10,
        "example.com/yaml@v3.0.1": 20,
        "the compiler": 4,
        "the standard library@go1.26.6": 30,
    }
    back = parse_baseline(text.encode(), "sizes.json")
    assert render_baseline(back) == text
    assert set(back[0].modules) == set(first.modules)
    assert back[1].problem == "has no sizes by module in the baseline"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{", "sizes.json is not a size baseline: it is not JSON (Expecting property name"),
        ("[" * 100_000, "sizes.json is not a size baseline: it is not JSON ("),
        ("9" * 10_000, "it is not JSON (a number has too many digits)."),
        ("[]", "sizes.json is not a size baseline: the file must be an object."),
        ('{"schema": 2}', "its schema is 2, not 1."),
        ('{"schema": 1}', "programs must be an object."),
        ('{"schema": 1, "programs": {"a": 1}}', ": a must be an object."),
        ('{"schema": 1, "programs": {"a": {"contents": {}}}}', "a: size must be a number of bytes"),
        (
            '{"schema": 1, "programs": {"a": {"size": 1, "contents": {"fat": 1}}}}',
            "a: contents: fat is not a kind of content.",
        ),
        (
            '{"schema": 1, "programs": {"a": {"contents": {}, "modules": {"\\u001b": -1}}}}',
            "a: modules: \\x1b must be a number of bytes.",
        ),
    ],
)
def test_a_file_that_is_not_a_baseline_is_refused(text: str, error: str) -> None:
    with pytest.raises(BaselineError) as raised:
        parse_baseline(text.encode(), "sizes.json")
    assert error in str(raised.value)


@pytest.fixture(scope="module")
def small(corpus: Corpus) -> Path:
    return corpus.go.build(
        "growth-small", "-trimpath", "-buildvcs=false", main="package main\n\nfunc main() {}\n"
    )


@pytest.fixture(scope="module")
def large(corpus: Corpus) -> Path:
    return corpus.go.build(
        "growth-large",
        "-trimpath",
        "-buildvcs=false",
        main='package main\n\nimport "fmt"\n\nfunc main() { fmt.Println() }\n',
    )


@pytest.fixture
def baseline(small: Path, tmp_path: Path) -> Path:
    written = cost_of_checker(["inspect", "--format=size-baseline", str(small)])
    assert (written.exit_code, written.errors) == (0, "")
    path = tmp_path / "sizes.json"
    path.write_text(written.output)
    return path


def check(baseline: Path, file: Path, *arguments: str) -> Cost:
    return cost_of_checker(["check", f"--size-baseline={baseline}", *arguments, str(file)])


def test_a_program_that_grew_fails(small: Path, large: Path, baseline: Path) -> None:
    assert check(baseline, small).exit_code == 0
    grown = check(baseline, large, f"--name={small}", "--size-update=make sizes")
    assert grown.exit_code == 1
    assert "ES031 size-growth: grew through the standard library (+" in grown.output
    assert "and the limit is 5% (" in grown.output
    assert "To accept the new size, run `make sizes` and commit the result." in grown.output
    assert check(baseline, large, f"--name={small}", "--size-growth-max=100MB").exit_code == 0


def test_a_missing_baseline_or_limit_is_an_error_that_names_it(
    small: Path, large: Path, baseline: Path
) -> None:
    assert check(baseline, large).errors == (
        f"elf-static: error: {baseline} does not have the sizes of {large}. Run "
        f"`elf-static inspect --format=size-baseline FILE >{baseline}`.\n"
    )
    none = baseline.with_name("none.json")
    assert check(none, small).errors == (
        f"elf-static: error: The size baseline {none} does not exist.\n"
    )
    assert check(baseline, small, "--size-growth-max=much").errors.startswith(
        "elf-static: error: --size-growth-max=much is not a limit on growth."
    )
    alone = cost_of_checker(["check", "--size-growth-max=2%", str(small)])
    assert (alone.exit_code, alone.errors) == (
        2,
        "elf-static: error: --size-growth-max needs --size-baseline.\n",
    )
    assert cost_of_checker(["inspect", "--format=size-baseline", str(none)]).errors == (
        f"elf-static: error: {none} does not exist.\n"
    )


def test_a_baseline_can_replace_a_program_in_a_comparison(large: Path, baseline: Path) -> None:
    compared = cost_of_checker(["compare", "--sizes", str(baseline), str(large)])
    assert (compared.exit_code, compared.errors) == (0, "")
    assert f"{large} is " in compared.output
    assert f"larger than {baseline}: " in compared.output
    several = json.loads(baseline.read_text())
    several["programs"]["other"] = {"size": 1, "contents": {}}
    baseline.write_text(json.dumps(several))
    unclear = cost_of_checker(["compare", "--sizes", str(baseline), str(large)])
    assert unclear.errors.startswith(
        f"elf-static: error: {baseline} is a size baseline without {large}. Compare it with a "
        "program in it: "
    )
