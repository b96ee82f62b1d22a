"""The flags of a test binary, from those that a user writes for `go test`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# Flags of test binaries (cmd/go/internal/test/testflag.go), and whether they take a value.
_OF_TESTS: dict[str, bool] = {
    "bench": True,
    "benchmem": False,
    "benchtime": True,
    "count": True,
    "cpu": True,
    "failfast": False,
    "fullpath": False,
    "list": True,
    "parallel": True,
    "run": True,
    "short": False,
    "shuffle": True,
    "skip": True,
    "timeout": True,
}

_NEEDS_CGO = (
    "its run-time library is linked through cgo, and tests are built without cgo, as the binaries "
    "are. Run `go test -{name}` by hand, in a CI job of its own"
)
_COVERAGE = "coverage is an option of Pants. Use `--test-use-coverage`"
_NOT_COLLECTED = (
    "it writes a file, and files that tests write stay in the sandbox. Run `go test -{name}` by "
    "hand"
)
_BUILT_AS_BINARIES = "tests are built as the binaries are. Remove it"
_OF_GO = "it is a flag of `go test` itself, and Pants runs the test binaries instead. Remove it"

# Why other flags of `go test` are refused, and what to do.
_REFUSED: dict[str, str] = {
    "asan": _NEEDS_CGO,
    "msan": _NEEDS_CGO,
    "race": _NEEDS_CGO,
    "cover": _COVERAGE,
    "covermode": _COVERAGE,
    "coverpkg": "the option `[go-static-test].coverage_packages` says what to measure",
    "coverprofile": _COVERAGE,
    "gocoverdir": _COVERAGE,
    "artifacts": _NOT_COLLECTED,
    "blockprofile": _NOT_COLLECTED,
    "cpuprofile": _NOT_COLLECTED,
    "memprofile": _NOT_COLLECTED,
    "mutexprofile": _NOT_COLLECTED,
    "outputdir": _NOT_COLLECTED,
    "trace": _NOT_COLLECTED,
    "fuzz": (
        "fuzzing has no end, and saves what it finds in the repository. Run `go test -fuzz` by "
        "hand; `test` runs the seeds"
    ),
    "json": "reports are an option of Pants. Use `--test-report`",
    "vet": "`check` runs `go vet`. Remove it",
    **dict.fromkeys(
        ("asmflags", "gcflags", "ldflags", "mod", "modfile", "pgo", "tags", "trimpath"),
        _BUILT_AS_BINARIES,
    ),
    **dict.fromkeys(("c", "exec", "i", "n", "o", "p", "toolexec", "work", "x"), _OF_GO),
}


class GoTestFlagError(ValueError):
    """A flag that tests cannot have. The text names it, and says what to do."""


@dataclass(frozen=True)
class GoTestFlags:
    """`arguments` are those of the test binary, without `-v`, which is `verbose`."""

    arguments: tuple[str, ...] = ()
    verbose: bool = False

    @property
    def has_timeout(self) -> bool:
        return any(argument.startswith("-test.timeout=") for argument in self.arguments)


def read_flags(args: Iterable[str]) -> GoTestFlags:
    """The flags of a test binary; what follows `-args` is for the tests.

    :raises GoTestFlagError: for a flag that needs another build, or has no effect.
    """
    own: list[str] = []
    others: list[str] = []
    verbose = False
    rest = iter(args)
    for word in rest:
        name, equals, value = word.lstrip("-").partition("=")
        if not word.startswith("-") or not name:
            others.append(word)
            continue
        name = name[len("test.") :] if name.startswith("test.") else name
        if name == "args":
            others += rest
        elif name == "v":
            verbose = value not in ("false", "0", "f", "F", "FALSE", "False")
        elif name in _REFUSED:
            raise GoTestFlagError(
                f"[go-static-test].args: `{word}` is refused, because "
                f"{_REFUSED[name].format(name=name)}."
            )
        elif name not in _OF_TESTS:
            others.append(word)
        elif _OF_TESTS[name] and not equals:
            own.append(f"-test.{name}={_value(word, next(rest, None))}")
        else:
            own.append(f"-test.{name}{equals}{value}")
    return GoTestFlags((*own, *others), verbose)


def _value(flag: str, value: str | None) -> str:
    if value is None:
        raise GoTestFlagError(f"[go-static-test].args: `{flag}` needs a value.")
    return value
