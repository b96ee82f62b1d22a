"""Other modules: downloads, go.sum, third-party programs, replaced directories, workspaces."""

from __future__ import annotations

import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from end_to_end.elf import Binary
from end_to_end.errors_page import documented
from end_to_end.repository import Repository, Toolbox

UUID_MAIN = """\
package main

import (
	"fmt"

	"github.com/google/uuid"
)

func main() { fmt.Println(uuid.Nil) }
"""
UUID_MOD = "module example.com/m\n\ngo 1.21\n\nrequire github.com/google/uuid v1.6.0\n"
UUID_SUM = """\
github.com/google/uuid v1.6.0 h1:NIvaJDMOsjHA8n1jAhLSgzrAzy1Hgr+hNrb57e+94F0=
github.com/google/uuid v1.6.0/go.mod h1:TIyPZe4MgqvfeYDBFedMoGGpEw/LqOeaOT+nhxU+yHo=
"""
BUILD = 'go_module(name="mod")\ngo_static_binary()\n'


def uuid_program(go_sum: str = UUID_SUM) -> dict[str, str]:
    return {"m/go.mod": UUID_MOD, "m/go.sum": go_sum, "m/main.go": UUID_MAIN, "m/BUILD": BUILD}


def test_a_required_module_is_downloaded_once_and_then_needs_no_network(
    repository: Repository, tmp_path: Path, warm_caches: Path
) -> None:
    shutil.copytree(warm_caches, tmp_path, dirs_exist_ok=True)
    own = (f"--local-store-dir={tmp_path / 'store'}", f"--named-caches-dir={tmp_path / 'named'}")
    repository.write(uuid_program())
    first = repository.pants(*own, "package", "::").succeeded()
    shutil.rmtree(repository.root / "dist")
    # Go's build cache has no sources of modules.
    shutil.rmtree(tmp_path / "named" / "go_static_mod")
    repository.write({"m/other.go": "package main\n"})

    unreachable = {"GOPROXY": "http://127.0.0.1:1"}
    second = repository.pants(*own, "package", "::", env=unreachable).succeeded()

    assert "Download the modules of m/go.mod" in first.log
    assert "Download" not in second.log
    assert second.built == ("m:m for linux/amd64",)
    binary = Binary.read(repository.dist["m/m"], repository.toolbox.go)
    binary.assert_static()


