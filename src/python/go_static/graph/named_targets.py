"""The targets that a field names, as dependencies."""

from __future__ import annotations

from pants.engine.addresses import Address, UnparsedAddressInputs

from go_static.engine.compat import implicitly, resolve_targets
from go_static.targets.binary_fields import ReproducibleBinaryField
from go_static.targets.elf_test_fields import ElfBinaryField
from go_static.targets.generate_fields import GeneratedCodeField

_OF_TESTS = (ElfBinaryField, GeneratedCodeField, ReproducibleBinaryField)


async def without_tests(named: UnparsedAddressInputs) -> list[Address]:
    """The addresses. One of a `go_static_binary` or a `go_codegen` also stands for their tests, on
    which nothing depends."""
    targets = await resolve_targets(**implicitly(named))
    return [
        target.address
        for target in targets
        if not any(target.has_field(field) for field in _OF_TESTS)
    ]
