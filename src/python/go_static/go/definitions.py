"""The variables that `-X` sets, and what is wrong with those that it cannot set."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from go_static.go.declarations import Declared
from go_static.go.flags import BuildFlags, split_quoted

# How the linker calls the main package, whatever its import path.
MAIN = "main"

# So many variables of a package are listed where none has a similar name.
_FEW = 8


@dataclass(frozen=True)
class Definition:
    """A variable of a package (an import path, or `main`), set by the field `field`."""

    field: str
    package: str
    variable: str

    def __str__(self) -> str:
        return f"{self.package}.{self.variable}"


def definitions(flags: BuildFlags) -> tuple[Definition, ...]:
    """The variables that the fields `definitions` and `ldflags` set."""
    text = " ".join(flags.ldflags).strip()
    if text and text[0] not in "-'\"":
        # Flags may start with the packages that they are for, as in `all=-s`.
        text = text.partition("=")[2]
    words = iter(split_quoted("ldflags", text))
    found = []
    for word in words:
        flag, has_value, value = word.partition("=")
        if not word.startswith("-") or flag.lstrip("-") != "X":
            continue
        symbol = (value if has_value else next(words, "")).partition("=")[0]
        package, dot, variable = symbol.rpartition(".")
        if dot:
            field = "definitions" if symbol in flags.definitions else "ldflags"
            found.append(Definition(field, package, variable))
    return tuple(found)


def explain_definition(definition: Definition, where: str, declared: Mapping[str, Declared]) -> str:
    """Why the linker cannot set a variable; empty if it can.

    :param where: the directory of its package.
    :param declared: the names that the package declares.
    """
    kind = declared.get(definition.variable)
    if kind in (Declared.VARIABLE, Declared.ELSEWHERE):
        return ""
    if kind is Declared.COMPUTED:
        return (
            f"{definition.field}: {definition} is {kind.value} in {where}, which overwrites the "
            "value when the program starts.\n\nInitialize it with a constant or not at all, and "
            "call the function in `init` if it is empty."
        )
    if kind is not None:
        return (
            f"{definition.field}: {definition} is {kind.value} in {where}; the linker only sets "
            f"string variables.\n\nDeclare it as `var {definition.variable} string`, or remove it "
            f"from {definition.field}."
        )
    settable = [name for name, kind in declared.items() if kind is Declared.VARIABLE]
    guess = closest(definition.variable, settable)
    question = f" Did you mean {definition.package}.{guess}?" if guess else ""
    if not guess and 0 < len(settable) <= _FEW:
        question = f" Its variables: {', '.join(sorted(settable))}."
    return (
        f"{definition.field}: {where} declares no variable `{definition.variable}`, so the linker "
        f"would ignore {definition}.{question}\n\nCorrect the name, or declare "
        f"`var {definition.variable} string`."
    )


def explain_main_package(definition: Definition) -> str:
    """The error for a variable of the main package under its import path."""
    return (
        f"{definition.field}: {definition.package} is the main package, which the linker calls "
        f"`{MAIN}`, so it would ignore {definition}.\n\n"
        f"Write {MAIN}.{definition.variable}."
    )


def explain_unknown_package(definition: Definition, packages: Iterable[str]) -> str:
    """The warning for a variable of a package that is not in the program."""
    guess = closest(definition.package, packages)
    question = f" Did you mean {guess}.{definition.variable}?" if guess else ""
    return (
        f"{definition.field}: the program does not contain the package {definition.package}, so "
        f"the linker ignores {definition}.{question}"
    )


def closest(name: str, candidates: Iterable[str]) -> str:
    """The candidate that is most like a name; empty if none is."""
    candidates = tuple(candidates)
    same = (c for c in candidates if c.lower() == name.lower())
    close = difflib.get_close_matches(name, candidates[:1000], n=1)
    return next(same, close[0] if close else "")
