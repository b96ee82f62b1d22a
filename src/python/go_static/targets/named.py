"""The targets that a field names."""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.addresses import Address, UnparsedAddressInputs
from pants.engine.target import Targets

from go_static.engine.compat import implicitly, resolve_targets
from go_static.targets.addresses import generator_address


async def targets_at(
    addresses: Iterable[str], origin: str, relative_to: Address | None = None
) -> Targets:
    """The targets at these addresses; `origin` says where they are written, for errors."""
    return await resolve_targets(
        **implicitly(
            UnparsedAddressInputs(
                addresses, owning_address=relative_to, description_of_origin=origin
            )
        )
    )


async def named_targets(field: str, address: Address, values: Iterable[str]) -> Targets:
    """The targets that `values` name, which are those of a field of the target at `address`."""
    origin = f"the `{field}` field of {generator_address(address)}"
    return await targets_at(values, origin, relative_to=address)
