"""Modules come from the caller's proxy, fit go.sum, and bring no credential along."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from go_static.downloads import (
    Downloads,
    GoDownloadError,
    downloads_request,
    git_config_variables,
)
from go_static.module_tree import ModuleTree, ModuleTreeRequest
from go_static.sdk import GoSdk
from go_static.sdk_choice import SdkRequest
from go_static_testing.engine import Repository
from go_static_testing.go_tool import GoTool
from go_static_testing.proxy import ModuleProxy

SECRET = "s3cret"
MODULE = 'go_module(name="mod")\n'


@dataclass
class Site:
    """A proxy with modules under a name of the test's own: the module cache is shared by all."""

    proxy: ModuleProxy
    go: GoTool
    name: str
    scratch: Path

    def publish(self, name: str, version: str, files: Mapping[str, str]) -> None:
        self.proxy.publish(f"{self.name}/{name}", version, files)

    def tidy(self, go_mod: str, sources: Mapping[str, str]) -> dict[str, str]:
        """The go.mod and go.sum that `go mod tidy` makes, and the sources."""
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


@pytest.fixture
def site(proxy: ModuleProxy, go: GoTool, tmp_path: Path) -> Iterator[Site]:
    yield Site(proxy, go, f"{tmp_path.name.replace('_', '-')}.example.com", tmp_path / "scratch")


def write_module(repository: Repository, files: Mapping[str, str]) -> None:
    repository.write({"m/BUILD": MODULE, **{f"m/{name}": text for name, text in files.items()}})


def download(repository: Repository, directory: str = "m") -> list[str]:
    tree = repository.request(ModuleTree, ModuleTreeRequest(directory))
    sdk = repository.request(GoSdk, SdkRequest(tree.go, tree.go_mod_path))
    request = downloads_request(tree, sdk)
    assert request is not None
    return repository.files(repository.request(Downloads, request).digest)


def through(site: Site, **more: str) -> dict[str, str]:
    """The caller's environment with the proxy."""
    return {"GOPROXY": site.proxy.url, "GOSUMDB": "off", **more}


def test_exactly_the_needed_modules_are_downloaded_and_again_from_the_cache_without_a_proxy(
    repository: Repository, site: Site
) -> None:
    site.publish("used", "v1.0.0", {"x.go": "package used\n"})
    # The newer version of what is there is not needed, nor what nobody imports.
    site.publish("used", "v1.1.0", {"x.go": "package used\n"})
    site.publish("unused", "v1.0.0", {"x.go": "package unused\n"})
    write_module(
        repository,
        site.tidy(
            f"module example.com/m\n\ngo 1.21\n\nrequire {site.name}/used v1.0.0\n",
            {"m.go": f'package m\n\nimport _ "{site.name}/used"\n'},
        ),
    )
    expected = [
        f"{site.name}/used/@v/v1.0.0.info",
        f"{site.name}/used/@v/v1.0.0.mod",
        f"{site.name}/used/@v/v1.0.0.zip",
    ]

    repository.configure(env=through(site))
    assert download(repository) == expected
    repository.configure(env={"GOPROXY": "off"})
    assert download(repository) == expected


def test_a_module_path_with_capitals_is_found(repository: Repository, site: Site) -> None:
    site.publish("Big/Mod", "v1.0.0", {"x.go": "package mod\n"})
    write_module(
        repository,
        site.tidy(
            f"module example.com/m\n\ngo 1.21\n\nrequire {site.name}/Big/Mod v1.0.0\n",
            {"m.go": f'package m\n\nimport _ "{site.name}/Big/Mod"\n'},
        ),
    )
    repository.configure(env=through(site))
    assert f"{site.name}/!big/!mod/@v/v1.0.0.zip" in download(repository)


