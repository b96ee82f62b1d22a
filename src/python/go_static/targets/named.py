"""The targets that a field names."""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.addresses import Address, UnparsedAddressInputs
from pants.engine.target import Targets

from go_static.engine.compat import implicitly, resolve_targets
from go_static.targets.addresses import generator_address


async def named_targets(field: str, address: Address, values: Iterable[str]) -> Targets:
    """The targets that `values` name, which are those of a field of the target at `address`."""
    return await resolve_targets(
        **implicitly(
            UnparsedAddressInputs(
                values,
                owning_address=address,
                description_of_origin=f"the `{field}` field of {generator_address(address)}",
            )
        )
    )
