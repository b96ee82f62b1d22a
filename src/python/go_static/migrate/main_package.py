"""The main package of a `go_binary` as the field `main` of a `go_static_binary`."""

from __future__ import annotations

from go_static.engine import repo_paths


class UnclearError(Exception):
    """A field has no counterpart. The text says why."""


def main_of_address(address: str, directory: str) -> str:
    """Convert `main` of a `go_binary`, the address of a package, to `main` of a `go_static_binary`
    in `directory`.

    :raises UnclearError: the address does not name a known package.
    """
    path, _, generated = address.partition("#")
    if "@" in address or path.startswith("."):
        raise UnclearError(f"main=`{address}` is not the address of a known package")
    path = path.rpartition(":")[0] if ":" in path else path
    # Only an address that begins with a colon is relative to the BUILD file.
    of_package = directory if address.startswith(":") else path.lstrip("/")
    if generated:
        # A package of a required module. The address names the go.mod that requires it.
        if not repo_paths.is_below(directory, of_package):
            raise UnclearError(
                f"main=`{address}` is in a module that is not above this BUILD file; move the "
                "target next to its go.mod"
            )
        return generated
    return repo_paths.main_field(of_package, directory)