def test_a_module_below_go_1_17_gets_the_go_mod_of_every_version_in_its_graph(
    repository: Repository, site: Site
) -> None:
    old = "module {name}\n\ngo 1.16\n"
    names = {n: f"{site.name}/{n}" for n in ("top", "Middle", "deep")}
    site.publish(
        "deep", "v1.0.0", {"go.mod": old.format(name=names["deep"]), "x.go": "package d\n"}
    )
    site.publish(
        "deep", "v1.1.0", {"go.mod": old.format(name=names["deep"]), "x.go": "package d\n"}
    )
    site.publish(
        "Middle",
        "v1.0.0",
        {
            "go.mod": old.format(name=names["Middle"]) + f"require {names['deep']} v1.0.0\n",
            "x.go": "package m\n",
        },
    )
    site.publish(
        "top",
        "v1.0.0",
        {
            "go.mod": old.format(name=names["top"])
            + f"require (\n\t{names['Middle']} v1.0.0\n\t{names['deep']} v1.1.0\n)\n",
            "x.go": "package t\n",
        },
    )
    write_module(
        repository,
        site.tidy(
            f"module example.com/m\n\ngo 1.16\n\nrequire {names['top']} v1.0.0\n",
            {"m.go": f'package m\n\nimport _ "{names["top"]}"\n'},
        ),
    )
    repository.configure(env=through(site))
    go_mods = {name for name in download(repository) if name.endswith(".mod")}
    assert go_mods >= {
        f"{site.name}/deep/@v/v1.0.0.mod",
        f"{site.name}/deep/@v/v1.1.0.mod",
        f"{site.name}/!middle/@v/v1.0.0.mod",
        f"{site.name}/top/@v/v1.0.0.mod",
    }


def test_a_workspace_downloads_for_all_its_modules(repository: Repository, site: Site) -> None:
    for name in ("a", "b"):
        site.publish(name, "v1.0.0", {"x.go": f"package {name}\n"})
    files = {"go.work": "go 1.21\nuse (\n\t./one\n\t./two\n)\n"}
    for directory, name in (("one", "a"), ("two", "b")):
        scratch = Site(site.proxy, site.go, site.name, site.scratch / directory)
        site.scratch.mkdir(exist_ok=True)
        tidied = scratch.tidy(
            f"module example.com/{directory}\n\ngo 1.21\n\nrequire {site.name}/{name} v1.0.0\n",
            {"m.go": f'package m\n\nimport _ "{site.name}/{name}"\n'},
        )
        files.update({f"{directory}/{file}": text for file, text in tidied.items()})
        files[f"{directory}/BUILD"] = MODULE
    repository.write(files)
    repository.configure(env=through(site))
    zips = [name for name in download(repository, "one") if name.endswith(".zip")]
    assert zips == [f"{site.name}/a/@v/v1.0.0.zip", f"{site.name}/b/@v/v1.0.0.zip"]


def test_a_zip_that_go_sum_does_not_know_is_refused(repository: Repository, site: Site) -> None:
    site.publish("mod", "v1.0.0", {"x.go": "package mod\n"})
    files = site.tidy(
        f"module example.com/m\n\ngo 1.21\n\nrequire {site.name}/mod v1.0.0\n",
        {"m.go": f'package m\n\nimport _ "{site.name}/mod"\n'},
    )
    site.publish("mod", "v1.0.0", {"x.go": "package mod // tampered with\n"})
    write_module(repository, files)
    repository.configure(env=through(site))
    with repository.fails(
        GoDownloadError,
        "Modules that m/go.mod requires could not be downloaded:",
        f"{site.name}/mod@v1.0.0: ",
        "checksum mismatch",
        f"GOPROXY={site.proxy.url}",
    ):
        download(repository)


def unreachable(site: Site) -> dict[str, str]:
    """A module whose go.sum has sums of something that no proxy serves."""
    h1 = "h1:" + "A" * 43 + "="
    return {
        "go.mod": f"module example.com/m\n\ngo 1.21\n\nrequire {site.name}/gone v1.0.0\n",
        "go.sum": f"{site.name}/gone v1.0.0 {h1}\n{site.name}/gone v1.0.0/go.mod {h1}\n",
    }


