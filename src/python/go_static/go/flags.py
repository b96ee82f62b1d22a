"""The flags of `go build`: those that are always given, and those that a target may add.

A flag that would undo the guarantee of a static binary is refused here, before anything runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from go_static.go.features import GoFeatures

# Both are given although CGO_ENABLED=0 implies them for the standard library: third-party packages
# test for these tags too, and the linker records them, so that the binary itself shows them.
STATIC_TAGS = ("netgo", "osusergo")

_LINKS_OUTSIDE = "it uses an external linker, which may make the binary dynamic"
_NOT_A_PROGRAM = "it changes the kind of file that is built"
_NEEDS_CGO = "its run-time library is linked through cgo"
_RUN_TIME_LOADER = "it puts a run-time loader or its search path into the binary"
_BUILD_IS_DRIVEN = "`go build` sets it itself"

# cmd/link, cmd/compile and cmd/asm flags, without dashes (see `go tool link`, `go tool compile`).
# The reason completes the sentence "refused, because …". The list is the same for all three fields:
# a flag in the wrong field is a mistake that should not wait for the tool to complain.
_REFUSED_FLAGS: dict[str, str] = {
    "asan": _NEEDS_CGO,
    "buildmode": _NOT_A_PROGRAM,
    "d": "in the linker it changes how the dynamic section is written",
    "dynlink": _NOT_A_PROGRAM,
    "extar": _LINKS_OUTSIDE,
    "extld": _LINKS_OUTSIDE,
    "extldflags": _LINKS_OUTSIDE,
    "H": _NOT_A_PROGRAM,
    "I": _RUN_TIME_LOADER,
    "importcfg": _BUILD_IS_DRIVEN,
    "installsuffix": _BUILD_IS_DRIVEN,
    "L": _BUILD_IS_DRIVEN,
    "libgcc": _LINKS_OUTSIDE,
    "linkmode": _LINKS_OUTSIDE,
    "linkshared": _NOT_A_PROGRAM,
    "msan": _NEEDS_CGO,
    "o": _BUILD_IS_DRIVEN,
    "pluginpath": _NOT_A_PROGRAM,
    "r": _RUN_TIME_LOADER,
    "race": _NEEDS_CGO,
    "shared": _NOT_A_PROGRAM,
    "tmpdir": _BUILD_IS_DRIVEN,
    "trimpath": _BUILD_IS_DRIVEN,
}

_REFUSED_TAGS: dict[str, str] = {
    "asan": "it selects files that need `-asan`",
    "cgo": "it selects files that need a C compiler",
    "msan": "it selects files that need `-msan`",
    "netcgo": "it asks the net package for the C library's resolver",
    "race": "it selects files that need `-race`",
}

# A build tag is an identifier (go/build/constraint), possibly dotted, as in `goexperiment.x`.
_TAG = re.compile(r"[\w.]+")
_SYMBOL = re.compile(r"[^\s=@-][^\s=]*\.[^\s=.]+")

# The profile of a build that has none, not even `default.pgo`.
NO_PROFILE = "off"

# What separates flags for Go; other white space is part of a word.
_SPACE = " \t\n\r"


class InvalidFlagError(ValueError):
    """A value in a flags field that cannot be used; the text names the field and the flag."""


@dataclass(frozen=True)
class BuildFlags:
    """What a target asks of `go build`, checked.

    `tags` are sorted, unique and without the two that are always given. `cover` are the arguments
    for coverage. `godebug` has defaults of GODEBUG, sorted. `profile` is empty for Go's default,
    the file `default.pgo`; else it is `off`, or the path or address of another. `definitions` are
    the names in `ldflags` from the field `definitions`; with it, each of the nine is one field of a
    target.
    """

    tags: tuple[str, ...] = ()
    ldflags: tuple[str, ...] = ()
    gcflags: tuple[str, ...] = ()
    asmflags: tuple[str, ...] = ()
    cover: tuple[str, ...] = ()
    features: GoFeatures = GoFeatures()
    godebug: tuple[tuple[str, str], ...] = ()
    profile: str = ""
    definitions: tuple[str, ...] = ()

    @classmethod
    def create(
        cls,
        *,
        tags: Iterable[str] = (),
        ldflags: Iterable[str] = (),
        gcflags: Iterable[str] = (),
        asmflags: Iterable[str] = (),
        definitions: Iterable[tuple[str, str]] = (),
        strip: bool = False,
    ) -> BuildFlags:
        """Check and combine the values of a target's fields.

        `definitions` become `-X` linker flags; `strip` becomes `-s -w`.

        :raises InvalidFlagError: for a value that is malformed or would undo the guarantee.
        """
        link = list(check_flags("ldflags", ldflags))
        if strip:
            link += ["-s", "-w"]
        defined = sorted(definitions)
        for symbol, value in defined:
            link += ["-X", _definition(symbol, value)]
        return cls(
            tags=_checked_tags(tags),
            ldflags=tuple(link),
            gcflags=check_flags("gcflags", gcflags),
            asmflags=check_flags("asmflags", asmflags),
            definitions=tuple(symbol for symbol, _ in defined),
        )

    @property
    def tags_argument(self) -> str:
        """The whole `-tags` argument: it decides which files belong to a build."""
        return "-tags=" + ",".join((*STATIC_TAGS, *self.tags))

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments of `go build` that come before the package."""
        arguments = [self.tags_argument, "-buildvcs=false", "-trimpath"]
        for name, values in (
            ("ldflags", self.ldflags),
            ("gcflags", self.gcflags),
            ("asmflags", self.asmflags),
        ):
            if values:
                arguments.append(f"-{name}={' '.join(values)}")
        if self.profile == NO_PROFILE:
            arguments.append("-pgo=off")
        return (*arguments, *self.cover)

    @property
    def import_arguments(self) -> tuple[str, ...]:
        """The arguments of `go` with which it compiles what a main package imports as a build with
        `arguments` does. Compiler flags without a pattern are for the main package alone."""
        arguments = [self.tags_argument, "-buildvcs=false", "-trimpath"]
        for name, values in (("gcflags", self.gcflags), ("asmflags", self.asmflags)):
            text = " ".join(values).strip()
            if text and not text.startswith("-"):
                arguments.append(f"-{name}={text}")
        return tuple(arguments)