@pytest.fixture
def forbidding_proxy() -> Iterator[str]:
    """A real HTTP server that rejects every request, like a proxy with wrong credentials."""

    class Forbid(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(403, "no such user")

        do_CONNECT = do_GET  # noqa: N815 (the name is http.server's)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Forbid)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def without_modules(module_path: Path, toolbox: Toolbox, warm_caches: Path) -> Iterator[Repository]:
    """A repository whose caches contain no modules."""
    root = module_path
    shutil.copytree(warm_caches, root / "caches")
    created = Repository.create(root / "repository", toolbox, pantsd=True, caches=root / "caches")
    yield created
    created.stop_pantsd()


@pytest.mark.parametrize(
    ("variable", "user", "reason"),
    [
        pytest.param("GOPROXY", "", "403 no such user", id="a proxy that refuses"),
        pytest.param(
            "GOPROXY",
            "somebody:s3cr3t-word@",
            "refusing to pass credentials to insecure URL: http://***@",
            id="credentials for a proxy without TLS",
        ),
        pytest.param(
            "HTTPS_PROXY",
            "somebody:s3cr3t-word@",
            "no such user",
            id="credentials for a proxy of the company",
        ),
    ],
)
def test_a_module_that_cannot_be_fetched_is_named_with_the_settings_but_no_credential(
    variable: str,
    user: str,
    reason: str,
    without_modules: Repository,
    forbidding_proxy: str,
) -> None:
    without_modules.write(uuid_program())

    result = without_modules.pants(
        "-ldebug",
        "package",
        "::",
        env={variable: f"http://{user}{forbidding_proxy}"},
    ).failed_with(
        *documented("a module that cannot be fetched"),
        reason,
        f"{variable}=http://{'***@' if user else ''}{forbidding_proxy}",
    )

    assert "s3cr3t-word" not in result.text_of_backend
    assert not list(Path(without_modules.environment["TMPDIR"]).glob("go_static_*"))
    assert without_modules.dist == {}


def test_a_zip_that_differs_from_go_sum_is_rejected(project: Repository) -> None:
    project.write(uuid_program(UUID_SUM.replace("h1:NIva", "h1:AAAA")))

    project.pants("package", "::").failed_with(*documented("a module that is not what go.sum says"))


@pytest.mark.parametrize(
    "go_sum",
    [
        pytest.param("", id="empty"),
        pytest.param(UUID_SUM.splitlines()[1] + "\n", id="without the hash of the zip"),
    ],
)
def test_an_incomplete_go_sum_is_an_error_that_says_what_to_run(
    go_sum: str, project: Repository
) -> None:
    project.write(uuid_program(go_sum))

    project.pants("package", "m:m").failed_with(*documented("go.sum is incomplete"))


def test_a_program_of_a_required_module_is_built_from_its_import_path(
    project: Repository,
) -> None:
    project.write(
        {
            "tools/go.mod": "module example.com/tools\n\ngo 1.24.0\n",
            "tools/tools.go": (
                '//go:build tools\n\npackage tools\n\nimport _ "golang.org/x/tools/cmd/stringer"\n'
            ),
            "tools/BUILD": (
                'go_module(name="mod")\n'
                'go_static_binary(name="stringer", main="golang.org/x/tools/cmd/stringer")\n'
            ),
        }
    )
    for arguments in (("get", "golang.org/x/tools/cmd/stringer@v0.38.0"), ("mod", "tidy")):
        done = project.go(*arguments, cwd="tools")
        assert done.returncode == 0, done.stderr

    project.pants("package", "tools:stringer").succeeded()

    binary = Binary.read(project.dist["tools/stringer"], project.toolbox.go)
    binary.assert_static()
    above = project.pants("dependencies", "tools:stringer#binary").succeeded().output
    assert above.split() == ["tools:mod#go.mod"]


def test_a_module_that_replaces_another_by_a_directory_is_built_with_it(
    project: Repository,
) -> None:
    project.write(
        {
            "app/go.mod": (
                "module example.com/app\n\ngo 1.21\n\nrequire example.com/lib v1.0.0\n\n"
                "replace example.com/lib => ../lib\n"
            ),
            "app/main.go": (
                'package main\n\nimport "example.com/lib"\n\nfunc main() { println(lib.Text) }\n'
            ),
            "app/BUILD": BUILD,
            "lib/go.mod": "module example.com/lib\n\ngo 1.21\n",
            "lib/lib.go": 'package lib\n\nconst Text = "replaced"\n',
            "lib/BUILD": 'go_module(name="mod")\n',
        }
    )
    project.pants("package", "app::").succeeded()
    assert "app/app" in project.dist

    (project.root / "lib" / "BUILD").unlink()
    project.pants("package", "app::").failed_with(
        *documented("no go_module target for a replacement")
    )


def test_a_module_of_a_workspace_is_built_with_the_others(project: Repository) -> None:
    project.write(
        {
            "work/go.work": "go 1.21\n\nuse (\n\t./app\n\t./lib\n)\n",
            "work/app/go.mod": (
                "module example.com/app\n\ngo 1.21\n\nrequire github.com/google/uuid v1.6.0\n"
            ),
            "work/app/go.sum": UUID_SUM,
            "work/app/main.go": (
                'package main\n\nimport "example.com/lib"\nimport "github.com/google/uuid"\n\n'
                "func main() { println(lib.Text, uuid.Nil.String()) }\n"
            ),
            "work/app/BUILD": BUILD,
            "work/lib/go.mod": "module example.com/lib\n\ngo 1.21\n",
            "work/lib/lib.go": 'package lib\n\nconst Text = "of the workspace"\n',
            "work/lib/BUILD": 'go_module(name="mod")\n',
        }
    )

    project.pants("package", "work/app::").succeeded()

    Binary.read(project.dist["work.app/app"], project.toolbox.go).assert_static()


def test_a_vendor_directory_is_used(project: Repository) -> None:
    project.write(
        {
            "v/go.mod": "module example.com/v\n\ngo 1.21\n\nrequire example.com/dep v1.0.0\n",
            "v/main.go": (
                'package main\n\nimport "example.com/dep"\n\nfunc main() { println(dep.Text) }\n'
            ),
            "v/BUILD": BUILD,
            "v/vendor/modules.txt": (
                "# example.com/dep v1.0.0\n## explicit; go 1.21\nexample.com/dep\n"
            ),
            "v/vendor/example.com/dep/dep.go": 'package dep\n\nconst Text = "vendored"\n',
        }
    )

    log = project.pants("package", "v::").succeeded().log

    assert "Download" not in log
    Binary.read(project.dist["v/v"], project.toolbox.go).assert_static()
