"""Modules to download, and the rules that download them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from go_static_testing.engine import Repository
from go_static_testing.go_tool import GoTool
from go_static_testing.helpers import Downloaded, InputsOf
from go_static_testing.proxy import ModuleProxy

MODULE = 'go_module(name="mod")\n'


@dataclass
class Site:
    """A proxy with modules under a name of its own: tests share the module cache."""

    proxy: ModuleProxy
    go: GoTool
    name: str
    scratch: Path

    def publish(self, name: str, version: str, files: Mapping[str, str]) -> None:
        self.proxy.publish(f"{self.name}/{name}", version, files)

    def tidy(self, go_mod: str, sources: Mapping[str, str]) -> dict[str, str]:
        """The sources, with the go.mod and go.sum that `go mod tidy` writes."""
        self.scratch.mkdir()
        for name, content in {"go.mod": go_mod, **sources}.items():
            file = self.scratch / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        self.go.output(
            "mod",
            "tidy",
            cwd=self.scratch,
            env={
                "GOPROXY": self.proxy.url,
                "GOMODCACHE": str(self.scratch.parent / "modules"),
                "GOFLAGS": "-modcacherw",
            },
        )
        tidied = {name: (self.scratch / name).read_text() for name in ("go.mod", "go.sum")}
        return {**sources, **tidied}


def write_module(repository: Repository, files: Mapping[str, str]) -> None:
    repository.write({"m/BUILD": MODULE, **{f"m/{name}": text for name, text in files.items()}})


def download(repository: Repository, directory: str = "m") -> list[str]:
    return repository.files(repository.request(Downloaded, InputsOf(directory)).digest)


def through(site: Site, **more: str) -> dict[str, str]:
    """The caller's environment, with the proxy."""
    return {"GOPROXY": site.proxy.url, "GOSUMDB": "off", **more}
