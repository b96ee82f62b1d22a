"""Addresses as users write them, and the directories that they name."""

from __future__ import annotations

from pants.engine.addresses import Address

from go_static.engine import repo_paths


def generator_address(address: Address) -> str:
    """A generated target as users write it: `dir:agent@goarch=arm64`, not `dir:agent#binary@…`."""
    parameters = getattr(address, "parameters_repr", "")
    return f"{address.maybe_convert_to_target_generator().spec.partition('@')[0]}{parameters}"


def package_directory(address: Address) -> str:
    """The directory of a package that a `go_module` generates a target for."""
    return repo_paths.join(address.spec_path, address.generated_name or ".")
