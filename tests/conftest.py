"""How the tests are shared out to processes, where `./run-tests` starts several (see its header).

What takes long is made once for many tests: an engine for all of go_static, and the fixtures of a
module. So a process takes all of a directory at once, or a file of elf_static or end_to_end. The
session's pantsd is there once in each process.
"""

from __future__ import annotations

import tempfile

import hypothesis
import hypothesis.configuration
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

import run_directory

# What takes longest starts first, or one process would end long after the others.
LONGEST_FIRST = (
    # Fork bombs: before all tests of programs that have to end in time.
    "tests/elf_static/scratch/test_scratch_escapes.py",
    "tests/go_static",
    "tests/wheels",
    "tests/end_to_end/test_examples.py",
    "tests/launcher",
    "tests/end_to_end/test_remote_execution.py",
    "tests/end_to_end/test_faults_of_the_machine.py",
    "tests/end_to_end/test_migrate_from_pants_go.py",
    "tests/end_to_end/test_codegen.py",
    "tests/end_to_end/test_remote_cache.py",
    "tests/end_to_end/test_remote_cache_faults.py",
    "tests/elf_static/archives/test_hostile_archives.py",
    "tests/elf_static/test_held_out.py",
    "tests/end_to_end/test_go_versions.py",
    "tests/elf_static/test_corpus.py",
    "tests/fuzzing",
    "tests/end_to_end/test_modules.py",
    "tests/end_to_end/test_incremental.py",
    "tests/end_to_end/test_air_gap.py",
    "tests/end_to_end/test_ci_page.py",
    "tests/elf_static/test_inert_outputs.py",
    "tests/elf_static/test_limits.py",
    "tests/end_to_end/test_private_git.py",
    "tests/end_to_end/test_goals.py",
    "tests/elf_static/judge/test_hardening.py",
    "tests/end_to_end/test_performance_page.py",
    "tests/end_to_end/test_surroundings.py",
)

BY_FILE = ("tests/elf_static", "tests/end_to_end")
# A program has seconds to end, which a thousand sessions of a fork bomb may take from it. The heavy
# example is built once for two files, and a pantsd with other backends starts once.
WITH_ANOTHER = {
    "tests/elf_static/scratch/test_scratch.py": "tests/elf_static/scratch/test_scratch_escapes.py",
    "tests/end_to_end/test_sbom.py": "tests/end_to_end/test_examples.py",
    "tests/end_to_end/test_format_and_vet.py": "tests/end_to_end/test_migrate_from_pants_go.py",
    "tests/end_to_end/test_elf_test.py": "tests/end_to_end/test_codegen.py",
    "tests/end_to_end/test_packages.py": "tests/end_to_end/test_codegen.py",
}


def unit(nodeid: str) -> str:
    """What a test is run together with: its directory in tests/, or its file."""
    file = nodeid.partition("::")[0]
    directory = "/".join(file.split("/")[:-1][:2])
    return WITH_ANOTHER.get(file, file) if directory in BY_FILE else directory


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--all-releases",
        action="store_true",
        help="test every Go release, every platform and all damaged files, not only some of them",
    )


class Units(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types.
    def _split_scope(self, nodeid: str) -> str:
        return unit(nodeid)

    def _reschedule(self, node: WorkerController) -> None:
        # A process starts its last test when it knows the next one. xdist hands out a unit one test
        # earlier, which another process, with nothing left to do, may wait for.
        if self.workqueue and self._pending_of(self.assigned_work[node]) > 1:
            return
        super()._reschedule(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Units:
    # The order is that of `pytest_collection_modifyitems`, not the number of tests.
    config.option.loadscopereorder = False
    return Units(config, log)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Otherwise, names of tests have up to 8 MB, which all processes and reports repeat."""
    return argname if isinstance(val, (str, bytes)) and len(val) > 100 else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        # An engine takes seconds to start, and a real Go compiles a part of the standard library.
        if not {"go", "oracle", "rule_runner"}.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)

    def place(item: pytest.Item) -> int:
        name = unit(item.nodeid)
        return LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST)

    items.sort(key=place)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    run_directory.configure(config)
    config.addinivalue_line("markers", "slow: takes seconds; `./run-tests fast` leaves it out")
    # The same examples in every run, and nothing that is left in the tree.
    hypothesis.settings.register_profile("tests", deadline=None, database=None, derandomize=True)
    hypothesis.settings.load_profile("tests")
    hypothesis.configuration.set_hypothesis_home_dir(tempfile.mkdtemp(prefix="hypothesis_"))
