"""A module proxy in a directory, for `GOPROXY=file://…` (https://go.dev/ref/mod#goproxy-protocol)."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from run_files import published_modules


@dataclass(frozen=True)
class ModuleProxy:
    root: Path

    @property
    def url(self) -> str:
        return self.root.as_uri()

    def publish(self, module: str, version: str, files: Mapping[str, str]) -> None:
        """Add one version of a module, with a generated go.mod if `files` has none.

        :raises AssertionError: another proxy of this run has that version with other contents. The
        tests of all processes share Go's module cache, which keeps the first contents of a version.
        """
        files = with_go_mod(module, files)
        contents = go_sum(module, version, files)
        before, where = _first_published(module, version, contents, self.root)
        assert before == contents or where == str(self.root), (
            f"{where} has {module}@{version} with other contents: name the module otherwise"
        )
        directory = self.root / _escaped(module) / "@v"
        directory.mkdir(parents=True, exist_ok=True)
        with (directory / "list").open("a") as versions:
            versions.write(f"{version}\n")
        info = {"Version": version, "Time": "2020-01-01T00:00:00Z"}
        (directory / f"{version}.info").write_text(json.dumps(info))
        (directory / f"{version}.mod").write_text(files["go.mod"])
        with zipfile.ZipFile(directory / f"{version}.zip", "w") as archive:
            for name, content in files.items():
                archive.writestr(f"{module}@{version}/{name}", content)


def _first_published(module: str, version: str, contents: str, root: Path) -> tuple[str, str]:
    """What the run's first proxy with that version has, and where that proxy is."""
    if (shared := published_modules()) is None:
        return contents, str(root)
    record = shared / quote(f"{module}@{version}", safe="")
    with tempfile.NamedTemporaryFile("w", dir=shared, suffix=".new") as made:
        json.dump([contents, str(root)], made)
        made.flush()
        with contextlib.suppress(FileExistsError):
            os.link(made.name, record)
    before, where = json.loads(record.read_text())
    return before, where


def with_go_mod(module: str, files: Mapping[str, str]) -> dict[str, str]:
    """The files of a module, with a generated go.mod if there is none."""
    return {"go.mod": f"module {module}\n\ngo 1.21\n", **files}


def go_sum(module: str, version: str, files: Mapping[str, str]) -> str:
    """The two lines of go.sum for a module with these files (golang.org/x/mod/sumdb/dirhash)."""
    files = with_go_mod(module, files)
    of_zip = _h1({f"{module}@{version}/{name}": content for name, content in files.items()})
    of_go_mod = _h1({"go.mod": files["go.mod"]})
    return f"{module} {version} {of_zip}\n{module} {version}/go.mod {of_go_mod}\n"


def _h1(files: Mapping[str, str]) -> str:
    lines = [
        f"{hashlib.sha256(content.encode()).hexdigest()}  {name}\n"
        for name, content in sorted(files.items())
    ]
    return "h1:" + base64.b64encode(hashlib.sha256("".join(lines).encode()).digest()).decode()


def _escaped(module: str) -> str:
    return "".join(f"!{c.lower()}" if c.isupper() else c for c in module)
