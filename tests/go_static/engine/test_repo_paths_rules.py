"""A path in a BUILD file that leaves the repository is an error, and affects nothing else."""

from __future__ import annotations

import pytest

from go_static_testing.engine import Repository


@pytest.mark.parametrize("main", ["/etc", "../..", "/"])
def test_a_main_outside_the_repository_does_not_stop_goals_that_read_the_graph(
    repository: Repository, main: str
) -> None:
    """`package` reports the error."""
    repository.write(
        {
            "m/BUILD": f'go_module(name="mod")\ngo_static_binary(name="it", main="{main}")\n',
            "m/go.mod": "module example.com/m\n\ngo 1.21\n",
            "go.mod": "module example.com/m\n\ngo 1.21\n",
        }
    )
    assert repository.dependencies("m:it#binary") == []
