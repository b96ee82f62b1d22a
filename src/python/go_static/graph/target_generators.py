"""Generate the targets that goals act on from the binaries and generators in BUILD files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pants.engine.target import (
    Dependencies,
    Field,
    GeneratedTargets,
    GenerateTargetsRequest,
    Target,
)
from pants.engine.unions import UnionMembership, UnionRule

from go_static.engine.compat import collect_rules, rule
from go_static.targets.binary_fields import GoReproducibleField, ReproducibleBinaryField
from go_static.targets.elf_test_fields import ElfBinaryField
from go_static.targets.generate_fields import GeneratedCodeField, GoGenerateCommittedField
from go_static.targets.types import (
    ElfStaticTestTarget,
    GoCodegenTarget,
    GoGeneratedCodeTarget,
    GoGeneratedIsCurrentTarget,
    GoReproducibleTestTarget,
    GoStaticBinaryTarget,
    GoStaticExecutableTarget,
)

# The generated names.
EXECUTABLE = "binary"
ELF_STATIC_TEST = "elf_static_test"
REPRODUCIBLE_TEST = "reproducible_test"
CODE = "code"
GENERATED_IS_CURRENT = "generated_is_current"


class GenerateCodeTargetsRequest(GenerateTargetsRequest[GoCodegenTarget]):
    generate_from = GoCodegenTarget


class GenerateBinaryTargetsRequest(GenerateTargetsRequest[GoStaticBinaryTarget]):
    generate_from = GoStaticBinaryTarget


@rule
async def generate_binary_targets(
    request: GenerateBinaryTargetsRequest, union_membership: UnionMembership
) -> GeneratedTargets:
    executable = request.template_address.create_generated(EXECUTABLE)
    test = request.template_address.create_generated(ELF_STATIC_TEST)
    binary = GoStaticExecutableTarget(
        _fields_of(GoStaticExecutableTarget, request.template), executable, union_membership
    )
    targets: list[Target] = [
        binary,
        ElfStaticTestTarget(
            {
                **_fields_of(ElfStaticTestTarget, request.template, without=(Dependencies,)),
                ElfBinaryField.alias: executable.spec,
            },
            test,
            union_membership,
        ),
    ]
    if binary[GoReproducibleField].value:
        targets.append(
            GoReproducibleTestTarget(
                {
                    **_fields_of(GoReproducibleTestTarget, request.template),
                    Dependencies.alias: (executable.spec,),
                    ReproducibleBinaryField.alias: executable.spec,
                },
                request.template_address.create_generated(REPRODUCIBLE_TEST),
                union_membership,
            )
        )
    return GeneratedTargets(request.generator, targets)


@rule
async def generate_code_targets(
    request: GenerateCodeTargetsRequest, union_membership: UnionMembership
) -> GeneratedTargets:
    address = request.template_address.create_generated(CODE)
    code = GoGeneratedCodeTarget(request.template, address, union_membership)
    targets: list[Target] = [code]
    if code[GoGenerateCommittedField].value:
        targets.append(
            GoGeneratedIsCurrentTarget(
                {
                    **_fields_of(
                        GoGeneratedIsCurrentTarget, request.template, without=(Dependencies,)
                    ),
                    GeneratedCodeField.alias: address.spec,
                },
                request.template_address.create_generated(GENERATED_IS_CURRENT),
                union_membership,
            )
        )
    return GeneratedTargets(request.generator, targets)


def _fields_of(
    target: type[Target], template: Mapping[str, Any], without: tuple[type[Field], ...] = ()
) -> dict[str, Any]:
    """The fields of the generator that `target` also has."""
    left_out = {field.alias for field in without}
    aliases = {field.alias for field in target.core_fields} - left_out
    return {alias: value for alias, value in template.items() if alias in aliases}


def rules() -> Iterable[object]:
    return [
        *collect_rules(),
        UnionRule(GenerateTargetsRequest, GenerateBinaryTargetsRequest),
        UnionRule(GenerateTargetsRequest, GenerateCodeTargetsRequest),
    ]
