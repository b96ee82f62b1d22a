"""Fixtures, made of the parts in tests/go_static_testing."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pants.testutil.rule_runner import RuleRunner

from go_static_testing.built_builder import compiled_builder
from go_static_testing.compiled import fill_shared_caches
from go_static_testing.download_site import Site
from go_static_testing.engine import Repository, make_rule_runner
from go_static_testing.go_tool import GoTool
from go_static_testing.oracle import Oracle
from go_static_testing.proxy import ModuleProxy


@pytest.fixture(scope="session")
def go() -> GoTool:
    """The Go to test with. Without one, all tests that need it fail and say what to do."""
    fill_shared_caches()
    return GoTool.find()


@pytest.fixture(scope="session")
def builder(go: GoTool, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory with the builder, compiled."""
    return compiled_builder(go, tmp_path_factory.mktemp("builder") / "sandbox")


@pytest.fixture(scope="session")
def oracle(go: GoTool, tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    return Oracle.build(go, tmp_path_factory.mktemp("oracle"))


@pytest.fixture(scope="session")
def rule_runner() -> RuleRunner:
    """One engine for all tests: the Go SDK is copied into its store once."""
    return make_rule_runner(fill_shared_caches())


@pytest.fixture
def repository(rule_runner: RuleRunner, go: GoTool) -> Iterator[Repository]:
    """An empty repository of the test's own, with the machine's Go on the PATH."""
    created = Repository(rule_runner, go)
    created.configure()
    yield created
    created.clear()


@pytest.fixture
def proxy(tmp_path: Path) -> ModuleProxy:
    """An empty module proxy."""
    return ModuleProxy(tmp_path / "proxy")


@pytest.fixture
def site(proxy: ModuleProxy, go: GoTool, tmp_path: Path) -> Site:
    """A site of the test's own with modules to download."""
    name = f"{tmp_path.name.replace('_', '-')}-{uuid.uuid4().hex[:8]}.example.com"
    return Site(proxy, go, name, tmp_path / "scratch")


@pytest.fixture(
    params=[
        pytest.param("module (\n", id="a go.mod that cannot be read"),
        pytest.param(
            "module example.com/x\n\nfrobnicate\n", id="a go.mod with an unknown directive"
        ),
        pytest.param("module example.com/x\n\ngo one\n", id="a go line without a version"),
        pytest.param("module example.com/x\n\ngo 1.999\n", id="a future go line"),
    ]
)
def broken_go_mod(request: Any) -> str:
    """A go.mod that must not affect other modules."""
    return str(request.param)
