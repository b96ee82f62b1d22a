"""The caller's settings reach the download, and no credential leaves it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from end_to_end.errors_page import documented
from go_static.modules.downloads import GoDownloadError
from go_static_testing.download_site import Site, download, through, write_module
from go_static_testing.engine import Repository
from go_static_testing.servers import refusing

SECRET = "s3cret"


def unreachable(site: Site) -> dict[str, str]:
    """A module that requires something that no proxy serves."""
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
        "Check that the proxy is reachable and has the module. If the module is private, set "
        f"GOPRIVATE=example.org,{site.name}/gone. `[go-static].subprocess_env_vars` lists the "
        "environment variables that the download sees.",
        never=[f"{site.name}/gone@v1.0.0: {site.name}/gone@v1.0.0"],
    ):
        download(repository)


def test_a_proxy_that_blocks_a_module_is_quoted(repository: Repository, site: Site) -> None:
    write_module(repository, unreachable(site))
    with refusing(403, b"This module version is not available\n") as url:
        repository.configure(env={"GOPROXY": url, "GOSUMDB": "off"})
        with repository.fails(
            GoDownloadError,
            *documented("a proxy that blocks a module"),
            never=("credentials are missing or wrong",),
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


def test_settings_with_quotes_and_line_breaks_are_not_executed(
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
def test_a_variable_that_the_backend_sets_does_not_reach_the_download(
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
