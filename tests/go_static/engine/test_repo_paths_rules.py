"""A path of a BUILD file that leads out of the repository is an error, and ends nothing else."""

from __future__ import annotations

import pytest

from go_static_testing.engine import Repository


@pytest.mark.parametrize("main", ["/etc", "../..", "/"])
def test_a_main_outside_of_the_repository_ends_no_goal_that_looks_at_the_graph(
    repository: Repository, main: str
) -> None:
    """`package` says what is wrong."""
    repository.write(
        {
            "m/BUILD": f'go_module(name="mod")\ngo_static_binary(name="it", main="{main}")\n',
            "m/go.mod": "module example.com/m\n\ngo 1.21\n",
            "go.mod": "module example.com/m\n\ngo 1.21\n",
        }
    )
    assert repository.dependencies("m:it#binary") == []
