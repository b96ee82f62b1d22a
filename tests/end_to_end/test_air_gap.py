"""Without a network: what is in caches or a vendor directory is enough, the rest is an error."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

from end_to_end.desk import FROM_A_PROXY, WITHOUT_NETWORK, Desk, program, ran, samples
from end_to_end.repository import Repository
from go_static_testing.servers import ModuleSite


def without_network(repository: Repository) -> Repository:
    """The same repository, with a Pants that runs where there is no network at all."""
    script = repository.root.parent / "pants-without-network"
    script.write_text(
        f'#!/bin/sh\nexec unshare --map-root-user --net "{repository.toolbox.pants}" "$@"\n'
    )
    script.chmod(0o755)
    return dataclasses.replace(
        repository, toolbox=dataclasses.replace(repository.toolbox, pants=script)
    )


def test_after_the_first_download_a_machine_needs_no_network(
    repository: Repository, desk: Desk, tmp_path: Path
) -> None:
    module = desk.module("corp.example.com")
    desk.publish(module)
    desk.network.sites["goproxy.example.com"] = ModuleSite(desk.modules)
    repository.write(program(module))
    desk.follow(samples(FROM_A_PROXY)[0])
    alone = without_network(repository)

    desk.package(alone).failed_with("connect: network is unreachable")
    desk.package(repository).succeeded()
    repository.write({"m/other.go": "package main\n"})
    changed = desk.package(alone).succeeded()
    assert changed.built == ("m:m for linux/amd64",)

    # And with nothing but the downloaded modules: the store is a new one.
    desk.follow(*samples(WITHOUT_NETWORK))
    repository.write({"m/other.go": "package main\n\nvar X int\n"})
    shutil.rmtree(repository.root / "dist")
    desk.package(alone, f"--local-store-dir={tmp_path / 'store'}").succeeded()
    assert ran(repository) == module.path


def test_a_vendor_directory_needs_no_network_at_any_time(
    repository: Repository, desk: Desk
) -> None:
    module = desk.module("corp.example.com")
    files = program(module)
    del files["m/go.sum"]
    repository.write(
        {
            **files,
            "m/vendor/modules.txt": (
                f"# {module.path} v1.0.0\n## explicit; go 1.21\n{module.path}\n"
            ),
            f"m/vendor/{module.path}/lib.go": module.files["lib.go"],
        }
    )
    desk.follow(*samples(WITHOUT_NETWORK))

    desk.package(without_network(repository)).succeeded()

    assert ran(repository) == module.path


def test_without_a_network_a_missing_module_is_an_error_that_names_the_setting(
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
