"""The supply-chain record that `package` writes next to a binary, with a real Pants."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from spdx_tools.spdx.model import Document, RelationshipType

from end_to_end.repository import Repository
from go_sbom_testing.licences import MIT
from go_sbom_testing.validators import read_cyclonedx, read_spdx
from go_static.engine.python_program import package_location
from go_static.sbom.write_sbom import PROGRAMS
from go_static_testing.proxy import ModuleProxy, go_sum

# The well-known licences of these modules.
WELL_KNOWN = {
    "github.com/cilium/ebpf": "MIT",
    "github.com/davecgh/go-spew": "ISC",
    "github.com/google/uuid": "BSD-3-Clause",
    "github.com/pmezard/go-difflib": "BSD-3-Clause",
    "github.com/prometheus/client_golang": "Apache-2.0",
    "golang.org/x/net": "BSD-3-Clause",
    "google.golang.org/grpc": "Apache-2.0",
    "google.golang.org/protobuf": "BSD-3-Clause",
    "k8s.io/api": "Apache-2.0",
    "k8s.io/client-go": "Apache-2.0",
}

# Modules with files that need review, and the licences in these files.
TO_BE_READ = {
    "go.yaml.in/yaml/v2": {"MIT"},
    "go.yaml.in/yaml/v3": {"Apache-2.0", "MIT"},
    "gopkg.in/yaml.v3": {"Apache-2.0", "MIT"},
    "sigs.k8s.io/json": {"Apache-2.0", "BSD-3-Clause"},
    "sigs.k8s.io/yaml": {"Apache-2.0", "BSD-3-Clause", "MIT"},
}


def libraries(directory: Path) -> dict[str, str]:
    """For another Pants: the libraries, which its users install as plugins."""
    if "PANTS_EXE" not in os.environ:
        return {}
    for program in PROGRAMS.values():
        for package in {name.partition("/")[0] for name in program.packages}:
            found = Path(package_location(program, package))
            link = directory / found.name
            if package not in ("elf_static", "go_sbom") and not link.exists():
                link.symlink_to(found)
    return {"PANTS_PYTHONPATH": f"+['{directory}']"}


@pytest.fixture(scope="module")
def shared(
    shared_repository: Repository, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Repository]:
    """The session's repository, with the libraries installed."""
    before = dict(shared_repository.environment)
    shared_repository.environment.update(libraries(tmp_path_factory.mktemp("libraries")))
    yield shared_repository
    shared_repository.environment.clear()
    shared_repository.environment.update(before)


@pytest.fixture(scope="module")
def agent(shared: Repository, examples: Path) -> Iterator[Path]:
    """The binary of the heavy example, with a document in each format next to it."""
    shared.clear()
    # Built as in other tests, so that the binary is cached.
    shared.copy(examples / "agent", "go/agent")
    for form in PROGRAMS:
        shared.write({"go/agent/cmd/agent/BUILD": f'go_static_binary(sbom="{form}")\n'})
        shared.pants("package", "go/agent/cmd/agent").succeeded()
    yield shared.dist["go.agent.cmd.agent/agent"]
    shared.clear()


def version_lines(binary: Path, go: Path) -> list[list[str]]:
    """The modules that `go version -m` prints."""
    said = subprocess.run([go, "version", "-m", binary], capture_output=True, text=True, check=True)
    lines = [line.strip().split("\t") for line in said.stdout.splitlines()[1:]]
    return [line for line in lines if line[0] in ("mod", "dep", "=>", "build")]


def cyclonedx(binary: Path) -> dict[str, Any]:
    return read_cyclonedx(binary.with_name(f"{binary.name}.cdx.json"))


def spdx(binary: Path) -> Document:
    return read_spdx(binary.with_name(f"{binary.name}.spdx.json"))


def declared(component: dict[str, Any]) -> set[str]:
    licences = [choice["license"] for choice in component.get("licenses", [])]
    return {licence.get("id", "") for licence in licences}


