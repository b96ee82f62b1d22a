"""Addresses as users write them."""

from __future__ import annotations

from pants.engine.addresses import Address


def generator_address(address: Address) -> str:
    """A generated target as users write it: `dir:agent@goarch=arm64`, not `dir:agent#binary@…`."""
    parameters = getattr(address, "parameters_repr", "")
    return f"{address.maybe_convert_to_target_generator().spec.partition('@')[0]}{parameters}"
