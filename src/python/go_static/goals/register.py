"""The rules of `go_static.goals`."""

from __future__ import annotations

from collections.abc import Iterable

from go_static.goals import (
    check,
    elf_check,
    format,
    generated_code_check,
    go_test,
    migrate,
    package,
    reproducibility_check,
    run,
    size_baseline,
    tailor,
)


def rules() -> Iterable[object]:
    return (
        *check.rules(),
        *elf_check.rules(),
        *format.rules(),
        *generated_code_check.rules(),
        *go_test.rules(),
        *migrate.rules(),
        *package.rules(),
        *reproducibility_check.rules(),
        *run.rules(),
        *size_baseline.rules(),
        *tailor.rules(),
    )
