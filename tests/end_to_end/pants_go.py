"""Repositories that also enable Pants's own Go backend."""

from __future__ import annotations

from pathlib import Path

from end_to_end.go_sdks import OLDEST, go_sdk
from end_to_end.repository import Repository, Toolbox

OURS = "go_static"
PANTSS = ("pants.backend.experimental.go", "pants.backend.experimental.go.lint.vet")


def beside_pants_go(root: Path, toolbox: Toolbox, backends: tuple[str, ...]) -> Repository:
    # Pants 2.17's backend passes the assembler a flag, and names experiments, that newer releases
    # of Go lack.
    paths = f'["{go_sdk(OLDEST)}"]'
    created = Repository.create(
        root,
        toolbox,
        pantsd=True,
        backends=backends,
        options=f"[go-sdk]\nsearch_paths = {paths}\n",
    )
    # Not in pants.toml, where it becomes an error as soon as that backend is removed.
    created.environment["PANTS_GOLANG_GO_SEARCH_PATHS"] = paths
    return created
