"""Marks of the tests of the launcher."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: needs a whole environment of its own to be made")
