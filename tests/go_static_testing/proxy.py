"""A module proxy in a directory, for `GOPROXY=file://…` (https://go.dev/ref/mod#goproxy-protocol)."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ModuleProxy:
    root: Path

    @property
    def url(self) -> str:
        return self.root.as_uri()

    def publish(self, module: str, version: str, files: Mapping[str, str]) -> None:
        """Add one version of a module; a go.mod is made where `files` has none."""
        go_mod = files.get("go.mod", f"module {module}\n\ngo 1.21\n")
        directory = self.root / _escaped(module) / "@v"
        directory.mkdir(parents=True, exist_ok=True)
        with (directory / "list").open("a") as versions:
            versions.write(f"{version}\n")
        info = {"Version": version, "Time": "2020-01-01T00:00:00Z"}
        (directory / f"{version}.info").write_text(json.dumps(info))
        (directory / f"{version}.mod").write_text(go_mod)
        with zipfile.ZipFile(directory / f"{version}.zip", "w") as archive:
            for name, content in {"go.mod": go_mod, **files}.items():
                archive.writestr(f"{module}@{version}/{name}", content)


def _escaped(module: str) -> str:
    return "".join(f"!{c.lower()}" if c.isupper() else c for c in module)
