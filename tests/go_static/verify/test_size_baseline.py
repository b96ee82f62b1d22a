"""The fields that limit the growth of a binary."""

from __future__ import annotations

import pytest
from pants.engine.addresses import Address
from pants.engine.target import InvalidFieldException

from go_static.verify.size_baseline import SizeLimit, size_limit

ADDRESS = Address("src/agent", target_name="agent", generated_name="elf_static_test")


def test_the_fields_become_arguments() -> None:
    assert size_limit(ADDRESS, None, None) is None
    limit = size_limit(ADDRESS, "sizes.json", None)
    update = "pants go-static-size-baseline src/agent:agent"
    assert limit == SizeLimit("src/agent/sizes.json", "5%", update)
    assert limit.arguments == (
        "--size-baseline=src/agent/sizes.json",
        "--size-growth-max=5%",
        f"--size-update={update}",
    )
    assert size_limit(ADDRESS, "//sizes.json", "200KB") == SizeLimit("sizes.json", "200KB", update)


@pytest.mark.parametrize("path", ["../../../sizes.json", "/sizes.json", "//", "sizes/", "//.."])
def test_a_baseline_is_a_file_in_the_repository(path: str) -> None:
    with pytest.raises(InvalidFieldException) as raised:
        size_limit(ADDRESS, path, None)
    assert str(raised.value) == (
        f"src/agent:agent: size_baseline=`{path}` is not a file in the repository. Give a path "
        'relative to the BUILD file, such as "sizes.json", or `//path` from the repository\'s root.'
    )


def test_a_limit_needs_a_baseline_and_a_size() -> None:
    with pytest.raises(InvalidFieldException) as raised:
        size_limit(ADDRESS, None, "2%")
    assert str(raised.value) == (
        "src/agent:agent: size_growth_max=`2%` has no effect without a baseline to compare with. "
        'Add one, such as `size_baseline="sizes.json"`.'
    )
    with pytest.raises(InvalidFieldException) as raised:
        size_limit(ADDRESS, "sizes.json", "2 percent")
    assert str(raised.value) == (
        "src/agent:agent: size_growth_max=`2 percent` is not a limit on growth. Use a size such as "
        '"200KB" or "1.5 MiB", or a part of the old size such as "2%". "0" allows no growth.'
    )
