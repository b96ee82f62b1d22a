"""A static and a dynamic program, small enough to be packed many times."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def static(named: dict[str, Path]) -> bytes:
    return named["alone"].read_bytes()


@pytest.fixture(scope="session")
def dynamic(named: dict[str, Path]) -> bytes:
    return named["dynamic"].read_bytes()
