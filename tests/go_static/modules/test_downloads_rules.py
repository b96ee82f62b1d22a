"""Modules come from the caller's proxy, and fit go.sum."""

from __future__ import annotations

from go_static.modules.downloads import GoDownloadError
from go_static_testing.download_site import MODULE, Site, download, through, write_module
from go_static_testing.engine import Repository


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


def test_a_workspace_downloads_the_requirements_of_all_its_modules(
    repository: Repository, site: Site
) -> None:
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
