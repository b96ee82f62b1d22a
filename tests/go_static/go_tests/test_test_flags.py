"""The flags of test binaries, from those of `go test`."""

from __future__ import annotations

import pytest

from go_static.go_tests.flags import GoTestFlagError, GoTestFlags, read_flags


@pytest.mark.parametrize(
    ("written", "given"),
    [
        ("-run TestX", ("-test.run=TestX",)),
        ("-run=TestX", ("-test.run=TestX",)),
        ("--run TestX", ("-test.run=TestX",)),
        ("-test.run=TestX", ("-test.run=TestX",)),
        ("-run= -short", ("-test.run=", "-test.short")),
        ("-short=false", ("-test.short=false",)),
        ("-bench . -benchtime 10x", ("-test.bench=.", "-test.benchtime=10x")),
        ("-skip -x", ("-test.skip=-x",)),
        ("-update", ("-update",)),
        ("-level 3 -count 2", ("-test.count=2", "-level", "3")),
        ("-short -args -run x -v", ("-test.short", "-run", "x", "-v")),
    ],
)
def test_flags_are_spelled_as_for_go_test(written: str, given: tuple[str, ...]) -> None:
    assert read_flags(written.split()) == GoTestFlags(given)


@pytest.mark.parametrize(
    ("written", "verbose"),
    [("-v", True), ("--v", True), ("-test.v", True), ("-v=true", True), ("-v=false", False)],
)
def test_v_is_not_for_the_binary(written: str, verbose: bool) -> None:
    assert read_flags([written]) == GoTestFlags((), verbose)


def test_a_timeout_is_recognized() -> None:
    assert read_flags(["-timeout", "5s"]).has_timeout
    assert not read_flags(["-args", "-timeout", "5s"]).has_timeout


@pytest.mark.parametrize("name", ["race", "msan", "asan"])
@pytest.mark.parametrize("spelling", ["-{}", "--{}", "-{}=true", "-test.{}"])
def test_sanitizers_are_refused_with_the_reason_and_the_next_step(name: str, spelling: str) -> None:
    flag = spelling.format(name)
    with pytest.raises(GoTestFlagError) as caught:
        read_flags(["-short", flag])
    assert str(caught.value) == (
        f"[go-static-test].args: `{flag}` is refused, because its run-time library is linked "
        "through cgo, and tests are built without cgo, as the binaries are. Run "
        f"`go test -{name}` by hand, in a CI job of its own."
    )


@pytest.mark.parametrize(
    ("flag", "next_step"),
    [
        ("-cover", "Use `--test-use-coverage`"),
        ("-coverpkg=./...", "`[go-static-test].coverage_packages`"),
        ("-cpuprofile=cpu.out", "Run `go test -cpuprofile` by hand"),
        ("-fuzz=.", "`test` runs the seeds"),
        ("-json", "Use `--test-report`"),
        ("-tags=x", "tests are built as the binaries are"),
        ("-exec=sudo", "a flag of `go test` itself"),
    ],
)
def test_flags_that_need_another_build_or_lose_their_output_are_refused(
    flag: str, next_step: str
) -> None:
    with pytest.raises(GoTestFlagError, match=next_step.replace("[", "\\[").replace(".", "\\.")):
        read_flags([flag])


def test_a_flag_without_its_value_is_an_error() -> None:
    with pytest.raises(GoTestFlagError, match="`-run` needs a value"):
        read_flags(["-run"])
