"""The `sbom` step for each kind of build, with real builds in a real engine."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from end_to_end.errors_page import documented
from end_to_end.repository import PROJECT
from go_sbom_testing.licences import BSD_3_CLAUSE, ISC, MIT, of_debian
from go_sbom_testing.validators import read_cyclonedx, read_spdx
from go_static.build.build_binary import BuiltBinary
from go_static.engine import python_interpreter, python_program
from go_static.engine.python_program import MissingPackageError, read_sources
from go_static.listing.binary_files import BuildRequest
from go_static.sbom.write_sbom import PROGRAMS, SbomError
from go_static_testing.engine import Repository
from go_static_testing.proxy import ModuleProxy, go_sum

MAIN = 'package main\n\nimport "{0}"\n\nfunc main() {{ println({1}) }}\n'
LIB = 'package lib\n\nimport "example.com/deep"\n\nconst Text = deep.Text\n'
DEEP = 'package deep\n\nconst Text = "deep"\n'
BINARY = 'go_module(name="mod")\ngo_static_binary(name="it", sbom="cyclonedx"{0})\n'


@pytest.fixture
def published(repository: Repository, proxy: ModuleProxy) -> str:
    """The go.sum of two modules that a proxy serves. The first requires the second."""
    requires = "module example.com/licensed\n\ngo 1.21\n\nrequire example.com/deep v1.0.0\n"
    modules = {
        "example.com/licensed": {"go.mod": requires, "lib.go": LIB, "LICENSE": MIT},
        "example.com/deep": {"deep.go": DEEP, "COPYING": f"{ISC}\nNo one may read this.\n"},
    }
    for module, files in modules.items():
        proxy.publish(module, "v1.0.0", files)
    repository.configure(env={"GOPROXY": proxy.url, "GOSUMDB": "off"})
    return "".join(go_sum(module, "v1.0.0", files) for module, files in modules.items())


def go_mod(*lines: str, module: str = "example.com/m") -> str:
    return f"module {module}\n\ngo 1.21\n" + "".join(f"\n{line}\n" for line in lines)


REQUIRES = ("require example.com/licensed v1.0.0", "require example.com/deep v1.0.0 // indirect")


def document(repository: Repository, directory: Path, address: str = "m:it#binary") -> Any:
    """The document that `package` writes next to the binary, parsed independently."""
    package = repository.package(address)
    _, path = [artifact.relpath for artifact in package.artifacts]
    assert path is not None
    repository.materialize(package.digest, directory)
    return (read_spdx if path.endswith(".spdx.json") else read_cyclonedx)(directory / path)


def licences(component: dict[str, Any]) -> list[str]:
    found = [choice["license"] for choice in component.get("licenses", [])]
    return [licence.get("id") or licence["name"] for licence in found]


def components(document: dict[str, Any]) -> dict[str, list[str]]:
    """The licences of each module."""
    return {component["bom-ref"]: licences(component) for component in document["components"]}


def test_required_modules_with_their_licences(
    repository: Repository, published: str, tmp_path: Path
) -> None:
    repository.write(
        {
            "m/go.mod": go_mod(*REQUIRES),
            "m/go.sum": published,
            "m/LICENSE": of_debian("Apache-2.0"),
            "m/cmd/it/main.go": MAIN.format("example.com/licensed", "lib.Text"),
            "m/BUILD": BINARY.format(', main="cmd/it"'),
        }
    )

    found = document(repository, tmp_path)

    main = found["metadata"]["component"]
    assert main["name"] == "example.com/m/cmd/it"
    assert licences(main) == ["Apache-2.0"]
    lib, deep = "pkg:golang/example.com/licensed@v1.0.0", "pkg:golang/example.com/deep@v1.0.0"
    stdlib = f"pkg:golang/stdlib@{repository.go.version}"
    assert components(found) == {deep: ["COPYING"], lib: ["MIT"], stdlib: ["BSD-3-Clause"]}
    assert {d["ref"]: d.get("dependsOn", []) for d in found["dependencies"]} == {
        main["bom-ref"]: [lib, stdlib],
        lib: [deep],
        deep: [],
        stdlib: [],
    }


def test_a_vendor_directory_in_place_of_zips(
    repository: Repository, published: str, tmp_path: Path
) -> None:
    vendored = "## explicit; go 1.21\nexample.com/"
    repository.write(
        {
            "m/go.mod": go_mod(*REQUIRES),
            "m/go.sum": published,
            "m/main.go": MAIN.format("example.com/licensed", "lib.Text"),
            "m/vendor/modules.txt": (
                f"# example.com/deep v1.0.0\n{vendored}deep\n"
                f"# example.com/licensed v1.0.0\n{vendored}licensed\n"
            ),
            "m/vendor/example.com/licensed/lib.go": LIB,
            "m/vendor/example.com/licensed/LICENSE": BSD_3_CLAUSE,
            "m/vendor/example.com/deep/deep.go": DEEP,
            "m/BUILD": BINARY.format(""),
        }
    )
    deep, lib, _ = document(repository, tmp_path)["components"]
    assert (lib["purl"], licences(lib)) == (
        "pkg:golang/example.com/licensed@v1.0.0",
        ["BSD-3-Clause"],
    )
    assert (deep["purl"], licences(deep)) == ("pkg:golang/example.com/deep@v1.0.0", [])


def test_modules_of_the_repository_by_replace_and_by_go_work(
    repository: Repository, tmp_path: Path
) -> None:
    module = {
        "lib/go.mod": go_mod(module="example.com/licensed"),
        "lib/lib.go": 'package lib\n\nconst Text = "local"\n',
        "lib/LICENCE.md": ISC,
        "lib/BUILD": 'go_module(name="mod")\n',
    }
    main = MAIN.format("example.com/licensed", "lib.Text")
    replaced = go_mod(
        "require example.com/licensed v1.0.0", "replace example.com/licensed => ../lib"
    )
    repository.write(
        {
            **module,
            "m/go.mod": replaced,
            "m/main.go": main,
            "m/BUILD": BINARY.format(', gowork="off"'),
            "go.work": "go 1.21\n\nuse ./w\n\nuse ./lib\n",
            "w/go.mod": go_mod(module="example.com/w"),
            "w/main.go": main,
            "w/BUILD": BINARY.format(""),
        }
    )

    by_replace, _ = document(repository, tmp_path)["components"]
    assert by_replace["bom-ref"] == "example.com/licensed@v1.0.0 => pkg:golang/example.com/licensed"
    by_work, _ = document(repository, tmp_path, "w:it#binary")["components"]
    assert by_work["bom-ref"] == "pkg:golang/example.com/licensed"
    for found in (by_replace, by_work):
        assert licences(found) == ["ISC"]
        assert "version" not in found


def test_a_third_party_command(repository: Repository, proxy: ModuleProxy, tmp_path: Path) -> None:
    files = {"cmd/tool/main.go": "package main\n\nfunc main() {}\n", "LICENSE": MIT}
    proxy.publish("example.com/tools", "v1.3.0", files)
    repository.configure(env={"GOPROXY": proxy.url, "GOSUMDB": "off"})
    repository.write(
        {
            "m/go.mod": go_mod("require example.com/tools v1.3.0"),
            "m/go.sum": go_sum("example.com/tools", "v1.3.0", files),
            "m/BUILD": BINARY.format(', main="example.com/tools/cmd/tool"'),
        }
    )
    main = document(repository, tmp_path)["metadata"]["component"]
    assert main["purl"] == "pkg:golang/example.com/tools@v1.3.0#cmd/tool"
    assert (main["version"], licences(main)) == ("v1.3.0", ["MIT"])


PROGRAM = {
    "m/go.mod": go_mod(),
    "m/main.go": "package main\n\nfunc main() {}\n",
}


def test_parametrize_writes_both_formats_and_the_same_binary(
    repository: Repository, tmp_path: Path
) -> None:
    fields = 'name="it", sbom=parametrize("cyclonedx", "spdx"), output_path="out/it"'
    repository.write(
        {
            **PROGRAM,
            "m/BUILD": f'go_module(name="mod")\ngo_static_binary({fields})\n',
        }
    )
    settings = repository.settings("m:it#binary@sbom=spdx")
    built = repository.request(BuiltBinary, BuildRequest(settings))
    for form, ending in (("cyclonedx", "cdx"), ("spdx", "spdx")):
        address = f"m:it#binary@sbom={form}"
        package = repository.package(address)
        assert repository.files(package.digest) == ["out/it", f"out/it.{ending}.json"]
        # docker_image and archive use all files of the digest; `package` prints its artifacts.
        assert [a.relpath for a in package.artifacts] == ["out/it", f"out/it.{ending}.json"]
        assert repository.executables(package.digest) == {"out/it"}
        document(repository, tmp_path / form, address)
        alone = repository.request(BuiltBinary, BuildRequest(repository.settings(address)))
        assert alone.digest == built.digest


def test_the_test_of_a_binary_does_not_need_an_sbom(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write({**PROGRAM, "m/BUILD": BINARY.format("")})
    # Without it, no SBOM can be written.
    monkeypatch.delitem(PROGRAMS, "cyclonedx")
    assert repository.test("m:it#elf_static_test").exit_code == 0


SHOWN = {
    "cyclonedx": '"cyclonedx-python-lib==10.3.0", "fastjsonschema==2.21.2"',
    "spdx": '"packageurl-python==0.17.6", "spdx-tools==0.8.3"',
}


@pytest.mark.parametrize("form", PROGRAMS)
def test_a_missing_library_is_an_error_with_the_lines_for_pants_toml(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = {"cyclonedx": "fastjsonschema", "spdx": "spdx_tools"}[form]
    find_spec = python_program.find_spec
    monkeypatch.setattr(
        python_program, "find_spec", lambda name: None if name == missing else find_spec(name)
    )
    with pytest.raises(MissingPackageError) as raised:
        read_sources(PROGRAMS[form])
    assert str(raised.value) == (
        f"The field sbom=`{form}` needs the Python package `{missing}`, which is not installed "
        "next to Pants.\n\nLet Pants install it: in pants.toml, under [GLOBAL], add to `plugins`\n"
        '  "pants-go-static[sbom]"   if this backend is a plugin, or\n'
        f"  {SHOWN[form]}   if it is on `pythonpath`."
    )
    if form == "cyclonedx":
        said = " ".join(str(raised.value).split())
        assert all(part in said for part in documented("a library for `sbom` that is not there"))


def test_documented_versions_are_the_tested_versions() -> None:
    page = (PROJECT / "docs" / "sbom.md").read_text()
    pinned = (PROJECT / "3rdparty/python/pants-requirements.txt").read_text()
    for form, shown in SHOWN.items():
        assert re.search(rf'^ +{re.escape(shown)}, +# sbom="{form}"$', page, re.MULTILINE)
        for requirement in re.findall(r'"(.*?)"', shown):
            assert f"{requirement} \\\n" in pinned


def test_an_sbom_error_names_the_interpreter(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Python compiles the program, but fails to run it."""
    shim = tmp_path / "python3"
    shim.write_text(
        '#!/bin/sh\ncase "$*" in *go_sbom.command*) echo "no memory left" >&2; exit 3 ;; esac\n'
        f'exec "{sys.executable}" "$@"\n'
    )
    shim.chmod(0o755)
    monkeypatch.setattr(python_interpreter, "_FIRST_DIRECTORIES", (str(tmp_path),))
    repository.configure(env={"PATH": f"{repository.go.search_path}:/usr/bin:/bin:{tmp_path}"})
    repository.write({**PROGRAM, "m/BUILD": BINARY.format("")})
    with repository.fails(
        SbomError,
        f"m:it: cannot write the SBOM (sbom=`cyclonedx`). {shim} failed: no memory left",
    ):
        repository.package("m:it#binary")
