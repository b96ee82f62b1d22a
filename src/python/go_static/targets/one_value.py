"""The base of the fields that take one string."""

from __future__ import annotations

from string import ascii_lowercase
from typing import Any, Optional

from pants.build_graph.address import BANNED_CHARS_IN_PARAMETERS
from pants.engine.addresses import Address
from pants.engine.target import InvalidFieldException, StringField

from go_static.targets.addresses import generator_address


class OneValueField(StringField):
    """Rejects a list, which other tools take for several platforms, and suggests `parametrize`."""

    # `pants help` evaluates these annotations, on Python 3.9 too.
    @classmethod
    def compute_value(cls, raw_value: Optional[str], address: Address) -> Optional[str]:  # noqa: UP045
        if isinstance(raw_value, (list, tuple, set, frozenset)):
            raise InvalidFieldException(
                f"{generator_address(address)}: {several_values_message(cls.alias, raw_value)}"
            )
        return super().compute_value(raw_value, address)


def several_values_message(field: str, values: Any) -> str:
    """The error if a field with one value gets a list: how to write it instead."""
    listed = list(values) if isinstance(values, (list, tuple)) else sorted(values, key=str)
    said = f"{field}={listed} is a list, but the field takes one value. "
    if not listed or not all(isinstance(value, str) for value in listed):
        return f"{said}Write one string, or `{field}=parametrize(…)` for several."
    several = f"`{field}=parametrize({_parameters(listed)})`"
    if len(listed) == 1:
        return f'{said}Write `{field}="{listed[0]}"`, or {several} for several.'
    return f"{said}Write {several} to build one binary for each."


def _parameters(values: list[str]) -> str:
    """The arguments of `parametrize`. A value that cannot be part of an address needs a name."""
    if any(BANNED_CHARS_IN_PARAMETERS & set(value) for value in values):
        named = [f'{name}="{value}"' for name, value in zip(ascii_lowercase, values)]
    else:
        named = [f'"{value}"' for value in values]
    return ", ".join(named if len(named) > 1 else [*named, "…"])