def test_a_module_that_cannot_be_fetched_is_named_with_the_settings_in_force(
    repository: Repository, site: Site
) -> None:
    write_module(repository, unreachable(site))
    repository.configure(env=through(site, GOPRIVATE="example.org"))
    with repository.fails(
        GoDownloadError,
        "Modules that m/go.mod requires could not be downloaded:",
        f"{site.name}/gone",
        "The settings in force:",
        f"GOPROXY={site.proxy.url}",
        "GOPRIVATE=example.org",
        "GOSUMDB=off",
        "Check that the proxy can be reached and has the module",
        "private modules are named in GOPRIVATE",
        "`[go-static].subprocess_env_vars` says which variables of the shell the download sees.",
    ):
        download(repository)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(
            {"GOPROXY": f"http://user:{SECRET}@127.0.0.1:9"}, id="a password for the module proxy"
        ),
        pytest.param({"GOPROXY": f"http://user:p@{SECRET}@127.0.0.1:9"}, id="a password with an @"),
        pytest.param(
            {"GOPROXY": f"http://user:p%40{SECRET}@127.0.0.1:9"}, id="a password with an escaped @"
        ),
        pytest.param(
            {"GOPROXY": f"http://user:p/{SECRET}@127.0.0.1:9"}, id="a password with a slash"
        ),
        pytest.param(
            {"GOPROXY": f"http://127.0.0.1:9,http://user:{SECRET}@127.0.0.1:9|off"},
            id="a password in a list",
        ),
        pytest.param(
            {"GOPROXY": "http://gone.example.com", "HTTP_PROXY": f"user:{SECRET}@127.0.0.1:9"},
            id="a password for a proxy without a scheme",
        ),
    ],
)
def test_no_credential_is_in_the_error(
    repository: Repository, site: Site, settings: dict[str, str]
) -> None:
    write_module(repository, unreachable(site))
    repository.configure(env={"GOSUMDB": "off", **settings})
    with repository.fails(GoDownloadError, "could not be downloaded", never=(SECRET,)):
        download(repository)


def test_settings_with_quotes_and_line_ends_stay_settings(
    repository: Repository, site: Site, tmp_path: Path
) -> None:
    """The settings reach the download in a script: no value may become a command."""
    write_module(repository, unreachable(site))
    hit = tmp_path / "hit"
    repository.configure(
        env=through(site, NETRC=f"'; touch {hit}; '\n$(touch {hit})\n`touch {hit}`")
    )
    with repository.fails(GoDownloadError, "could not be downloaded"):
        download(repository)
    assert not hit.exists()


@pytest.mark.parametrize(
    ("count", "names"),
    [
        ("1", ("GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_0")),
        ("0", ()),
        ("-1", ()),
        ("many", ()),
    ],
)
def test_the_configuration_of_git_in_numbered_variables_is_looked_up(
    count: str, names: tuple[str, ...]
) -> None:
    assert git_config_variables(count) == names


def test_no_file_with_settings_is_left_behind(
    repository: Repository, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = tmp_path / "private"
    private.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(private))
    write_module(repository, unreachable(site))
    repository.configure(env={"GOPROXY": f"http://user:{SECRET}@127.0.0.1:9"})
    with repository.fails(GoDownloadError):
        download(repository)
    assert os.listdir(private) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GOFLAGS", "-mod=vendor"),
        ("GOMODCACHE", "/nonexistent/elsewhere"),
        ("GOROOT", "/nonexistent/elsewhere"),
        ("GOTOOLCHAIN", "go1.99.0"),
        ("GOWORK", "/nonexistent/go.work"),
        ("GO111MODULE", "off"),
    ],
)
def test_a_variable_that_the_backend_decides_does_not_reach_the_download(
    repository: Repository, site: Site, name: str, value: str
) -> None:
    site.publish("mod", "v1.0.0", {"x.go": "package mod\n"})
    write_module(
        repository,
        site.tidy(
            f"module example.com/m\n\ngo 1.21\n\nrequire {site.name}/mod v1.0.0\n",
            {"m.go": f'package m\n\nimport _ "{site.name}/mod"\n'},
        ),
    )
    repository.configure(
        f"--go-static-subprocess-env-vars=['GOPROXY', 'GOSUMDB', '{name}']",
        env=through(site, **{name: value}),
    )
    assert f"{site.name}/mod/@v/v1.0.0.zip" in download(repository)
