"""Without a network, a full cache or a vendor directory is enough; anything missing is an error."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

from end_to_end.desk import FROM_A_PROXY, WITHOUT_NETWORK, Desk, Module, program, ran, samples
from end_to_end.repository import Repository
from go_static_testing.servers import ModuleSite


def without_network(repository: Repository) -> Repository:
    """The same repository, with a Pants that runs without any network."""
    script = repository.root.parent / "pants-without-network"
    script.write_text(
        f'#!/bin/sh\nexec unshare --map-root-user --net "{repository.toolbox.pants}" "$@"\n'
    )
    script.chmod(0o755)
    return dataclasses.replace(
        repository, toolbox=dataclasses.replace(repository.toolbox, pants=script)
    )


def test_a_full_cache_or_a_vendor_directory_needs_no_network(
    repository: Repository, project: Repository, desk: Desk, tmp_path: Path
) -> None:
    module = desk.module("corp.example.com")
    desk.publish(module)
    desk.network.sites["goproxy.example.com"] = ModuleSite(desk.modules)
    repository.write(program(module))
    desk.follow(samples(FROM_A_PROXY)[0])
    alone = without_network(repository)

    desk.package(alone).failed_with("connect: network is unreachable")
    # Another repository on this machine.
    project.write(program(module))
    desk.package(project).succeeded()
    repository.write({"m/other.go": "package main\n"})
    changed = desk.package(alone).succeeded()
    assert changed.built == ("m:m for linux/amd64",)

    # With a new store, only the downloaded modules are left; and those in a vendor directory.
    vendored = desk.module("corp.example.com", "vendored")
    desk.follow(*samples(WITHOUT_NETWORK))
    repository.write({"m/other.go": "package main\n\nvar X int\n", **vendoring(vendored)})
    shutil.rmtree(repository.root / "dist")
    desk.package(alone, f"--local-store-dir={tmp_path / 'store'}").succeeded()
    assert ran(repository) == module.path
    assert repository.run(repository.dist["m.v/v"]).strip() == vendored.path


def vendoring(module: Module) -> dict[str, str]:
    """The same program in `m/v`, with its module in a vendor directory, and no go.sum."""
    files = {name.replace("m/", "m/v/", 1): text for name, text in program(module).items()}
    del files["m/v/go.sum"]
    return {
        **files,
        "m/v/vendor/modules.txt": f"# {module.path} v1.0.0\n## explicit; go 1.21\n{module.path}\n",
        f"m/v/vendor/{module.path}/lib.go": module.files["lib.go"],
    }


def test_a_missing_module_without_a_network_is_an_error_that_names_the_setting(
    project: Repository, desk: Desk
) -> None:
    module = desk.module("corp.example.com")
    project.write(program(module))
    desk.follow(*samples(WITHOUT_NETWORK))

    desk.package(project).failed_with(
        f"{module.path}@v1.0.0: module lookup disabled by GOPROXY=off",
        "GOPROXY=off allows no download, and the module is in no cache on this machine.",
        "commit a vendor directory (`go mod vendor`)",
    )

    assert desk.network.visits == []
