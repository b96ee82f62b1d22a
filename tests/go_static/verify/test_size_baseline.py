"""The fields that limit the growth of a binary."""

from __future__ import annotations

import pytest
from pants.engine.addresses import Address
from pants.engine.target import InvalidFieldException

from end_to_end.errors_page import documented
from go_static.verify.size_baseline import SizeLimit, size_limit

ADDRESS = Address("bad", target_name="it", generated_name="elf_static_test")


def test_the_fields_become_arguments() -> None:
    assert size_limit(ADDRESS, None, None) is None
    limit = size_limit(ADDRESS, "sizes.json", None)
    update = "pants go-static-size-baseline bad:it"
    assert limit == SizeLimit("bad/sizes.json", "5%", update)
    assert limit.arguments == (
        "--size-baseline=bad/sizes.json",
        "--size-growth-max=5%",
        f"--size-update={update}",
    )
    assert size_limit(ADDRESS, "//sizes.json", "200KB") == SizeLimit("sizes.json", "200KB", update)


@pytest.mark.parametrize("path", ["../../sizes.json", "/sizes.json", "//", "sizes/", "//.."])
def test_a_baseline_is_a_file_in_the_repository(path: str) -> None:
    with pytest.raises(InvalidFieldException) as raised:
        size_limit(ADDRESS, path, None)
    assert str(raised.value) == (
        f"bad:it: size_baseline=`{path}` is not a file in the repository. Give a path "
        'relative to the BUILD file, such as "sizes.json", or `//path` from the repository\'s root.'
    )


def test_a_limit_needs_a_baseline_and_a_size() -> None:
    with pytest.raises(InvalidFieldException) as raised:
        size_limit(ADDRESS, None, "2%")
    for part in documented("a limit on growth without a baseline"):
        assert part in str(raised.value)
    with pytest.raises(InvalidFieldException) as raised:
        size_limit(ADDRESS, "sizes.json", "2 percent")
    for part in documented("a limit on growth that is neither a size nor a percentage"):
        assert part in str(raised.value)