def cover_arguments(cover: bool, packages: Iterable[str]) -> tuple[str, ...]:
    """:raises InvalidFlagError: for what `-coverpkg` cannot mean."""
    patterns = tuple(packages)
    if patterns and not cover:
        raise InvalidFlagError(
            "coverpkg: it says which packages `cover` instruments, and `cover` is off. Set "
            "`cover=True`, or remove `coverpkg`."
        )
    for pattern in patterns:
        if not pattern or pattern.startswith("-") or re.search(r"[\s,]", pattern):
            raise InvalidFlagError(
                f"coverpkg: `{pattern}` is not a pattern of packages. Write one per list element, "
                "such as `example.com/agent/...`."
            )
    if not cover:
        return ()
    return ("-cover", *((f"-coverpkg={','.join(patterns)}",) if patterns else ()))


def _checked_tags(tags: Iterable[str]) -> tuple[str, ...]:
    for tag in tags:
        if not _TAG.fullmatch(tag):
            raise InvalidFlagError(
                f"build_tags: `{tag}` is not a build tag. Write one tag per list element, with "
                "letters, digits, underscores and dots only."
            )
        if tag in _REFUSED_TAGS:
            raise InvalidFlagError(
                f"build_tags: `{tag}` is refused, because {_REFUSED_TAGS[tag]}; the binary would "
                "not be static. Remove it."
            )
    return tuple(sorted(set(tags) - set(STATIC_TAGS)))


def check_flags(field: str, values: Iterable[str]) -> tuple[str, ...]:
    """The values of a field with flags, none of which undoes the guarantee.

    :raises InvalidFlagError: naming the field and the flag that would.
    """
    checked = tuple(values)
    text = " ".join(checked).strip()
    if text and text[0] not in "-@'\"":
        # The flags may start with the packages that they are for, as in `all=-N`
        # (perPackageFlag.set in cmd/go/internal/load/flag.go).
        text = text.partition("=")[2]
    # Every word is checked, even the value of another flag: no sensible value looks like a refused
    # flag, and which flags take a value differs from tool to tool.
    for word in split_quoted(field, text):
        # The tools read a file of flags wherever one is named (cmd/internal/objabi.Flagparse).
        if word.startswith("@"):
            raise InvalidFlagError(
                f"{field}: `{word}` is refused, because flags in a file cannot be checked. "
                "Write the flags out."
            )
        name = word.lstrip("-").partition("=")[0]
        if word.startswith("-") and name in _REFUSED_FLAGS:
            raise InvalidFlagError(
                f"{field}: `{word}` is refused, because {_REFUSED_FLAGS[name]}; the binary could "
                f"no longer be trusted to be static. Remove `-{name}` from {field}."
            )
    return checked


def split_quoted(field: str, text: str) -> list[str]:
    """Split as `go` does: at white space, with '…' and \"…\" only around whole words, no escapes.

    Source: cmd/internal/quoted/quoted.go of the Go distribution.

    :raises InvalidFlagError: when a quote is not closed.
    """
    words = []
    rest = text.lstrip(_SPACE)
    while rest:
        if rest[0] in "'\"":
            end = rest.find(rest[0], 1)
            if end < 0:
                raise InvalidFlagError(f"{field}: the quote in `{text}` is never closed.")
            words.append(rest[1:end])
            rest = rest[end + 1 :]
        else:
            end = next((i for i, c in enumerate(rest) if c in _SPACE), len(rest))
            words.append(rest[:end])
            rest = rest[end:]
        rest = rest.lstrip(_SPACE)
    return words


def quoted(text: str) -> str | None:
    """One word as `go` reads it among flags, or None for what its quotes cannot express."""
    for word in (text, f"'{text}'", f'"{text}"'):
        with suppress(InvalidFlagError):
            if split_quoted("", word) == [text]:
                return word
    return None


def _definition(symbol: str, value: str) -> str:
    if not _SYMBOL.fullmatch(symbol):
        raise InvalidFlagError(
            f"definitions: `{symbol}` does not name a variable. Write the import path of its "
            "package, a dot and its name, such as `main.version`."
        )
    word = quoted(f"{symbol}={value}")
    if word is None:
        raise InvalidFlagError(
            f"definitions: the value of `{symbol}` contains both kinds of quotes, which the "
            "linker's flags cannot express. Remove one kind."
        )
    return word