def test_the_record_lists_every_module_of_the_heavy_binary(agent: Path, shared: Repository) -> None:
    lines = version_lines(agent, shared.toolbox.go)
    modules = {
        (path, version): sum_ for _, path, version, sum_ in (x for x in lines if len(x) == 4)
    }
    assert len(modules) == len([line for line in lines if line[0] == "dep"]) >= 50

    document = cyclonedx(agent)
    *components, standard_library = document["components"]
    assert standard_library["name"] == "stdlib"
    for component in components:
        properties = {p["name"]: p["value"] for p in component["properties"]}
        sum_ = modules.pop((component["name"], component["version"]))
        assert properties["pants-go-static:go.sum"] == sum_
        assert component["purl"] == f"pkg:golang/{component['name']}@{component['version']}"
    assert not modules

    main = document["metadata"]["component"]
    content = hashlib.sha256(agent.read_bytes()).hexdigest()
    assert main["hashes"] == [{"alg": "SHA-256", "content": content}]
    settings = {p["name"]: p["value"] for p in main["properties"]}
    for line in lines:
        if line[0] == "build":
            key, _, value = line[1].partition("=")
            assert settings[f"pants-go-static:build:{key}"] == value.strip('"')


def test_both_formats_have_the_same_contents(agent: Path) -> None:
    components = cyclonedx(agent)["components"]
    document = spdx(agent)
    packages = {package.name: package for package in document.packages}
    main = packages.pop("example.com/agent/cmd/agent")
    assert set(packages) == {component["name"] for component in components}
    for component in components:
        package = packages[component["name"]]
        assert package.version == component["version"]
        assert package.external_references[0].locator == component["purl"]
        (*ids,) = declared(component)
        if len(ids) == 1 and ids[0]:
            assert str(package.license_declared) == ids[0]
    names = {package.spdx_id: package.name for package in document.packages}
    edges = {
        (names[r.spdx_element_id], names[str(r.related_spdx_element_id)])
        for r in document.relationships
        if r.relationship_type == RelationshipType.DEPENDS_ON
    }
    urls = {component["bom-ref"]: component["name"] for component in components}
    described = cyclonedx(agent)
    urls[described["metadata"]["component"]["bom-ref"]] = main.name
    assert edges == {
        (urls[dependency["ref"]], urls[other])
        for dependency in described["dependencies"]
        for other in dependency.get("dependsOn", ())
    }


def test_the_licences_of_the_heavy_binary_are_identified(agent: Path) -> None:
    components = {component["name"]: component for component in cyclonedx(agent)["components"]}
    for name, licence in WELL_KNOWN.items():
        assert declared(components[name]) == {licence}
    for name, component in components.items():
        if name in TO_BE_READ:
            evidence = {choice["license"]["id"] for choice in component["evidence"]["licenses"]}
            assert evidence >= TO_BE_READ[name]
            (to_be_read,) = (c["license"] for c in component["licenses"] if "name" in c["license"])
            assert "Copyright" in to_be_read["text"]["content"]
        else:
            assert len(declared(component)) == 1
            assert "" not in declared(component), name


def test_modules_depend_on_each_other_as_their_packages_import(
    agent: Path, shared: Repository
) -> None:
    """Compares with the imports that plain `go` lists for each package in the binary."""
    document = cyclonedx(agent)
    names = {component["bom-ref"]: component["name"] for component in document["components"]}
    names[document["metadata"]["component"]["bom-ref"]] = "example.com/agent"
    found = {
        (names[dependency["ref"]], names[other])
        for dependency in document["dependencies"]
        for other in dependency.get("dependsOn", ())
    }
    # The modules, from the caches.
    cache = shared.toolbox.caches / "named" / "go_static_mod"
    template = (
        "{{with .Module}}{{.Path}}{{else}}stdlib{{end}} {{.ImportPath}}"
        "{{range .Imports}} {{.}}{{end}}"
    )
    listed = shared.go(
        *("list", "-deps", "-tags=netgo,osusergo", "-f", template, "./cmd/agent"),
        cwd="go/agent",
        env={
            **{"CGO_ENABLED": "0", "GOOS": "linux", "GOARCH": "amd64", "GOWORK": "off"},
            **{"GOFLAGS": "-mod=mod", "GOMODCACHE": str(cache), "GOPROXY": "off", "GOSUMDB": "off"},
        },
    )
    assert listed.returncode == 0, listed.stderr
    packages = [line.split() for line in listed.stdout.splitlines()]
    module_of = {line[1]: line[0] for line in packages}
    expected = {
        (module, module_of.get(imported, "stdlib"))
        for module, _, *imports in packages
        for imported in imports
        if module != "stdlib" and module_of.get(imported, "stdlib") != module
    }
    assert found == expected


