"""Cross builds: a static file for the right machine.

`--all-releases` tests every platform, with a program that uses the network. By default, these are
some that differ most, and only the foreign system's program does.
"""

from __future__ import annotations

import pytest

from end_to_end.elf import Binary
from end_to_end.programs import network_program, tiny_program
from end_to_end.repository import Repository

MACHINES = {
    "linux/386": "Intel 80386",
    "linux/amd64": "Advanced Micro Devices X86-64",
    "linux/arm": "ARM",
    "linux/arm64": "AArch64",
    "linux/ppc64le": "PowerPC64",
    "linux/riscv64": "RISC-V",
    "linux/s390x": "IBM S/390",
    "freebsd/amd64": "Advanced Micro Devices X86-64",
    "freebsd/arm64": "AArch64",
    "netbsd/amd64": "Advanced Micro Devices X86-64",
    "netbsd/arm64": "AArch64",
}
# Another system, 32 and 64 bits, and both byte orders.
SOME = ("linux/386", "linux/amd64", "linux/s390x", "freebsd/arm64")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "platform" in metafunc.fixturenames:
        every = metafunc.config.getoption("all_releases")
        metafunc.parametrize("platform", MACHINES if every else SOME)


@pytest.fixture(scope="module")
def packaged(shared_repository: Repository, pytestconfig: pytest.Config) -> Repository:
    every = pytestconfig.getoption("all_releases")
    names: dict[str, list[str]] = {}
    for platform in MACHINES if every else SOME:
        goos, _, goarch = platform.partition("/")
        names.setdefault(goos, []).append(goarch)
    mains = {} if every else {"linux": "tiny"}
    build = "".join(
        f"go_static_binary(name={goos!r}, goos={goos!r}, main={mains.get(goos, '.')!r}, "
        f"goarch=parametrize({', '.join(map(repr, architectures))}))\n"
        for goos, architectures in names.items()
    )
    shared_repository.write(network_program("platforms", build))
    shared_repository.write({"platforms/tiny/main.go": tiny_program("tiny")["tiny/main.go"]})
    shared_repository.pants("package", "platforms::").succeeded()
    return shared_repository


def test_a_cross_build_is_static_and_for_the_requested_machine(
    platform: str, packaged: Repository
) -> None:
    goos, _, goarch = platform.partition("/")

    binary = Binary.read(packaged.dist[f"platforms/{goos}@goarch={goarch}"], packaged.toolbox.go)

    binary.assert_static()
    assert binary.machine == MACHINES[platform]
    assert (binary.build["GOOS"], binary.build["GOARCH"]) == (goos, goarch)