@pytest.fixture
def proxy(tmp_path: Path) -> ModuleProxy:
    return ModuleProxy(tmp_path / "proxy")


def program(proxy: ModuleProxy) -> dict[str, str]:
    """A small program with a module from a proxy."""
    files = {"lib.go": 'package lib\n\nconst Text = "lib"\n', "LICENSE": MIT}
    proxy.publish("example.com/recorded", "v1.0.0", files)
    return {
        "m/go.mod": "module example.com/m\n\ngo 1.21\n\nrequire example.com/recorded v1.0.0\n",
        "m/go.sum": go_sum("example.com/recorded", "v1.0.0", files),
        "m/main.go": (
            'package main\n\nimport "example.com/recorded"\n\nfunc main() { println(lib.Text) }\n'
        ),
        "m/BUILD": (
            'go_module(name="mod")\n\ngo_static_binary(sbom=parametrize("cyclonedx", "spdx"))\n'
        ),
    }


def test_the_record_has_the_same_bytes_elsewhere_at_another_time(
    shared: Repository, proxy: ModuleProxy, tmp_path: Path, warm_caches: Path
) -> None:
    """Builds in another directory, with other caches, and with other shell settings."""
    shutil.copytree(warm_caches, tmp_path / "caches", symlinks=True)
    elsewhere = Repository.create(
        tmp_path / "a much longer path" / "repository",
        shared.toolbox,
        caches=tmp_path / "caches",
        global_options='pants_workdir = "%(buildroot)s/work"',
    )
    (tmp_path / "libraries").mkdir()
    elsewhere.environment.update(libraries(tmp_path / "libraries"))
    documents = []
    for repository, env in (
        (shared, {}),
        (elsewhere, {"TZ": "Asia/Kolkata", "LANG": "C", "SOURCE_DATE_EPOCH": "1700000000"}),
    ):
        repository.clear()
        repository.write(program(proxy))
        repository.pants(
            "package", "m::", env={"GOPROXY": proxy.url, "GOSUMDB": "off", **env}
        ).succeeded()
        documents.append({n: f.read_bytes() for n, f in repository.dist.items()})
    assert documents[0] == documents[1]
    assert sorted(documents[0]) == [
        "m/m@sbom=cyclonedx",
        "m/m@sbom=cyclonedx.cdx.json",
        "m/m@sbom=spdx",
        "m/m@sbom=spdx.spdx.json",
    ]
    for name in ("m/m@sbom=cyclonedx", "m/m@sbom=spdx"):
        read = cyclonedx if name.endswith("cyclonedx") else spdx
        read(elsewhere.dist[name])
    shared.clear()


def test_an_archive_of_a_binary_also_contains_its_record(shared: Repository) -> None:
    shared.clear()
    shared.write(
        {
            "m/go.mod": "module example.com/m\n\ngo 1.21\n",
            "m/main.go": "package main\n\nfunc main() {}\n",
            "m/BUILD": (
                'go_module(name="mod")\ngo_static_binary(name="it", sbom="spdx")\n'
                'archive(name="all", packages=[":it"], format="tar", output_path="all.tar")\n'
            ),
        }
    )
    shared.pants("package", "m:all").succeeded()
    listed = subprocess.run(
        ["tar", "-tf", shared.dist["all.tar"]], capture_output=True, text=True, check=True
    )
    names = [name for name in listed.stdout.split() if not name.endswith("/")]
    assert sorted(names) == ["m/it", "m/it.spdx.json"]
    shared.clear()
